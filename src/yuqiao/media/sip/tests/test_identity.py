"""Who calls, by which trunk and after which diversion; and no more calls by a trunk than it may have."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.identity import asserted, diverted_from, number_of
from yuqiao.media.sip.tests.carrier import carrier
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk
from yuqiao.media.sip.tests.rawpeer import carol_at, sdp
from yuqiao.media.sip.trunks import TrunkSettings, networks


def invite(*fields: tuple[str, str]) -> SipRequest:
    made = SipRequest(method="INVITE", uri="sip:a@b")
    for name, value in fields:
        made.headers.append(name, value)
    return made


@pytest.mark.parametrize(
    ("fields", "number", "name"),
    [
        ([("P-Asserted-Identity", "<sip:13800000000@carrier.example>")], "13800000000", ""),
        ([("P-Asserted-Identity", '"Wang, \\"W\\" <x>" <sip:139@x;user=phone>, <tel:+86139>')], "139", 'Wang, "W" <x>'),
        ([("P-Asserted-Identity", "<sip:carrier.example>, <tel:+86139;phone-context=x>")], "+86139", ""),
        ([("P-Asserted-Identity", "<sip:gateway@x"), ("P-Asserted-Identity", "tel:110")], "110", ""),
    ],
)
def test_the_first_asserted_number_counts(fields: list[tuple[str, str]], number: str, name: str) -> None:
    party = asserted(invite(*fields))
    assert party is not None
    assert (number_of(party), party.name) == (number, name)


@pytest.mark.parametrize("privacy", ["id", "user;critical", "header; ID"])
def test_who_asks_not_to_be_shown_is_not(privacy: str) -> None:
    assert asserted(invite(("P-Asserted-Identity", "<tel:139>"), ("Privacy", privacy))) is None
    assert asserted(invite(("P-Asserted-Identity", "<tel:139>"), ("Privacy", "none"))) is not None
    assert asserted(invite()) is None


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ([], ""),
        ([("Diversion", "<sip:12345@x>;reason=unconditional;counter=1")], "12345"),
        ([("Diversion", "<sip:second@x>;reason=no-answer, <sip:first@x>;reason=user-busy")], "first"),
        ([("Diversion", "<sip:second@x>"), ("Diversion", "<sip:first@x>"), ("History-Info", "<sip:h@x>")], "first"),
        ([("History-Info", "<sip:12345@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:960169@y>;index=1.1")], "12345"),
        ([("History-Info", "<sip:960169@y>;index=1")], ""),  # dialled and not diverted
    ],
)
def test_the_number_that_was_dialled_first(fields: list[tuple[str, str]], number: str) -> None:
    assert diverted_from(invite(*fields)) == number


@given(st.text(st.characters(exclude_characters="\r\n"), max_size=80))
def test_any_text_names_somebody_or_nobody(text: str) -> None:
    party = asserted(invite(("P-Asserted-Identity", text)))
    assert party is None or number_of(party)
    assert isinstance(diverted_from(invite(("Diversion", text), ("History-Info", text))), str)


IDENTITY = 'P-Asserted-Identity: "Li" <sip:13812345678@carrier>\r\nDiversion: <sip:12345@carrier>;reason=busy\r\n'
CITY = TrunkSettings("city-a", (("127.0.0.1", 5999),), options_seconds=0)


async def test_a_trunk_is_named_and_believed() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[CITY]) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=IDENTITY))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        call, witness = await desk.called()
        await witness.answered()
        assert (call.carrier, call.caller_number, call.caller_name) == ("city-a", "13812345678", "Li")
        assert call.diverted_from == "12345"


async def test_others_who_may_call_in_are_not_believed() -> None:
    desk = Desk()
    far = TrunkSettings("city-a", (("127.0.0.9", 5999),), options_seconds=0)
    async with trunk(desk, trunks=[far], peers=networks("127.0.0.1")) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=IDENTITY))
        call, _ = await desk.called()
        assert (call.carrier, call.caller_number) == ("", "13900000000")
        call.hangup()
        carol.say(carol.request("ACK", to_tag=(await carol.wait_for(480)).to_tag))


async def test_a_trunk_has_no_more_calls_at_once_than_it_may_in_or_out() -> None:
    desk = Desk(answer_at_once)
    async with carrier(lambda _, heard: (200, "", sdp() if heard.method == "INVITE" else "")) as city:
        one = TrunkSettings("city-a", (city.address,), options_seconds=0, most_calls=2)
        async with trunk(desk, trunks=[one]) as bob, carol_at(bob) as carol:
            carol.say(carol.request("INVITE", body=sdp()))
            ok = await carol.wait_for(200)
            carol.say(carol.request("ACK", to_tag=ok.to_tag))
            witness = Witness()
            out = bob.invite("10086", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            with pytest.raises(ValueError, match="as many calls"):
                bob.invite("10086", local=ALICE_RTP, observer=Witness(), caller_number="960169")
            first, carol.call_id = carol.call_id, "another"
            carol.say(carol.request("INVITE", seq=5, body=sdp()))
            refused = await carol.wait_for(503)
            assert "cause=34" in refused["Reason"]
            carol.say(carol.request("ACK", seq=5, to_tag=refused.to_tag))
            assert len(desk.calls) == 1

            out.hangup()
            await witness.ended()
            carol.call_id = "a third"
            carol.say(carol.request("INVITE", seq=6, body=sdp()))
            assert (await carol.wait_for(200, of="INVITE")).to_tag
            assert len(desk.calls) == 2
            assert first != carol.call_id
