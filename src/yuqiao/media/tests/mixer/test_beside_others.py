"""While the desk rests the compiled tick serves sealed legs as it does plain ones; and beside legs that are not locked
on to their source, for whom Python receives and sends."""

from __future__ import annotations

import socket
import time
from itertools import pairwise

import pytest

from yuqiao.media.desk import Desk
from yuqiao.media.limits import TICK
from yuqiao.media.rtp import HEADER
from yuqiao.media.rtp_socket import PortRange
from yuqiao.media.tests.mixer.conftest import PORTS
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone
from yuqiao.media.tests.mixer.sealed import SealedPhone

ALICE, BOB, CAROL = 440.0, 1000.0, 1700.0
STEPPED = 60  # ticks: more than two seconds in all, with those of Python between them
PATIENCE = 20.0


def stepped(desk: Desk, control: int, enough: int) -> int:
    """Tick as a worker does until so many ticks were done at rest; return how many were done altogether."""
    due = time.monotonic() + TICK
    began, at_rest, deadline = desk.now, 0, time.monotonic() + PATIENCE
    while at_rest < enough:
        assert time.monotonic() < deadline, f"{at_rest} ticks at rest of {desk.now - began}"
        desk.tick(time.time())
        due += TICK
        _, done, _ = desk.rest(control, due)
        at_rest, due = at_rest + done, max(due + done * TICK, time.monotonic())
    return desk.now - began


@pytest.mark.parametrize("is_waited_for", [False, True], ids=["all-speak", "one-is-silent"])
def test_sealed_and_plain_legs_hear_each_other_while_the_desk_rests(*, is_waited_for: bool) -> None:
    """Carol, if she is there, has not said anything yet; she hears the others where SDP said she is."""
    desk = Desk(PortRange("127.0.0.1", *PORTS), 0.0)
    ours, theirs = socket.socketpair()
    with ours, theirs, SealedPhone(ALICE) as alice, Phone(BOB) as bob, SealedPhone(CAROL) as carol:
        parties = {"alice": alice, "bob": bob, **({"carol": carol} if is_waited_for else {})}
        for name, phone in parties.items():
            address = desk.open_leg(name)
            desk.set_audio(name, phone.audio)
            desk.join(name, "call")
            if phone is not carol:
                phone.talk_to(address)
        ticks = stepped(desk, ours.fileno(), STEPPED)
        assert alice.hears(BOB) > HEARD > NOT_HEARD > alice.hears(ALICE)
        assert bob.hears(ALICE) > HEARD > NOT_HEARD > bob.hears(BOB)
        if is_waited_for:
            assert min(carol.hears(ALICE), carol.hears(BOB)) > HEARD
        assert alice.wrong == carol.wrong == 0
        for phone in parties.values():
            # One packet for each tick, whoever did it: numbers and times go on without a gap.
            headers = [packet[:HEADER] for _, packet in phone.heard]
            assert len(headers) >= 0.9 * ticks
            for before, after in pairwise(headers):
                assert (int.from_bytes(after[2:4]) - int.from_bytes(before[2:4])) & 0xFFFF == 1
                assert (int.from_bytes(after[4:8]) - int.from_bytes(before[4:8])) & 0xFFFFFFFF == 160
        theirs.send(b"x")
        assert desk.rest(ours.fileno(), time.monotonic() + 5)[0]  # a command does not wait for the next tick
        for name in parties:
            desk.close_leg(name)
        desk.finish()
