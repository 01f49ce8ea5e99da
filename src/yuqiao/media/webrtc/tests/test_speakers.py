"""A browser is told in its packets who speaks: the others of its conference who are heard, and nobody else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.sources import source_of
from yuqiao.lib.tone import sine
from yuqiao.media import speakers
from yuqiao.media.conference import Conferences
from yuqiao.media.rtp import HEADER
from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import Phone
from yuqiao.media.webrtc.tests.browser_phone import BrowserPhone
from yuqiao.media.webrtc.tests.test_browser_legs import CHARLIE, call, seat


@given(st.lists(st.one_of(st.floats(-90.0, -46.0), st.floats(-38.0, -1.0)), max_size=8))
def test_a_voice_is_told_from_a_room_by_its_level(levels: list[float]) -> None:
    """`sine` gives the level of its peak, 3 dB above its root mean square."""
    frames = np.array([sine(500.0, 0.02, level) for level in levels], dtype=np.int16).reshape(len(levels), 160)
    assert speakers.loud(frames).tolist() == [level > -42 for level in levels]


@given(
    where=st.dictionaries(st.integers(0, 9), st.sampled_from(["one", "two"])),
    muted=st.sets(st.integers(0, 9)),
)
def test_one_hears_the_others_of_ones_conference_who_are_not_muted(where: dict[int, str], muted: set[int]) -> None:
    conferences = Conferences()
    for row, conference in where.items():
        conferences.join(row, conference)
    for row in muted:
        conferences.mute(row, muted=True)
    for row in range(10):
        same = {one for one in where if row in where and where[one] == where[row]}
        assert set(conferences.heard_by(row)) == same - muted - {row}


def named(phone: Phone) -> set[int]:
    """The contributing sources of the packet that came last (RFC 3550 section 5.1)."""
    packet = phone.heard[-1][1] if phone.heard else b"\0"
    count = packet[0] & 0x0F
    return {int.from_bytes(packet[at : at + 4], "big") for at in range(HEADER, HEADER + 4 * count, 4)}


async def test_a_browser_is_told_who_of_the_others_speaks(studio: Studio) -> None:
    bobs, alices, charlies = (source_of(name) for name in ("bob", "alice", "charlie"))
    async with call(studio) as (bob, alice, address):
        with BrowserPhone(CHARLIE, studio.pool.fingerprint) as charlie:
            at = await seat(studio, "charlie", charlie)
            await alice.connect(address)
            await charlie.connect(at)
            await until(lambda: named(alice) == {bobs, charlies})
            await until(lambda: named(charlie) == {bobs, alices})
            assert named(bob) == set(), "plain phones are sent what they always were"
            charlie.hush()
            await until(lambda: named(alice) == {bobs})
            await studio.pool.mute("bob", muted=True)
            await until(lambda: named(alice) == set())
            await studio.pool.mute("bob", muted=False)
            await until(lambda: named(alice) == {bobs})
            await studio.pool.leave("bob")
            await until(lambda: named(alice) == set())
