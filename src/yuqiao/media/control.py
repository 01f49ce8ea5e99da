"""What the signalling process and a mixer worker say to each other: small JSON messages, one in each packet of a
SOCK_SEQPACKET socket pair.

Command: ``{"id": 1, "do": "open_leg", "leg": "…"}``. Reply: ``{"id": 1, "result": …}`` or ``{"id": 1, "error": "…"}``.
Event: ``{"event": {"kind": "digit", "at": …}}``. The worker says ``{"ready": true}`` first, and every ten ticks
``{"beat": 0.12, "ticks": …, "late_ticks": …}``: that it ticks, and the share of a core it uses.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from yuqiao.media.ports import AudioParameters, Dtls, MixerEvent, Srtp

LARGEST: Final = 128 * 1024  # of one message; below the default socket buffer of Linux

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """Return one message as it goes through the socket."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def decode(packet: bytes) -> Message:
    """Return the message that `encode` made. ValueError on anything else."""
    message = json.loads(packet)
    if not isinstance(message, dict):
        raise TypeError("a message is a JSON object")
    return message


def audio_message(audio: AudioParameters) -> Message:
    """Return ``audio`` as it stands in a message."""
    return asdict(audio)


def read_audio(message: Message) -> AudioParameters:
    """Return what `audio_message` made."""
    host, port = message["remote"]
    srtp = None if message["srtp"] is None else Srtp(**message["srtp"])
    dtls = None if message["dtls"] is None else Dtls(**message["dtls"])
    return AudioParameters(**{**message, "remote": (str(host), int(port)), "srtp": srtp, "dtls": dtls})


def event_message(event: MixerEvent) -> Message:
    """Return ``event`` as it stands in a message."""
    return {"event": asdict(event)}


def read_event(message: Message) -> MixerEvent:
    """Return what `event_message` made."""
    return MixerEvent(**message["event"])
