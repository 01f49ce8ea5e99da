"""What the registry tells of a call that arrives: by the number dialled, its line, and who could interpret it now.

Called within the transaction of `hotline.services.admit`.
"""

from __future__ import annotations

from django.utils import timezone

from yuqiao.engines.events import LegArrived
from yuqiao.hotline import ratings
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.choosing import known, menu_order
from yuqiao.hotline.models import DialledNumber, Line
from yuqiao.hotline.registry import within
from yuqiao.hotline.rows import instant
from yuqiao.workforce.models import InterpreterLanguage
from yuqiao.workforce.services import ON_DUTY


def facts_for(arrival: LegArrived) -> tuple[Facts, int | None]:
    """Return what is known of the call, and the key of its line's row (None: a number nobody registered)."""
    number = DialledNumber.objects.select_related("line__survey_policy").filter(number=arrival.dialled).first()
    if number is None:
        return Facts(menu=_menu((), known("", arrival.languages)[0])), None
    line, hints = number.line, tuple(number.line.languages)
    facts = Facts(
        number.way_in,
        line.number,
        line.agent_contact,
        line.priority,
        line.record,
        number.language,
        survey=ratings.asks(line),
        refusable=line.refusable,
        hints=hints,
        menu=_menu(hints, known(number.language, arrival.languages)[0]),
        excludes=tuple(line.excludes),
        diverted_from=_ours(arrival.diverted_from),
        valid=within(timezone.localdate(instant(arrival.at)), line.valid_from, line.valid_until),
    )
    return facts, line.pk


def _ours(number: str) -> str:
    """Return ``number`` if it is a hotline's: whose else a call was meant for first is not kept."""
    if not number:
        return ""
    ours = DialledNumber.objects.filter(number=number).exists() or Line.objects.filter(number=number).exists()
    return number if ours else ""


def _menu(hints: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Return the languages the caller is offered; none, and no query, where the language is known."""
    if language:
        return ()
    rows = InterpreterLanguage.objects.order_by().values_list("language", "interpreter__state").distinct()
    held = {code for code, _state in rows}
    return menu_order(hints, {code for code, state in rows if state in ON_DUTY}, held)
