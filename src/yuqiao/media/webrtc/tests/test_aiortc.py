"""A browser's leg with a peer that is not ours: aiortc and a plain phone hear each other."""

from __future__ import annotations

import pytest

from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone
from yuqiao.media.webrtc.tests.aiortc_peer import AiortcPeer

ALICE, BOB = 440.0, 1000.0


@pytest.mark.parametrize("active", [False, True])
async def test_aiortc_and_a_plain_phone_hear_each_other(studio: Studio, active: bool) -> None:
    with Phone(BOB) as bob:
        await studio.connect("bob", bob, "call")
        async with AiortcPeer(ALICE) as alice:
            address = await studio.pool.open_leg("alice", beside="bob")
            await studio.pool.set_audio("alice", alice.audio(active=active))
            await studio.pool.join("alice", "call")
            await alice.take_answer(address, studio.pool.fingerprint, active=active)
            await until(lambda: bob.hears(ALICE) > HEARD and alice.hears(BOB) > HEARD)
            assert bob.hears(BOB) < NOT_HEARD
            assert alice.hears(ALICE) < NOT_HEARD
            figures = await studio.pool.statistics("alice")
        assert figures["packets_in"] > 0
        assert figures["dtls_refused"] == figures["stun_refused"] == 0
