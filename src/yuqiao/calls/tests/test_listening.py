"""When a caller is listened to, and what of RTP is taken for the caller's voice."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.calls.listening import payload_of, wanted
from yuqiao.engines import events as engine
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.tests.world import CALLER_LEG, World

SOUND = bytes(range(160))


def packet(*, version: int = 2, kind: int = 8, sources: int = 0, extension: bytes = b"", sound: bytes = SOUND) -> bytes:
    first = version << 6 | (0x10 if extension else 0) | sources
    head = struct.pack("!BBHII", first, kind, 1, 160, 7) + b"\0" * 4 * sources
    more = struct.pack("!HH", 1, len(extension) // 4) + extension if extension else b""
    return head + more + sound


@pytest.mark.parametrize("given", [packet(), packet(kind=0x88), packet(sources=3), packet(extension=b"12345678")])
def test_the_sound_of_an_rtp_packet(given: bytes) -> None:
    assert payload_of(given) == SOUND


@pytest.mark.parametrize("given", [b"", packet(version=1), packet(kind=0), packet(sound=b"1234"), packet()[:14]])
def test_what_is_no_such_packet_is_passed_over(given: bytes) -> None:
    assert payload_of(given) is None


@given(st.binary(max_size=200))
def test_garbage_never_hurts(data: bytes) -> None:
    found = payload_of(data)
    assert found is None or len(found) == 160


def choosing(facts: Facts) -> World:
    world = World(facts, ["claimed"])
    world.tell(engine.LegAnswered(CALLER_LEG, world.now))
    return world


def test_only_a_caller_who_is_alone_and_chooses_is_listened_to() -> None:
    world = choosing(Facts(line="960169"))
    assert not wanted(world.call), "not before the caller is in the bridge"
    world.tell(engine.LegJoined(CALLER_LEG, world.now))
    assert wanted(world.call)
    assert not wanted(replace(world.call, suggested="ja")), "once"
    world.tell(desk.LanguageAsked(5, "ko", world.now))
    assert not wanted(world.call), "the language is known"


def test_nobody_is_listened_to_where_an_agent_speaks_too() -> None:
    beside = choosing(Facts("beside_agent", "110"))
    beside.tell(engine.LegJoined(CALLER_LEG, beside.now))
    assert not wanted(beside.call)
    transferred = choosing(Facts("transferred", "12345", "sip:12345@desk"))
    transferred.tell(engine.LegJoined(CALLER_LEG, transferred.now))
    assert wanted(transferred.call), "the agent's phone still rings"
    transferred.up("agent")
    assert not wanted(transferred.call)
