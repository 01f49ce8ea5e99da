"""Calls with sipp, a peer not written here: placed, answered, held, cancelled, refused; over UDP and over TCP."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.ports import SipCall
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, trunk, until
from yuqiao.media.sip.transactions import Timing

pytestmark = pytest.mark.live
SCENARIOS = Path(__file__).parent / "scenarios"
TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])


class Sipp:
    """One run of sipp; ``passed`` waits for its end and for its own verdict on every message."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self.folder = folder

    @classmethod
    async def start(cls, folder: Path, scenario: str, transport: str, calls: int, to: str = "") -> Sipp:
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            "sipp", *([to] if to else []), "-sf", str(SCENARIOS / f"{scenario}.xml"), "-m", str(calls), "-r", "20",
            "-i", "127.0.0.1", "-p", str(port), "-t", "t1" if transport == "tcp" else "u1", "-s", "960169",
            "-nostdin", "-trace_err", "-error_file", "errors.log", "-timeout", "20", "-timeout_error",
            cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        sipp = cls(process, port, folder)
        if not to:
            await until(lambda: _is_bound(port, transport), "sipp listening")
        return sipp

    async def passed(self) -> None:
        try:
            async with asyncio.timeout(25):
                code = await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise
        errors = self.folder / "errors.log"
        assert code == 0, errors.read_text()[-3000:] if errors.exists() else f"sipp ended with {code}"


def _is_bound(port: int, transport: str) -> bool:
    table = Path(f"/proc/{os.getpid()}/net/{transport}").read_text()
    return any(line.split()[1].endswith(f":{port:04X}") for line in table.splitlines()[1:])


def ring_and_answer(call: SipCall) -> None:
    call.ring()
    call.answer(BOB_RTP)


@TRANSPORTS
@pytest.mark.parametrize("scenario", ["caller", "holding_caller"])
async def test_sipp_calls_us(scenario: str, transport: str, tmp_path: Path) -> None:
    desk = Desk(ring_and_answer)
    async with trunk(desk, Timing()) as bob:
        host, port = bob.address
        await (await Sipp.start(tmp_path, scenario, transport, 5, f"{host}:{port}")).passed()
        assert len(desk.calls) == 5
        assert all(call.dialled_number == "960169" and call.caller_number == "13800000000" for call in desk.calls)
        await until(lambda: all(witness.ends for witness in desk.witnesses), "the ends")
        for witness in desk.witnesses:
            assert len(witness.answers) == 1
            assert witness.ends[0].code == 16
            expected = [(False, True), (True, True)] if scenario == "holding_caller" else []
            assert [(change.send, change.receive) for change in witness.changes] == expected
        assert bob.counters["malformed"] == bob.counters["timeouts"] == bob.counters["errors"] == 0


@TRANSPORTS
async def test_sipp_demands_prack_and_a_timer_holds_by_update_presses_a_key_and_is_not_transferred(
    transport: str, tmp_path: Path
) -> None:
    def ring_then_answer(call: SipCall) -> None:
        call.ring()
        asyncio.get_running_loop().call_later(0.2, call.answer, BOB_RTP)

    desk = Desk(ring_then_answer)
    async with trunk(desk, Timing()) as bob:
        host, port = bob.address
        await (await Sipp.start(tmp_path, "demanding_caller", transport, 3, f"{host}:{port}")).passed()
        await until(lambda: all(witness.ends for witness in desk.witnesses), "the ends")
        for witness in desk.witnesses:
            assert [(change.send, change.receive) for change in witness.changes] == [(False, True), (True, True)]
            assert witness.digits == [("5", 160)]
        assert bob.counters["transfers_refused"] == 3
        assert bob.counters["calls_out"] == bob.counters["timeouts"] == bob.counters["errors"] == 0


async def test_sipp_offers_languages_and_reads_which_one_we_take(tmp_path: Path) -> None:
    def answer_in_japanese(call: SipCall) -> None:
        call.answer(BOB_RTP, "ja")

    desk = Desk(answer_in_japanese)
    async with trunk(desk, Timing()) as bob:
        host, port = bob.address
        await (await Sipp.start(tmp_path, "caller_with_languages", "udp", 3, f"{host}:{port}")).passed()
        assert [call.languages for call in desk.calls] == [("ja-JP", "en")] * 3


@TRANSPORTS
async def test_sipp_calls_and_gives_up(transport: str, tmp_path: Path) -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk, Timing()) as bob:
        host, port = bob.address
        await (await Sipp.start(tmp_path, "cancelling_caller", transport, 3, f"{host}:{port}")).passed()
        await until(lambda: all(witness.ends for witness in desk.witnesses), "the ends")
        assert [witness.ends[0].sip_status for witness in desk.witnesses] == [487] * 3


@TRANSPORTS
async def test_we_call_sipp_and_hang_up(transport: str, tmp_path: Path) -> None:
    sipp = await Sipp.start(tmp_path, "called", transport, 3)
    async with trunk(timing=Timing()) as alice:
        for _ in range(3):
            witness = Witness()
            target = f"sip:interpreter@127.0.0.1:{sipp.port};transport={transport}"
            call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
            audio = await witness.answered()
            assert audio.payload_type == 8
            assert [status for status, _ in witness.progress] == [180]
            call.hangup()
            await witness.ended()
        await sipp.passed()
        assert alice.counters["strays"] == alice.counters["timeouts"] == 0


@TRANSPORTS
async def test_sipp_is_busy(transport: str, tmp_path: Path) -> None:
    sipp = await Sipp.start(tmp_path, "busy", transport, 1)
    async with trunk(timing=Timing()) as alice:
        witness = Witness()
        target = f"sip:interpreter@127.0.0.1:{sipp.port};transport={transport}"
        alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
        end = await witness.ended()
        assert (end.code, end.sip_status) == (17, 486)
        await sipp.passed()


@TRANSPORTS
async def test_we_cancel_a_call_to_sipp(transport: str, tmp_path: Path) -> None:
    sipp = await Sipp.start(tmp_path, "cancelled", transport, 1)
    async with trunk(timing=Timing()) as alice:
        witness = Witness()
        target = f"sip:interpreter@127.0.0.1:{sipp.port};transport={transport}"
        call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
        await until(lambda: bool(witness.progress), "180")
        call.hangup()
        await witness.ended()
        await sipp.passed()
