"""REFER: refused, unless the owner of the call decides; then told how it fares. Nobody makes us call by asking."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import TransferRequest
from yuqiao.media.sip.tests.parties import Desk, answer_at_once, trunk
from yuqiao.media.sip.tests.rawpeer import carol_at, sdp
from yuqiao.media.sip.transfers import read


def refer(to: str, **fields: str) -> SipRequest:
    made = SipRequest(method="REFER", uri="sip:a@b")
    made.headers.append("Refer-To", to)
    for name, value in fields.items():
        made.headers.append(name.replace("_", "-"), value)
    return made


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        ("<sip:0190@pay.example>", TransferRequest("0190", "sip:0190@pay.example")),
        ("sip:bob@x", TransferRequest("bob", "sip:bob@x")),
        ("<tel:+8610>", TransferRequest("+8610", "tel:+8610")),
        (
            "<sip:bob@x?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>",
            TransferRequest("bob", "sip:bob@x", replaces="abc@h"),
        ),
    ],
)
def test_what_a_refer_asks(to: str, wanted: TransferRequest) -> None:
    assert read(refer(to)) == wanted
    told = read(refer(to, Referred_By="<sip:carol@y>;cid=1"))
    assert told.by == "<sip:carol@y>"


@pytest.mark.parametrize("to", ["", "<mailto:a@b>", "<sip:a@b;method=MESSAGE>", "hello", "<sip:a@b"])
def test_what_is_no_transfer(to: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is a 400
        read(refer(to))


def test_two_targets_are_none() -> None:
    twice = refer("<sip:a@b>")
    twice.headers.append("Refer-To", "<sip:c@d>")
    with pytest.raises(ValueError, match="one target"):
        read(twice)


@given(st.text(st.characters(exclude_characters="\r\n"), max_size=60))
def test_any_text_is_a_target_or_a_value_error(text: str) -> None:
    for to in (text, f"<sip:{text}>", f"<sip:a@b?{text}>"):
        try:
            found = read(refer(to))
        except ValueError:
            continue
        assert found.uri
        assert "?" not in found.uri


REFER_TO = "Refer-To: <sip:0190@203.0.113.1>\r\n"


async def test_a_refer_is_refused_and_nobody_is_called() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("REFER", extra=REFER_TO))
        await carol.wait_for(481)  # out of any call
        carol.say(carol.request("INVITE", seq=2, body=sdp()))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", seq=2, to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        carol.say(carol.request("REFER", seq=3, to_tag=ok.to_tag, extra=REFER_TO))
        await carol.wait_for(603, of="REFER")
        carol.say(carol.request("REFER", seq=4, to_tag=ok.to_tag))
        await carol.wait_for(400, of="REFER")
        assert await carol.silence(0.3)
        assert bob.counters["calls_out"] == 0
        assert bob.counters["transfers_refused"] == 1
        assert not desk.witnesses[0].ends
        carol.say(carol.request("BYE", seq=9, to_tag=ok.to_tag))
        await carol.wait_for(200, of="BYE")


async def test_an_owner_who_decides_tells_how_it_fares() -> None:
    desk = Desk(answer_at_once)
    asked: list[TransferRequest] = []

    def take(wanted: TransferRequest) -> bool:
        asked.append(wanted)
        return True

    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        call = desk.calls[0]
        call.take_transfers(take)
        carol.say(carol.request("REFER", seq=2, to_tag=ok.to_tag, extra=REFER_TO))
        await carol.wait_for(202, of="REFER")
        first = await carol.wait_for("NOTIFY")
        assert (first["Event"], first["Content-Type"]) == ("refer;id=2", "message/sipfrag;version=2.0")
        assert first["Subscription-State"].startswith("active;expires=")
        assert first.body == "SIP/2.0 100 Trying\r\n"
        carol.say(carol.respond(first, 200))
        assert asked == [TransferRequest("0190", "sip:0190@203.0.113.1")]
        carol.say(carol.request("REFER", seq=3, to_tag=ok.to_tag, extra=REFER_TO))
        await carol.wait_for(491, of="REFER")
        for status, state in ((183, "active"), (200, "terminated;reason=noresource")):
            call.transfer_progress(status)
            told = await carol.wait_for("NOTIFY")
            assert told.body.startswith(f"SIP/2.0 {status} ")
            assert told["Subscription-State"].startswith(state)
            carol.say(carol.respond(told, 200))
        with pytest.raises(ValueError, match="no transfer"):
            call.transfer_progress(200)
        carol.say(carol.request("REFER", seq=4, to_tag=ok.to_tag, extra=REFER_TO + "Refer-Sub: false\r\n"))
        assert (await carol.wait_for(202, of="REFER"))["Refer-Sub"] == "false"
        call.transfer_progress(603)
        assert await carol.silence(0.3)
        assert bob.counters["calls_out"] == 0
        carol.say(carol.request("BYE", seq=9, to_tag=ok.to_tag))
        await carol.wait_for(200, of="BYE")
        await desk.witnesses[0].ended()
