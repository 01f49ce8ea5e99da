"""SDP as browsers write and want it (RFC 8829, RFC 8834): one audio stream over DTLS-SRTP, ICE in its lite form. Pure.

Read are the offers and answers of WebRTC; ours say that we wait for their connectivity checks (RFC 8445 2.5), for
their handshake where they let us choose (RFC 8842 5.3: one side less to keep time for), RTP and RTCP on one port
(RFC 5761). Streams other than the first audio that we speak are refused in their places.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from aiosipua import ConnectionData, MediaDescription, SdpMessage

from yuqiao.media.ports import Address, AudioParameters, Dtls
from yuqiao.media.sip import hlang, sdp

PROTOCOL: Final = "UDP/TLS/RTP/SAVPF"
#: RFC 8829 5.1.2: an answer repeats whichever of these an offer says, and they mean the same.
_PROTOCOLS: Final = {PROTOCOL, "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP", "RTP/SAVPF", "RTP/SAVP"}
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")  # RFC 8839 5.4
_FINGERPRINT = re.compile(r"sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", re.IGNORECASE)
_MID = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")  # RFC 5888 4: a token
#: RFC 8445 5.1.2.1: a host candidate of component 1, the first address before the second.
_PRIORITIES: Final = (2130706431, 2130706175)
_HELD: Final = "sendonly"


@dataclass(frozen=True, slots=True)
class Web:
    """What a browser says besides its codecs: its ICE user fragment, the SHA-256 of its certificate (64 hexadecimal
    digits), who begins the handshake (``active``: it does, ``passive``: we, ``actpass``: as we like), the name of each
    of its m= lines ("" where it has none), and whether the audio is in a bundle."""

    ufrag: str
    fingerprint: str
    setup: str
    mids: tuple[str, ...]
    bundled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDescription(sdp.Description):
    """A browser's offer or answer."""

    web: Web


def read(body: bytes) -> WebDescription:
    """Return what ``body`` says: its first audio stream with a codec that we speak.

    ValueError when it is no SDP, `sdp.NotAcceptableError` when it has no audio that we could join: G.711, DTLS, ICE
    and RTCP on the port of RTP.
    """
    parsed = sdp.parsed_from(body)
    lines = tuple((media.media, media.proto, tuple(media.formats)) for media in parsed.media)
    mids = tuple(_first(_MID, media.attributes, "mid") for media in parsed.media)
    for index, media in enumerate(parsed.media):
        audio, web = _audio(parsed, media), _web(parsed, media, mids, index)
        if audio is not None and web is not None:
            languages = hlang.read(media.attributes, parsed.attributes)
            return WebDescription(audio, index, lines, languages, web=web)
    raise sdp.NotAcceptableError("no audio with PCMA or PCMU over DTLS-SRTP, with ICE and RTCP on one port")


def _audio(session: SdpMessage, media: MediaDescription) -> AudioParameters | None:
    """Where it is sent is what ICE finds; the address in the description is of no meaning."""
    codec, dtmf = sdp.chosen(media)
    wanted = media.port > 0 or "bundle-only" in media.attributes
    if media.media != "audio" or not wanted or codec is None or "rtcp-mux" not in media.attributes:
        return None
    direction = sdp.direction_of(session, media)
    return AudioParameters(
        remote=sdp.NOWHERE,
        payload_type=codec,
        dtmf_payload_type=dtmf,
        send=direction in {"sendrecv", "recvonly"},
        receive=direction in {"sendrecv", "sendonly"},
        rtcp_mux=True,
    )


def _web(session: SdpMessage, media: MediaDescription, mids: tuple[str, ...], index: int) -> Web | None:
    if media.proto not in _PROTOCOLS:
        return None
    attributes = {**session.attributes, **media.attributes}  # what a stream does not say, its session may
    ufrag, fingerprint = _first(_UFRAG, attributes, "ice-ufrag"), _first(_FINGERPRINT, attributes, "fingerprint")
    setup = (attributes.get("setup") or ["actpass"])[0]
    if not ufrag or not fingerprint or setup not in {"active", "passive", "actpass"}:
        return None
    groups = (value.split() for value in session.attributes.get("group", ()))
    bundled = bool(mids[index]) and any(group[:1] == ["BUNDLE"] and mids[index] in group for group in groups)
    return Web(ufrag, fingerprint.replace(":", "").lower(), setup, mids, bundled)


def _first(pattern: re.Pattern[str], attributes: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first value of ``name`` that is as it should be: its group, or all of it; "" where there is none."""
    found = (pattern.fullmatch(value.strip()) for value in attributes.get(name, ()))
    return next((one[one.lastindex or 0] for one in found if one is not None), "")


@dataclass(frozen=True, slots=True)
class Browsers:
    """What our descriptions say to every browser: ``fingerprint``, the SHA-256 of our certificate (64 hexadecimal
    digits), and ``public_host``, the address under which our RTP ports are reached from outside ("" for none)."""

    fingerprint: str
    public_host: str = ""

    def describe(self, local: Address) -> BrowserDescription:
        """Begin our side of a session at RTP socket ``local``."""
        return BrowserDescription(local, self)


@dataclass(frozen=True, slots=True)
class _Credentials:
    """ICE's for one leg; RFC 8445 5.3 wants 24 bits of chance in the first and 128 in the second."""

    ufrag: str = field(default_factory=lambda: secrets.token_hex(4))
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


class BrowserDescription(sdp.LocalDescription):
    """Our side of one dialog with a browser."""

    def __init__(self, local: Address, browsers: Browsers) -> None:
        super().__init__(local)
        self._browsers = browsers
        self._credentials = _Credentials()
        self._web: Web | None = None
        self._active = False

    def settle(self, description: sdp.Description) -> AudioParameters:
        """See `sdp.LocalDescription.settle`."""
        audio = super().settle(description)
        self._web, self._active = _web_of(description), audio.dtls is not None and audio.dtls.active
        return audio

    def agreed(self, description: sdp.Description) -> AudioParameters:
        """See `sdp.LocalDescription.agreed`: with what ICE and DTLS need."""
        web, ours, audio = _web_of(description), self._credentials, description.audio
        active = web.setup == "passive" or (web.setup == "actpass" and self._active)  # RFC 8842 5.3: roles stay
        dtls = Dtls(ours.ufrag, ours.password, web.ufrag, web.fingerprint, active)
        return replace(audio, receive=audio.receive and not self.held, dtls=dtls)

    def read_answer(self, body: bytes) -> WebDescription:
        """See `sdp.LocalDescription.read_answer`. ValueError also when it leaves open who begins the handshake."""
        answer = read(body)
        if answer.web.setup == "actpass":
            raise ValueError("an answer has to choose a role (RFC 8842 5.3)")
        return answer

    def answer(self, offer: sdp.Description) -> bytes:
        """See `sdp.LocalDescription.answer`. Their ICE begun anew begins ours anew (RFC 8839 4.4.1.1.1)."""
        web = _web_of(offer)
        if self._web is not None and self._web.ufrag != web.ufrag:
            self._credentials = _Credentials()
        audio = self.settle(offer)
        directions = {(True, True): "sendrecv", (True, False): _HELD, (False, True): "recvonly"}
        direction = directions.get((audio.send, audio.receive), "inactive")
        line = self._line((audio.payload_type,), audio.dtmf_payload_type, direction, offer)
        line.attributes |= hlang.answer(offer.languages, self.language)
        return self._write(self._in_place(offer, line))

    def offer(self, languages: Sequence[str] = ()) -> bytes:
        """See `sdp.LocalDescription.offer`."""
        settled = self._settled
        codecs: tuple[int, ...] = (sdp.PCMA, sdp.PCMU)
        events = sdp.TELEPHONE_EVENT
        if settled is not None:
            codecs = (settled.audio.payload_type, *(one for one in codecs if one != settled.audio.payload_type))
            events = settled.audio.dtmf_payload_type or events
        line = self._line(codecs, events, _HELD if self.held else "sendrecv", settled)
        line.attributes |= {"setup": ["actpass"], **hlang.offer(languages)}
        return self._write([line] if settled is None else self._in_place(settled, line))

    def _line(
        self, codecs: tuple[int, ...], dtmf: int | None, direction: str, peer: sdp.Description | None
    ) -> MediaDescription:
        """Return our audio stream; ``peer``: what the other end said of it last, None for a first offer."""
        mid = "0" if peer is None else _web_of(peer).mids[peer.index]
        line = self._audio_line(codecs, dtmf, direction, (PROTOCOL, ()))
        line.proto = PROTOCOL if peer is None else peer.protocol
        line.connection = ConnectionData("IN", "IP4", self._hosts[0])
        pairs = re.findall("..", self._browsers.fingerprint.upper())
        line.attributes |= {
            **({"mid": [mid]} if mid else {}),
            "rtcp-mux": [],
            "ice-ufrag": [self._credentials.ufrag],
            "ice-pwd": [self._credentials.password],
            "fingerprint": [f"sha-256 {':'.join(pairs)}"],
            "setup": ["active" if self._active else "passive"],
            "candidate": [
                f"{number} 1 udp {priority} {host} {self.local[1]} typ host"
                for number, (host, priority) in enumerate(zip(self._hosts, _PRIORITIES, strict=False), 1)
            ],
            "end-of-candidates": [],
            "msid": ["yuqiao voice"],
        }
        return line

    @property
    def _hosts(self) -> tuple[str, ...]:
        """Where we are reached: from outside first, if that is another address."""
        return tuple(dict.fromkeys(host for host in (self._browsers.public_host, self.local[0]) if host))

    @staticmethod
    def _in_place(settled: sdp.Description, audio: MediaDescription) -> list[MediaDescription]:
        media = sdp.LocalDescription._in_place(settled, audio)
        for line, mid in zip(media, _web_of(settled).mids, strict=True):
            if line is not audio and mid:
                line.attributes = {"mid": [mid], "inactive": []}
        return media

    def _session_attributes(self, media: Sequence[MediaDescription]) -> dict[str, list[str]]:
        bundled = self._web is None or self._web.bundled
        mids = [line.attributes["mid"][0] for line in media if line.port and "mid" in line.attributes]
        group = {"group": [f"BUNDLE {' '.join(mids)}"]} if bundled and mids else {}
        return {**group, "ice-lite": [], "msid-semantic": ["WMS *"]}


def _web_of(description: sdp.Description) -> Web:
    """Return what only browsers say; TypeError for anybody else's description, which never comes here."""
    if not isinstance(description, WebDescription):
        raise TypeError("a plain description on a browser's leg")
    return description.web
