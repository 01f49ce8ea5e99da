"""The human languages of a call in SDP: what an offer prefers, and which of it our answer takes (RFC 8373).

The attributes are the audio stream's (RFC 8373 section 6.1); offers that put them on the whole session are understood
too. Tags are BCP 47 (RFC 5646), in the caller's order; a ``*`` at the end says that the call shall go on without a
common language (5.3), as ours always does. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SEND, RECEIVE = "hlang-send", "hlang-recv"
#: RFC 5646 2.1 without its fine print: a primary subtag and others of at most eight letters and digits.
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
#: RFC 5646 4.4.1: a buffer of 35 characters holds every tag in use. More tags than ten help nobody to choose.
_LONGEST, _MOST = 35, 10
Attributes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Languages:
    """What an offer says of languages: what its caller ``send``s and wants to ``receive``, most wanted first."""

    send: tuple[str, ...] = ()
    receive: tuple[str, ...] = ()

    @property
    def preferred(self) -> tuple[str, ...]:
        """All tags in the order in which an interpreter is to be chosen: what the caller speaks goes first."""
        return tuple(dict.fromkeys((*self.send, *self.receive)))


NONE = Languages()


def read(media: Attributes, session: Attributes) -> Languages:
    """Return the languages of a stream with these attributes in a session with those."""
    return Languages(*(_tags(media.get(name) or session.get(name) or ()) for name in (SEND, RECEIVE)))


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    words = (word for value in values for word in value.split())
    return tuple(word for word in words if len(word) <= _LONGEST and _TAG.fullmatch(word))[:_MOST]


def offer(tags: Sequence[str]) -> dict[str, list[str]]:
    """Return the attributes of an offer that wants to speak and hear ``tags``, and goes on without them (5.3)."""
    value = " ".join((*tags, "*"))
    return {SEND: [value], RECEIVE: [value]} if tags else {}


def answer(offered: Languages, language: str) -> dict[str, list[str]]:
    """Return the attributes of an answer: the tags of the offer that are ``language`` (a primary subtag), at most one
    each way. What the caller sends, we receive (5.2). Nothing where the offer does not name it."""
    chosen = {RECEIVE: _first(offered.send, language), SEND: _first(offered.receive, language)}
    return {name: [tag] for name, tag in chosen.items() if tag}


def _first(tags: Iterable[str], language: str) -> str:
    wanted = language.lower()
    return next((tag for tag in tags if wanted and tag.lower().partition("-")[0] == wanted), "")
