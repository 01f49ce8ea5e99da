"""Prompts and recordings over real audio: who hears them, in what order, how long the files are."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from yuqiao.lib import clock
from yuqiao.lib.tone import level_of, sine
from yuqiao.media.ari.tests.live import Client, Handset, hear_each_other, until
from yuqiao.media.ari.tests.test_calls import answered, rung
from yuqiao.media.server import MediaServer

PROMPT = 2300

pytestmark = pytest.mark.live


@pytest.fixture
def prompts(station: MediaServer) -> Path:
    """Two prompts of half a second, one second."""
    folder = station.config.sounds / "yuqiao" / "ja"
    folder.mkdir(parents=True)
    for name, seconds in (("greeting", 0.5), ("notice", 1.0)):
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(sine(PROMPT, seconds, -15).tobytes())
    return folder


def read(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


@pytest.mark.usefixtures("prompts")
async def test_prompts_of_one_leg_wait_for_each_other(client: Client, station: MediaServer, alice: Handset) -> None:
    caller = await answered(client, station, alice)
    media = "sound:yuqiao/ja/greeting,sound:yuqiao/ja/greeting"
    first = await client.do("POST", f"/channels/{caller}/play", media=media, playbackId="one")
    assert first["state"] == "queued"
    assert first["next_media_uri"] == "sound:yuqiao/ja/greeting"
    await client.do("POST", f"/channels/{caller}/play/two", media="sound:yuqiao/ja/notice")
    await client.event("PlaybackStarted", playback="one")
    assert (await client.do("GET", "/playbacks/two"))["state"] == "queued"
    await until(lambda: alice.phone.hears(PROMPT) > -30, "the prompt")
    await client.event("PlaybackFinished", playback="two")
    order = [(e["type"], e["playback"]["id"]) for e in client.events if e["type"].startswith("Playback")]
    assert order == [
        ("PlaybackStarted", "one"),
        ("PlaybackFinished", "one"),
        ("PlaybackStarted", "two"),
        ("PlaybackFinished", "two"),
    ]
    began, ended = (clock.parse(client.told(kind, playback="one")[0]["timestamp"]) for kind in _PLAYED)
    assert 0.9 < (ended - began).total_seconds() < 1.1
    assert client.told("PlaybackFinished", playback="two")[0]["playback"]["state"] == "done"
    assert (await client.ask("GET", "/playbacks/two")).status == 404


_PLAYED = ("PlaybackStarted", "PlaybackFinished")


async def test_a_prompt_that_does_not_exist_fails_and_the_next_one_plays(
    client: Client, station: MediaServer, alice: Handset
) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", f"/channels/{caller}/play/none", media="sound:nosuch")
    await client.do("POST", f"/channels/{caller}/play/beep", media="tone:beep")
    assert (await client.event("PlaybackFinished", playback="none"))["playback"]["state"] == "failed"
    assert (await client.event("PlaybackFinished", playback="beep"))["playback"]["state"] == "done"


async def test_a_tone_goes_on_until_it_is_stopped(client: Client, station: MediaServer, alice: Handset) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", f"/channels/{caller}/play", media="tone:ring", playbackId="ring")
    await until(lambda: alice.phone.hears(450) > -35, "ringing")
    assert (await client.ask("POST", "/playbacks/ring/control", operation="pause")).status == 501
    assert (await client.ask("POST", "/playbacks/ring/control", operation="sing")).status == 400
    await client.do("DELETE", "/playbacks/ring")
    assert (await client.event("PlaybackFinished", playback="ring"))["playback"]["state"] == "done"
    await until(lambda: alice.phone.hears(450) < -55, "quiet")


@pytest.mark.usefixtures("prompts")
async def test_a_prompt_to_a_bridge_is_heard_by_all(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    caller = await answered(client, station, alice)
    await rung(client, bob, "bob", originator=caller)
    await client.do("POST", "/bridges/room")
    early = await client.do("POST", "/bridges/room/play", media="sound:yuqiao/ja/notice", playbackId="early")
    assert early["target_uri"] == "bridge:room"
    await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},bob")
    await until(lambda: alice.phone.hears(PROMPT) > -30 and bob.phone.hears(PROMPT) > -30, "both to hear it")
    await client.event("PlaybackFinished", playback="early")


async def test_tracks_and_mix_are_recorded_and_complete_before_their_channels_end(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    caller = await answered(client, station, alice)
    await rung(client, bob, "bob", originator=caller)
    await client.do("POST", "/bridges/room")
    await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},bob")
    for leg in (caller, "bob"):
        snoop = await client.do("POST", f"/channels/{leg}/snoop/tap-{leg}", spy="in", app="yuqiao", appArgs="snoop")
        assert (snoop["state"], snoop["name"][:6]) == ("Up", "Snoop/")
        assert (await client.event("StasisStart", channel=f"tap-{leg}"))["args"] == ["snoop"]
        await client.do("POST", f"/channels/tap-{leg}/record", name=f"call/{leg}", format="wav")
    await client.do("POST", "/bridges/room/record", name="call/mix", format="wav")
    started = await client.event("RecordingStarted", recording="call/mix")
    assert started["recording"]["target_uri"] == "bridge:room"
    assert (await client.do("GET", "/recordings/live/call%2Fmix"))["state"] == "recording"
    await hear_each_other(alice, bob)
    await until(lambda: len(bob.phone.heard) > 120, "two seconds of talk")

    alice.hang_up()
    await client.event("ChannelDestroyed", channel=caller)
    ends = [
        (event["type"], (event.get("recording") or event["channel"])["name"])
        for event in client.events
        if event["type"] in {"RecordingFinished", "ChannelDestroyed"}
    ]
    assert ends[0] == ("RecordingFinished", f"call/{caller}")
    assert [kind for kind, _ in ends[1:]] == ["ChannelDestroyed", "ChannelDestroyed"]
    assert ends[1][1].startswith("Snoop/")
    assert (await client.ask("GET", f"/channels/tap-{caller}")).status == 404

    await client.do("POST", "/recordings/live/call%2Fmix/stop")
    mix = (await client.event("RecordingFinished", recording="call/mix"))["recording"]
    await client.do("DELETE", "/channels/bob")
    await client.event("RecordingFinished", recording="call/bob")
    folder = station.config.recordings / "call"
    own, both = read(folder / f"{caller}.wav"), read(folder / "mix.wav")
    assert abs(len(both) / 8 - mix["duration_ms"]) <= 20
    assert mix["duration"] == mix["duration_ms"] // 1000
    ended = clock.parse(client.told("RecordingFinished", recording="call/mix")[0]["timestamp"])
    length = ended - clock.parse(started["timestamp"])
    assert abs(length.total_seconds() * 1000 - mix["duration_ms"]) <= 1
    middle = slice(len(own) // 2, len(own) // 2 + 4000)
    assert level_of(own[middle], 440) > -20
    assert level_of(own[middle], 1000) < -50
    assert level_of(both[middle], 440) > -20
    assert level_of(both[middle], 1000) > -20
    names = {one["name"] for one in await client.do("GET", "/recordings/stored")}
    assert names == {f"call/{caller}", "call/bob", "call/mix"}


async def test_recordings_are_listed_fetched_refused_and_thrown_away(
    client: Client, station: MediaServer, alice: Handset
) -> None:
    caller = await answered(client, station, alice)
    path = f"/channels/{caller}/record"
    await client.do("POST", path, name="one", format="wav")
    assert (await client.ask("POST", path, name="one", format="wav")).status == 409
    await client.event("RecordingStarted", recording="one")
    assert await client.do("GET", "/recordings/stored") == []
    await client.do("POST", "/bridges/room")
    assert (await client.ask("POST", "/bridges/room/addChannel", channel=caller)).status == 409
    await client.do("POST", "/recordings/live/one/stop")
    await client.event("RecordingFinished", recording="one")
    assert (await client.ask("POST", path, name="one", format="wav")).status == 409
    reply = await client.ask("GET", "/recordings/stored/one/file")
    assert (reply.status, reply.headers["Content-Type"], reply.raw[:4]) == (200, "audio/wav", b"RIFF")
    assert (await client.ask("DELETE", "/recordings/stored/one")).status == 204
    assert (await client.ask("GET", "/recordings/stored/one")).status == 404

    await client.do("POST", path, name="two", format="wav")
    await client.event("RecordingStarted", recording="two")
    await client.do("DELETE", "/recordings/live/two")
    assert (await client.event("RecordingFinished", recording="two"))["recording"]["state"] == "canceled"
    assert not (station.config.recordings / "two.wav").exists()

    await client.do("POST", path, name="three", format="wav", maxDurationSeconds=1)
    three = await client.event("RecordingFinished", recording="three")
    assert 950 <= three["recording"]["duration_ms"] <= 1200

    await client.do("POST", "/bridges/room/addChannel", channel=caller)
    await client.do("POST", path, name="four", format="wav")
    failed = await client.event("RecordingFailed", recording="four")
    assert failed["recording"]["cause"] == "Cannot record channel while in bridge"


async def test_a_snoop_ends_when_it_is_hung_up_and_its_recording_is_complete(
    client: Client, station: MediaServer, alice: Handset
) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", f"/channels/{caller}/snoop", spy="out", app="yuqiao", snoopId="tap")
    await client.do("POST", "/channels/tap/record", name="out", format="wav")
    await client.event("RecordingStarted", recording="out")
    await client.do("DELETE", "/channels/tap")
    await client.event("ChannelDestroyed", channel="tap")
    assert client.told("RecordingFinished", recording="out")
    assert client.told("StasisEnd", channel="tap")
    assert (await client.do("GET", f"/channels/{caller}"))["state"] == "Up"
    for query, status in (
        ({"spy": "up"}, 400),
        ({"whisper": "down"}, 400),
        ({}, 400),
    ):
        assert (await client.ask("POST", f"/channels/{caller}/snoop", app="yuqiao", **query)).status == status
    assert (await client.ask("POST", f"/channels/{caller}/snoop", spy="in")).status == 400
    assert (await client.ask("POST", "/channels/nobody/snoop", spy="in", app="yuqiao")).status == 404
