"""Words on the page: whatever the rows hold, it is shown and never breaks the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

import yuqiao.hotline
from yuqiao.accounts.models import Role
from yuqiao.hotline.models import CallEvent, LegRole, RequestState, WayIn
from yuqiao.hotline.state import Phase
from yuqiao.web.console import timeline, words
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import PresenceState, Tier

VALUES = st.recursive(st.none() | st.text(max_size=8) | st.integers() | st.booleans(), st.lists, max_leaves=3)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.ROLES, Role.values),
        (words.PARTIES, LegRole.values),
        (words.WAYS_IN, WayIn.values),
        (words.PHASES, list(Phase)),
        (words.STATES, PresenceState.values),
        (words.TIERS, Tier.values),
        (words.REQUESTS, [RequestState.WAITING, RequestState.CLAIMED]),
    ],
)
def test_every_code_has_a_word_in_both_languages(table: words.Words, codes: list[str]) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert all(words.word(table, code) not in {"", code} for code in codes)


@given(
    kind=st.sampled_from([*timeline.SENTENCES, "brand_new", "{x}", "{0.__class__}"]),
    data=st.one_of(VALUES, st.dictionaries(st.text(max_size=12), VALUES)),
)
def test_every_event_has_a_sentence_whatever_its_data(kind: str, data: object) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert timeline.sentence(CallEvent(kind=kind, data=data))


def test_every_kind_the_rules_write_has_a_sentence() -> None:
    rules = Path(yuqiao.hotline.__file__).parent
    source = "".join(path.read_text("utf-8") for path in rules.glob("*.py"))
    calls = re.findall(r"\.note\(([^,)]*)", source)
    written = {kind for call in calls if not call.startswith("f") for kind in re.findall(r'"([a-z_]+)"', call)}
    assert len(written) > 20
    assert written - set(timeline.SENTENCES) == set()


def test_a_sentence_names_its_facts() -> None:
    event = CallEvent(kind="interpreter_joined", data={"number": "E-03", "since_start_ms": 6432})
    with translation.override("en"):
        assert timeline.sentence(event) == "Interpreter E-03 joins, 6.4 s after the call began"
        assert (
            timeline.sentence(CallEvent(kind="language_chosen", data={"language": "ko", "by": "key"}))
            == "Language chosen: Korean (by key)"
        )
        assert timeline.sentence(CallEvent(kind="odd_thing", data={})) == "odd_thing"
    with translation.override("zh-hans"):
        assert timeline.sentence(event) == "译员 E-03 接入，距来电 6.4 秒"


@given(st.text(max_size=64))
def test_a_masked_number_shows_at_most_four_characters(number: str) -> None:
    assert len(words.masked(number).replace("•", "")) <= 4


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "0:00"), (0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3725, "1:02:05")]
)
def test_durations(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.django_db
def test_who_a_leg_is_is_said_in_the_readers_language() -> None:
    call = cast.call(9, way_in="beside_agent")
    shared = cast.leg(call, "agent", inbound=True, label="坐席+来电人")
    helper = cast.leg(call, "interpreter", interpreter=cast.interpreter("E-01", "en"))
    third = cast.leg(call, "third", label="12345")
    with translation.override("en"):
        assert [words.party_name(leg, call.way_in) for leg in (shared, helper, third)] == [
            "and caller",
            "E-01",
            "12345",
        ]
