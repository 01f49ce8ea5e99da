"""Who is rung and whose turn it is: properties that hold for every staff, every request and every moment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.routing import (
    DEFAULTS,
    TIERS,
    Candidate,
    Choice,
    Cover,
    Policies,
    Policy,
    Wanted,
    choose,
    match,
    place,
    queue,
)
from yuqiao.hotline.routing.turns import MOST_POINTS

LANGUAGES = ("en", "ja", "ko")
DOMAINS = ("medical", "police")
NOW = 1_000_000.0
HELD = st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3), min_size=1, max_size=3)
SOME = st.lists(st.sampled_from(["120", "emergency", "12345", "government"]), max_size=2).map(tuple)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 30),
        tier=st.sampled_from(TIERS),
        idle_since=st.floats(NOW - 9000, NOW),
        levels=HELD.map(lambda held: tuple(held.items())),
        gender=st.sampled_from(["", "f", "m"]),
        domains=st.lists(st.sampled_from(DOMAINS), max_size=2).map(tuple),
        lines=SOME,
        barred=SOME,
        worked_since=st.floats(NOW - 4000, NOW - 2000),
        worked_until=st.floats(NOW - 1000, NOW),
        calls=st.integers(0, 15),
        off=st.booleans(),
        busy=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)
REQUEST = st.builds(
    Wanted,
    id=st.uuids().map(str),
    language=st.sampled_from(LANGUAGES),
    priority=st.sampled_from([0, 10, 50, 100]),
    head=st.booleans(),
    created_at=st.floats(NOW - 60, NOW),
    tried=st.lists(st.integers(1, 30), max_size=4).map(tuple),
    target=st.sampled_from(["zh", "zh", "ja"]),
    level=st.integers(1, 3),
    domain=st.sampled_from(["", *DOMAINS]),
    gender=st.sampled_from(["", "f", "m"]),
    line=st.sampled_from(["120", "12345"]),
    line_class=st.sampled_from(["emergency", "government", "callback"]),
    familiar=st.lists(st.integers(1, 30), max_size=1).map(tuple),
)
REQUESTS = st.lists(REQUEST, max_size=6, unique_by=lambda one: one.id)
COVERS = st.dictionaries(
    st.sampled_from(LANGUAGES),
    st.builds(Cover, st.sampled_from(["resident", "remote", "none"]), st.floats(NOW + 1, NOW + 999)),
)
POLICIES = Policies()


def english(number: int, tier: str = "resident", idle: float = NOW, level: int = 1, **more: object) -> Candidate:
    """Return somebody who holds English."""
    return replace(Candidate(number, tier, idle, (("en", level),)), **more)  # type: ignore[arg-type]


def wants(waited: float = 0.0, **more: object) -> Wanted:
    """Return a request for English of a government line that has waited so long."""
    plain = Wanted("r", "en", 10, False, NOW - waited, line="12345", line_class="government")
    return replace(plain, **more)  # type: ignore[arg-type]


def decide(wanted: Wanted, *staff: Candidate, policies: Policies = POLICIES, cover: Cover | None = None) -> Choice:
    """Decide with nobody else waiting."""
    return choose(wanted, [], staff, policies, NOW, covers={} if cover is None else {"en": cover})


def rung(choice: Choice) -> list[int]:
    """Return the ids of those rung."""
    return [one.id for one in choice.chosen]


def test_nearer_tiers_first_and_within_one_the_longest_idle() -> None:
    staff = [english(1, "remote", 0.0), english(2, idle=9.0), english(3, idle=5.0, level=3), english(4, idle=1.0)]
    choice = decide(wants(), *staff)
    assert rung(choice) == [4]
    assert choice.verdicts == {4: "chosen", 3: "behind", 2: "behind", 1: "tier"}
    assert [one.one.id for one in choice.considered] == [4, 3, 2, 1], "details are in the order of ringing"


def test_an_emergency_passes_by_a_tier_whose_people_are_all_taken() -> None:
    seat, away = english(1), english(2, "mobile", off=True, confirm=True)
    assert rung(decide(wants(line_class="emergency"), seat, away)) == [1], "whoever is at a seat is rung first"
    assert rung(decide(wants(line_class="emergency"), replace(seat, busy=True), away)) == [2]
    assert rung(decide(wants(line_class="government"), replace(seat, busy=True), away)) == [], "she may be free soon"


def test_an_emergency_rings_three_at_once_the_higher_level_first() -> None:
    staff = [english(1, idle=0.0), english(2, idle=9.0, level=3), english(3, idle=5.0, level=2), english(4, idle=3.0)]
    assert rung(decide(wants(line_class="emergency"), *staff)) == [2, 3, 1]


def test_a_farther_tier_is_rung_after_its_delay_and_at_once_where_the_nearer_is_empty() -> None:
    busy, mobile = english(1, busy=True), english(2, "mobile", off=True, confirm=True)
    early = decide(wants(), busy, mobile)
    assert not early.chosen
    assert early.verdicts == {1: "busy", 2: "tier"}
    assert early.look_again_at == NOW + POLICIES.of("government").patience_resident
    assert rung(decide(wants(4.0), busy, mobile)) == [2]
    assert rung(decide(wants(), mobile)) == [2], "nobody is waited for who is not there"
    assert rung(decide(wants(tried=(1,)), busy, mobile)) == [2], "nor whoever was tried already"


def test_the_tier_on_duty_now_goes_first_and_who_is_there_besides_is_not_wasted() -> None:
    resident, remote = english(1, idle=0.0), english(2, "remote", idle=9.0)
    assert rung(decide(wants(), resident, remote, cover=Cover("resident"))) == [1]
    assert rung(decide(wants(), resident, remote, cover=Cover("remote"))) == [2], "after the change-over"
    assert rung(decide(wants(), resident, cover=Cover("none"))) == [1], "windows are no permission"


def test_outside_all_windows_with_nobody_signed_on_the_answer_is_given_at_once() -> None:
    assert decide(wants(), cover=Cover("none", NOW + 3600, "resident")).nobody == "off_hours"
    assert decide(wants(), cover=Cover("resident", NOW + 3600, "none")).nobody == "none"
    assert decide(wants(tried=(1,)), english(1), cover=Cover("none")).nobody == "tried"
    soon = decide(wants(until=NOW + 45), cover=Cover("none", NOW + 20, "resident"))
    assert (soon.nobody, soon.look_again_at) == ("", NOW + 20), "hours begin before the caller would be given up"


def test_an_edge_of_the_hours_is_looked_at_again() -> None:
    assert decide(wants(), english(1, busy=True), cover=Cover("resident", NOW + 7, "none")).look_again_at == NOW + 7


def test_a_wish_is_kept_for_its_time_and_one_that_nobody_fulfils_costs_none() -> None:
    doctor, plain = english(1, busy=True, domains=("medical",)), english(2)
    wanted = wants(domain="medical")
    kept = decide(wanted, doctor, plain)
    assert (kept.chosen, kept.verdicts[2]) == ((), "domain")
    assert kept.look_again_at == NOW + 10
    relaxed = decide(replace(wanted, created_at=NOW - 10), doctor, plain)
    assert (rung(relaxed), relaxed.given_up) == ([2], ("domain",))
    assert rung(decide(wanted, plain)) == [2]
    assert rung(decide(wants(gender="f"), english(1, gender="m"))) == [1]


def test_a_level_is_lowered_one_by_one() -> None:
    top, middle, low = english(1, level=3, busy=True), english(2, level=2), english(3, level=1)
    wanted = wants(level=3)
    assert not decide(wanted, top, middle, low).chosen
    second = decide(replace(wanted, created_at=NOW - 15), top, middle, low)
    assert (rung(second), second.verdicts[3]) == ([2], "level")
    assert rung(decide(replace(wanted, created_at=NOW - 30), top, low)) == [3]


def test_who_worked_long_rests_until_rested_or_until_the_caller_waited_enough() -> None:
    tired = english(1, worked_since=NOW - 2400, worked_until=NOW - 60, calls=3)
    many = english(2, worked_since=NOW - 900, worked_until=NOW - 30, calls=12)
    choice = decide(wants(), tired, many)
    assert choice.verdicts == {1: "rest", 2: "rest"}
    assert choice.look_again_at == NOW + 20
    assert rung(decide(wants(20.0), tired, many)) == [1]
    assert rung(decide(wants(), replace(tired, worked_until=NOW - 300, worked_since=NOW - 2700))) == [1]
    assert rung(decide(wants(), tired, english(3, idle=NOW))) == [3], "a rested one goes first, idle or not"


def test_permissions_hold_unless_the_policy_gives_them_up() -> None:
    barred, limited = english(1, barred=("emergency",)), english(2, lines=("12345",))
    wanted = wants(line="120", line_class="emergency")
    choice = decide(wanted, barred, limited)
    assert (choice.chosen, choice.nobody) == ((), "none")
    assert set(choice.verdicts.values()) == {"permission"}
    lenient = Policies({"emergency": replace(DEFAULTS["emergency"], permission_after=3.0)})
    assert rung(decide(replace(wanted, created_at=NOW - 3), barred, limited, policies=lenient)) == [1, 2]
    assert rung(decide(wants(), barred, limited)) == [1]


def test_the_former_interpreter_is_preferred_but_never_waited_for() -> None:
    others = [english(1, idle=0.0), english(2, "remote", idle=5.0)]
    assert rung(decide(wants(familiar=(2,)), *others)) == [2]
    assert rung(decide(wants(familiar=(2,)), others[0], replace(others[1], busy=True))) == [1]
    assert rung(decide(wants(familiar=(2,)), others[0], replace(others[1], off=True))) == [1], "nor woken up"


def test_two_foreign_languages_need_one_who_holds_both() -> None:
    both = Candidate(1, "remote", NOW, (("en", 3), ("ja", 2)))
    assert rung(decide(wants(12.0, target="ja"), english(2, level=3), both)) == [1]
    assert decide(wants(target="ja"), english(2)).nobody == "none"


def test_more_phones_ring_as_time_passes_but_never_more_than_the_plan_says() -> None:
    staff = [english(number) for number in range(1, 9)]
    first = decide(wants(), *staff)
    assert first.look_again_at == NOW + 10
    later = wants(10.0, ringing=(1,), tried=(1,), first_rung_at=NOW - 10)
    assert rung(decide(later, *staff)) == [2]
    full = wants(90.0, ringing=(1, 2, 3), tried=(1, 2, 3), first_rung_at=NOW - 90)
    choice = decide(full, *staff)
    assert (choice.chosen, choice.look_again_at, choice.nobody) == ((), None, "")


def test_all_hands_ring_at_once_in_every_tier() -> None:
    staff = [english(1), english(2, "mobile", off=True), english(3, "neighbour", off=True, confirm=True)]
    assert rung(decide(wants(domain="police"), *staff, policies=Policies(emergency=True))) == [1, 2, 3]


def test_a_callback_takes_only_those_on_duty() -> None:
    callback = wants(priority=0, line_class="callback")
    assert decide(callback, english(1, "mobile", off=True)).verdicts == {1: "off_shift"}
    assert rung(decide(callback, english(1), english(2))) == [1]


def test_replacements_then_priority_then_age_and_callbacks_last() -> None:
    old, urgent = Wanted("old", "en", 10, False, 1.0), Wanted("urgent", "en", 100, False, 3.0)
    young, replacement = Wanted("young", "en", 10, False, 2.0), Wanted("replacement", "en", 10, True, 4.0)
    back = Wanted("back", "en", 0, False, 0.0)
    order = queue([young, back, old, urgent, replacement], POLICIES)
    assert [one.id for one in order] == ["replacement", "urgent", "old", "young", "back"]


def test_who_waited_long_enough_goes_before_a_young_emergency() -> None:
    ordinary, emergency = wants(28.0), Wanted("e", "en", 100, False, NOW, line_class="emergency")
    assert match([ordinary, emergency], [english(1)], POLICIES, NOW)["r"][0].id == 1
    assert "r" not in match([wants(26.0), emergency], [english(1)], POLICIES, NOW)


def test_nobody_is_rung_as_a_second_while_a_caller_lacks_a_first() -> None:
    emergency = wants(line_class="emergency", priority=100)
    other = Wanted("o", "en", 10, False, NOW, line_class="government")
    matched = match([emergency, other], [english(1), english(2), english(3)], POLICIES, NOW)
    assert [len(matched[one]) for one in ("r", "o")] == [2, 1]
    assert [len(ones) for ones in match([emergency, other], [english(1), english(2)], POLICIES, NOW).values()] == [1, 1]
    choice = choose(emergency, [other], [english(1), english(2)], POLICIES, NOW)
    assert choice.verdicts == {1: "chosen", 2: "promised"}


@given(REQUESTS, CANDIDATES, COVERS)
def test_nobody_serves_two_and_nobody_barred_is_rung(
    requests: list[Wanted], candidates: list[Candidate], covers: dict[str, Cover]
) -> None:
    matched = match(requests, candidates, POLICIES, NOW, covers=covers)
    taken = [one.id for ones in matched.values() for one in ones]
    assert len(set(taken)) == len(taken)
    by_id = {request.id: request for request in requests}
    for request_id, ones in matched.items():
        wanted = by_id[request_id]
        assert len(ones) <= POLICIES.of(wanted.line_class).ring_most
        for one in ones:
            assert one.level(wanted.language, wanted.target) > 0
            assert one.id not in wanted.tried
            assert not one.busy
            assert not {wanted.line, wanted.line_class} & set(one.barred)
            assert not one.lines or {wanted.line, wanted.line_class} & set(one.lines)


@given(REQUESTS, CANDIDATES, COVERS)
def test_nobody_idles_while_a_request_may_have_her(
    requests: list[Wanted], candidates: list[Candidate], covers: dict[str, Cover]
) -> None:
    matched = match(requests, candidates, POLICIES, NOW, covers=covers)
    taken = {one.id for ones in matched.values() for one in ones}
    for wanted in requests:
        if wanted.id not in matched:
            free = [one for one in candidates if one.id not in taken]
            left = choose(wanted, [], candidates, POLICIES, NOW, covers=covers)
            assert not {one.id for one in free} & {one.id for one in left.chosen}


@given(REQUESTS, CANDIDATES, COVERS, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(
    requests: list[Wanted], candidates: list[Candidate], covers: dict[str, Cover], chance: st.DataObject
) -> None:
    before = match(requests, candidates, POLICIES, NOW, covers=covers)
    mixed_requests, mixed_candidates = list(requests), list(candidates)
    chance.shuffle(mixed_requests)  # type: ignore[attr-defined]
    chance.shuffle(mixed_candidates)  # type: ignore[attr-defined]
    assert match(mixed_requests, mixed_candidates, POLICIES, NOW, covers=covers) == before


@given(REQUEST, REQUESTS, CANDIDATES, COVERS)
def test_everybody_who_holds_the_languages_has_a_verdict_and_the_choice_is_the_match(
    wanted: Wanted, others: list[Wanted], candidates: list[Candidate], covers: dict[str, Cover]
) -> None:
    rivals = [one for one in others if one.id != wanted.id]
    choice = choose(wanted, rivals, candidates, POLICIES, NOW, covers=covers)
    able = {one.id for one in candidates if one.level(wanted.language, wanted.target)}
    assert set(choice.verdicts) == able
    assert sum(choice.counts.values()) == len(able)
    assert choice.chosen == match([*rivals, wanted], candidates, POLICIES, NOW, covers=covers).get(wanted.id, ())
    assert {one.id for one in choice.chosen} == {pk for pk, verdict in choice.verdicts.items() if verdict == "chosen"}
    assert choice.look_again_at is None or choice.look_again_at > NOW
    assert not (choice.chosen and choice.nobody)


@given(REQUEST, CANDIDATES, COVERS, st.floats(0, 400))
def test_who_is_acceptable_once_stays_acceptable(
    wanted: Wanted, candidates: list[Candidate], covers: dict[str, Cover], later: float
) -> None:
    now = choose(wanted, [], candidates, POLICIES, NOW, covers=covers)
    then = choose(wanted, [], candidates, POLICIES, NOW + later, covers=covers)
    good = {pk for pk, verdict in now.verdicts.items() if verdict in {"chosen", "behind"}}
    assert good <= {pk for pk, verdict in then.verdicts.items() if verdict in {"chosen", "behind"}}
    assert set(now.given_up) <= set(then.given_up)


@given(REQUEST, CANDIDATES, COVERS)
def test_looking_again_at_the_time_named_finds_whoever_became_acceptable(
    wanted: Wanted, candidates: list[Candidate], covers: dict[str, Cover]
) -> None:
    """Following the times named, a request never stands still before somebody who may be rung for it."""
    at, reached = NOW, set()
    for _ in range(60):
        choice = choose(wanted, [], candidates, POLICIES, at, covers=covers)
        reached |= {pk for pk, verdict in choice.verdicts.items() if verdict in {"chosen", "behind"}}
        if choice.chosen or choice.look_again_at is None:
            break
        at = choice.look_again_at
    finite = {
        one.one.id
        for one in choose(wanted, [], candidates, POLICIES, NOW, covers=covers).considered
        if one.at < float("inf")
    }
    assert bool(finite) == bool(reached)


ARRIVALS = st.lists(st.tuples(st.floats(0.0, 3.0), st.sampled_from([10, 50, 100])), min_size=5, max_size=80)


@given(ARRIVALS, st.integers(0, 79))
def test_waiting_is_bounded_under_any_stream_of_emergencies(arrivals: list[tuple[float, int]], which: int) -> None:
    """One interpreter, always taken anew: whoever waits is served before all who came a head start after her."""
    at, requests = 0.0, []
    for number, (gap, priority) in enumerate(arrivals):
        at += gap
        requests.append(Wanted(str(number), "en", priority, False, at, line_class="emergency"))
    mine = requests[which % len(requests)]
    head_start = MOST_POINTS * POLICIES.of("emergency").point_seconds
    waiting, served = list(requests), []
    while waiting:
        first = next(iter(match(waiting, [english(1, level=3)], POLICIES, at + 1)))
        served.append(first)
        waiting = [one for one in waiting if one.id != first]
    before = served[: served.index(mine.id)]
    assert all(requests[int(one)].created_at <= mine.created_at + head_start for one in before)


@given(REQUEST, REQUEST)
def test_of_two_requests_one_goes_first(one: Wanted, other: Wanted) -> None:
    if one.id != other.id:
        assert (place(one, POLICIES) < place(other, POLICIES)) != (place(other, POLICIES) < place(one, POLICIES))


@pytest.mark.parametrize("name", [*DEFAULTS, "unknown", ""])
def test_every_class_has_a_policy(name: str) -> None:
    policy = Policies().of(name)
    assert isinstance(policy, Policy)
    assert 1 <= policy.ring_first <= policy.ring_most or policy.ring_most == 1
