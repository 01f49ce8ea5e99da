"""Calls with baresip, a softphone not written here: placed and answered under command, held by its own re-INVITE."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.sip.tests.baresip import Softphone, configure, started
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, trunk, until, uri
from yuqiao.media.sip.transactions import Timing

pytestmark = pytest.mark.live


@asynccontextmanager
async def softphone(folder: Path, transport: str) -> AsyncIterator[Softphone]:
    """Start baresip with an account that registers nowhere, connect to its control socket, end it by its pid."""

    def write() -> tuple[int, int]:
        sip, control = free_port(), free_port()
        account = f"<sip:carol@127.0.0.1:{sip};transport={transport}>;regint=0;audio_codecs=PCMA/8000/1,PCMU/8000/1"
        configure(folder, account, sip, control)
        return control, sip

    async with started(folder, write) as phone:
        yield phone


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_baresip_calls_us_holds_and_hangs_up(transport: str, tmp_path: Path) -> None:
    desk = Desk()
    async with trunk(desk, Timing()) as bob, softphone(tmp_path, transport) as phone:
        phone.command("dial", uri(bob, "12345", transport))
        call, witness = await desk.called()
        assert (call.dialled_number, call.caller_number) == ("12345", "carol")
        assert call.offer is not None
        assert call.offer.payload_type == 8
        call.ring()
        await phone.saw("CALL_RINGING")
        agreed = call.answer(BOB_RTP)
        assert agreed.remote[0] == "127.0.0.1"
        assert agreed.dtmf_payload_type is not None
        await witness.answered()
        await phone.saw("CALL_ESTABLISHED")
        phone.command("hold")
        await until(lambda: bool(witness.changes), "the hold")
        assert not witness.changes[-1].send
        phone.command("resume")
        await until(lambda: witness.changes[-1].send, "the resume")
        phone.command("hangup")
        assert (await witness.ended()).code == 16
        assert bob.counters["malformed"] == bob.counters["errors"] == 0


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_we_call_baresip_and_hang_up(transport: str, tmp_path: Path) -> None:
    async with trunk(timing=Timing()) as alice, softphone(tmp_path, transport) as phone:
        witness = Witness()
        target = f"sip:carol@127.0.0.1:{phone.port};transport={transport}"
        call = alice.invite(
            target, local=ALICE_RTP, observer=witness, caller_number="960169", caller_name='语桥 "热线"'
        )
        await phone.saw("CALL_INCOMING")
        await until(lambda: any(status == 180 for status, _ in witness.progress), "180")
        phone.command("accept")
        audio = await witness.answered()
        assert (audio.payload_type, audio.dtmf_payload_type) == (8, 101)
        await phone.saw("CALL_ESTABLISHED")
        call.hangup()
        await phone.saw("CALL_CLOSED")
        assert (await witness.ended()).code == 16


async def test_baresip_refuses(tmp_path: Path) -> None:
    async with trunk(timing=Timing()) as alice, softphone(tmp_path, "udp") as phone:
        witness = Witness()
        target = f"sip:carol@127.0.0.1:{phone.port}"
        alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
        await phone.saw("CALL_INCOMING")
        phone.command("hangup")
        end = await witness.ended()
        assert (end.code, end.sip_status) == (17, 486)
