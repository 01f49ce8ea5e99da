"""One call over several trunks: the next is tried when one fails before anything rang. To its owner it is one leg."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, TransferRequest
from yuqiao.media.sip import mapping, routes
from yuqiao.media.sip.outbound import OutboundLeg
from yuqiao.media.sip.routes import Way, goes_on

#: Places an attempt: the way, who hears of it, the seconds it may ring.
Place = Callable[[Way, CallObserver, float], OutboundLeg]


class RoutedCall:
    """Implements `SipCall` over its attempts, one at a time."""

    def __init__(self, ways: tuple[Way, ...], place: Place, observer: CallObserver, timeout: float) -> None:
        self._left = list(ways)
        self._place = place
        self._observer = observer
        self._ends_at = asyncio.get_running_loop().time() + timeout
        self._attempt: _Attempt | None = None
        self._over = False
        self._on_transfer: Callable[[TransferRequest], bool] = lambda wanted: False
        self._go_on()

    def _current(self) -> OutboundLeg:
        if self._attempt is None or self._attempt.call is None:
            raise ValueError("the call has not begun")
        return self._attempt.call

    @property
    def caller_number(self) -> str:
        """See `SipCall`."""
        return self._current().caller_number

    @property
    def caller_name(self) -> str:
        """See `SipCall`."""
        return self._current().caller_name

    @property
    def dialled_number(self) -> str:
        """See `SipCall`."""
        return self._current().dialled_number

    @property
    def peer(self) -> Address:
        """The host of the trunk that is being tried, or took the call."""
        return self._current().peer

    @property
    def offer(self) -> AudioParameters | None:
        """Always None: the offer is ours."""
        return None

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the last attempt's INVITE."""
        return self._current().headers

    @property
    def carrier(self) -> str:
        """See `SipCall.carrier`."""
        return self._current().carrier

    @property
    def diverted_from(self) -> str:
        """Always "": we call."""
        return ""

    @property
    def languages(self) -> tuple[str, ...]:
        """See `SipCall.languages`."""
        return self._current().languages

    def ring(self) -> None:
        """Nothing: it is the other end that rings."""

    def progress(self, local: Address, language: str = "") -> AudioParameters:
        """Always ValueError: early media of an outbound call is the other end's."""
        return self._current().progress(local, language)

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Always ValueError: an outbound call is answered by the other end."""
        return self._current().answer(local, language)

    def take_transfers(self, on_transfer: Callable[[TransferRequest], bool]) -> None:
        """See `SipCall.take_transfers`."""
        self._on_transfer = on_transfer
        self._current().take_transfers(on_transfer)

    def transfer_progress(self, status: int) -> None:
        """See `SipCall.transfer_progress`."""
        self._current().transfer_progress(status)

    def hold(self, *, held: bool) -> None:
        """See `SipCall.hold`."""
        self._current().hold(held=held)

    def hangup(self, cause: int = 16) -> None:
        """Give up all attempts, or end the call."""
        self._left.clear()
        self._current().hangup(cause)

    # -- what its attempts tell ------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        way = self._left.pop(0)
        seconds = max(0.1, self._ends_at - asyncio.get_running_loop().time())
        attempt = self._attempt = _Attempt(self, self._observer, may_be_silent=not self._left)
        attempt.call = self._place(way, attempt, seconds)
        attempt.call.take_transfers(self._on_transfer)

    def ended(self, attempt: _Attempt, cause: EndCause) -> None:
        """An attempt is over: try the next way, or tell the owner."""
        if attempt is not self._attempt or self._over:
            return
        in_time = asyncio.get_running_loop().time() < self._ends_at
        if self._left and in_time and not attempt.talked and goes_on(cause, rang=attempt.rang):
            try:
                self._go_on()
            except ValueError:
                cause = mapping.end_cause(causes.INTERWORKING)
            else:
                return
        self._over = True
        self._observer.on_end(cause)


class _Attempt:
    """Hears of one attempt. Unless it is the last, it may say nothing at all for `PATIENCE` seconds only."""

    def __init__(self, owner: RoutedCall, observer: CallObserver, *, may_be_silent: bool) -> None:
        self.call: OutboundLeg | None = None
        self.rang = False
        self.talked = False
        self._owner: RoutedCall | None = owner  # until the end: they would keep each other for ever
        self._observer = observer
        self._silent = False
        self._patience: asyncio.TimerHandle | None = None
        if not may_be_silent:
            self._patience = asyncio.get_running_loop().call_later(routes.PATIENCE, self._give_up)

    def _give_up(self) -> None:
        if self.call is not None and not self.call.was_heard:
            self._silent = True
            self.call.hangup(causes.OUT_OF_ORDER)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """Somebody is there; from the first sound or ringing on, no other trunk is tried."""
        self._calm()
        self.rang = self.rang or audio is not None or status in {180, 183}
        self._observer.on_progress(status, audio)

    def on_answer(self, audio: AudioParameters) -> None:
        """See `CallObserver`."""
        self._calm()
        self.talked = True
        self._observer.on_answer(audio)

    def on_end(self, cause: EndCause) -> None:
        """See `CallObserver`; giving up on a silent one counts as out of order."""
        self._calm()
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.ended(self, mapping.end_cause(causes.OUT_OF_ORDER) if self._silent else cause)

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """See `CallObserver`."""
        self._observer.on_digit(digit, duration_ms)

    def on_audio_change(self, audio: AudioParameters) -> None:
        """See `CallObserver`."""
        self._observer.on_audio_change(audio)
