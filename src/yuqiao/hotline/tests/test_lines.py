"""Lines and agreements are written all or none, each change with its entry in the journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from yuqiao.accounts.models import Department, JournalEntry
from yuqiao.accounts.services import verify_journal
from yuqiao.hotline import lines
from yuqiao.hotline.line_import import import_tables
from yuqiao.hotline.line_sheets import CLASS_NAMES, LINES, MERGERS, WAY_NAMES, WAYS, to_csv, to_xlsx
from yuqiao.hotline.models import Agreement, Call, DialledNumber, Line, LineClass, WayIn
from yuqiao.hotline.registry import Entry, Merger, Pact, Way
from yuqiao.hotline.state import OUTBOUND

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = dt.date(2021, 7, 1)
HUB = Entry("12345", "政务服务便民热线", "government", owner="city", priority=20, excludes=("secret",))
TAX = Entry("12366", "纳税服务", "government", languages=("en", "ja"))


@pytest.fixture(autouse=True)
def _city() -> None:
    Department.objects.create(code="city", name_zh="市政务服务局")
    Department.objects.create(code="tax", name_zh="市税务局")


def codes(error: pytest.ExceptionInfo[lines.LineError]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in error.value.faults]


def call(number: str, day: dt.date, hour: int = 12) -> Call:
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))
    return Call.objects.create(line=Line.objects.get(number=number), dialled=number, started_at=at)


def test_a_line_is_added_changed_merged_and_retired_with_its_history() -> None:
    lines.add_line(HUB, by=None)
    lines.add_line(TAX, by=None)
    assert lines.all_entries() == {"12345": HUB, "12366": TAX}
    lines.change_line(replace(TAX, name_zh="税务服务", agent_contact="sip:secret@example.org"), by=None)
    lines.merge_line("12366", "12345", DAY, by=None)
    lines.retire_line("12366", dt.date(2022, 1, 1), by=None)
    told = JournalEntry.objects.order_by("id").values_list("action", "detail")
    assert [action for action, _detail in told] == ["line.add"] * 2 + ["line.change"] * 3
    assert told[2][1] == {"number": "12366", "name_zh": ["纳税服务", "税务服务"], "agent_contact": True}
    assert told[3][1] == {"number": "12366", "merged_into": ["", "12345"], "merged_from": [None, "2021-07-01"]}
    assert verify_journal() == []


def test_saving_what_is_there_already_writes_nothing() -> None:
    lines.add_line(HUB, by=None)
    assert lines.save_entries([HUB], by=None) == 0
    assert JournalEntry.objects.count() == 1


def test_what_is_wrong_is_said_and_nothing_is_written() -> None:
    lines.add_line(HUB, by=None)
    with pytest.raises(lines.LineError) as taken:
        lines.add_line(HUB, by=None)
    assert codes(taken) == [("number", "taken")]
    with pytest.raises(lines.LineError) as wrong:
        lines.save_entries([TAX, replace(TAX, number="1x", owner="nobody")], by=None)
    assert codes(wrong) == [("number", "not_digits"), ("owner", "unknown_department")]
    assert list(lines.all_entries()) == ["12345"]
    with pytest.raises(Line.DoesNotExist):
        lines.change_line(TAX, by=None)


def test_who_answers_for_others_cannot_be_merged_or_retired_under_them() -> None:
    merged = replace(TAX, merged_into="12345", merged_from=DAY)
    lines.save_entries([merged, HUB, replace(TAX, number="110")], by=None)
    with pytest.raises(lines.LineError) as chain:
        lines.merge_line("12345", "110", DAY, by=None)
    assert codes(chain) == [("merged_into", "others_merged_into_it")]
    with pytest.raises(lines.LineError) as leaning:
        lines.retire_line("12345", DAY, by=None)
    assert codes(leaning) == [("valid_until", "others_merged_into_it")]
    with pytest.raises(lines.LineError) as again:
        lines.merge_line("12366", "110", DAY, by=None)
    assert codes(again) == [("merged_into", "merged_already")]
    lines.merge_line("12366", "12345", DAY, DAY, by=None)
    assert lines.retire_line("12345", DAY, by=None).valid_until == DAY


def test_a_form_never_overwrites_a_merger_of_the_past() -> None:
    lines.save_entries([HUB, replace(TAX, merged_into="12345", merged_from=DAY), replace(TAX, number="110")], by=None)
    kept = replace(TAX, merged_into="12345", merged_from=DAY)
    lines.edit_line(replace(kept, name_zh="税务"), by=None)
    assert lines.all_mergers() == [], "nothing of the merger changed"
    later = DAY + dt.timedelta(100)
    lines.edit_line(replace(kept, merged_into="110", merged_from=later), by=None)
    first = Merger("12366", "12345", DAY, later - dt.timedelta(1))
    assert lines.all_mergers() == [first]
    with pytest.raises(lines.LineError) as before:
        lines.edit_line(replace(kept, merged_from=DAY), by=None)
    assert codes(before) == [("merged_into", "merged_already")]
    lines.edit_line(replace(TAX, name_zh="税务"), by=None)
    yesterday = timezone.localdate() - dt.timedelta(1)
    assert lines.all_mergers() == [first, Merger("12366", "110", later, yesterday)]
    assert lines.all_entries()["12366"] == replace(TAX, name_zh="税务")


def test_a_merger_that_never_held_is_no_history() -> None:
    soon = timezone.localdate() + dt.timedelta(30)
    lines.save_entries([HUB, replace(TAX, merged_into="12345", merged_from=soon)], by=None)
    lines.edit_line(TAX, by=None)
    assert lines.all_mergers() == []
    assert lines.all_entries()["12366"] == TAX


def test_a_call_to_a_merged_line_counts_for_both_while_it_is_merged() -> None:
    until = DAY + dt.timedelta(1)
    lines.save_entries([HUB, replace(TAX, merged_into="12345", merged_from=DAY, merged_until=until)], by=None)
    days = [DAY + dt.timedelta(n) for n in (-1, 0, 1, 2)]
    to_tax = [call("12366", day, hour) for day, hour in zip(days, (23, 0, 23, 0), strict=True)]  # the city's midnight
    to_hub = call("12345", DAY)
    hub, tax = Line.objects.get(number="12345"), Line.objects.get(number="12366")
    assert set(lines.calls_of(hub)) == {to_hub, *to_tax[1:3]}
    assert set(lines.calls_of(tax)) == set(to_tax)
    assert [[line.number for line in lines.lines_of(one)] for one in to_tax] == [
        ["12366"], ["12366", "12345"], ["12366", "12345"], ["12366"],
    ]  # fmt: skip
    assert lines.lines_of(Call(started_at=to_hub.started_at)) == []


def test_counts_come_from_the_rows(django_assert_num_queries: object) -> None:
    lines.save_entries([HUB, replace(TAX, merged_into="12345", merged_from=DAY)], by=None)
    DialledNumber.objects.create(number="7112345", line=Line.objects.get(number="12345"), way_in=WayIn.BESIDE_AGENT)
    lines.save_pacts([Pact("12345", "tax", DAY), Pact("12345", "city")], by=None)
    with django_assert_num_queries(4):  # type: ignore[operator]
        found = lines.counts(DAY)
    assert (found.lines, found.merged, found.reached) == (("12345", "12366"), ("12366",), ("12345", "12366"))
    assert (found.covered, found.uncovered) == (("tax",), ("city",))


def test_agreements_are_one_for_each_line_and_department() -> None:
    lines.add_line(HUB, by=None)
    assert lines.save_pacts([Pact("12345", "tax")], by=None) == 1
    assert lines.save_pacts([Pact("12345", "tax", DAY)], by=None) == 1
    assert lines.save_pacts([Pact("12345", "tax", DAY)], by=None) == 0
    assert Agreement.objects.get().signed_on == DAY
    with pytest.raises(lines.LineError):
        lines.save_pacts([Pact("12345", "city"), Pact("1", "nobody")], by=None)
    assert Agreement.objects.count() == 1
    assert JournalEntry.objects.filter(action__startswith="agreement.").count() == 2


def test_what_is_downloaded_can_be_uploaded_elsewhere() -> None:
    merged = replace(TAX, merged_into="12345", merged_from=DAY)
    entries, pacts = [HUB, merged], [Pact("12345", "tax", DAY), Pact("12366", "city")]
    came = import_tables(to_xlsx([merged, HUB], pacts), by=None)
    assert (came.lines, came.pacts, came.ways, came.faults) == (2, 2, 0, [])
    assert list(lines.all_entries().values()) == entries
    assert lines.all_pacts() == pacts
    again = import_tables(to_csv(LINES, entries), by=None)
    assert (again.lines, again.pacts, again.faults) == (0, 0, [])


def test_numbers_dialled_come_with_their_lines_or_are_refused() -> None:
    ways = [Way("+7112345", "12345", "beside_agent"), Way("71123451", "12345", "transferred", "en")]
    came = import_tables(to_xlsx([HUB], [], ways), by=None)
    assert (came.lines, came.ways, came.faults) == (1, 2, [])
    assert lines.all_ways() == ways
    assert import_tables(to_csv(WAYS, ways), by=None).ways == 0
    moved = replace(ways[1], language="ja")
    assert import_tables(to_csv(WAYS, [moved]), by=None).ways == 1
    last = JournalEntry.objects.latest("id")
    assert (last.action, last.detail) == ("dialled.change", {"number": "71123451", "language": ["en", "ja"]})
    came = import_tables(to_csv(WAYS, [Way("a", "7", "letter", "xx")]), by=None)
    assert [one.fault.code for one in came.faults] == [
        "not_digits", "unknown_line", "unknown_way_in", "unknown_language",
    ]  # fmt: skip
    assert lines.all_ways() == [ways[0], moved]


def test_an_upload_with_one_wrong_row_writes_nothing() -> None:
    data = to_xlsx([HUB, replace(TAX, owner="nobody")], [Pact("12345", "tax"), Pact("7", "tax")])
    came = import_tables(data, by=None)
    assert [(one.sheet, one.row, one.fault.code) for one in came.faults] == [
        ("线路", 3, "unknown_department"),
        ("联动协议", 3, "unknown_line"),
    ]
    assert not Line.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_tables_use_the_codes_and_words_of_the_rows() -> None:
    assert dict(LineClass.choices) == CLASS_NAMES
    ringing_us = {code: name for code, name in WayIn.choices if code not in OUTBOUND}  # those we dial ourselves
    assert ringing_us == WAY_NAMES


CITY = Entry("12319", "城建服务", "government")


def test_a_line_merged_into_several_one_after_the_other_counts_for_each_on_its_days() -> None:
    lines.save_entries([HUB, CITY, TAX], by=None)
    later = dt.date(2022, 1, 1)
    lines.merge_line("12366", "12319", DAY, by=None)
    lines.merge_line("12366", "12345", later, by=None)
    past = Merger("12366", "12319", DAY, later - dt.timedelta(1))
    assert lines.all_mergers() == [past]
    entry = lines.all_entries()["12366"]
    assert (entry.merged_into, entry.merged_from, entry.merged_until) == ("12345", later, None)
    first, second = call("12366", DAY), call("12366", later)
    hub, city = Line.objects.get(number="12345"), Line.objects.get(number="12319")
    assert (set(lines.calls_of(city)), set(lines.calls_of(hub))) == ({first}, {second})
    assert [one.number for one in lines.lines_of(first)] == ["12366", "12319"]
    assert [one.number for one in lines.lines_of(second)] == ["12366", "12345"]
    assert lines.counts(DAY).merged == lines.counts(later).merged == ("12366",)
    assert JournalEntry.objects.filter(action="merger.add").count() == 1


def test_a_merger_that_ended_stays_when_the_line_is_merged_again() -> None:
    until, again = dt.date(2021, 12, 31), dt.date(2023, 1, 1)
    lines.save_entries([HUB, replace(TAX, merged_into="12345", merged_from=DAY, merged_until=until)], by=None)
    lines.merge_line("12366", "12345", again, by=None)
    assert lines.all_mergers() == [Merger("12366", "12345", DAY, until)]
    assert [lines.counts(day).merged for day in (DAY, dt.date(2022, 6, 1), again)] == [("12366",), (), ("12366",)]


def test_past_mergers_come_and_go_as_tables_and_never_overlap() -> None:
    past = Merger("12366", "12319", dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    entries = [HUB, CITY, replace(TAX, merged_into="12345", merged_from=DAY)]
    came = import_tables(to_xlsx(entries, [], [], [past]), by=None)
    assert (came.lines, came.mergers, came.faults) == (3, 1, [])
    assert import_tables(to_csv(MERGERS, lines.all_mergers()), by=None).mergers == 0
    wrong = [
        replace(past, since=dt.date(2020, 6, 1)),
        replace(past, since=DAY, until=DAY),
        Merger("12366", "12366", dt.date(2010, 1, 2), dt.date(2010, 1, 1)),
        Merger("1", "2", DAY, DAY),
    ]
    came = import_tables(to_csv(MERGERS, wrong), by=None)
    assert [(one.row, one.fault.code) for one in came.faults] == [
        (2, "mergers_overlap"), (3, "mergers_overlap"),
        (4, "merged_into_itself"), (4, "ends_before_it_begins"), (5, "unknown_line"), (5, "unknown_line"),
    ]  # fmt: skip
    assert lines.all_mergers() == [past]
