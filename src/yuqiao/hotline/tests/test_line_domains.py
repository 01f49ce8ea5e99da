"""What lines ask, as a table: out and in again changes nothing, all or nothing, journaled, and routing goes by it."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline.line_domains import LINE_DOMAINS, Asked, asked_of, check_asked, save_asked
from yuqiao.hotline.models import Line, LineDomain
from yuqiao.hotline.routing_tables import DOMAINS, LineFacts, PolicyError, forget, line_facts, set_domain
from yuqiao.lib import clock
from yuqiao.lib.tables import RowFault, TableError, compare, fault, read_one, rows_of
from yuqiao.workforce.models import Gender
from yuqiao.workforce.seats import DOMAIN_NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NUMBERS = ("110", "120", "12345")
ROWS = st.builds(
    Asked,
    st.sampled_from(NUMBERS),
    st.sampled_from(["", *DOMAINS]),
    st.sampled_from(["", *Gender.values]),
    st.integers(1, 3),
)
TABLES = st.lists(ROWS, max_size=3, unique_by=lambda one: one.line)
SHARED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _lines() -> None:
    forget()
    Line.objects.bulk_create(Line(number=one, name_zh=one, line_class="government") for one in NUMBERS)


def keep(rows: list[Asked]) -> None:
    lines = {row.number: row for row in Line.objects.all()}
    LineDomain.objects.bulk_create(
        LineDomain(line=lines[one.line], domain=one.domain, gender=one.gender, level=one.level) for one in rows
    )


def kept() -> list[Asked]:
    return asked_of(LineDomain.objects.all())


def journal() -> list[object]:
    return list(JournalEntry.objects.filter(action="routing.domain").order_by("id").values_list("detail", flat=True))


@SHARED
@given(TABLES)
def test_what_is_given_out_and_taken_in_again_changes_nothing(rows: list[Asked]) -> None:
    with transaction.atomic():
        keep(rows)
        for data in (LINE_DOMAINS.to_xlsx(kept()), LINE_DOMAINS.to_csv(kept())):
            found, faults = read_one(LINE_DOMAINS, data)
            assert [one.fault.code for one in faults] == ([] if rows else ["empty_file"])
            assert compare(LINE_DOMAINS, kept(), found) == []
            assert save_asked([row for _number, row in found], by=None) == 0
        assert (LineDomain.objects.count(), journal()) == (len(rows), [])
        transaction.set_rollback(True)


@SHARED
@given(TABLES, TABLES)
def test_a_table_leaves_and_journals_what_the_page_would(rows: list[Asked], wanted: list[Asked]) -> None:
    left = []
    for by_table in (True, False):
        with transaction.atomic():
            keep(rows)
            if by_table:
                save_asked(wanted, by=None)
            else:
                for one in wanted:
                    line = Line.objects.get(number=one.line)
                    set_domain(line, one.domain, gender=one.gender, level=one.level, by=None)
            left.append((kept(), journal()))
            transaction.set_rollback(True)
    assert left[0] == left[1]


@SHARED
@given(
    st.sampled_from(["medical", "", "general", "医疗 "]),
    st.sampled_from(["f", "m", "", "x"]),
    st.integers(0, 5),
)
def test_a_table_refuses_exactly_what_the_page_refuses(domain: str, gender: str, level: int) -> None:
    wrong = check_asked([Asked("110", domain, gender, level)])
    with transaction.atomic():
        try:
            set_domain(Line.objects.get(number="110"), domain, gender=gender, level=level, by=None)
        except PolicyError:
            assert wrong
        else:
            assert not wrong
        transaction.set_rollback(True)


def test_two_lines_ask_one_no_more_and_routing_knows_at_once() -> None:
    keep([Asked("110", "police", "f", 2)])
    assert line_facts("110", clock.now().timestamp()).gender == "f"
    wang = Person.objects.create(username="wang")
    rows = [Asked("110"), Asked("120", "medical", "", 3), Asked("12345", "legal")]
    assert save_asked(rows, by=wang) == 3
    assert kept() == rows
    now = clock.now().timestamp()
    assert line_facts("110", now) == LineFacts("government", "")
    assert line_facts("120", now) == LineFacts("government", "medical", "", 3)
    assert journal() == [
        {"number": "110", "domain": ["police", ""], "gender": ["f", ""], "level": [2, 1]},
        {"number": "120", "level": [1, 3]},
        {"number": "12345", "domain": ["", "legal"]},
    ]
    assert {entry.actor for entry in JournalEntry.objects.all()} == {wang}


def test_one_bad_row_stops_all() -> None:
    rows = [Asked("120", "medical", "f"), Asked("999", "police"), Asked("110", "general", "x", 4)]
    with pytest.raises(TableError) as refused:
        save_asked(rows, by=None)
    assert refused.value.faults == {
        1: [fault("line", "unknown_line", text="999")],
        2: [
            fault("domain", "unknown_domain", text="general"),
            fault("gender", "unknown_gender", text="x"),
            fault("level", "level_range", text="4"),
        ],
    }
    assert (kept(), journal()) == ([], [])


def test_cells_left_empty_ask_nothing_in_particular() -> None:
    table = [LINE_DOMAINS.headings, ["110", "", "", ""], ["120", "医疗", "女", "2"], ["12345", "", "", "高"]]
    faults: list[RowFault] = []
    found = rows_of(LINE_DOMAINS, table, faults)
    assert [row for _number, row in found] == [Asked("110"), Asked("120", "medical", "f", 2)]
    assert [(one.row, one.fault.field, one.fault.code) for one in faults] == [(4, "level", "not_a_number")]


def test_a_table_names_every_domain_that_routing_knows() -> None:
    assert tuple(DOMAIN_NAMES) == DOMAINS
