"""Server-sent events as bytes (WHATWG HTML, section 9.2): made once, sent to all who watch."""

from __future__ import annotations

import json

from yuqiao.lib.clock import now
from yuqiao.web.console.words import epoch_ms


def frame(name: str, data: object, event_id: int | None = None) -> bytes:
    """Return one event as it goes over the wire; ``data`` becomes a single line of JSON."""
    first = "" if event_id is None else f"id: {event_id}\n"
    return f"{first}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def beat() -> bytes:
    """Return a sign of life with our clock: what is shown is as new as this."""
    return frame("beat", {"now": epoch_ms(now())})


def trouble(what: str) -> bytes:
    """Return that nothing new can be read, and why; what is shown stays as old as the last beat."""
    return frame("trouble", {"what": what})
