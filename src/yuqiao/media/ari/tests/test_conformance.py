"""The same checks against our server and against Asterisk 22: calls, variables, refusals (`engines`)."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from yuqiao.media.ari.tests.engines import Engine, gone
from yuqiao.media.ari.tests.live import Handset, hear_each_other, until
from yuqiao.media.ari.tests.shapes import BRIDGE, CHANNEL, assert_events, assert_shape

pytestmark = pytest.mark.live


async def test_an_inbound_call(engine: Engine, alice: Handset) -> None:
    client = engine.client
    channel = await engine.call(alice)
    shown = await client.do("GET", f"/channels/{channel}")
    assert_shape(shown, CHANNEL, "channel")
    assert (shown["state"], shown["caller"]["number"], shown["dialplan"]["exten"]) == ("Ring", "13800000001", "960169")
    assert (shown["dialplan"]["app_name"], shown["dialplan"]["app_data"]) == ("Stasis", "yuqiao")
    assert channel in [one["id"] for one in await client.do("GET", "/channels")]
    assert channel in (await client.do("GET", "/applications/yuqiao"))["channel_ids"]
    for method, path in (("POST", "ring"), ("DELETE", "ring"), ("POST", "answer"), ("POST", "answer")):
        assert (await client.ask(method, f"/channels/{channel}/{path}")).status == 204
    await client.event("ChannelStateChange", channel=channel)
    alice.hang_up()
    await client.event("StasisEnd", channel=channel)
    await until(lambda: bool(alice.ends), "the end")
    assert_events(client, "StasisStart", "ChannelStateChange", "ChannelHangupRequest", "StasisEnd")
    assert client.told("ChannelHangupRequest", channel=channel)[0]["cause"] == 16


async def test_an_outbound_call_into_a_bridge(engine: Engine, alice: Handset, bob: Handset) -> None:
    client, bridge, leg = engine.client, engine.unique("room"), engine.unique("leg")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    made = await client.do("POST", f"/bridges/{bridge}", type="mixing", name="a room")
    assert_shape(made, BRIDGE, "bridge")
    assert (made["id"], made["name"], made["channels"]) == (bridge, "a room", [])
    assert (await client.ask("POST", "/bridges", bridgeId=bridge)).status == 409
    assert (await client.ask("POST", f"/bridges/{bridge}/addChannel", channel=caller)).status == 204

    endpoint = f"PJSIP/yuqiao/{bob.uri}"
    call = {"endpoint": endpoint, "app": "yuqiao", "appArgs": "leg,x", "channelId": leg, "callerId": "Y <960169>"}
    channel = await client.do("POST", "/channels", originator=caller, timeout=20, **call)
    assert_shape(channel, CHANNEL, "channel")
    assert (channel["id"], channel["state"]) == (leg, "Down")
    assert (await client.ask("POST", "/channels", **call)).status == 409
    assert (await client.event("StasisStart", channel=leg))["args"] == ["leg", "x"]
    assert [one["dialstatus"] for one in client.told("Dial", peer=leg)] == ["", "RINGING", "ANSWER"]
    states = [one["channel"]["state"] for one in client.told("ChannelStateChange", channel=leg)]
    assert states == ["Ringing", "Up"]
    assert bob.call is not None
    assert bob.call.caller_number == "960169"

    await client.do("POST", f"/bridges/{bridge}/addChannel", channel=leg)
    await client.event("ChannelEnteredBridge", channel=leg)
    await hear_each_other(alice, bob)
    assert set((await client.do("GET", f"/bridges/{bridge}"))["channels"]) == {caller, leg}
    await client.do("POST", f"/bridges/{bridge}/removeChannel", channel=leg)
    await client.event("ChannelLeftBridge", channel=leg)
    assert (await client.ask("POST", f"/bridges/{bridge}/removeChannel", channel=leg)).status == 422

    assert (await client.ask("DELETE", f"/channels/{leg}", reason="tired")).status == 400
    await client.do("DELETE", f"/channels/{leg}", reason="normal")
    end = await client.event("ChannelDestroyed", channel=leg)
    assert (end["cause"], end["cause_txt"]) == (16, "Normal Clearing")
    await until(lambda: bool(bob.ends), "BYE")
    await client.do("DELETE", f"/bridges/{bridge}")
    await gone(client, f"/bridges/{bridge}")
    assert_events(client, "Dial", "ChannelEnteredBridge", "ChannelLeftBridge", "ChannelDestroyed")


async def test_a_busy_party(engine: Engine, alice: Handset) -> None:
    alice.answers_calls = False
    client, leg = engine.client, engine.unique("leg")
    await client.do("POST", "/channels", endpoint=f"PJSIP/yuqiao/{alice.uri}", app="yuqiao", channelId=leg)
    await client.event("Dial", peer=leg, dialstatus="RINGING")
    assert (await client.ask("POST", f"/channels/{leg}/answer")).status == 409
    alice.hang_up(17)
    end = await client.event("ChannelDestroyed", channel=leg)
    assert (end["cause"], end["cause_txt"], end["tech_cause"]) == (17, "User busy", 486)
    assert client.told("ChannelHangupRequest", channel=leg)[0]["tech_cause"] == 486
    assert client.told("Dial", peer=leg, dialstatus="BUSY")


async def test_a_party_that_does_not_answer(engine: Engine, alice: Handset) -> None:
    alice.answers_calls = False
    client, leg = engine.client, engine.unique("leg")
    await client.do("POST", "/channels", endpoint=f"PJSIP/yuqiao/{alice.uri}", app="yuqiao", channelId=leg, timeout=1)
    end = await client.event("ChannelDestroyed", channel=leg)
    assert (end["cause"], end["cause_txt"]) == (19, "User alerting, no answer")


async def test_create_and_dial(engine: Engine, alice: Handset) -> None:
    client, leg = engine.client, engine.unique("leg")
    await client.do(
        "POST", "/channels/create", endpoint=f"PJSIP/yuqiao/{alice.uri}", app="yuqiao", appArgs="a", channelId=leg
    )
    start = await client.event("StasisStart", channel=leg)
    assert (start["args"], start["channel"]["state"]) == (["a"], "Down")
    await client.do("POST", f"/channels/{leg}/dial", timeout=10)
    await client.event("Dial", peer=leg, dialstatus="ANSWER")
    assert (await client.ask("POST", f"/channels/{leg}/dial")).status == 409
    await client.do("POST", f"/channels/{leg}/continue")
    await client.event("StasisEnd", channel=leg)
    await until(lambda: bool(alice.ends), "BYE")


async def test_variables(engine: Engine, alice: Handset) -> None:
    client = engine.client
    caller = await engine.call(alice)
    variable = f"/channels/{caller}/variable"
    assert (await client.ask("POST", variable, variable="YUQIAO_HLANG_CHOSEN", value="ja")).status == 204
    assert await client.do("GET", variable, variable="YUQIAO_HLANG_CHOSEN") == {"value": "ja"}
    told = await client.event("ChannelVarset", channel=caller, variable="YUQIAO_HLANG_CHOSEN")
    assert told["value"] == "ja"
    assert (await client.ask("GET", variable, variable="NEVER_SET")).status == 404
    assert (await client.ask("GET", variable)).status == 400
    assert (await client.ask("POST", "/channels/nobody/variable", variable="X", value="y")).status == 404
    assert_events(client, "ChannelVarset")


async def test_a_leg_whose_audio_ends_is_given_up(engine: Engine, alice: Handset) -> None:
    client = engine.client
    leg = await engine.ring(alice)
    await asyncio.sleep(0.5)  # some audio comes first
    alice.phone.hush()
    began = time.monotonic()
    end = await client.event("ChannelDestroyed", channel=leg)
    assert 1.0 < time.monotonic() - began < 8.0
    assert end["cause"] == engine.rtp_timeout_cause
    await until(lambda: bool(alice.ends), "BYE")


async def test_keys(engine: Engine, alice: Handset) -> None:
    caller = await engine.call(alice)
    await engine.client.do("POST", f"/channels/{caller}/answer")
    await engine.client.event("ChannelStateChange", channel=caller)
    await until(lambda: alice.talking, "audio to begin")
    await alice.press("7")
    await engine.client.event("ChannelDtmfReceived", channel=caller, digit="7")
    assert_events(engine.client, "ChannelDtmfReceived")


async def test_keys_of_two_who_talk_to_each_other(engine: Engine, alice: Handset, bob: Handset) -> None:
    """Neither is recorded nor played to, so nothing but the bridge stands between them."""
    _, (caller, called) = await engine.talk(alice, bob)
    await hear_each_other(alice, bob)
    for party, channel, digit in ((bob, called, "6"), (alice, caller, "9")):
        await party.press(digit)
        await engine.client.event("ChannelDtmfReceived", channel=channel, digit=digit)


@pytest.mark.parametrize(
    ("method", "path", "query", "status"),
    [
        ("GET", "/channels/nobody", {}, 404),
        ("GET", "/bridges/nowhere", {}, 404),
        ("GET", "/playbacks/none", {}, 404),
        ("GET", "/recordings/live/none", {}, 404),
        ("GET", "/recordings/stored/none", {}, 404),
        ("GET", "/applications/none", {}, 404),
        ("GET", "/nope", {}, 404),
        ("POST", "/channels", {"app": "yuqiao"}, 400),
        ("POST", "/channels", {"endpoint": "nonsense", "app": "yuqiao"}, 400),
        ("POST", "/channels", {"endpoint": "PJSIP/yuqiao/sip:a@127.0.0.1:9"}, 400),
        ("POST", "/channels", {"endpoint": "PJSIP/yuqiao/nonsense", "app": "yuqiao"}, 500),
        ("POST", "/channels/nobody/answer", {}, 404),
        ("DELETE", "/channels/nobody", {}, 404),
        ("DELETE", "/bridges/nowhere", {}, 404),
        ("POST", "/bridges/nowhere/addChannel", {"channel": "x"}, 404),
        ("GET", "/events", {}, 426),
    ],
)
async def test_refusals(engine: Engine, method: str, path: str, query: dict[str, str], status: int) -> None:
    assert (await engine.client.ask(method, path, **query)).status == status


async def test_sign_in_and_replacement(engine: Engine) -> None:
    client = engine.client
    async with aiohttp.ClientSession() as stranger, stranger.get(f"{client.url}/channels") as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert await answer.json() == {"message": "Authentication required"}
    second = await client.session.ws_connect(f"{client.url}/events?app=yuqiao")
    await client.event("ApplicationReplaced")
    assert (await client.do("GET", "/asterisk/ping"))["ping"] == "pong"
    assert set(await client.do("GET", "/asterisk/info")) == {"build", "system", "config", "status"}
    await second.close()


async def test_a_bridge_made_again_under_its_name_takes_the_leg(engine: Engine, alice: Handset) -> None:
    """Its name may not be free at once (409, though nothing is found there, or what goes is shown for a last moment);
    whoever gets it has one that serves."""
    client, room = engine.client, engine.unique("room")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    for _ in range(10):
        async with asyncio.timeout(5):
            while (made := (await client.ask("POST", f"/bridges/{room}", type="mixing")).status) != 200:
                assert made == 409
                await asyncio.sleep(0.005)
        assert (await client.ask("POST", f"/bridges/{room}/addChannel", channel=caller)).status == 204
        assert (await client.do("GET", f"/bridges/{room}"))["channels"] == [caller]
        assert (await client.ask("DELETE", f"/bridges/{room}")).status == 204
