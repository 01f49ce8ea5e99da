"""Registration, sign-in, health and failover against carriers that say octet by octet what a test wants said."""

from __future__ import annotations

import asyncio

import pytest

from yuqiao.media.sip import routes
from yuqiao.media.sip.digest import Login
from yuqiao.media.sip.tests.carrier import Carrier, React, Said, answer_invite, carrier, signature
from yuqiao.media.sip.tests.parties import ALICE_RTP, Witness, trunk, until
from yuqiao.media.sip.tests.rawpeer import Heard, sdp
from yuqiao.media.sip.trunks import TrunkSettings

UNHURRIED = True

LOGIN = Login("+8677012345", "geheim")
ASKED = 'WWW-Authenticate: Digest realm="carrier", nonce="{}", algorithm={}, qop="auth"\r\n'
PROXY = 'Proxy-Authenticate: Digest realm="carrier", nonce="{}", algorithm=MD5, qop="auth"\r\n'


def settings(*carriers: Carrier, name: str = "city-a", login: Login | None = LOGIN, **more: object) -> TrunkSettings:
    chosen = {"options_seconds": 0.0, "domain": "ims.example.cn"} | more
    return TrunkSettings(name, tuple(one.address for one in carriers), login=login, **chosen)  # type: ignore[arg-type]


def registrar(algorithm: str, granted: int) -> React:
    """One that grants ``granted`` seconds and lists another contact first (10.2.4)."""

    def react(one: Carrier, heard: Heard) -> Said:
        if heard.method == "REGISTER" and not signature(heard, "Authorization", "geheim"):
            return 401, ASKED.format("n1", algorithm), ""
        ours = heard["Contact"]
        return 200, f"Contact: <sip:x@192.0.2.9>;expires=9\r\nContact: {ours};expires={granted}\r\n", ""

    return react


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_register_refresh_and_de_register(algorithm: str) -> None:
    async with carrier(registrar(algorithm, 1)) as city:
        async with trunk(trunks=[settings(city, register=True)]) as ours:
            await until(lambda: ours.endpoints == {"city-a": "online"}, "a registration")
            first, second = city.of("REGISTER")
            assert first.start == "REGISTER sip:ims.example.cn SIP/2.0"
            assert "Authorization" not in "".join(first.lines)
            assert (first["Expires"], first["CSeq"], second["CSeq"]) == ("600", "1 REGISTER", "2 REGISTER")
            assert first["Call-ID"] == second["Call-ID"]
            await until(lambda: len(city.of("REGISTER")) >= 3, "a refresh before the second is over", 1.0)
            assert "nc=00000002" in city.of("REGISTER")[2]["Authorization"]  # 22.3: the nonce is used again
        last = city.of("REGISTER")[-1]
        assert last["Expires"] == "0"
        assert signature(last, "Authorization", "geheim")


async def test_too_brief_and_then_refused() -> None:
    def react(one: Carrier, heard: Heard) -> Said:
        if heard["Expires"] == "600":
            return 423, "Min-Expires: 1800\r\n", ""
        return (200, "", "") if heard["Expires"] == "1800" else (403, "", "")

    async with carrier(react) as city, trunk(trunks=[settings(city, register=True)]) as ours:
        await until(lambda: ours.endpoints["city-a"] == "online", "a registration")
        assert [one["Expires"] for one in city.of("REGISTER")] == ["600", "1800"]


async def test_a_wrong_password_is_tried_once() -> None:
    def react(one: Carrier, heard: Heard) -> Said:
        return 401, ASKED.format(len(one.heard), "MD5"), ""

    async with carrier(react) as city, trunk(trunks=[settings(city, register=True)]) as ours:
        await until(lambda: len(city.of("REGISTER")) == 2, "the signed one")
        await asyncio.sleep(0.3)  # time in which a third could come
        assert len(city.of("REGISTER")) == 2
        assert ours.endpoints == {"city-a": "offline"}


@pytest.mark.parametrize("proxy", [True, False])
async def test_our_invite_and_our_bye_are_signed(proxy: bool) -> None:
    """22.2: the INVITE goes again with the next CSeq, another branch, the same Call-ID and tag; 22.1: the ACK shows the
    same signature; and a BYE may be challenged too."""
    header, asked = ("Proxy-Authorization", PROXY) if proxy else ("Authorization", ASKED)
    status = 407 if proxy else 401

    def react(one: Carrier, heard: Heard) -> Said:
        if not signature(heard, header, "geheim"):
            return status, asked.format(f"nonce-{heard.method}", "MD5"), ""
        return answer_invite(one, heard)

    async with carrier(react) as city, trunk(trunks=[settings(city)]) as ours:
        witness = Witness()
        call = ours.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169")
        await witness.answered()
        first, second = city.of("INVITE")
        assert first.start == f"INVITE sip:13800000001@127.0.0.1:{city.address[1]} SIP/2.0"
        assert (first["CSeq"], second["CSeq"]) == ("1 INVITE", "2 INVITE")
        assert (first["Call-ID"], first["From"]) == (second["Call-ID"], second["From"])
        assert first["From"].startswith("<sip:960169@ims.example.cn>")
        assert first["Via"] != second["Via"]
        await until(lambda: len(city.of("ACK")) == 2, "both ACKs")
        refused, answered = city.of("ACK")
        assert (refused["CSeq"], refused["Via"]) == ("1 ACK", first["Via"])
        assert (answered["CSeq"], answered[header]) == ("2 ACK", second[header])
        call.hangup()
        await until(lambda: len(city.of("BYE")) == 2, "the signed BYE")
        assert [one["CSeq"] for one in city.of("BYE")] == ["3 BYE", "4 BYE"]
        assert signature(city.of("BYE")[1], header, "geheim")


async def test_a_carrier_that_never_takes_our_password_is_left_for_the_next() -> None:
    def never(one: Carrier, heard: Heard) -> Said:
        return 407, PROXY.format(len(one.heard)), ""

    async with carrier(never) as bad, carrier(answer_invite) as good:
        ways = [settings(bad, name="bad"), settings(good, name="good")]
        async with trunk(trunks=ways) as ours:
            witness = Witness()
            ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            assert len(bad.of("INVITE")) == 2


@pytest.mark.parametrize("failure", [(503, "", ""), (500, "", ""), (408, "", "")])
async def test_the_next_carrier_takes_the_call(failure: Said) -> None:
    def react(one: Carrier, heard: Heard) -> Said:
        return failure

    async with carrier(react) as bad, carrier(answer_invite) as good:
        ways = [settings(bad, name="bad", priority=1), settings(good, name="good", priority=2)]
        async with trunk(trunks=ways) as ours:
            witness = Witness()
            call = ours.invite("sip:110@trunks", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            assert call.peer == good.address
            assert call.headers["call-id"] == good.of("INVITE")[0]["Call-ID"]
            assert not witness.ends
            call.hangup()
            assert (await witness.ended()).code == 16


async def test_a_silent_carrier_is_left_long_before_timer_b(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing is left after `PATIENCE`; one that said 100 and thinks is waited for."""
    monkeypatch.setattr(routes, "PATIENCE", 0.2)

    async with carrier(lambda one, heard: None) as silent, carrier(answer_invite) as good:
        ways = [settings(silent, name="silent"), settings(good, name="good")]
        async with trunk(trunks=ways) as ours:
            witness = Witness()
            ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
            await until(lambda: bool(witness.answers), "the next", 1.5)

    async with carrier(lambda one, heard: (100, "", "")) as slow, carrier(answer_invite) as good:
        ways = [settings(slow, name="slow"), settings(good, name="good")]
        async with trunk(trunks=ways) as ours:
            witness = Witness()
            call = ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
            await asyncio.sleep(0.6)
            assert not good.heard
            call.hangup()
            await until(lambda: bool(slow.of("CANCEL")), "CANCEL")
            assert (await witness.ended()).code == 16


@pytest.mark.parametrize("status", [486, 603, 404])
async def test_a_busy_party_is_not_rung_by_the_next(status: int) -> None:
    async with (
        carrier(lambda one, heard: (status, "", "")) as city,
        carrier(answer_invite) as spare,
        trunk(trunks=[settings(city, name="city"), settings(spare, name="spare")]) as ours,
    ):
        witness = Witness()
        ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
        assert (await witness.ended()).sip_status == status
        assert not spare.heard


async def test_all_fail_and_the_owner_hears_of_it_once() -> None:
    def react(one: Carrier, heard: Heard) -> Said:
        return 503, "", ""

    async with carrier(react) as one, carrier(react) as two, trunk(trunks=[settings(one, two)]) as ours:
        witness = Witness()
        ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
        assert (await witness.ended()).sip_status == 503
        await until(lambda: ours.calls == 0, "no leg left")
        assert len(witness.ends) == 1
        assert (len(one.of("INVITE")), len(two.of("INVITE"))) == (1, 1)


async def test_options_find_a_dead_carrier_and_its_return() -> None:
    """Any answer is a sign of life but 503; a dead host is asked last."""
    dead = True

    def react(one: Carrier, heard: Heard) -> Said:
        if heard.method == "OPTIONS":
            return (503 if dead else 405), "", ""
        return 200, "", sdp()

    async with carrier(react) as first, carrier(answer_invite) as second:
        watched = settings(first, name="first", options_seconds=0.05, dead_after=2)
        async with trunk(trunks=[watched, settings(second, name="second")]) as ours:
            await until(lambda: ours.endpoints == {"first": "offline", "second": "unknown"}, "death")
            witness = Witness()
            ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            assert not first.of("INVITE")
            dead = False
            await until(lambda: ours.endpoints["first"] == "online", "the return")
            witness = Witness()
            ours.invite("110", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            assert first.of("INVITE")


async def test_a_phone_is_dialled_as_it_stands() -> None:
    async with (
        carrier(answer_invite) as phone,
        carrier(answer_invite) as city,
        trunk(trunks=[settings(city)]) as ours,
    ):
        witness = Witness()
        uri = f"sip:1001@127.0.0.1:{phone.address[1]}"
        ours.invite(uri, local=ALICE_RTP, observer=witness, caller_number="960169", via="yuqiao")
        await witness.answered()
        assert phone.of("INVITE")[0].start == f"INVITE {uri} SIP/2.0"
        assert not city.heard
        with pytest.raises(ValueError, match="no host in the SIP URI"):
            ours.invite("sip:", local=ALICE_RTP, observer=witness, caller_number="960169")


async def test_a_number_without_a_trunk_is_refused() -> None:
    async with trunk() as ours:
        with pytest.raises(ValueError, match="no trunk takes this number"):
            ours.invite("110", local=ALICE_RTP, observer=Witness(), caller_number="960169")
