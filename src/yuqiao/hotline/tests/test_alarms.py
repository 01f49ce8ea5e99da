"""Alarms: whatever happens, a wait above its limit is told, and no alarm stands without its reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from yuqiao.hotline.alarms import Alarm, AlarmKind, Staff, Waits, alarms, limit_of

LANGUAGES = some.sampled_from(["en", "ja", "ko"])
NOW = 1_700_000_000.0
AWAY = some.lists(some.builds(Alarm, some.sampled_from([AlarmKind.CALLS, AlarmKind.MEDIA, AlarmKind.LINE])), max_size=3)
WAITING = some.lists(
    some.builds(
        Waits,
        LANGUAGES,
        some.sampled_from([limit_of("emergency"), limit_of("government")]),
        some.floats(NOW - 100, NOW),
        some.booleans(),
    ),
    max_size=12,
)
STAFF = some.dictionaries(LANGUAGES, some.integers(0, 5).flatmap(lambda on: some.builds(
    Staff, some.integers(0, on), some.just(on), some.booleans()
)))  # fmt: skip


def test_an_emergency_line_waits_ten_seconds_and_others_thirty() -> None:
    assert (limit_of("emergency"), limit_of("public"), limit_of("")) == (10.0, 30.0, 30.0)


@given(AWAY, WAITING, STAFF)
def test_each_alarm_has_its_reason_and_each_reason_its_alarm(
    away: list[Alarm], waiting: list[Waits], staff: dict[str, Staff]
) -> None:
    found = alarms(away, waiting, staff, NOW)
    assert [one for one in found if one in away] == sorted(away, key=lambda one: list(AlarmKind).index(one.kind))
    late = [one for one in waiting if NOW - one.since > one.limit]
    assert {one.about for one in found if one.kind is AlarmKind.WAIT} == {one.language for one in late}
    assert sum(one.count for one in found if one.kind is AlarmKind.WAIT) == len(late)
    nobody = {language for language, one in staff.items() if one.due and one.on_duty == 0}
    assert {one.about for one in found if one.kind is AlarmKind.NOBODY} == nobody
    for one in found:
        if one.kind is AlarmKind.SHORT:
            unserved = sum(row.language == one.about and not row.ringing for row in waiting)
            ready = staff[one.about].ready if one.about in staff else 0
            assert one.count == unserved - ready > 0
            assert one.about not in nobody


@given(AWAY, WAITING, STAFF)
def test_the_most_pressing_stands_first_whatever_the_order(
    away: list[Alarm], waiting: list[Waits], staff: dict[str, Staff]
) -> None:
    found = alarms(away, waiting, staff, NOW)
    ranks = [list(AlarmKind).index(one.kind) for one in found]
    assert ranks == sorted(ranks)
    assert alarms(away, waiting[::-1], dict(reversed(staff.items())), NOW) == found
