"""Calls with baresip under TLS: its certificate must bear its name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.tests.baresip import Softphone, configure, started
from yuqiao.media.sip.tests.certificates import Authority
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, until

pytestmark = pytest.mark.live


@asynccontextmanager
async def softphone(folder: Path, authority: Authority) -> AsyncIterator[tuple[Softphone, int]]:
    """A baresip that speaks TLS alone, and the port where it listens for it."""
    certificate = authority.sign("127.0.0.1", file="baresip")

    def write() -> tuple[int, int]:
        control, tls = free_port(), free_port()
        account = f"<sip:carol@127.0.0.1:{tls};transport=tls>;regint=0;audio_codecs=PCMA/8000/1"
        more = (f"sip_certificate {certificate}", f"sip_cafile {authority.file}")
        configure(folder, account, tls - 1, control, more=more)
        return control, tls

    async with started(folder, write) as phone:
        yield phone, phone.port


@pytest.mark.parametrize("we_hang_up", [True, False])
async def test_baresip_and_we_call_each_other_under_tls(tmp_path: Path, we_hang_up: bool) -> None:
    authority = Authority(tmp_path)
    desk = Desk(answer_at_once)
    ours = SipTrunk(host="127.0.0.1", port=0, on_incoming=desk, tls=authority.settings("127.0.0.1"))
    await ours.start()
    async with softphone(tmp_path, authority) as (phone, port):
        phone.command("dial", f"sip:12345@127.0.0.1:{ours.tls_address[1]};transport=tls")
        call, witness = await desk.called()
        await witness.answered()
        await phone.saw("CALL_ESTABLISHED")
        assert call.headers["via"].startswith("SIP/2.0/TLS ")
        if we_hang_up:
            call.hangup()
        else:
            phone.command("hangup")
        assert (await witness.ended()).code == 16
        await phone.saw("CALL_CLOSED")
        phone.events.clear()

        witness = Witness()
        target = f"sip:carol@127.0.0.1:{port};transport=tls"
        call = ours.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
        await phone.saw("CALL_INCOMING")
        await until(lambda: any(status == 180 for status, _ in witness.progress), "180")
        phone.command("accept")
        await witness.answered()
        if we_hang_up:
            call.hangup()
        else:
            phone.command("hangup")
        assert (await witness.ended()).code == 16
        assert ours.counters["malformed"] == ours.counters["errors"] == ours.counters["tls_refused"] == 0
        await ours.stop()
