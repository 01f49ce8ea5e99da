"""ARI's JSON to neutral events: Asterisk's own shapes, and whatever else may come."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines import events
from yuqiao.engines.ari_events import MIXER_LOST, TRANSLATORS, started_at, translate

STAMP = "2026-11-22T08:00:00.250+0000"
AT = 1795334400.25
CHANNEL = {
    "id": "17.1",
    "name": "PJSIP/trunk-00000001",
    "state": "Up",
    "caller": {"name": "", "number": "13900000001"},
    "dialplan": {"context": "default", "exten": "960169", "priority": 1, "app_name": "Stasis", "app_data": "yuqiao"},
}


def message(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": STAMP, "application": "yuqiao", **more}


#: What Asterisk 22.10 left with a leg whose peer sends no RTCP and loses a packet in thirteen.
ASTERISKS_QUALITY = (
    "ssrc=844986574;themssrc=440;lp=24;rxjitter=0.000000;rxcount=318;txjitter=0.000125;txcount=0;rlp=0;rtt=0.000000;"
    "rxmes=0.000000;txmes=46.251234"
)
OUR_QUALITY = (
    "ssrc=7;themssrc=440;lp=3;rxjitter=0.001000;rxcount=500;txjitter=0.004500;txcount=510;rlp=2;rtt=0.030000;"
    "rxmes=90.000000;txmes=90.000000;late=1;wait=0.040000;concealed=0.080000"
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (message("StasisStart", args=[], channel=CHANNEL), events.LegArrived("17.1", "960169", "13900000001", AT)),
        (
            message("StasisStart", args=[], channel={**CHANNEL, "channelvars": {"YUQIAO_HLANG": "ja-JP, en *"}}),
            events.LegArrived("17.1", "960169", "13900000001", AT, ("ja-JP", "en")),
        ),
        (message("StasisStart", args=["leg"], channel=CHANNEL), events.LegControlled("17.1", AT)),
        (message("StasisStart", args=["snoop"], channel=CHANNEL), None),
        (message("ChannelStateChange", channel=CHANNEL), events.LegAnswered("17.1", AT)),
        (message("ChannelStateChange", channel={**CHANNEL, "state": "Ringing"}), events.LegRinging("17.1", AT)),
        (message("ChannelStateChange", channel={**CHANNEL, "state": "Down"}), None),
        (message("Dial", dialstatus="RINGING", peer=CHANNEL), events.LegRinging("17.1", AT)),
        (message("Dial", dialstatus="PROGRESS", peer=CHANNEL), events.LegRinging("17.1", AT)),
        (message("Dial", dialstatus="ANSWER", peer=CHANNEL), None),
        (
            message("ChannelDestroyed", cause=41, cause_txt=MIXER_LOST, channel=CHANNEL),
            events.LegEnded("17.1", 41, AT, by_engine=True),
        ),
        (
            message("ChannelHangupRequest", cause=32, soft=True, cause_txt=MIXER_LOST, channel=CHANNEL),
            events.LegEnded("17.1", 41, AT, by_engine=True),
        ),
        (message("ChannelHangupRequest", cause=41, channel=CHANNEL), None),
        (message("ChannelHangupRequest", cause=32, soft=True, channel=CHANNEL), None),
        (message("ChannelHangupRequest", cause=1, soft=True, channel=CHANNEL), events.LegEnded("17.1", 44, AT)),
        (message("ChannelHangupRequest", cause=1, channel=CHANNEL), None),
        (
            message("ChannelDestroyed", cause=41, cause_txt="Temporary failure", channel=CHANNEL),
            events.LegEnded("17.1", 41, AT),
        ),
        (
            message("ChannelDestroyed", cause=17, cause_txt="User busy", channel=CHANNEL),
            events.LegEnded("17.1", 17, AT),
        ),
        (
            message("ChannelDtmfReceived", digit="#", duration_ms=100, channel=CHANNEL),
            events.KeyPressed("17.1", "#", AT),
        ),
        (message("ChannelEnteredBridge", bridge={}, channel=CHANNEL), events.LegJoined("17.1", AT)),
        (
            message("PlaybackFinished", playback={"id": "p", "target_uri": "channel:17.1", "state": "failed"}),
            events.PlaybackEnded("p", "17.1", AT, done=False),
        ),
        (message("RecordingStarted", recording={"name": "r"}), events.RecordingBegan("r", AT)),
        (message("RecordingFinished", recording={"name": "r", "duration": 3}), events.RecordingEnded("r", 3000, AT)),
        (
            message("RecordingFinished", recording={"name": "r", "duration": 3, "duration_ms": 3210}),
            events.RecordingEnded("r", 3210, AT),
        ),
        (message("RecordingFailed", recording={"name": "r"}), events.RecordingEnded("r", 0, AT, done=False)),
        (message("ChannelVarset", variable="x"), None),
        (
            message("ChannelVarset", variable="RTPAUDIOQOS", value=ASTERISKS_QUALITY, channel=CHANNEL),
            events.LegMeasured("17.1", AT, received=318, lost=24, jitter=0.125, sent=0),
        ),
        (
            message("ChannelVarset", variable="RTPAUDIOQOS", value=OUR_QUALITY, channel=CHANNEL),
            events.LegMeasured(
                "17.1",
                AT,
                received=500,
                lost=3,
                jitter=4.5,
                sent=510,
                lost_there=2,
                jitter_there=1.0,
                round_trip=30.0,
                late=1,
                wait=40.0,
            ),
        ),
    ],
)
def test_what_it_means(told: dict[str, Any], expected: events.EngineEvent | None) -> None:
    assert translate(told) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    kind=st.sampled_from([*TRANSLATORS, "Unheard"]),
    fields=st.dictionaries(
        st.sampled_from(["channel", "args", "recording", "playback", "peer", "cause", "timestamp", "dialstatus"]),
        JSON | st.just(CHANNEL),
    ),
)
def test_anything_else_is_a_value_error_or_nothing(kind: str, fields: dict[str, Any]) -> None:
    with contextlib.suppress(ValueError):
        event = translate({"type": kind, **fields})
        assert event is None or hash(event), "what it says can be looked up"


def test_since_when_the_engine_runs_is_asterisks_startup_time_and_nothing_where_it_is_not_told() -> None:
    assert started_at({"status": {"startup_time": STAMP, "last_reload_time": STAMP}}) == AT
    untold: list[dict[str, Any]] = [{}, {"status": None}, {"status": {}}, {"status": {"startup_time": "yesterday"}}]
    for answer in untold:
        assert started_at(answer) == 0.0


def test_a_call_s_trunk_and_diversion_are_known() -> None:
    shown = {"YUQIAO_TRUNK": "city-a", "YUQIAO_DIVERTED_FROM": "12345"}
    arrived = translate(message("StasisStart", args=[], channel={**CHANNEL, "channelvars": shown}))
    assert isinstance(arrived, events.LegArrived)
    assert (arrived.trunk, arrived.diverted_from) == ("city-a", "12345")


def test_a_whispered_prompt_ends_for_the_leg_that_heard_it() -> None:
    playback = {"id": "p1", "target_uri": "channel:say-17.1~p1", "state": "done"}
    assert translate(message("PlaybackFinished", playback=playback)) == events.PlaybackEnded("p1", "17.1", AT)
