"""The same checks against our server and against Asterisk 22 with the configuration of deploy/asterisk.

Asterisk's part (marker ``asterisk``) needs root and a folder to chroot into, named by YUQIAO_TEST_ASTERISK_ROOT.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from tests.asterisk import SIGN_IN, Place, sample

from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import PASSWORD, USER, Client, Handset, basic, hear_each_other, running, until
from yuqiao.media.ari.tests.shapes import BRIDGE, CHANNEL, PLAYBACK, RECORDING, assert_events, assert_shape

ASTERISK = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")

pytestmark = pytest.mark.live


@dataclass
class Engine:
    """An engine under test: a client that listens, and where its SIP is."""

    client: Client
    sip: str
    number: int = 0

    def unique(self, name: str) -> str:
        """Return a name no earlier run has used."""
        self.number += 1
        return f"{name}-{os.getpid()}-{id(self)}-{self.number}"

    async def call(self, caller: Handset) -> str:
        """Let ``caller`` dial 960169; return the channel."""
        before = len(self.client.told("StasisStart"))
        local = caller.phone.audio.remote
        caller.call = caller.trunk.invite(
            f"sip:960169@{self.sip}", local=local, observer=caller, caller_number=caller.number
        )
        await until(lambda: len(self.client.told("StasisStart")) > before, "StasisStart")
        return str(self.client.told("StasisStart")[before]["channel"]["id"])


@dataclass(frozen=True)
class Ports:
    """Where a running Asterisk listens."""

    sip: int
    ari: int


@pytest.fixture(scope="module")
def running_asterisk() -> Iterator[Ports]:
    """One Asterisk for all checks of this file."""
    ports = Ports(free_port(), free_port())
    place = Place(Path(ASTERISK), "yuqiao-conformance")
    place.configure(sample(sip=ports.sip, ari=ports.ari))
    with place.running():
        yield ports


@asynccontextmanager
async def asterisk(ports: Ports) -> AsyncIterator[Engine]:
    url = f"http://127.0.0.1:{ports.ari}/ari"
    async with aiohttp.ClientSession(headers=basic(*SIGN_IN)) as session:
        client = Client(url, session)
        await client.listen()
        yield Engine(client, f"127.0.0.1:{ports.sip}")
        for channel in await client.do("GET", "/channels"):
            await client.ask("DELETE", f"/channels/{channel['id']}")
        await client.hang_up()


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Engine]:
    async with running(folder) as station, aiohttp.ClientSession(headers=basic(USER, PASSWORD)) as session:
        client = Client("http://{}:{}/ari".format(*station.ari.address), session)
        await client.listen()
        yield Engine(client, "{}:{}".format(*station.trunk.address))
        await client.hang_up()


@pytest.fixture(params=["ours", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    theirs = request.param == "asterisk"
    place = asterisk(request.getfixturevalue("running_asterisk")) if theirs else ours(tmp_path)
    async with place as one:
        yield one


async def gone(client: Client, path: str) -> None:
    """Wait until there is nothing at ``path``; Asterisk answers 204 to a DELETE before it is done."""
    for _ in range(200):
        if (await client.ask("GET", path)).status == 404:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{path} is still there")


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


async def test_playbacks(engine: Engine, alice: Handset) -> None:
    client, first, second = engine.client, engine.unique("play"), engine.unique("play")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    reply = await client.ask("POST", f"/channels/{caller}/play", media="tone:busy", playbackId=first)
    assert reply.status == 201
    assert_shape(reply.json, PLAYBACK, "playback")
    assert reply.json["target_uri"] == f"channel:{caller}"
    assert reply.json["state"] in {"queued", "playing"}  # Asterisk may have begun by the time it answers
    await client.do("POST", f"/channels/{caller}/play/{second}", media="sound:no-such-sound")
    await client.event("PlaybackStarted", playback=first)
    assert (await client.do("GET", f"/playbacks/{first}"))["state"] == "playing"
    assert (await client.do("GET", f"/playbacks/{second}"))["state"] == "queued"
    assert (await client.ask("POST", f"/playbacks/{first}/control", operation="sing")).status == 400
    await client.do("DELETE", f"/playbacks/{first}")
    assert (await client.event("PlaybackFinished", playback=first))["playback"]["state"] == "done"
    assert (await client.event("PlaybackFinished", playback=second))["playback"]["state"] == "failed"
    assert (await client.ask("DELETE", f"/playbacks/{second}")).status == 404
    assert_events(client, "PlaybackStarted", "PlaybackFinished")


async def test_a_party_is_recorded_by_a_snoop_channel(engine: Engine, alice: Handset) -> None:
    client, tap, name = engine.client, engine.unique("tap"), engine.unique("track")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    snoop = await client.do("POST", f"/channels/{caller}/snoop/{tap}", spy="in", app="yuqiao", appArgs="snoop")
    assert_shape(snoop, CHANNEL, "snoop")
    assert (snoop["state"], snoop["id"]) == ("Up", tap)
    assert snoop["name"].startswith(f"Snoop/{caller}-")
    assert (await client.event("StasisStart", channel=tap))["args"] == ["snoop"]
    assert (await client.ask("POST", f"/channels/{caller}/snoop", spy="in")).status == 400
    assert (await client.ask("POST", f"/channels/{caller}/snoop", spy="up", app="yuqiao")).status == 400
    assert (await client.ask("POST", f"/channels/{caller}/snoop", app="yuqiao")).status == 400
    assert (await client.ask("POST", "/channels/nobody/snoop", app="yuqiao", spy="in")).status == 404

    reply = await client.ask("POST", f"/channels/{tap}/record", name=name, format="wav")
    assert reply.status == 201
    assert_shape(reply.json, RECORDING, "recording")
    started = await client.event("RecordingStarted", recording=name)
    assert started["recording"]["target_uri"] == f"channel:{tap}"
    assert (await client.ask("POST", f"/channels/{tap}/record", name=name, format="wav")).status == 409
    assert (await client.ask("POST", f"/channels/{tap}/record", name="x", format="cassette")).status == 422
    assert (await client.do("GET", f"/recordings/live/{name}"))["state"] == "recording"
    await asyncio.sleep(1.2)  # long enough for one whole second, which is what `duration` counts
    alice.hang_up()
    finished = await client.event("RecordingFinished", recording=name)
    assert finished["recording"]["state"] == "done"
    assert 1 <= finished["recording"]["duration"] <= 3
    await client.event("StasisEnd", channel=tap)
    assert await client.do("GET", f"/recordings/stored/{name}") == {"name": name, "format": "wav"}
    assert (await client.ask("GET", f"/recordings/stored/{name}/file")).raw[:4] == b"RIFF"
    assert (await client.ask("DELETE", f"/recordings/stored/{name}")).status == 204
    assert (await client.ask("GET", f"/recordings/stored/{name}")).status == 404
    assert_events(client, "RecordingStarted", "RecordingFinished")


async def test_a_supervisor_listens_and_whispers_to_one_party(
    engine: Engine, alice: Handset, bob: Handset, carol: Handset
) -> None:
    """Alice and Bob talk; Carol hears both, and only Alice hears Carol."""
    client, room, aside, tap = engine.client, engine.unique("room"), engine.unique("aside"), engine.unique("tap")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    for bridge in (room, aside):
        await client.do("POST", f"/bridges/{bridge}", type="mixing")
    await client.do("POST", f"/bridges/{room}/addChannel", channel=caller)
    for party, bridge in ((bob, room), (carol, aside)):
        leg = engine.unique("leg")
        endpoint = f"PJSIP/yuqiao/{party.uri}"
        await client.do("POST", "/channels", endpoint=endpoint, app="yuqiao", channelId=leg, originator=caller)
        await client.event("StasisStart", channel=leg)
        await client.do("POST", f"/bridges/{bridge}/addChannel", channel=leg)
    snoop = await client.do("POST", f"/channels/{caller}/snoop/{tap}", spy="both", whisper="out", app="yuqiao")
    assert snoop["state"] == "Up"
    await client.event("StasisStart", channel=tap)
    await client.do("POST", f"/bridges/{aside}/addChannel", channel=tap)
    await client.event("ChannelEnteredBridge", channel=tap)
    await until(lambda: carol.hears(alice) and carol.hears(bob) and carol.misses(carol), "the supervisor to hear both")
    await until(lambda: alice.hears(bob) and alice.hears(carol) and alice.misses(alice), "the whisper")
    await until(lambda: bob.hears(alice) and bob.misses(carol), "the other party to miss the whisper")
    await client.do("DELETE", f"/channels/{tap}")
    await client.event("StasisEnd", channel=tap)
    await until(lambda: alice.misses(carol) and alice.hears(bob), "the whisper to end")
    for bridge in (aside, room):
        await client.do("DELETE", f"/bridges/{bridge}")


async def test_a_bridge_is_recorded(engine: Engine, alice: Handset) -> None:
    client, bridge, name = engine.client, engine.unique("room"), engine.unique("mix")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    await client.do("POST", f"/bridges/{bridge}")
    await client.do("POST", f"/bridges/{bridge}/addChannel", channel=caller)
    assert (await client.ask("POST", f"/bridges/{bridge}/record", name=name, format="wav")).status == 201
    started = await client.event("RecordingStarted", recording=name)
    assert started["recording"]["target_uri"] == f"bridge:{bridge}"
    await asyncio.sleep(1.1)  # long enough for one whole second, which is what `duration` counts
    assert (await client.ask("POST", f"/recordings/live/{name}/stop")).status == 204
    assert (await client.event("RecordingFinished", recording=name))["recording"]["duration"] == 1
    assert (await client.ask("POST", f"/recordings/live/{name}/stop")).status in {404, 409}
    await client.do("DELETE", f"/recordings/stored/{name}")
    await client.do("DELETE", f"/bridges/{bridge}")


async def test_keys(engine: Engine, alice: Handset) -> None:
    caller = await engine.call(alice)
    await engine.client.do("POST", f"/channels/{caller}/answer")
    await engine.client.event("ChannelStateChange", channel=caller)
    await until(lambda: alice.talking, "audio to begin")
    await alice.press("7")
    await engine.client.event("ChannelDtmfReceived", channel=caller, digit="7")
    assert_events(engine.client, "ChannelDtmfReceived")


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
