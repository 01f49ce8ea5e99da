"""Calls that are sent elsewhere by 3xx: in which order, how often, and never where a stranger would have us pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import SipCall
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.addresses import read_uri
from yuqiao.media.sip.digest import Login
from yuqiao.media.sip.redirects import Redirections, contacts, way
from yuqiao.media.sip.tests.carrier import Carrier, Said, carrier
from yuqiao.media.sip.tests.parties import ALICE_RTP, Witness, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp
from yuqiao.media.sip.transport import Hop
from yuqiao.media.sip.trunks import TrunkSettings, networks

NOW = Hop("UDP", "192.0.2.1", 5060)
CITY = TrunkSettings(
    "city-a", (("192.0.2.1", 5060), ("sip.example.cn", 5080)), domain="city.example", prefixes=("010", "+86"),
    sources=networks("198.51.100.0/24"),
)  # fmt: skip


def test_the_contacts_of_a_response_go_by_q_then_as_they_stand() -> None:
    values = [
        "<sip:c@x>;q=0.3",
        "<sip:a@x>",
        '"B, b" <sip:b@x;user=phone?Subject=pay>;q=1.0',
        "<sip:d@x>;q=x",
        "<mailto:e@x>",
        "<",
    ]
    assert contacts(values) == ("sip:a@x", "sip:b@x;user=phone", "sip:c@x", "sip:d@x")


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("sip:0109@192.0.2.1", ("192.0.2.1", 5060)),
        ("sip:0109@192.0.2.1:5060", ("192.0.2.1", 5060)),
        ("sip:0109@city.example", ("192.0.2.1", 5060)),
        ("sip:0109@sip.example.cn", ("sip.example.cn", 5080)),
        ("sip:0109@198.51.100.7:5070", ("198.51.100.7", 5070)),
        ("sip:0109@192.0.2.1:5999", None),
        ("sip:0109@203.0.113.9", None),
        ("sip:0019@192.0.2.1", None),  # a number that this trunk is not for
        ("sips:0109@192.0.2.1", None),
        ("tel:0109", None),
    ],
)
def test_a_trunk_redirects_to_its_own_places_and_numbers_only(uri: str, place: tuple[str, int] | None) -> None:
    hop = way(read_uri(uri), NOW, CITY)
    assert (hop and (hop.host, hop.port)) == place


def test_a_phone_redirects_to_itself_only_and_a_setting_opens_or_closes_a_trunk() -> None:
    assert way(read_uri("sip:other@192.0.2.1"), NOW, None) == NOW
    assert way(read_uri("sip:other@203.0.113.9"), NOW, None) is None
    free = TrunkSettings("lcr", (("192.0.2.1", 5060),), redirects="any")
    assert way(read_uri("sip:1@203.0.113.9;transport=tcp"), NOW, free) == Hop("TCP", "203.0.113.9", 5060)
    assert way(read_uri("sip:1@203.0.113.9;transport=ws"), NOW, free) is None
    closed = TrunkSettings("city", (("192.0.2.1", 5060),), redirects="none")
    assert way(read_uri("sip:1@192.0.2.1"), NOW, closed) is None


ANSWERS = st.tuples(
    st.sampled_from([300, 302, 305, 404, 486, 503, 600]),
    st.lists(st.sampled_from(["<sip:a@x>;q=0.5", "<sip:b@x>", "<sip:c@x>"])),
)


@given(st.lists(ANSWERS, max_size=40))
def test_every_ring_of_redirections_ends_and_nobody_is_asked_twice(answers: list[tuple[int, list[str]]]) -> None:
    redirections = Redirections({"sip:first@x"})
    asked: list[str] = []
    for status, values in answers:
        redirections.take(status, values)
        found = redirections.next()
        if status >= 600:
            assert found is None
        if found is not None:
            asked.append(found)
    assert len(set(asked)) == len(asked) <= 6
    assert "sip:first@x" not in asked


# -- on the wire -----------------------------------------------------------------------------------------------------


def call_carol(alice: SipTrunk, carol: Carol) -> tuple[Witness, SipCall]:
    witness = Witness()
    return witness, alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")


async def moved(carol: Carol, invite: Heard, contact: str, status: int = 302) -> None:
    carol.say(carol.respond(invite, status, tag="m").replace(f"Contact: <{carol.uri}>", f"Contact: {contact}"))
    assert (await carol.wait_for("ACK"))["CSeq"].split()[0] == invite["CSeq"].split()[0]


async def test_the_best_contact_first_then_the_next_when_it_fails() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness, _ = call_carol(alice, carol)
        first = await carol.hear()
        place = f"127.0.0.1:{carol.port}"
        await moved(carol, first, f"<sip:low@{place}>;q=0.1, <sip:best@{place}>;q=0.9, <sip:low@203.0.113.1>")
        second = await carol.wait_for("INVITE")
        assert second.start == f"INVITE sip:best@{place} SIP/2.0"
        for name in ("Call-ID", "From", "To"):
            assert second[name] == first[name]
        assert second["CSeq"] == "2 INVITE"
        carol.say(carol.respond(second, 486, tag="n"))
        third = await carol.wait_for("INVITE")
        assert third.start == f"INVITE sip:low@{place} SIP/2.0"
        carol.say(carol.respond(third, 200, tag="o", body=sdp()))
        await witness.answered()
        ack = await carol.wait_for("ACK")
        while ack["CSeq"] != "3 ACK":
            ack = await carol.wait_for("ACK")
        assert alice.counters["redirected"] == 2
        carol.call_id, carol.tag = first["Call-ID"], "o"
        carol.say(carol.request("BYE", seq=9, to_tag=first["From"].split("tag=")[1]))
        await carol.wait_for(200, of="BYE")


@pytest.mark.parametrize(
    ("status", "contact"),
    [
        (302, "<sip:premium@203.0.113.1>"),
        (302, "<{0}>"),
        (302, "*"),
        (305, "<sip:proxy@127.0.0.1:{1}>"),
        (380, "<sip:x@127.0.0.1:{1}>"),
    ],
)
async def test_what_is_not_followed_ends_the_call_with_its_status(status: int, contact: str) -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness, _ = call_carol(alice, carol)
        await moved(carol, await carol.hear(), contact.format(carol.uri, carol.port), status)
        assert (await witness.ended()).sip_status == status
        assert alice.counters["redirected"] == 0


async def test_a_redirected_call_can_be_given_up() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness, call = call_carol(alice, carol)
        await moved(carol, await carol.hear(), f"<sip:next@127.0.0.1:{carol.port}>")
        invite = await carol.wait_for("INVITE")
        carol.say(carol.respond(invite, 180, tag="r"))
        await until(lambda: bool(witness.progress), "180")
        call.hangup()
        cancel = await carol.wait_for("CANCEL")
        assert cancel.start == f"CANCEL sip:next@127.0.0.1:{carol.port} SIP/2.0"
        assert cancel["Via"] == invite["Via"]
        carol.say(carol.respond(cancel, 200, tag="r"))
        carol.say(carol.respond(invite, 302, tag="r"))  # too late to send us on
        await witness.ended()
        await until(lambda: alice.calls == 0, "no legs left")
        assert alice.counters["redirected"] == 1


async def test_a_carrier_sends_a_call_to_its_other_host_and_no_stranger_sees_our_signature() -> None:
    def second_host(_: Carrier, heard: Heard) -> Said:
        return 200, "", sdp()

    def stranger(_: Carrier, heard: Heard) -> Said:
        if heard.all("Authorization"):
            return 500, "", ""
        return 401, 'WWW-Authenticate: Digest realm="r", nonce="n"\r\n', ""

    async with carrier(second_host) as second, carrier(stranger) as other:
        host, port = second.address

        def first_host(_: Carrier, heard: Heard) -> Said:
            if not heard.all("Authorization"):
                return 401, 'WWW-Authenticate: Digest realm="r", nonce="n"\r\n', ""
            place = second.address if heard.start.startswith("INVITE sip:0101@") else other.address
            return 302, f"Contact: <sip:0102@{place[0]}:{place[1]}>\r\n", ""

        async with carrier(first_host) as first:
            login = Login("city", "geheim")
            own = TrunkSettings("own", (first.address, (host, port)), login=login, options_seconds=0)
            anywhere = TrunkSettings("any", (first.address,), login=login, options_seconds=0, redirects="any")
            async with trunk(trunks=[own, anywhere]) as alice:
                witness = Witness()
                call = alice.invite("0101", local=ALICE_RTP, observer=witness, caller_number="9", via="own")
                await witness.answered()
                assert second.of("INVITE")[0].all("Authorization")
                call.hangup()
                await witness.ended()
                refused = Witness()
                alice.invite("0109", local=ALICE_RTP, observer=refused, caller_number="9", via="any")
                await refused.ended()
                assert len(other.of("INVITE")) == 1
                assert not other.of("INVITE")[0].all("Authorization")


async def test_a_trunk_that_sends_us_to_a_premium_number_elsewhere_is_not_followed() -> None:
    async with carrier(lambda _, heard: (200, "", sdp())) as stranger:
        place = "{}:{}".format(*stranger.address)

        def sends_on(_: Carrier, heard: Heard) -> Said:
            return (
                302,
                f"Contact: <sip:0190@{place}>, <sip:+883@127.0.0.1:{heard.start.split(':')[2].split()[0]}>\r\n",
                "",
            )

        async with carrier(sends_on) as first:
            city = TrunkSettings("city-a", (first.address,), prefixes=("010",), options_seconds=0)
            async with trunk(trunks=[city]) as alice:
                witness = Witness()
                alice.invite("0101", local=ALICE_RTP, observer=witness, caller_number="9")
                assert (await witness.ended()).sip_status == 302
                assert not stranger.heard
                assert len(first.of("INVITE")) == 1
