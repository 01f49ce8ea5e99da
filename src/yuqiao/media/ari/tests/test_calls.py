"""Calls in and out, over real SIP and RTP: states, events, and who hears whom."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from yuqiao.media.ari.tests.live import Client, Handset, connected, hear_each_other, running, until
from yuqiao.media.server import MediaServer

pytestmark = pytest.mark.live


async def answered(client: Client, station: MediaServer, caller: Handset, number: str = "960169") -> str:
    """Let ``caller`` dial in and answer; return the channel's id."""
    before = len(client.told("StasisStart"))
    caller.dial(number, station)
    await until(lambda: len(client.told("StasisStart")) > before, "StasisStart")
    channel_id = str(client.told("StasisStart")[before]["channel"]["id"])
    await client.do("POST", f"/channels/{channel_id}/answer")
    return channel_id


async def rung(client: Client, whom: Handset, channel_id: str, **more: str) -> None:
    """Originate to ``whom`` and wait until the leg is in Stasis."""
    endpoint = f"PJSIP/yuqiao/{whom.uri}"
    await client.do("POST", "/channels", endpoint=endpoint, app="yuqiao", channelId=channel_id, **more)
    await client.event("StasisStart", channel=channel_id)


async def test_an_inbound_call_is_in_stasis_with_what_it_dialled(
    client: Client, station: MediaServer, alice: Handset
) -> None:
    alice.dial("960169", station)
    start = await client.event("StasisStart")
    channel = start["channel"]
    assert channel["state"] == "Ring"
    assert channel["dialplan"]["exten"] == "960169"
    assert channel["caller"]["number"] == "13800000001"
    assert channel["protocol_id"] == alice.call.headers["call-id"] if alice.call else ""
    assert start["args"] == []

    await client.do("POST", f"/channels/{channel['id']}/ring")
    await until(lambda: 180 in alice.progress, "180")
    await client.do("POST", f"/channels/{channel['id']}/answer")
    up = await client.event("ChannelStateChange", channel=channel["id"])
    assert up["channel"]["state"] == "Up"

    alice.hang_up()
    end = await client.event("ChannelDestroyed", channel=channel["id"])
    assert (end["cause"], end["cause_txt"]) == (16, "Normal Clearing")
    kinds = [event["type"] for event in client.events if event.get("channel", {}).get("id") == channel["id"]]
    assert kinds[-4:] == ["ChannelHangupRequest", "StasisEnd", "ChannelVarset", "ChannelDestroyed"]
    assert await client.do("GET", "/channels") == []


async def test_three_parties_hear_each_other_and_the_two_who_stay_go_on(
    client: Client, station: MediaServer, alice: Handset, bob: Handset, carol: Handset
) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", "/bridges/room", type="mixing")
    await client.do("POST", "/bridges/room/addChannel", channel=caller)
    await rung(client, bob, "bob", originator=caller, appArgs="leg,agent")
    await rung(client, carol, "carol", originator=caller)
    assert client.told("StasisStart", channel="bob")[0]["args"] == ["leg", "agent"]
    await client.do("POST", "/bridges/room/addChannel", channel="bob,carol")
    await hear_each_other(alice, bob, carol)
    assert set((await client.do("GET", "/bridges/room"))["channels"]) == {caller, "bob", "carol"}

    await client.do("DELETE", "/channels/carol")
    await until(lambda: bool(carol.ends), "carol's BYE")
    assert (await client.event("ChannelLeftBridge", channel="carol"))["bridge"]["channels"] == [caller, "bob"]
    await until(lambda: alice.misses(carol) and bob.misses(carol), "carol to be gone")
    await hear_each_other(alice, bob)

    await client.do("DELETE", "/bridges/room")
    await until(lambda: alice.misses(bob), "silence")
    assert (await client.do("GET", f"/channels/{caller}"))["state"] == "Up"


async def test_an_interpreter_who_is_busy_is_told_as_busy(client: Client, alice: Handset) -> None:
    alice.answers_calls = False
    reply = await client.ask(
        "POST",
        "/channels",
        body={"variables": {"PJSIP_HEADER(add,X-Line)": "12345"}},
        endpoint=f"PJSIP/{alice.uri}",
        app="yuqiao",
        channelId="leg",
        callerId="语桥 <960169>",
    )
    assert reply.json["caller"] == {"name": "语桥", "number": "960169"}
    await client.event("Dial", peer="leg", dialstatus="RINGING")
    assert alice.call is not None
    assert alice.call.headers["x-line"] == "12345"
    assert (alice.call.caller_number, alice.call.caller_name) == ("960169", "语桥")
    alice.hang_up(17)
    assert (await client.event("Dial", dialstatus="BUSY"))["peer"]["id"] == "leg"
    end = await client.event("ChannelDestroyed", channel="leg")
    assert (end["cause"], end["cause_txt"], end["tech_cause"]) == (17, "User busy", 486)
    assert client.told("StasisStart") == []


async def test_nobody_answers_in_time(client: Client, alice: Handset) -> None:
    alice.answers_calls = False
    await client.do("POST", "/channels", endpoint=f"PJSIP/y/{alice.uri}", app="yuqiao", channelId="leg", timeout=1)
    end = await client.event("ChannelDestroyed", channel="leg")
    assert (end["cause"], end["cause_txt"]) == (19, "User alerting, no answer")
    await until(lambda: bool(alice.ends), "CANCEL")
    assert client.told("Dial", dialstatus="NOANSWER")


async def test_the_attempt_is_given_up_while_it_rings(client: Client, alice: Handset) -> None:
    alice.answers_calls = False
    await client.do("POST", "/channels", endpoint=f"PJSIP/y/{alice.uri}", app="yuqiao", channelId="leg")
    await client.event("Dial", dialstatus="RINGING")
    assert (await client.ask("POST", "/channels/leg/play", media="tone:beep")).status == 409
    await client.do("DELETE", "/channels/leg", reason_code=26)
    end = await client.event("ChannelDestroyed", channel="leg")
    assert (end["cause"], end["cause_txt"]) == (26, "Answered elsewhere")
    await until(lambda: bool(alice.ends), "CANCEL")
    assert (await client.ask("DELETE", "/channels/leg")).status == 404


async def test_create_then_dial_over_tcp(client: Client, alice: Handset) -> None:
    endpoint = f"PJSIP/yuqiao/{alice.uri};transport=tcp"
    created = await client.do("POST", "/channels/create", endpoint=endpoint, app="yuqiao", appArgs="a,b", channelId="c")
    assert created["state"] == "Down"
    start = await client.event("StasisStart", channel="c")
    assert (start["args"], start["channel"]["state"]) == (["a", "b"], "Down")
    await client.do("POST", "/channels/c/dial", timeout=10)
    await client.event("Dial", dialstatus="ANSWER")
    assert (await client.do("GET", "/channels/c"))["state"] == "Up"
    assert len(client.told("StasisStart")) == 1
    assert (await client.ask("POST", "/channels/c/dial")).status == 409
    await client.do("POST", "/channels/c/continue")
    await client.event("StasisEnd", channel="c")
    await until(lambda: bool(alice.ends), "BYE")


async def test_a_muted_party_hears_and_is_not_heard(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    caller = await answered(client, station, alice)
    await rung(client, bob, "bob", originator=caller)
    await client.do("POST", "/bridges/room")
    await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},bob")
    await hear_each_other(alice, bob)
    await client.do("POST", f"/channels/{caller}/mute", direction="in")
    await until(lambda: bob.misses(alice) and alice.hears(bob), "mute")
    await client.do("DELETE", f"/channels/{caller}/mute", direction="in")
    await hear_each_other(alice, bob)


async def test_keys_are_told(client: Client, station: MediaServer, alice: Handset) -> None:
    caller = await answered(client, station, alice)
    await until(lambda: len(alice.phone.heard) > 0, "audio")
    await alice.press("5")
    await alice.press("#")
    await client.event("ChannelDtmfReceived", digit="#")
    digits = client.told("ChannelDtmfReceived", channel=caller)
    assert [(one["digit"], one["duration_ms"]) for one in digits] == [("5", 100), ("#", 100)]


async def test_a_leg_without_audio_is_ended(client: Client, station: MediaServer, alice: Handset) -> None:
    caller = await answered(client, station, alice)
    await until(lambda: len(alice.phone.heard) > 0, "audio")
    alice.phone.hush()
    end = await client.event("ChannelDestroyed", seconds=15, channel=caller)
    assert (end["cause"], end["cause_txt"]) == (127, "RTP timeout")
    await until(lambda: bool(alice.ends), "BYE")


async def test_a_dead_mixer_worker_ends_its_legs_and_the_next_call_works(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    caller = await answered(client, station, alice)
    await until(lambda: len(alice.phone.heard) > 0, "audio")
    (worker,) = station.mixer.pids
    os.kill(worker, signal.SIGKILL)
    end = await client.event("ChannelDestroyed", channel=caller)
    assert (end["cause"], end["cause_txt"]) == (41, "Mixer worker lost")
    await until(lambda: bool(alice.ends), "BYE")
    await until(lambda: station.mixer.pids != [worker], "a new worker")
    assert await answered(client, station, bob)
    await until(lambda: len(bob.phone.heard) > 20, "audio again")


async def test_a_call_rings_until_the_application_is_back(station: MediaServer, alice: Handset) -> None:
    alice.dial("960169", station)
    await until(lambda: 180 in alice.progress, "ringing without an application")
    async with connected(station) as client:
        await client.listen()
        start = await client.event("StasisStart")
        await client.do("POST", f"/channels/{start['channel']['id']}/answer")
        await until(lambda: len(alice.phone.heard) > 0, "audio")
        await client.hang_up()
        heard = len(alice.phone.heard)
        await until(lambda: len(alice.phone.heard) > heard + 50, "the call to go on without the application")
        await client.listen()
        (channel,) = await client.do("GET", "/channels")
        assert channel["state"] == "Up"
        assert channel["id"] == start["channel"]["id"]
        assert len(client.told("StasisStart")) == 1


async def test_a_call_nobody_takes_is_refused(station: MediaServer, alice: Handset) -> None:
    station.switch.grace = 0.3
    alice.dial("960169", station)
    await until(lambda: bool(alice.ends), "503")
    assert alice.ends[0].sip_status == 503
    await until(lambda: station.switch.channels == {}, "nothing left")


async def test_legs_beside_their_originator_hear_each_other_on_any_worker(
    tmp_path: Path, alice: Handset, bob: Handset, carol: Handset
) -> None:
    async with running(tmp_path, workers=2) as station, connected(station) as client:
        await client.listen()
        for caller_party, number in ((alice, "one"), (bob, "two")):
            caller = await answered(client, station, caller_party)
            await client.do("POST", f"/bridges/{number}")
            await client.do("POST", f"/bridges/{number}/addChannel", channel=caller)
            await rung(client, carol, number, originator=caller)
            await client.do("POST", f"/bridges/{number}/addChannel", channel=number)
            await hear_each_other(caller_party, carol)
            await client.do("DELETE", f"/channels/{number}")
            await until(lambda n=number: n not in station.switch.channels, "carol to be gone")  # type: ignore[misc]
