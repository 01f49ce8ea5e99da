"""One loading of a page in a real Chromium that is slowed down to a slow phone, with a cold cache.

Lighthouse's mobile preset in its applied form (`core/config/constants.js`, mobileSlow4G): 150 ms and 1.6 Mbit/s on the
wire, which DevTools, delaying each request as a whole, does as 562.5 ms and nine tenths of the speed; a processor four
times slower.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from playwright.sync_api import BrowserContext, CDPSession, Page

from bench.pages.readiness import Span, interactive

KILOBIT: Final = 1024 / 8  # bytes
NETWORK: Final = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6 * 1024 * 0.9 * KILOBIT,
    "uploadThroughput": 750 * 0.9 * KILOBIT,
}
PROCESSOR: Final = 4
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
#: What never becomes quiet is a defect, not a slow page.
PATIENCE: Final = 40.0
WATCH: Final = """window.longTasks = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.longTasks.push([one.startTime, one.startTime + one.duration]);
}).observe({ type: "longtask", buffered: true });"""
READ: Final = """() => ({
  began: performance.timeOrigin,
  seen: performance.now(),
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  parsed: performance.getEntriesByType("navigation")[0]?.domContentLoadedEventEnd || null,
  tasks: window.longTasks,
})"""


@dataclass(slots=True)
class Request:
    """One request: UNIX milliseconds, and bytes on the wire with their heads, as Chromium counts them."""

    begin: float
    kind: str
    method: str
    end: float = inf
    octets: float = 0.0


@dataclass
class Wire:
    """What goes over the wire, told by the DevTools protocol."""

    requests: dict[str, Request] = field(default_factory=dict)
    #: UNIX time less the browser's own, in milliseconds.
    offset: float = 0.0

    def watch(self, session: CDPSession) -> None:
        """Note all that ``session`` tells."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.dataReceived", self._received)
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.loadingFailed", self._ended)

    def _sent(self, told: dict[str, Any]) -> None:
        self.offset = 1000 * (told["wallTime"] - told["timestamp"])
        request = told["request"]
        if not request["url"].startswith("data:"):
            self.requests[told["requestId"]] = Request(1000 * told["wallTime"], told["type"], request["method"])

    def _answered(self, told: dict[str, Any]) -> None:
        if one := self.requests.get(told["requestId"]):
            one.octets += told["response"]["encodedDataLength"]

    def _received(self, told: dict[str, Any]) -> None:
        if one := self.requests.get(told["requestId"]):
            one.octets += told["encodedDataLength"]

    def _ended(self, told: dict[str, Any]) -> None:
        if one := self.requests.get(told["requestId"]):
            one.end = 1000 * told["timestamp"] + self.offset
            one.octets = told.get("encodedDataLength", one.octets)


@dataclass(frozen=True, slots=True)
class Loading:
    """What was measured: milliseconds since the navigation, and bytes on the wire by kind of content."""

    painted: float
    interactive: float
    requests: int
    octets: dict[str, int]

    @property
    def total(self) -> int:
        """All bytes on the wire."""
        return sum(self.octets.values())


def slowed(context: BrowserContext, wire: Wire) -> Page:
    """Return a new page of a slow phone, whose traffic ``wire`` notes."""
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    wire.watch(session)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
    return page


def load(context: BrowserContext, url: str) -> Loading:
    """Open ``url`` in the fresh ``context`` and measure until it has been quiet; RuntimeError if it never is."""
    wire = Wire()
    page = slowed(context, wire)
    page.goto(url, wait_until="commit")
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up:
        page.wait_for_timeout(200)
        told = page.evaluate(READ)
        if told["painted"] is None or told["parsed"] is None:
            continue
        tasks = [Span(begin, end) for begin, end in told["tasks"]]
        ready = interactive(told["painted"], told["parsed"], tasks, list(_gets(wire, told["began"])), told["seen"])
        if ready is not None:
            return Loading(told["painted"], ready, len(wire.requests), _by_kind(wire))
    raise RuntimeError(f"{url} was not quiet for five seconds within {PATIENCE:.0f}")


def _gets(wire: Wire, began: float) -> Iterator[Span]:
    for one in wire.requests.values():
        if one.method == "GET":
            yield Span(one.begin - began, one.end - began)


def _by_kind(wire: Wire) -> dict[str, int]:
    found: dict[str, float] = {}
    for one in wire.requests.values():
        found[one.kind.lower()] = found.get(one.kind.lower(), 0.0) + one.octets
    return {kind: round(octets) for kind, octets in sorted(found.items())}
