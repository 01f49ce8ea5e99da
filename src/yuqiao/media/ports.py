"""The seams inside the media server: what the ARI face asks of SIP signalling and of the mixer.

Three parts meet here and nowhere else. ``media.sip`` implements `Trunk` and `SipCall`; ``media.mixer_client``
implements `Mixer`, speaking to worker processes; ``media.ari`` drives both and implements `CallObserver`.
All of it lives in one asyncio loop; methods that are not ``async`` return at once and never block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Address = tuple[str, int]
#: Of a leg's audio: what it says, or what it hears.
Direction = Literal["said", "heard"]


@dataclass(frozen=True, slots=True)
class Srtp:
    """How one leg's RTP is secured (RFC 3711): the suite's name as in RFC 4568, and for each direction the master key
    with its salt (30 octets) in base64: ``ours`` for what we send, ``theirs`` for what we receive."""

    suite: str
    ours: str = field(repr=False)
    theirs: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dtls:
    """How one leg of a browser is secured and reached: ICE (RFC 8445) in its lite form, DTLS-SRTP (RFC 5764).

    ``ufrag`` and ``password`` are ours, ``their_ufrag`` theirs (RFC 8839 5.4). ``fingerprint`` is the SHA-256 of their
    certificate, 32 octets in hexadecimal without colons (RFC 8122 5). ``active``: we begin the handshake
    (a=setup:active of ours), otherwise they do. The certificate is the media server's, one for all legs.
    """

    ufrag: str
    password: str = field(repr=False)
    their_ufrag: str
    fingerprint: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class AudioParameters:
    """What SDP settled for one leg: where its RTP goes and how it is coded.

    ``payload_type`` is 0 (PCMU) or 8 (PCMA), RFC 3551 table 4. ``dtmf_payload_type`` is the number agreed for
    telephone-event (RFC 4733), or None. ``send``/``receive`` are seen from us: hold turns them off (RFC 3264 8.4).
    RTCP shares the port of RTP with ``rtcp_mux`` (RFC 5761); otherwise theirs is ``rtcp_port``, None for the one after
    that of RTP, 0 for nowhere. Besides ``remote`` RTP is taken from ``peer_host`` (the host that signals, which a
    translator of addresses gives its RTP, too), "" for whoever sends first. ``srtp`` is None for plain RTP. With
    ``dtls`` (then ``srtp`` is None and ``rtcp_mux`` holds) RTP goes where a valid STUN check with USE-CANDIDATE came
    from last, ``remote`` is of no meaning, and nothing but STUN and DTLS is taken until the handshake gave the keys.
    """

    remote: Address
    payload_type: int
    dtmf_payload_type: int | None
    send: bool = True
    receive: bool = True
    rtcp_mux: bool = False
    rtcp_port: int | None = None
    srtp: Srtp | None = None
    peer_host: str = ""
    dtls: Dtls | None = None


@dataclass(frozen=True, slots=True)
class EndCause:
    """Why a leg ended: Q.850 cause (16 normal, 17 busy, 19 no answer, 21 rejected, 34 no circuit, 38 network out of
    order, 127 unknown), Asterisk's words for it, and the SIP status if one was given (0 if none)."""

    code: int
    text: str
    sip_status: int = 0


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """What a REFER asks (RFC 3515): to call ``number``, whole address ``uri``; ``replaces`` is the Call-ID of the call
    it shall take the place of (RFC 3891, "" for a blind transfer), ``by`` the Referred-By (RFC 3892)."""

    number: str
    uri: str
    replaces: str = ""
    by: str = ""


class CallObserver(Protocol):
    """What a leg tells its owner. Each method is called in the loop's thread and must not block."""

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """A provisional answer to our INVITE; ``audio`` when it carried SDP (early media)."""

    def on_answer(self, audio: AudioParameters) -> None:
        """Our INVITE was answered (and ACKed), or our answer to theirs was ACKed."""

    def on_end(self, cause: EndCause) -> None:
        """The leg is over: BYE, CANCEL, refusal or time-out. Called exactly once, also after our own hangup."""

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """A key arrived by SIP INFO (application/dtmf-relay)."""

    def on_audio_change(self, audio: AudioParameters) -> None:
        """A re-INVITE or UPDATE changed the leg's media: hold, resume, another address."""


class SipCall(Protocol):
    """One leg of SIP, inbound or outbound."""

    @property
    def caller_number(self) -> str: ...
    @property
    def caller_name(self) -> str: ...
    @property
    def dialled_number(self) -> str: ...
    @property
    def peer(self) -> Address: ...
    @property
    def offer(self) -> AudioParameters | None:
        """What an inbound INVITE offered (None: no SDP, so we offer in the answer)."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The INVITE's header fields, lower-case names, the first value of each."""

    @property
    def carrier(self) -> str:
        """The name of the trunk it came by or goes by, "" for none."""

    @property
    def diverted_from(self) -> str:
        """The number that was dialled before somebody sent an inbound call on to us, "" where nobody says so."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Language tags (RFC 8373): those an inbound INVITE offered, the caller's most wanted first; of an outbound
        call those the answer chose."""

    def ring(self) -> None:
        """Send 180; does nothing once answered or over."""

    def progress(self, local: Address, language: str = "") -> AudioParameters:
        """Send 183 with SDP for our RTP socket ``local``: sound before the answer. Returns what was agreed. ValueError
        once answered or over, and for an INVITE that offers nothing."""

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Send 200 with SDP for our RTP socket ``local``; returns what was agreed. ValueError once over.

        ``language`` (a primary subtag): said back where the INVITE offered it (RFC 8373 5.2).
        """

    def hold(self, *, held: bool) -> None:
        """Tell the other end by a re-INVITE that we (no longer) want to hear it (RFC 3264 8.4); what it answers comes
        through `CallObserver.on_audio_change`. Waits for the answer and for open changes of theirs; once over, nothing
        happens."""

    def take_transfers(self, on_transfer: Callable[[TransferRequest], bool]) -> None:
        """Hear of REFERs from now on: ``on_transfer`` says whether it takes one and will tell how it fares; else, and
        without this, they are refused with 603. Nothing is dialled by signalling itself."""

    def transfer_progress(self, status: int) -> None:
        """Tell by NOTIFY how the transfer that was taken fares: a SIP status, final from 200 on. ValueError when none
        is open."""

    def hangup(self, cause: int = 16) -> None:
        """End it by whatever fits its state: a final refusal, CANCEL or BYE. Harmless when over."""


class Trunk(Protocol):
    """SIP signalling: takes calls in and places calls out, over UDP and TCP."""

    #: Called for each new inbound INVITE (out of dialog); returns the observer of that leg, or None to refuse with 503.
    on_incoming: Callable[[SipCall], CallObserver | None]

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Hang up what is left, then close the sockets."""

    def invite(
        self,
        target: str,
        *,
        local: Address,
        observer: CallObserver,
        caller_number: str,
        caller_name: str = "",
        headers: Mapping[str, str] = field(default_factory=dict),
        timeout: float = 60.0,
        languages: Sequence[str] = (),
        via: str = "",
    ) -> SipCall:
        """Place a call to SIP URI ``target`` (``;transport=tcp`` honoured), offering RTP at ``local``, and the
        languages (tags) that the caller speaks (RFC 8373).

        A number, or a URI whose host is a carrier's, goes out by the carriers that take it, the one named ``via``
        first, the next when one fails. ValueError when ``target`` is no SIP URI and no carrier takes it. Failures come
        through ``observer.on_end``; ``timeout`` is in seconds of ringing, after which the INVITE is cancelled with
        cause 19.
        """

    @property
    def endpoints(self) -> Mapping[str, str]:
        """The carriers by name: ``online``, ``offline``, or ``unknown`` where nobody asks."""

    @property
    def counters(self) -> Mapping[str, int]:
        """Counts since the start: ``requests``, ``responses``, ``malformed``, ``retransmitted``, ``timeouts`` …"""


PlayTarget = tuple[Literal["leg", "conference"], str]
RecordSource = tuple[Literal["leg-in", "leg-out", "conference"], str]


@dataclass(frozen=True, slots=True)
class MixerEvent:
    """Something a mixer worker noticed; ``at`` is UNIX time in seconds, taken at the tick it happened.

    kind: ``digit`` (leg, value=digit, duration_ms) · ``playback-started``/``playback-finished`` (ref=playback id,
    value="done"|"stopped"|"failed") · ``recording-started``/``recording-finished`` (ref=recording id, duration_ms,
    value="done"|"failed") · ``rtp-lost`` (leg; nothing heard for the time-out) · ``worker-died`` (leg, ref=worker; once
    for each of its legs, then once without).
    """

    kind: str
    at: float
    leg: str = ""
    ref: str = ""
    value: str = ""
    duration_ms: int = 0
    detail: Mapping[str, float] = field(default_factory=dict)


class Mixer(Protocol):
    """All mixer workers behind one face. A leg stays on the worker it was opened on; a conference lives on the worker
    of its first leg, and joining a leg of another worker raises `MixerError`: open legs ``beside`` the first."""

    on_event: Callable[[MixerEvent], None]

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def open_leg(self, leg: str, *, beside: str | None = None) -> Address:
        """Bind an RTP socket for ``leg`` (on the worker of leg ``beside`` if given) and return its address."""

    async def tap(self, tap: str, leg: str, *, spy: str, whisper: str) -> None:
        """Make a leg without a socket that, in a conference of its own, says what ``leg`` says (``spy`` in), is sent
        (out) or both, and whispers what it hears there: to ``leg`` alone (``whisper`` out), as if ``leg`` said it (in),
        or both. It is joined and closed as legs are; once ``leg`` is closed it is silent."""

    async def set_audio(self, leg: str, audio: AudioParameters) -> None: ...

    async def close_leg(self, leg: str) -> Mapping[str, float]:
        """Close it; playbacks and recordings on it end (with their events). Returns its `statistics`."""

    async def statistics(self, leg: str) -> Mapping[str, float]:
        """Return what a leg's RTP is like, counted from when it was opened: ``packets_in``, ``packets_out``, ``lost``,
        ``late`` (too late to be heard), ``malformed``, ``srtp_refused`` (not made with the key of its SDP) and
        ``srtp_replayed``; of a browser's leg ``stun_refused``, ``dtls_refused``, ``unsecured`` (RTP before there are
        keys) and ``letters_lost`` (STUN and DTLS faster than anybody needs them); of what we receive ``jitter_ms`` (RFC
        3550 6.4.1) and ``jitter_most_ms``, ``wait_ms`` (in the jitter buffer), ``concealed_ms``, ``ssrc_in`` and
        ``ssrc_out``. And what the peer's RTCP tells, absent where it tells nothing: ``round_trip_ms`` (mean),
        ``round_trip_least_ms``, ``round_trip_most_ms``; of what we send ``lost_there`` and ``jitter_there_ms``."""

    async def join(self, leg: str, conference: str) -> None:
        """Put ``leg`` into ``conference``, which begins to exist with its first leg; leaves its former one."""

    async def leave(self, leg: str) -> None: ...
    async def mute(self, leg: str, *, muted: bool) -> None:
        """Muted: nobody hears the leg (it still hears); its own recording still hears it."""

    async def gain(self, leg: str, direction: Direction, factor: float) -> None:
        """Amplify what others hear of a leg (``said``; its own recording keeps it as it came) or what it hears, by a
        factor from 0 to 16."""

    async def play(self, playback: str, target: PlayTarget, sounds: Sequence[str]) -> None:
        """Play 8 kHz mono WAV files (absolute paths) or ``tone:ring``/``tone:busy``/``tone:beep`` one after the other,
        mixed over whatever is heard, to one leg or to all legs of a conference. ``tone:ring`` and ``tone:busy`` go on
        until stopped. Ends with ``playback-finished``."""

    async def stop_playback(self, playback: str) -> None: ...

    async def record(self, recording: str, source: RecordSource, path: str) -> None:
        """Write a 16-bit 8 kHz WAV while it runs, readable up to the last second after ``kill -9``. ``leg-in``: what
        the leg says; ``leg-out``: what it is sent; ``conference``: the mix of all."""

    async def stop_recording(self, recording: str) -> None: ...

    async def mute_recording(self, recording: str, *, muted: bool) -> None:
        """Muted: silence is recorded in place of the source. When this returns, nothing said from now on is recorded;
        the file goes on in time. Harmless when it is over."""

    async def pause_recording(self, recording: str, *, paused: bool) -> None:
        """Paused: nothing is recorded, the file stands still and goes on without a gap. Harmless when it is over."""

    @property
    def loads(self) -> Sequence[Mapping[str, float | str]]:
        """Each living worker: ``name``, ``pid``, ``legs``, ``busy`` (the share of a core it used lately), ``ticks``,
        ``late_ticks``, ``skipped_ticks``."""

    async def counters(self) -> Mapping[str, float]:
        """Sums over workers: ``legs``, ``conferences``, ``packets_in``, ``malformed``, ``late_ticks``, ``ticks`` …"""


class MixerError(RuntimeError):
    """A mixer worker refused a command; the message says why."""
