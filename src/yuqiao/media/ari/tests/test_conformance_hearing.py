"""The same checks against our server and against Asterisk 22: who hears what."""

from __future__ import annotations

import pytest

from yuqiao.media.ari.tests.engines import Engine, gone, quiet
from yuqiao.media.ari.tests.live import Handset, hear_each_other, until
from yuqiao.media.ari.tests.shapes import CHANNEL, PLAYBACK, assert_events, assert_shape
from yuqiao.media.tests.mixer.phone import Phone

pytestmark = pytest.mark.live


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


async def test_a_party_is_muted(engine: Engine, alice: Handset, bob: Handset) -> None:
    """In: nobody hears her, and she hears. Out: she hears nothing, and is heard."""
    client = engine.client
    _, (caller, _) = await engine.talk(alice, bob)
    await hear_each_other(alice, bob)
    mute = f"/channels/{caller}/mute"
    assert (await client.ask("POST", mute, direction="in")).status == 204
    await until(lambda: quiet(bob) and alice.hears(bob), "Alice to be heard no more")
    assert (await client.ask("DELETE", mute, direction="in")).status == 204
    await hear_each_other(alice, bob)
    assert (await client.ask("POST", mute, direction="out")).status == 204
    await until(lambda: quiet(alice) and bob.hears(alice), "Alice to hear no more")
    assert (await client.ask("DELETE", mute, direction="out")).status == 204
    await hear_each_other(alice, bob)
    assert (await client.ask("POST", mute, direction="both")).status == 204
    await until(lambda: quiet(alice) and quiet(bob), "neither to hear the other")
    assert (await client.ask("DELETE", mute, direction="both")).status == 204
    await hear_each_other(alice, bob)
    assert (await client.ask("POST", mute)).status == 400
    assert (await client.ask("POST", mute, direction="up")).status == 400
    assert (await client.ask("POST", "/channels/nobody/mute", direction="in")).status == 404


async def test_a_party_waits_alone_and_is_put_aside_with_another(
    engine: Engine, alice: Handset, bob: Handset, carol: Handset
) -> None:
    """Held by us: out of the bridge, with a prompt of her own. Then Bob and Carol talk where Alice is not."""
    client, aside, prompt = engine.client, engine.unique("aside"), engine.unique("play")
    room, (caller, second, third) = await engine.talk(alice, bob, carol)
    await hear_each_other(alice, bob, carol)
    await client.do("POST", f"/bridges/{room}/removeChannel", channel=caller)
    await client.event("ChannelLeftBridge", channel=caller)
    await client.do("POST", f"/channels/{caller}/play/{prompt}", media=engine.sound(2100.0))
    await until(lambda: alice.phone.hears(2100.0) > -35 and bob.phone.hears(2100.0) < -55, "Alice alone to be told")
    await until(lambda: bob.misses(alice) and bob.hears(carol), "Bob to miss Alice")
    await client.event("PlaybackFinished", playback=prompt)
    await client.do("POST", f"/bridges/{room}/addChannel", channel=caller)
    await hear_each_other(alice, bob, carol)

    await client.do("POST", f"/bridges/{aside}", type="mixing")
    for leg in (second, third):  # who is put into a bridge leaves the one before
        assert (await client.ask("POST", f"/bridges/{aside}/addChannel", channel=leg)).status == 204
    await client.event("ChannelLeftBridge", channel=third)
    await until(lambda: bob.hears(carol) and carol.hears(bob), "the two to hear each other aside")
    await until(lambda: bob.misses(alice) and carol.misses(alice) and quiet(alice), "Alice to be apart")
    assert (await client.do("GET", f"/bridges/{room}"))["channels"] == [caller]
    for leg in (second, third):
        await client.do("POST", f"/bridges/{room}/addChannel", channel=leg)
    await hear_each_other(alice, bob, carol)
    for bridge in (aside, room):
        await client.do("DELETE", f"/bridges/{bridge}")
    await gone(client, f"/bridges/{room}")
    assert caller in [one["id"] for one in await client.do("GET", "/channels")], "its legs outlive a bridge"


async def test_a_party_holds_the_call_with_her_own_phone(engine: Engine, alice: Handset, bob: Handset) -> None:
    client = engine.client
    _, (caller, _) = await engine.talk(alice, bob)
    await hear_each_other(alice, bob)
    assert alice.call is not None
    alice.call.hold(held=True)
    await client.event("ChannelHold", channel=caller)
    await until(lambda: quiet(alice), "nothing to be sent to her")
    alice.call.hold(held=False)
    await client.event("ChannelUnhold", channel=caller)
    await hear_each_other(alice, bob)
    assert_events(client, "ChannelHold", "ChannelUnhold")


async def test_a_prompt_to_all_in_a_bridge(engine: Engine, alice: Handset, bob: Handset) -> None:
    client, prompt = engine.client, engine.unique("play")
    room, _ = await engine.talk(alice, bob)
    reply = await client.ask("POST", f"/bridges/{room}/play/{prompt}", media=engine.sound(2100.0))
    assert reply.status == 201
    assert_shape(reply.json, PLAYBACK, "playback")
    assert reply.json["target_uri"] == f"bridge:{room}"
    assert (await client.event("PlaybackStarted", playback=prompt))["playback"]["state"] == "playing"
    await until(lambda: all(one.phone.hears(2100.0) > -35 for one in (alice, bob)), "both to hear the prompt")
    assert (await client.event("PlaybackFinished", playback=prompt))["playback"]["state"] == "done"
    await hear_each_other(alice, bob)


async def test_prompts_one_after_the_other(engine: Engine, alice: Handset) -> None:
    client, prompt = engine.client, engine.unique("play")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    media = ",".join(engine.sound(tone) for tone in (2100.0, 2500.0))
    await client.do("POST", f"/channels/{caller}/play/{prompt}", media=media)
    await until(lambda: alice.phone.hears(2100.0) > -35, "the first prompt")
    await until(lambda: alice.phone.hears(2500.0) > -35, "the second prompt")
    assert (await client.event("PlaybackFinished", playback=prompt))["playback"]["state"] == "done"
    assert len(client.told("PlaybackFinished", playback=prompt)) == 1


async def test_a_machine_listens_to_a_bridge(engine: Engine, alice: Handset, bob: Handset) -> None:
    """What is said in it goes to a socket as A-law RTP, by an external-media channel."""
    client, ear = engine.client, engine.unique("ear")
    room, _ = await engine.talk(alice, bob)
    with Phone(0.0) as machine:
        host, port = machine.audio.remote
        external = {"external_host": f"{host}:{port}", "format": "alaw", "app": "yuqiao", "data": "snoop"}
        channel = await client.do("POST", "/channels/externalMedia", channelId=ear, **external)
        assert_shape(channel, CHANNEL, "channel")
        assert channel["id"] == ear
        await client.event("StasisStart", channel=ear)
        await client.do("POST", f"/bridges/{room}/addChannel", channel=ear)
        await until(lambda: all(machine.hears(one.freq) > -35 for one in (alice, bob)), "the machine to hear both")
        await hear_each_other(alice, bob)
        await client.do("DELETE", f"/channels/{ear}")
        await gone(client, f"/channels/{ear}")
