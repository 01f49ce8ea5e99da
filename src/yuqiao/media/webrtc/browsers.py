"""All browsers of a worker, answered between two ticks: handshakes and checks never make anybody's voice late."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from OpenSSL import SSL

from yuqiao.media.ports import Dtls, MixerError
from yuqiao.media.rtp_socket import RtpSocket
from yuqiao.media.webrtc.browser import Browser
from yuqiao.media.webrtc.certificate import Identity
from yuqiao.media.webrtc.dtls import context

#: Seconds of one tick for STUN and DTLS; a step takes 0.1 to 0.3 ms, and one is always made.
BUDGET: Final = 0.003
#: Ticks from one look at what is lost or lapsed to the next.
EVERY: Final = 5
_LONG: Final = 1 << 30


class Browsers:
    """The browsers of a worker, and whose turn it is."""

    def __init__(self) -> None:
        self._shared: SSL.Context | None = None
        self._all: set[Browser] = set()
        self._turns: deque[Browser] = deque()

    def __bool__(self) -> bool:
        return bool(self._all)

    def identify(self, identity: Identity) -> None:
        """Take the media server's certificate; without one there are no browsers' legs."""
        self._shared = context(identity)

    def open(self, socket: RtpSocket, dtls: Dtls, on_change: Callable[[], None]) -> Browser:
        """Let a browser come to ``socket``, which now hears nobody else. MixerError without a certificate."""
        if self._shared is None:
            raise MixerError("this worker was given no certificate for DTLS")
        browser = Browser(socket, dtls, self._shared, on_change, self._turns.append)
        self._all.add(browser)
        return browser

    def close(self, browser: Browser) -> None:
        """Say goodbye to one; call it before the socket is closed."""
        self._all.discard(browser)
        browser.close()

    def patience(self, tick: int) -> int:
        """Return for how many ticks after ``tick`` nothing is to be looked at here, if nothing comes."""
        if not self._all:
            return _LONG
        return 1 if self._turns else EVERY - tick % EVERY

    def work(self, tick: int) -> None:
        """Work off what waits, as far as a tick's budget goes."""
        if not self._all:
            return
        now = began = time.monotonic()
        while self._turns and now - began < BUDGET:
            browser = self._turns.popleft()
            if browser in self._all:
                browser.work(now)
            now = time.monotonic()
        if tick % EVERY == 0:
            for browser in self._all:
                browser.elapse(now)
