"""One datagram in five is lost, and no call is."""

from __future__ import annotations

from yuqiao.media.ports import SipCall
from yuqiao.media.sip.tests.lossy import LossyWire
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until

CALLS = 50


async def test_fifty_calls_all_succeed_though_a_fifth_of_the_datagrams_is_lost() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, trunk() as alice:
        wire = LossyWire(alice.address, bob.address, loss=0.2, seed=2026)
        try:
            host, port = wire.address
            placed: list[tuple[SipCall, Witness]] = []
            for number in range(CALLS):
                witness = Witness()
                target = f"sip:{number}@{host}:{port}"
                call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number=f"c{number}")
                placed.append((call, witness))
            await until(lambda: all(w.answers for _, w in placed), "all answers")
            await until(lambda: all(w.answers for w in desk.witnesses), "all ACKs")
            assert len(desk.calls) == CALLS
            for number, (call, _) in enumerate(placed):
                ours = next(c for c in desk.calls if c.dialled_number == str(number))
                (call if number % 2 else ours).hangup()
            await until(lambda: all(w.ends for _, w in placed) and all(w.ends for w in desk.witnesses), "all ends")
            assert {w.ends[0].code for _, w in placed} | {w.ends[0].code for w in desk.witnesses} == {16}
            assert all(len(w.ends) == len(w.answers) == 1 for _, w in placed)
            await until(lambda: alice.calls == bob.calls == 0, "no legs left")
            assert wire.lost > 50
            assert alice.counters["retransmitted"] > 0
            assert bob.counters["retransmitted"] > 0
        finally:
            await alice.stop()
            await bob.stop()
            wire.close()
