"""What a call's page says and asks about its language, its recording and what its line excludes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yuqiao.accounts.models import Person, Role
from yuqiao.hotline.models import Call, Consent
from yuqiao.hotline.registry import within
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import line_words, routing_words, words

#: What somebody may ask who speaks with the caller: supervisors, the call's interpreter, the agents of its line.
ASKS = frozenset({"choose_language", "refuse_recording", "another", "excluded"})


def is_agent_of(person: Person, call: Call) -> bool:
    """Tell whether ``person`` is a hotline agent of the line of this running call."""
    if call.line is None or call.ended_at is not None:
        return False
    return person.grants.filter(role=Role.AGENT, line_number=call.line.number).exists()


def facts_of(call: Call, *, asks: bool) -> dict[str, Any]:
    """Return the page's facts; with ``asks`` also what may be asked: the language and the end of recording."""
    line = call.line
    day = timezone.localdate(call.started_at)
    refused = call.consent == Consent.REFUSED
    running = call.ended_at is None
    excluded = line.excludes if line else []
    return {
        "asks": asks and running,
        "language_by": words.word(words.LANGUAGE_BY, call.language_by) if call.language_by else "",
        "refused": refused,
        "consent": words.word(words.CONSENT, call.consent),
        "consent_by": words.word(words.CONSENT_BY, call.consent_by) if refused else "",
        "excludes": [words.word(line_words.EXCLUSIONS, code) for code in excluded],
        "not_valid": line is not None and not within(day, line.valid_from, line.valid_until),
        "suggested": _suggestion(call) if asks and running else None,
        "languages": [
            (code, words.language_name(code)) for code in FOREIGN if code != call.language and asks and running
        ],
        "refusals": [(code, words.word(line_words.EXCLUSIONS, code)) for code in excluded] if asks and running else [],
        "another": _choices() if asks and running and call.language else None,
        "may_refuse": asks and running and not refused and (line is None or (line.record and line.refusable)),
    }


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Return what another interpreter may be asked for: gender, level, domain."""
    return {
        "genders": [(code, words.word(routing_words.GENDERS, code)) for code in routing_words.GENDERS],
        "levels": [(code, words.word(routing_words.LEVELS, code)) for code in routing_words.LEVELS],
        "domains": [(code, words.word(routing_words.DOMAINS, code)) for code in routing_words.DOMAINS],
    }


def _suggestion(call: Call) -> dict[str, Any] | None:
    """Return what a speech engine suggested, unless it was confirmed already."""
    told = call.events.filter(kind="language_suggested").order_by("id").last()
    code = told.data.get("language", "") if told is not None else ""
    if told is None or code == call.language or code not in FOREIGN:
        return None
    return {"code": code, "name": words.language_name(code), "confidence": told.data.get("confidence")}
