"""ARI's JSON to neutral events: Asterisk's own shapes, and whatever else may come."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines import events
from yuqiao.engines.ari_events import TRANSLATORS, translate

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
