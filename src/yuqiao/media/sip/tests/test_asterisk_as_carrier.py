"""Asterisk 22 in the place of a carrier: it lets us register, challenges our calls, and signs in when it calls us.

Needs root and a folder with Asterisk to chroot into, named by YUQIAO_TEST_ASTERISK_ROOT (`tests.asterisk`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.asterisk import Place, sample

from yuqiao.lib.net import free_port
from yuqiao.media.sip.digest import Login
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until
from yuqiao.media.sip.transactions import Timing
from yuqiao.media.sip.trunks import TrunkSettings

pytestmark = [pytest.mark.live, pytest.mark.asterisk]

LOGIN, CALLER = Login("city", "geheim"), Login("carrier", "auch geheim")
PJSIP = """\
[global]
type=global
endpoint_identifier_order=auth_username,username,ip
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[tcp]
type=transport
protocol=tcp
bind=127.0.0.1:{port}
[city]
type=endpoint
context=carrier
disallow=all
allow=alaw
{more}auth=city-in
outbound_auth=city-out
aors=city
identify_by=auth_username,username
[city-in]
type=auth
auth_type=digest
username=city
password=geheim
supported_algorithms_uas={algorithm}
[city-out]
type=auth
auth_type=digest
username=carrier
password=auch geheim
supported_algorithms_uac={algorithm}
[city]
type=aor
max_contacts=1
minimum_expiration=90
"""
EXTENSIONS = """\
[carrier]
exten => _1X.,1,Answer()
 same => n,Wait(20)
exten => _2X.,1,Progress()
 same => n,Wait(0.2)
 same => n,Answer()
 same => n,Wait(20)
exten => _3X.,1,Transfer(PJSIP/sip:13900000000@127.0.0.1:{port})
"""
#: What a carrier of the strict kind wants: reliable ringing and session timers, from either side.
STRICT = "100rel=required\ntimers=always\ntimers_min_se=90\ntimers_sess_expires=100\n"


@pytest.fixture(params=["MD5", "SHA-256"])
async def asterisk(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Place, int]]:
    """A carrier that takes one algorithm only, and its SIP port."""
    async with _asterisk(request.param) as found:
        yield found


@pytest.fixture
async def strict() -> AsyncIterator[tuple[Place, int]]:
    """A carrier that insists on PRACK and session timers."""
    async with _asterisk("SHA-256", STRICT) as found:
        yield found


@asynccontextmanager
async def _asterisk(algorithm: str, more: str = "") -> AsyncIterator[tuple[Place, int]]:
    port = free_port()
    place = Place(Path(os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")), "yuqiao-carrier")
    files = dict(sample(sip=port, ari=free_port(), password="unused"))
    files["pjsip.conf"] = PJSIP.format(port=port, algorithm=algorithm, more=more)
    files["extensions.conf"] = EXTENSIONS.replace("{port}", str(port))
    await asyncio.to_thread(place.configure, files)
    running = place.running()
    await asyncio.to_thread(running.__enter__)
    try:
        yield place, port
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_register_call_and_be_called(asterisk: tuple[Place, int], transport: str) -> None:
    place, port = asterisk
    settings = TrunkSettings(
        "city-a",
        (("127.0.0.1", port),),
        transport=transport,
        login=LOGIN,
        register=True,
        expires=60,  # less than its minimum: it says 423 first
        caller_login=CALLER,
        by_address=False,
        options_seconds=1,
    )
    desk = Desk(answer_at_once)
    async with trunk(desk, Timing(), trunks=[settings]) as ours:
        await until(lambda: ours.endpoints == {"city-a": "online"}, "a registration")
        contacts = await asyncio.to_thread(place.command, "pjsip show contacts")
        assert f"sip:city@127.0.0.1:{ours.address[1]}" in contacts

        witness = Witness()
        call = ours.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169", via="city-a")
        await witness.answered()
        call.hangup()
        assert (await witness.ended()).code == 16

        await asyncio.to_thread(place.command, "channel originate PJSIP/960169@city application Wait 1")
        incoming, witness = await desk.called()
        assert incoming.dialled_number == "960169"
        await witness.answered()
        assert (await witness.ended()).code == 16  # it hung up: its BYE came in
        assert ours.counters["challenged"] == 1
        assert ours.counters["strangers"] == 0
    contacts = await asyncio.to_thread(place.command, "pjsip show contacts")
    assert "127.0.0.1" not in contacts


async def test_a_wrong_password(asterisk: tuple[Place, int]) -> None:
    _, port = asterisk
    wrong = Login("city", "geraten")
    settings = TrunkSettings("city-a", (("127.0.0.1", port),), login=wrong, register=True, options_seconds=0)
    async with trunk(None, Timing(), trunks=[settings]) as ours:
        witness = Witness()
        ours.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169")
        assert (await witness.ended()).sip_status == 401
        assert ours.endpoints == {"city-a": "offline"}


async def test_prack_early_media_and_session_timers_with_asterisk_either_way(strict: tuple[Place, int]) -> None:
    place, port = strict
    settings = TrunkSettings(
        "city-a", (("127.0.0.1", port),), login=LOGIN, register=True, expires=90, options_seconds=1
    )
    desk = Desk(answer_at_once)
    async with trunk(desk, Timing(), trunks=[settings]) as ours:
        await until(lambda: ours.endpoints == {"city-a": "online"}, "a registration")
        witness = Witness()
        call = ours.invite("2001", local=ALICE_RTP, observer=witness, caller_number="960169")
        await witness.answered()
        assert any(status == 183 and audio is not None for status, audio in witness.progress), "reliable early media"
        shown = await asyncio.to_thread(place.command, "pjsip show channelstats")
        assert "city" in shown
        call.hold(held=True)
        await until(lambda: bool(witness.changes), "the hold")
        assert not witness.changes[-1].receive
        call.hold(held=False)
        await until(lambda: witness.changes[-1].receive, "the resume")
        call.hangup()
        assert (await witness.ended()).code == 16

        await asyncio.to_thread(place.command, "channel originate PJSIP/960169@city application Wait 1")
        incoming, witness = await desk.called()
        assert "100rel" in incoming.headers["require"]
        assert int(incoming.headers["session-expires"].split(";")[0]) == 100
        await witness.answered()
        assert (await witness.ended()).code == 16
        assert ours.counters["timeouts"] == ours.counters["errors"] == ours.counters["strays"] == 0


async def test_asterisk_redirects_a_call_and_we_follow_within_the_trunk(strict: tuple[Place, int]) -> None:
    _, port = strict
    settings = TrunkSettings("city-a", (("127.0.0.1", port),), login=LOGIN, register=True, expires=90)
    async with trunk(None, Timing(), trunks=[settings]) as ours:
        await until(lambda: ours.endpoints == {"city-a": "online"}, "a registration")
        witness = Witness()
        call = ours.invite("3001", local=ALICE_RTP, observer=witness, caller_number="960169")
        await witness.answered()
        assert ours.counters["redirected"] == 1
        call.hangup()
        await witness.ended()
