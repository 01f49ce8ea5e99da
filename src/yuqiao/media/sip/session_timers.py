"""Session timers (RFC 4028): who refreshes a call, how often, and when one that nobody refreshes is over. Pure.

A leg whose other end is gone without a BYE makes no sound; when it is on hold, no RTP time-out tells. The timer does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yuqiao.media.sip import wire

TAG: Final = "timer"
#: RFC 4028 section 5: no interval below 90 s, whoever asks; and section 10: say BYE this long before the end at most.
LEAST: Final = 90
_EARLY: Final = 32.0
#: A day. A longer interval is as good as none.
_MOST: Final = 86_400

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What we want: refreshed every ``expires`` seconds (0: we do not ask for it), never more often than ``least``."""

    expires: int = 1800
    least: int = LEAST


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message says: ``supported`` the extension, ``expires`` seconds (0: nothing said), ``refresher`` ("uac",
    "uas" or ""), ``least`` (its Min-SE, 0 for none)."""

    supported: bool = False
    expires: int = 0
    refresher: str = ""
    least: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """A session that ends unless refreshed every ``interval`` seconds; ``ours``: we are to do it."""

    interval: int
    ours: bool

    @property
    def refresh_after(self) -> float:
        """Seconds until the refresh: half the interval (section 10)."""
        return self.interval / 2

    @property
    def end_after(self) -> float:
        """Seconds until BYE: 32 s or a third of the interval before its end, whichever is less (section 10)."""
        return self.interval - min(_EARLY, self.interval / 3)


def read(message: wire.Message) -> Wish:
    """Return what ``message`` says of timers; what cannot be read counts as not said."""
    headers = message.headers
    value = headers.get_first("session-expires") or headers.get_first("x") or ""
    seconds, *parameters = value.split(";")
    named = dict(one.strip().lower().partition("=")[::2] for one in parameters)
    refresher = named.get("refresher", "").strip()
    return Wish(
        supported=TAG in options(message, "supported") | options(message, "require"),
        expires=_seconds(seconds),
        refresher=refresher if refresher in {"uac", "uas"} else "",
        least=_seconds((headers.get_first("min-se") or "").partition(";")[0]),
    )


def options(message: wire.Message, name: str) -> set[str]:
    """Return the option tags of ``Supported`` (also in its compact form), ``Require`` or the like, in lower case."""
    names = (name, "k") if name == "supported" else (name,)
    values = (value for one in names for value in message.headers.get(one))
    return {tag.strip().lower() for value in values for tag in value.split(",") if tag.strip()}


def _seconds(text: str) -> int:
    text = text.strip()
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def too_brief(wish: Wish, terms: Terms) -> bool:
    """Whether a request is to be refused with 422 (section 9): too often for us, from one who understands why."""
    return wish.supported and 0 < wish.expires < terms.least


def answered(wish: Wish, terms: Terms) -> tuple[Agreement | None, Headers]:
    """Return what our 2xx to a request agrees to and the header fields that say so (section 9, table 2).

    We shorten what they ask to what we want, but not below their Min-SE, and ask of our own accord only who knows the
    extension. Unless they want to refresh themselves, we do: so a peer that forgets cannot end the call.
    """
    if wish.expires < terms.least and (wish.expires or not (wish.supported and terms.expires)):
        return None, ()  # not asked for, or by a proxy that asks what none may ask
    floor = max(wish.least, terms.least)
    wanted = max(terms.expires or wish.expires, floor)
    interval = min(wish.expires, wanted) if wish.expires else wanted
    theirs = wish.supported and wish.refresher == "uac"
    required = (("Require", TAG),) if theirs else ()
    return Agreement(interval, ours=not theirs), (*required, _header(interval, "uac" if theirs else "uas"))


def asked(terms: Terms) -> Headers:
    """Return the header fields with which our INVITE asks for a timer (section 7.1); who refreshes is left to them."""
    if not terms.expires:
        return ()
    return (("Session-Expires", str(terms.expires)), *_least(terms))


def repeated(agreement: Agreement | None, terms: Terms) -> Headers:
    """Return the header fields of our own re-INVITE or UPDATE (section 7.4): the same interval, the same refresher."""
    if agreement is None:
        return asked(terms)
    return (_header(agreement.interval, "uac" if agreement.ours else "uas"), *_least(terms))


def agreed(answer: Wish, terms: Terms) -> Agreement | None:
    """Return what a 2xx to our request settles (section 7.2): None, no timer, where it says nothing. Whom it names not
    is us. A peer may not make us refresh more often than ``terms`` allow."""
    if not answer.expires:
        return None
    return Agreement(max(answer.expires, min(terms.least, LEAST)), ours=answer.refresher != "uas")


def raised(answer: Wish, terms: Terms) -> Terms | None:
    """Return the terms under which a request that got 422 goes out again (section 7.3), None when it cannot."""
    if answer.least <= terms.expires:
        return None
    return Terms(expires=answer.least, least=max(answer.least, terms.least))


def _least(terms: Terms) -> Headers:
    return (("Min-SE", str(terms.least)),) if terms.least > LEAST else ()


def _header(interval: int, refresher: str) -> tuple[str, str]:
    return "Session-Expires", f"{interval};refresher={refresher}"
