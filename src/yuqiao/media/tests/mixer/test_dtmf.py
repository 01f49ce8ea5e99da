"""One press for each key, however its packets come."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.dtmf import KEYS, PATIENCE, Keypad, Press

SSRC = 1


def packets(key: str, timestamp: int, *, updates: int = 5, ends: int = 3) -> list[tuple[bytes, int]]:
    code = KEYS.index(key)
    told = [struct.pack("!BBH", code, 10, 160 * (step + 1)) for step in range(updates)]
    told += [struct.pack("!BBH", code, 0x8A, 160 * updates + 160)] * ends
    return [(payload, timestamp) for payload in told]


def press(keypad: Keypad, told: list[tuple[bytes, int]], tick: int = 0) -> list[Press]:
    return [over for payload, timestamp in told for over in keypad.hear(payload, timestamp & 0xFFFFFFFF, SSRC, tick)]


@given(
    keys=st.text(KEYS, min_size=1, max_size=12),
    first=st.integers(0, 0xFFFFFFFF) | st.integers(0xFFFFF000, 0xFFFFFFFF),
    data=st.data(),
)
def test_each_key_is_told_once_whatever_is_lost_doubled_or_late(keys: str, first: int, data: st.DataObject) -> None:
    keypad = Keypad()
    told: list[Press] = []
    for place, key in enumerate(keys):
        sent = packets(key, first + place * 4000)
        kept = data.draw(st.lists(st.sampled_from(sent), min_size=1, max_size=12))
        stale = packets(keys[place - 1], first + (place - 1) * 4000) if place else []
        told += press(keypad, kept + stale, tick=place * 100)
        told += keypad.elapse(place * 100 + PATIENCE)
    assert "".join(each.digit for each in told) == keys
    assert not keypad.is_held


def test_the_end_tells_the_duration() -> None:
    keypad = Keypad()
    assert press(keypad, packets("5", 1000)) == [Press("5", 120)]


def test_without_an_end_the_press_is_over_after_three_ticks() -> None:
    keypad = Keypad()
    assert press(keypad, packets("#", 1000, ends=0), tick=50) == []
    assert keypad.elapse(52) == []
    assert keypad.elapse(53) == [Press("#", 100)]
    assert keypad.elapse(60) == []


def test_the_next_key_ends_one_that_never_did() -> None:
    keypad = Keypad()
    assert press(keypad, packets("1", 1000, ends=0) + packets("1", 3000)) == [Press("1", 100), Press("1", 120)]


def test_a_key_held_for_long_is_one_press_of_many_segments() -> None:
    """RFC 4733 section 2.5.1.3: after 0xFFFF units a new segment begins where the former ended."""
    keypad = Keypad()
    full = struct.pack("!BBH", 7, 10, 0xFFFF)
    end = struct.pack("!BBH", 7, 0x8A, 0xFFFF)
    told = press(keypad, [(full, 1000), (full, 1000 + 0xFFFF), (end, 1000 + 2 * 0xFFFF)])
    assert told == [Press("7", 3 * 0xFFFF // 8)]


def test_another_stream_may_use_the_same_timestamps() -> None:
    keypad = Keypad()
    assert press(keypad, packets("1", 1000)) == [Press("1", 120)]
    payload, timestamp = packets("1", 1000)[-1]
    assert keypad.hear(payload, timestamp, SSRC + 1, 0) == [Press("1", 120)]


@given(st.lists(st.tuples(st.binary(max_size=8), st.integers(0, 0xFFFFFFFF), st.integers(0, 2)), max_size=30))
def test_any_bytes_are_survived(told: list[tuple[bytes, int, int]]) -> None:
    keypad = Keypad()
    for tick, (payload, timestamp, ssrc) in enumerate(told):
        for over in keypad.hear(payload, timestamp, ssrc, tick) + keypad.elapse(tick):
            assert over.digit in KEYS
            assert over.duration_ms >= 0
