"""What SDP says about one audio stream: read offers and answers, write ours (RFC 8866, RFC 3264, RFC 3551, RFC 4733).

Pure. Only G.711 is spoken, A-law and µ-law under their static payload types, 20 ms a packet, over IPv4.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from aiosipua import Codec, ConnectionData, MediaDescription, Origin, SdpMessage, parse_sdp, serialize_sdp

from yuqiao.media.ports import Address, AudioParameters
from yuqiao.media.sip import hlang

PCMU, PCMA, TELEPHONE_EVENT = 0, 8, 101
_NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
#: Before a late offer is answered nobody knows where to send.
NOWHERE: Address = ("0.0.0.0", 0)  # noqa: S104 - RFC 3264's "no address", nothing is bound to it


class NotAcceptableError(ValueError):
    """The description can be read but offers nothing we can speak: 488 (RFC 3261 21.4.26)."""


@dataclass(frozen=True, slots=True)
class Description:
    """A peer's offer or answer: its audio, its languages, and of each of its m= lines what an answer has to repeat."""

    audio: AudioParameters
    index: int
    lines: tuple[tuple[str, str, tuple[str, ...]], ...]
    languages: hlang.Languages = hlang.NONE


def read(body: bytes) -> Description:
    """Return what ``body`` says, its ``audio`` as seen from us: first common codec in the peer's order.

    Raises ValueError when it is no SDP, `NotAcceptableError` when there is no audio stream that we could join.
    """
    parsed = parse_sdp(_readable(body))
    if not parsed.media:
        raise NotAcceptableError("no media")
    lines = tuple((m.media, m.proto, tuple(m.formats)) for m in parsed.media)
    for index, media in enumerate(parsed.media):
        audio = _audio(parsed, media)
        if audio is not None:
            return Description(audio, index, lines, hlang.read(media.attributes, parsed.attributes))
    raise NotAcceptableError("no audio over RTP/AVP with PCMA or PCMU and an IPv4 address")


def _readable(body: bytes) -> str:
    text = body.decode("utf-8")
    if not text.startswith("v=0"):
        raise ValueError("no SDP")
    return text


def _audio(session: SdpMessage, media: MediaDescription) -> AudioParameters | None:
    if media.media != "audio" or media.proto != "RTP/AVP" or not 0 < media.port < 65536:
        return None
    connection = media.connection or session.connection
    codec = next((c.payload_type for c in media.codecs if _is_spoken(c)), None)
    if connection is None or codec is None or not _usable(connection):
        return None
    events = (c for c in media.codecs if c.encoding_name.lower() == "telephone-event" and c.clock_rate == 8000)
    dtmf = next((c.payload_type for c in events if 96 <= c.payload_type <= 127), None)
    direction = _direction(session, media)
    held = connection.address == NOWHERE[0]  # RFC 3264 8.4: the old way to hold
    return AudioParameters(
        remote=(connection.address, media.port),
        payload_type=codec,
        dtmf_payload_type=dtmf,
        send=direction in {"sendrecv", "recvonly"} and not held,
        receive=direction in {"sendrecv", "sendonly"},
    )


def _is_spoken(codec: Codec) -> bool:
    name = _NAMES.get(codec.payload_type)
    return name is not None and codec.encoding_name.upper() == name and codec.clock_rate == 8000


def _usable(connection: ConnectionData) -> bool:
    try:
        address = ipaddress.IPv4Address(connection.address)
    except ValueError:
        return False  # IPv6, a name, a group with its TTL
    return not address.is_multicast and connection.addr_type == "IP4"


def _direction(session: SdpMessage, media: MediaDescription) -> str:
    for attributes in (media.attributes, session.attributes):
        for direction in _DIRECTIONS:
            if direction in attributes:
                return direction
    return "sendrecv"


class LocalDescription:
    """Our side of one dialog's session: the same o= line throughout, its version rising with each change
    (RFC 3264 section 8)."""

    def __init__(self, local: Address) -> None:
        self.local = local
        self.language = ""  # what our answers say of language (RFC 8373): the code that was chosen for this call
        self._session = str(secrets.randbits(31))
        self._version = 0
        self._last = ""

    def offer(self, languages: Sequence[str] = ()) -> bytes:
        """Return an offer of PCMA, PCMU and telephone-event, and of languages (tags, most wanted first) if any."""
        audio = self._audio_line((PCMA, PCMU), TELEPHONE_EVENT, "sendrecv")
        audio.attributes |= hlang.offer(languages)
        return self._write([audio])

    def answer(self, offer: Description) -> bytes:
        """Return the answer to ``offer``: its audio taken, every other stream refused with port 0 (RFC 3264 6)."""
        audio = offer.audio
        directions = {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly"}
        direction = directions.get((audio.send, audio.receive), "inactive")
        media = [_refused(*line) for line in offer.lines]
        media[offer.index] = self._audio_line((audio.payload_type,), audio.dtmf_payload_type, direction)
        media[offer.index].attributes |= hlang.answer(offer.languages, self.language)
        return self._write(media)

    def _audio_line(self, codecs: tuple[int, ...], dtmf: int | None, direction: str) -> MediaDescription:
        numbers = [*codecs, *([] if dtmf is None else [dtmf])]
        attributes = {"rtpmap": [f"{number} {_NAMES[number]}/8000" for number in codecs]}
        if dtmf is not None:
            attributes["rtpmap"].append(f"{dtmf} telephone-event/8000")
            attributes["fmtp"] = [f"{dtmf} 0-15"]
        attributes |= {"ptime": ["20"], direction: []}
        formats = [str(number) for number in numbers]
        return MediaDescription(media="audio", port=self.local[1], formats=formats, attributes=attributes)

    def _write(self, media: list[MediaDescription]) -> bytes:
        family = "IP6" if ":" in self.local[0] else "IP4"
        place = ConnectionData("IN", family, self.local[0])
        origin = Origin("-", self._session, str(self._version), "IN", family, self.local[0])
        message = SdpMessage(origin=origin, session_name="-", connection=place, media=media)
        text = serialize_sdp(message)
        if self._last and text != self._last:
            self._version += 1
            origin.session_version = str(self._version)
            text = serialize_sdp(message)
        self._last = text
        return text.encode()


def _refused(kind: str, protocol: str, formats: tuple[str, ...]) -> MediaDescription:
    return MediaDescription(media=kind or "audio", port=0, proto=protocol, formats=list(formats) or ["0"])


def awaiting_answer() -> AudioParameters:
    """What is known of a leg whose offer came late: we listen, and send nowhere until their answer comes."""
    return AudioParameters(remote=NOWHERE, payload_type=PCMA, dtmf_payload_type=TELEPHONE_EVENT, send=False)
