"""The journal in words: who did what and when, and what it was before and is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yuqiao.accounts.models import JournalEntry
from yuqiao.web.console import routing_words, words
from yuqiao.web.console.words import Words, word
from yuqiao.web.registry.history_words import FIELDS, THINGS, VERBS

#: Field -> what its codes are called.
VALUES: dict[str, Words] = {"role": words.ROLES, "tier": routing_words.POSTS, "gender": routing_words.GENDERS}


@dataclass(frozen=True, slots=True)
class Told:
    """One field of what was done. Without ``pair`` only ``after`` is known."""

    name: str
    before: str
    after: str
    pair: bool


def act(action: str) -> str:
    """Return ``thing.verb`` in words; a thing or verb nobody named stands as it is."""
    thing, _dot, verb = action.partition(".")
    return f"{word(THINGS, thing)}: {word(VERBS, verb)}" if verb else action


def told(detail: dict[str, Any]) -> list[Told]:
    """Return what was done, field by field."""
    return [_one(name, value) for name, value in detail.items() if value not in (None, "", [])]


def _one(name: str, value: object) -> Told:
    label = word(FIELDS, name)
    match value:
        case [before, after] if name not in {"fields", "rows"} and not (
            isinstance(before, dict) or isinstance(after, dict)
        ):
            return Told(label, _said(name, before), _said(name, after), pair=True)
        case True if name not in {"passed", "university", "linked", "is_active"}:
            return Told(label, "", gettext("changed, not told to what"), pair=False)
        case _:
            return Told(label, "", _said(name, value), pair=False)


def _said(name: str, value: object) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case list():
            return "、".join(_said(name, one) for one in value)
        case str() if name == "fields":
            return word(FIELDS, value)
        case str():
            return word(VALUES.get(name, {}), value)
        case _:
            return str(value)


def entry(one: JournalEntry) -> dict[str, object]:
    """Return one entry as pages show it."""
    return {"at": one.at, "actor": one.actor, "act": act(one.action), "code": one.action, "told": told(one.detail)}


def sentence(detail: dict[str, Any]) -> str:
    """Return what was done in one line."""
    said = [
        f"{one.name}: {one.before} → {one.after}" if one.pair else f"{one.name}: {one.after}" for one in told(detail)
    ]
    return " · ".join(said) or "–"
