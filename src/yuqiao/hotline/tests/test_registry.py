"""What a line may say, and what is counted at a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from yuqiao.hotline.registry import Entry, Pact, counts_at, faults_of, faults_of_pact, faults_together

DAY = dt.date(2021, 12, 31)
HUB = Entry("12345", "政务服务便民热线", "government")
POLICE = Entry("110", "公安报警", "emergency")


def codes(entry: Entry) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in faults_of(entry)}


def merged(number: str, into: str = "12345", since: dt.date = DAY, until: dt.date | None = None) -> Entry:
    return Entry(number, "热线", "government", merged_into=into, merged_from=since, merged_until=until)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"number": ""}, "number", "missing"),
        ({"number": "12a"}, "number", "not_digits"),
        ({"number": "１１０"}, "number", "not_digits"),
        ({"number": "1" * 33}, "number", "too_long"),
        ({"name_zh": ""}, "name_zh", "missing"),
        ({"name_zh": "热\n线"}, "name_zh", "unprintable"),
        ({"name_en": " City"}, "name_en", "unprintable"),
        ({"line_class": "private"}, "line_class", "unknown_class"),
        ({"priority": 101}, "priority", "priority_range"),
        ({"agent_contact": "12345"}, "agent_contact", "not_sip"),
        ({"languages": ("xx",)}, "languages", "unknown_language"),
        ({"languages": ("en", "en")}, "languages", "twice"),
        ({"excludes": ("gossip",)}, "excludes", "unknown_exclusion"),
        ({"valid_from": DAY, "valid_until": DAY - dt.timedelta(1)}, "valid_until", "ends_before_it_begins"),
        ({"merged_from": DAY}, "merged_from", "date_without_merger"),
        ({"merged_into": "110"}, "merged_from", "merger_without_date"),
        ({"merged_into": "12345", "merged_from": DAY}, "merged_into", "merged_into_itself"),
        (
            {"merged_into": "110", "merged_from": DAY, "merged_until": DAY - dt.timedelta(1)},
            "merged_until",
            "ends_before_it_begins",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(change: dict[str, Any], field: str, code: str) -> None:
    assert codes(HUB) == set()
    assert (field, code) in codes(replace(HUB, **change))


def test_a_line_merges_only_into_one_that_stands_by_itself() -> None:
    together = {one.number: one for one in (HUB, merged("1"), merged("2", "1"), merged("3", "4"), merged("4", "3"))}
    found = {number: [one.code for one in faults] for number, faults in faults_together(together, []).items()}
    assert found == {"2": ["merger_chain"], "3": ["merger_ring"], "4": ["merger_ring"]}
    assert faults_together({"1": merged("1", "999")}, [])["1"][0].code == "unknown_line"
    assert faults_together({"1": replace(HUB, owner="nobody")}, ["city"])["1"][0].code == "unknown_department"


def test_a_ring_behind_a_line_is_a_chain_for_it_and_ends() -> None:
    together = {one.number: one for one in (merged("1", "2"), merged("2", "3"), merged("3", "2"))}
    assert faults_together(together, [])["1"][0].code == "merger_chain"


def test_days_count_at_both_ends() -> None:
    line = replace(merged("1", until=DAY + dt.timedelta(2)), valid_from=DAY, valid_until=DAY + dt.timedelta(2))
    days = [DAY + dt.timedelta(n) for n in range(-1, 4)]
    assert [line.merged_on(day) for day in days] == [False, True, True, True, False]
    assert [line.valid_on(day) for day in days] == [False, True, True, True, False]
    pact = Pact("1", "a", DAY, DAY)
    assert [pact.in_force(day) for day in days] == [False, True, False, False, False]
    assert not Pact("1", "a").in_force(DAY)


def test_an_agreement_needs_its_line_its_department_and_dates_in_order() -> None:
    late = Pact("1", "a", DAY, DAY - dt.timedelta(1))
    assert [one.code for one in faults_of_pact(late, [], [])] == [
        "unknown_line",
        "unknown_department",
        "ends_before_it_begins",
    ]
    assert [one.code for one in faults_of_pact(Pact("1", "a", None, DAY), ["1"], ["a"])] == ["end_without_signature"]


def test_counts_follow_the_date_and_list_their_rows() -> None:
    entries = [
        HUB,
        POLICE,
        merged("200"),
        replace(POLICE, number="999", linked=False),
        Entry("960169", "本平台", "own"),
        Entry("95017", "客服", "public", valid_from=DAY),
    ]
    pacts = [Pact("12345", "a", DAY), Pact("12345", "b"), Pact("110", "b"), Pact("110", "a")]
    before = counts_at(DAY - dt.timedelta(1), entries, pacts, ["12345"])
    assert before.lines == ("110", "12345", "200")
    assert (before.merged, before.reached, before.unreached) == ((), ("12345",), ("110", "200"))
    assert (before.covered, before.uncovered) == ((), ("a", "b"))
    then = counts_at(DAY, entries, pacts, ["12345"])
    assert then.by_class == {"emergency": ("110",), "government": ("12345", "200"), "public": ("95017",)}
    assert (then.merged, then.alone) == (("200",), ("110", "12345", "95017"))
    assert (then.reached, then.unreached) == (("12345", "200"), ("110", "95017"))
    assert (then.covered, then.uncovered) == (("a",), ("b",))
