"""What SDP says about one audio stream: read offers and answers, write ours (RFC 8866, RFC 3264, RFC 3551, RFC 4733).

Pure. Only G.711 is spoken, A-law and µ-law under their static payload types, 20 ms a packet, over IPv4.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiosipua import Codec, ConnectionData, MediaDescription, Origin, SdpMessage, parse_sdp, serialize_sdp

from yuqiao.media.ports import Address, AudioParameters
from yuqiao.media.sip import hlang
from yuqiao.media.sip.secure_media import PLAIN, SECURED, Crypto, Keys, Policy

PCMU, PCMA, TELEPHONE_EVENT = 0, 8, 101
_NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
#: Before a late offer is answered nobody knows where to send.
NOWHERE: Address = ("0.0.0.0", 0)  # noqa: S104 - RFC 3264's "no address", nothing is bound to it


class NotAcceptableError(ValueError):
    """The description can be read but offers nothing we can speak: 488 (RFC 3261 21.4.26)."""


@dataclass(frozen=True, slots=True)
class Description:
    """A peer's offer or answer: its audio, its languages, the keys it gives for SRTP (none: plain RTP), and of each of
    its m= lines what an answer has to repeat."""

    audio: AudioParameters
    index: int
    lines: tuple[tuple[str, str, tuple[str, ...]], ...]
    languages: hlang.Languages = hlang.NONE
    crypto: tuple[Crypto, ...] = ()

    @property
    def protocol(self) -> str:
        """What the audio's m= line says: ``RTP/AVP`` or ``RTP/SAVP``."""
        return self.lines[self.index][1]


def read(body: bytes, policy: Policy = Policy.OPTIONAL) -> Description:
    """Return what ``body`` says, its ``audio`` as seen from us: first common codec in the peer's order, plain or by
    SRTP as ``policy`` allows.

    Raises ValueError when it is no SDP, `NotAcceptableError` when there is no audio stream that we could join.
    """
    parsed = parsed_from(body)
    lines = tuple((m.media, m.proto, tuple(m.formats)) for m in parsed.media)
    for index, media in enumerate(parsed.media):
        crypto = policy.take(media.proto, media.attributes.get("crypto", ()))
        audio = None if crypto is None else _audio(parsed, media)
        if audio is not None and crypto is not None:
            return Description(audio, index, lines, hlang.read(media.attributes, parsed.attributes), crypto)
    raise NotAcceptableError("no audio with PCMA or PCMU and an IPv4 address, over RTP or SRTP as it is wanted here")


def parsed_from(body: bytes) -> SdpMessage:
    """Return ``body`` taken apart; ValueError when it is no SDP, `NotAcceptableError` without any stream."""
    text = body.decode("utf-8")
    if not text.startswith("v=0"):
        raise ValueError("no SDP")
    parsed = parse_sdp(text)
    if not parsed.media:
        raise NotAcceptableError("no media")
    return parsed


def _audio(session: SdpMessage, media: MediaDescription) -> AudioParameters | None:
    if media.media != "audio" or not 0 < media.port < 65536:
        return None
    connection = media.connection or session.connection
    codec, dtmf = chosen(media)
    if connection is None or codec is None or not _usable(connection):
        return None
    direction = direction_of(session, media)
    held = connection.address == NOWHERE[0]  # RFC 3264 8.4: the old way to hold
    return AudioParameters(
        remote=(connection.address, media.port),
        payload_type=codec,
        dtmf_payload_type=dtmf,
        send=direction in {"sendrecv", "recvonly"} and not held,
        receive=direction in {"sendrecv", "sendonly"},
        rtcp_mux="rtcp-mux" in media.attributes,
        rtcp_port=_rtcp_port(media),
    )


def chosen(media: MediaDescription) -> tuple[int | None, int | None]:
    """Return the payload types of the first codec that we speak, in the peer's order, and of its telephone-event; None
    for what is missing."""
    codec = next((c.payload_type for c in media.codecs if _is_spoken(c)), None)
    events = (c for c in media.codecs if c.encoding_name.lower() == "telephone-event" and c.clock_rate == 8000)
    return codec, next((c.payload_type for c in events if 96 <= c.payload_type <= 127), None)


def _rtcp_port(media: MediaDescription) -> int | None:
    """Return the port of ``a=rtcp`` (RFC 3605). An address beside it is left aside: RTCP goes where RTP goes."""
    said = (media.attributes.get("rtcp") or [""])[0].partition(" ")[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 and 0 < int(said) < 65536 else None


def _is_spoken(codec: Codec) -> bool:
    name = _NAMES.get(codec.payload_type)
    return name is not None and codec.encoding_name.upper() == name and codec.clock_rate == 8000


def _usable(connection: ConnectionData) -> bool:
    try:
        address = ipaddress.IPv4Address(connection.address)
    except ValueError:
        return False  # IPv6, a name, a group with its TTL
    return not address.is_multicast and connection.addr_type == "IP4"


def direction_of(session: SdpMessage, media: MediaDescription) -> str:
    """Return the direction of a stream as its peer sees it (RFC 3264 5.1)."""
    for attributes in (media.attributes, session.attributes):
        for direction in _DIRECTIONS:
            if direction in attributes:
                return direction
    return "sendrecv"


class LocalDescription:
    """Our side of one dialog's session: the same o= line throughout, its version rising with each change
    (RFC 3264 section 8)."""

    def __init__(self, local: Address, keys: Keys | None = None) -> None:
        self.local = local
        self._keys = keys or Keys(Policy.OPTIONAL)
        self.language = ""  # what our answers say of language (RFC 8373): the code that was chosen for this call
        self.held = False  # whether we want to hear nothing for now: hold (RFC 3264 8.4)
        self._session = str(secrets.randbits(31))
        self._version = 0
        self._last = ""
        self._settled: Description | None = None

    def settle(self, description: Description) -> AudioParameters:
        """Keep what the other end has described last, and return its audio less what our own hold forbids."""
        self._settled = description
        if not description.crypto:
            self._keys.forget()
        return self.agreed(description)

    def agreed(self, description: Description) -> AudioParameters:
        """Return the audio of ``description`` less what our own hold forbids, with the keys of both sides."""
        audio = description.audio
        srtp = self._keys.agreed(description.crypto)
        return replace(audio, receive=audio.receive and not self.held, srtp=srtp)

    def read_answer(self, body: bytes) -> Description:
        """Return what ``body`` says, an answer to an offer of ours. ValueError also when it takes what we did not
        offer."""
        answer = read(body, self._keys.policy)
        if answer.protocol == PLAIN and not self._keys.told:
            return replace(answer, crypto=())  # keys that nobody asked for beside a plain stream
        self._keys.agreed(answer.crypto)
        return answer

    def offer(self, languages: Sequence[str] = ()) -> bytes:
        """Return an offer of PCMA, PCMU and telephone-event, and of languages (tags, most wanted first) if any.

        A later offer keeps the streams there were in their places (RFC 3264 8), the codec in use first, and the
        number of its telephone-event.
        """
        settled = self._settled
        codecs: tuple[int, ...] = (PCMA, PCMU)
        events = TELEPHONE_EVENT
        if settled is not None:
            codecs = (settled.audio.payload_type, *(one for one in codecs if one != settled.audio.payload_type))
            events = settled.audio.dtmf_payload_type or events
        crypto = self._keys.offer(None if settled is None else settled.crypto)
        protocol = SECURED if settled is None else settled.protocol
        audio = self._audio_line(codecs, events, "sendonly" if self.held else "sendrecv", (protocol, crypto))
        audio.attributes |= {"rtcp-mux": [], **hlang.offer(languages)}  # RFC 5761 5.1.1
        return self._write([audio] if settled is None else self._in_place(settled, audio))

    @staticmethod
    def _in_place(settled: Description, audio: MediaDescription) -> list[MediaDescription]:
        media = [_refused(*line) for line in settled.lines]
        media[settled.index] = audio
        return media

    def answer(self, offer: Description) -> bytes:
        """Return the answer to ``offer``: its audio taken, every other stream refused with port 0 (RFC 3264 6)."""
        crypto = self._keys.answer(offer.crypto)
        audio = self.settle(offer)
        directions = {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly"}
        direction = directions.get((audio.send, audio.receive), "inactive")
        line = self._audio_line((audio.payload_type,), audio.dtmf_payload_type, direction, (offer.protocol, crypto))
        line.attributes |= {"rtcp-mux": []} if audio.rtcp_mux else {}
        line.attributes |= hlang.answer(offer.languages, self.language)
        return self._write(self._in_place(offer, line))

    def _audio_line(
        self, codecs: tuple[int, ...], dtmf: int | None, direction: str, secured: tuple[str, tuple[Crypto, ...]]
    ) -> MediaDescription:
        protocol, crypto = secured
        numbers = [*codecs, *([] if dtmf is None else [dtmf])]
        attributes = {"rtpmap": [f"{number} {_NAMES[number]}/8000" for number in codecs]}
        if dtmf is not None:
            attributes["rtpmap"].append(f"{dtmf} telephone-event/8000")
            attributes["fmtp"] = [f"{dtmf} 0-15"]
        attributes |= {"ptime": ["20"], direction: []}
        if crypto:
            attributes["crypto"] = [str(one) for one in crypto]
        protocol = protocol if crypto else PLAIN
        formats = [str(number) for number in numbers]
        port = self.local[1]
        return MediaDescription(media="audio", port=port, proto=protocol, formats=formats, attributes=attributes)

    def _session_attributes(self, media: Sequence[MediaDescription]) -> dict[str, list[str]]:
        """Hook: what is said of the whole session."""
        return {}

    def _write(self, media: list[MediaDescription]) -> bytes:
        family = "IP6" if ":" in self.local[0] else "IP4"
        place = ConnectionData("IN", family, self.local[0])
        origin = Origin("-", self._session, str(self._version), "IN", family, self.local[0])
        attributes = self._session_attributes(media)
        message = SdpMessage(
            origin=origin, session_name="-", connection=place, media=list(media), attributes=attributes
        )
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
