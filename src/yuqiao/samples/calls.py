"""The calls of the two cities as rows: generated from a seed, since the sources give counts only (S37, S38, S44)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import create_person
from yuqiao.cases.models import OrderClass, OrderState, WorkOrder
from yuqiao.cases.rules import due
from yuqiao.demo import city, linkage
from yuqiao.demo.cast import LINES, OWN_LINE
from yuqiao.demo.history import ZONE, PastCall, calls_of
from yuqiao.demo.history_ratings import RATED_2021, SATISFIED_2021, with_ratings
from yuqiao.demo.history_rows import write
from yuqiao.hotline.models import Line, LineClass
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window
from yuqiao.workforce.models import Interpreter, ServiceWindow, Tier

SEED: Final = 1
#: Beijing's five lines (S25) and how many of its foreign-language calls they passed on (S94).
BEIJING_LINES: Final = (
    ("12345", "市民服务热线", LineClass.GOVERNMENT),
    ("110", "公安报警", LineClass.EMERGENCY),
    ("120", "医疗急救", LineClass.EMERGENCY),
    ("999", "红十字会急救", LineClass.EMERGENCY),
    ("119", "消防救援", LineClass.EMERGENCY),
)
BEIJING_TRANSFERS: Final = 676
#: Of each language that a city does not serve, callers are taken for speakers of English here (S26, S28).
BEIJING_LANGUAGES: Final = frozenset({"en", "fr", "de", "ru", "es", "ja", "ko", "ar"})
GUANGZHOU_LANGUAGES: Final = frozenset({"en", "ja", "ko", "ar", "ru", "fr", "es", "pt"})
#: English round the clock, the others eight hours (S26); which eight is not said.
MIDNIGHT, EIGHT_HOURS = dt.time(0), (dt.time(9), dt.time(17))
GUANGZHOU_CALLS: Final = {2020: 5187, 2021: 6191}
#: Work orders to departments in 2021; the source says only that all were in time (S114).
GUANGZHOU_ORDERS: Final = 236


def beijing(_by: Person) -> None:
    """Write five lines and exactly 676 foreign-language calls that they passed on, every one of them served."""
    for number, name, kind in BEIJING_LINES:
        Line.objects.create(number=number, name_zh=name, line_class=kind, linked=True)
    for tier in (Tier.RESIDENT, Tier.REMOTE):
        person = create_person(f"interpreter-{tier}", by=None)
        Interpreter.objects.create(person=person, number=f"示例-{tier}", tier=tier, state_since=clock.now())
    for language in sorted(BEIJING_LANGUAGES):
        begins, ends = (MIDNIGHT, MIDNIGHT) if language == "en" else EIGHT_HOURS
        open_window(language, Tier.RESIDENT, DAYS, begins, ends, valid_from=dt.date(2023, 1, 1), by=None)
    write(transferred(2023, BEIJING_TRANSFERS))


def transferred(year: int, count: int) -> list[PastCall]:
    """Return ``count`` calls of a year that partner lines passed to us, in a foreign language, served. Pure."""
    numbers = [number for number, *_ in BEIJING_LINES]
    chance = random.Random(f"beijing/{year}/{SEED}")
    made = [
        spoken(call, BEIJING_LANGUAGES)
        for call in calls_of(year, 3 * count, numbers, numbers[0], SEED)
        if call.way_in != "direct" and call.outcome == "served" and call.language in FOREIGN
    ]
    chosen = sorted(chance.sample(range(len(made)), count))
    return [made[number] for number in chosen]


def spoken(call: PastCall, languages: frozenset[str]) -> PastCall:
    """Return the call in a language that the city serves. Pure."""
    served = not call.language or call.language == "zh" or call.language in languages
    return call if served else replace(call, language="en")


def guangzhou(by: Person) -> None:
    """Write 104 lines, 181 departments, the calls of two years, 1,250 ratings of the second, and its work orders."""
    city.seed(lambda _user: "", city.password_of_this_run())
    ServiceWindow.objects.exclude(language__in=GUANGZHOU_LANGUAGES).delete()  # the demonstration's city serves more
    partners = [line.number for line in LINES if line.number not in linkage.NOT_LINKED]
    for year, count in GUANGZHOU_CALLS.items():
        made = [spoken(call, GUANGZHOU_LANGUAGES) for call in calls_of(year, count, partners, OWN_LINE, SEED)]
        write(with_ratings(made, RATED_2021, SATISFIED_2021, SEED) if year == 2021 else made)
    _orders(by)


def _orders(by: Person) -> None:
    """Orders of past days, each answered within its time; the services of today would date them today."""
    chance = random.Random(f"orders/{SEED}")
    lines = Line.objects.in_bulk([OWN_LINE, "12345"], field_name="number")
    offices = list(Department.objects.filter(code__endswith="-hall").order_by("code"))
    first = dt.datetime(2021, 1, 1, 9, tzinfo=ZONE)
    WorkOrder.objects.bulk_create(
        [
            _order(chance, lines, offices, first + dt.timedelta(hours=37) * number, by)
            for number in range(GUANGZHOU_ORDERS)
        ]
    )


def _order(
    chance: random.Random, lines: Mapping[object, Line], offices: list[Department], opened: dt.datetime, by: Person
) -> WorkOrder:
    kind = chance.choices([*OrderClass], (8, 3, 1))[0]
    line, until = lines[chance.choice((OWN_LINE, "12345"))], due(kind, opened)
    answered = opened + (until - opened) * chance.uniform(0.05, 0.95)
    return WorkOrder(
        line=line.pk,
        line_number=line.number,
        language=chance.choice(sorted(GUANGZHOU_LANGUAGES)),
        department=chance.choice(offices),
        order_class=kind,
        subject="示例工单",
        text="示例工单：请联动部门答复来电人。",
        state=OrderState.CLOSED,
        opened_at=opened,
        opened_by=by,
        due_at=until,
        answered_at=answered,
        closed_at=answered,
    )


CALLS: Final[Mapping[str, Callable[[Person], None]]] = {"beijing-2023": beijing, "guangzhou-2021": guangzhou}
