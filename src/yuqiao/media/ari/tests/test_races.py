"""Whatever is asked in whatever order, and whenever a party hangs up: nothing is left behind, and it is told once."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuqiao.media.ari.channels import Channel
from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.tests.memory import AUDIO, Office, subject
from yuqiao.media.ports import TransferRequest

WHO = st.integers(0, 3)
STEP = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                "answer",
                "hangup",
                "bridge",
                "unbridge",
                "play",
                "record",
                "snoop",
                "whisper",
                "record-snoop",
                "mute",
                "dial",
                "stop",
                "progress",
                "hold",
            ]
        ),
        WHO,
    ),
    st.tuples(
        st.sampled_from(["call", "originate", "create", "far-answer", "far-ring", "far-end", "far-hold", "far-refer"]),
        WHO,
    ),
    st.tuples(st.sampled_from(["record-bridge", "play-bridge", "destroy", "rebuild", "wait", "stop-recording"]), WHO),
)


class Story:
    """Carries out steps against one engine, each verb as a task of its own so that they overlap."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.tasks: list[asyncio.Task[None]] = []
        self.names = 0

    def ids(self) -> list[str]:
        return list(self.office.switch.channels) or ["nobody"]

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        async def tolerate() -> None:
            with contextlib.suppress(AriError):
                await work

        self.tasks.append(asyncio.get_running_loop().create_task(tolerate()))

    async def step(self, what: str, who: int) -> None:
        office, engine = self.office, self.office.engine
        ids = self.ids()
        channel_id = ids[who % len(ids)]
        self.names += 1
        name = f"n{self.names}"
        match what:
            case "call":
                office.trunk.incoming()
            case "originate" | "create":
                self.begin(self.outbound(what, originator=channel_id if channel_id != "nobody" else ""))
            case "far-answer" | "far-ring" | "far-end" | "far-hold" | "far-refer":
                self.far_end(what, who)
            case "wait":
                for _ in range(who):
                    await asyncio.sleep(0)
            case "destroy":
                self.begin(engine.bridging.destroy("bridge"))
            case "rebuild":
                self.begin(self.now(lambda: engine.bridging.create("bridge", "", "mixing")))
            case "record-bridge":
                self.begin(engine.record_bridge("bridge", name=name, if_exists="overwrite", max_seconds=0))
            case "play-bridge":
                self.begin(self.now(lambda: engine.play_to_bridge("bridge", ["tone:beep"], name)))
            case "stop-recording":
                for recording in list(office.switch.recordings)[:1]:
                    self.begin(engine.recordings.stop(recording))
            case _:
                self.channel_verb(what, channel_id, name)

    def channel_verb(self, what: str, channel_id: str, name: str) -> None:
        engine = self.office.engine
        verbs: dict[str, Coroutine[Any, Any, Any]] = {
            "answer": engine.legs.answer(channel_id),
            "hangup": self.now(lambda: engine.closing.hangup(channel_id)),
            "bridge": engine.add_to_bridge("bridge", [channel_id]),
            "unbridge": engine.bridging.remove("bridge", [channel_id]),
            "play": self.now(lambda: engine.play_to_channel(channel_id, ["tone:ring"], name)),
            "record": engine.record_channel(channel_id, name=name, if_exists="overwrite", max_seconds=0),
            "snoop": self.snoop(channel_id, name, record=False),
            "whisper": self.whisper(channel_id),
            "record-snoop": self.snoop(channel_id, name, record=True),
            "mute": engine.audio.mute(channel_id, "both", muted=True),
            "progress": engine.legs.transferring.progress(channel_id),
            "hold": self.now(lambda: engine.legs.transferring.hold(channel_id, held=True)),
            "dial": engine.dialling.dial(channel_id, ring_seconds=5),
            "stop": self.now(lambda: engine.closing.leave_stasis(channel_id)),
        }
        self.begin(verbs.pop(what))
        for unused in verbs.values():
            unused.close()

    async def now(self, call: Any) -> None:
        call()

    async def outbound(self, what: str, originator: str) -> None:
        engine = self.office.engine
        channel: Channel = engine.dialling.create("PJSIP/y/sip:a@b", "yuqiao", originator=originator)
        if what == "originate":
            await engine.dialling.originate(channel)
        else:
            engine.dialling.enter(channel)

    async def snoop(self, channel_id: str, name: str, *, record: bool) -> None:
        engine = self.office.engine
        tap = engine.snoop(channel_id, spy="in", whisper="none", app="yuqiao")
        if record:
            await engine.record_channel(tap.id, name=name, if_exists="overwrite", max_seconds=0)

    async def whisper(self, channel_id: str) -> None:
        engine = self.office.engine
        tap = engine.snoop(channel_id, spy="both", whisper="out", app="yuqiao")
        await engine.add_to_bridge("bridge", [tap.id])

    def far_end(self, what: str, who: int) -> None:
        calls = [call for call in self.office.trunk.calls if not call.over]
        if not calls:
            return
        call = calls[who % len(calls)]
        assert call.observer is not None
        if what == "far-end":
            call.end(17, 486)
        elif what == "far-hold":
            call.held = not call.held
            call.observer.on_audio_change(replace(AUDIO, send=not call.held))
        elif what == "far-refer":
            call.refer(TransferRequest("0190", "sip:0190@x"))
        elif not call.answered and call.headers["call-id"].startswith("out"):
            if what == "far-answer":
                call.answered = True
                call.observer.on_answer(AUDIO)
            else:
                call.observer.on_progress(180, None)

    async def end(self, how: str) -> None:
        """Everybody hangs up, or we do, or the server stops; and all that was begun comes to its end."""
        if how == "the server stops":
            await asyncio.wait_for(self.office.engine.stop(), 5)
        for _ in range(3):  # what is just being made may appear after the first round
            for call in self.office.trunk.calls if how == "they hang up" else ():
                call.end()
            for channel in list(self.office.switch.channels.values()):
                if not channel.over:
                    self.office.engine.closing.hangup(channel.id)
            await asyncio.wait_for(asyncio.gather(*self.tasks), 5)
            await self.office.quiet()


async def play(steps: list[tuple[str, int]], pauses: list[int], how: str) -> Office:
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder), pauses)
        office.listen()
        office.engine.bridging.create("bridge", "", "mixing")
        story = Story(office)
        office.trunk.incoming()
        for what, who in steps:
            await story.step(what, who)
            await asyncio.sleep(0)
        await story.end(how)
        return office


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(STEP, max_size=30),
    st.lists(st.integers(0, 4), max_size=40),
    st.sampled_from(["they hang up", "we hang up", "the server stops"]),
)
def test_nothing_is_left_behind_and_each_end_is_told_once(
    steps: list[tuple[str, int]], pauses: list[int], how: str
) -> None:
    office = asyncio.run(play(steps, pauses, how))
    switch, mixer = office.switch, office.mixer

    assert all(call.over for call in office.trunk.calls)
    assert mixer.legs == {}
    assert mixer.recordings == {}
    assert mixer.playbacks == {}
    assert switch.channels == {}
    assert switch.recordings == {}
    assert all(bridge.members == [] for bridge in switch.bridges.values())
    assert {playback.target[0] for playback in switch.playbacks.values()} <= {"conference"}
    assert switch.counters["task_failures"] == switch.counters["recordings_lost"] == 0

    told: dict[str, list[str]] = {}
    for event in office.events():
        told.setdefault(subject(event), []).append(event["type"])
    told.pop("", None)
    for kinds in told.values():
        count = Counter(kinds)
        assert count["ChannelCreated"] == count["ChannelDestroyed"] == 1
        assert kinds[-1] == "ChannelDestroyed"
        assert count["StasisStart"] == count["StasisEnd"] <= 1
        moves = [kind for kind in kinds if kind.endswith("Bridge")]
        assert moves == ["ChannelEnteredBridge", "ChannelLeftBridge"] * (len(moves) // 2)
    recordings = Counter(event["type"] for event in office.events() if event["type"].startswith("Recording"))
    assert recordings["RecordingStarted"] <= recordings["RecordingFinished"] + recordings["RecordingFailed"]


async def test_a_leg_that_hangs_up_while_it_is_being_opened_is_closed_again(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[3])
    office.listen()
    call = office.trunk.incoming()
    (channel_id,) = office.switch.channels
    answering = asyncio.create_task(office.engine.legs.answer(channel_id))
    await asyncio.sleep(0)
    call.end()
    await asyncio.sleep(0)
    with pytest.raises(AriError, match="not found"):
        await answering
    await office.quiet()
    assert office.mixer.legs == {}
    assert "answer" not in call.log


async def test_a_party_that_goes_while_it_enters_a_bridge_is_not_in_it(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[0, 0, 5])
    office.listen()
    call = office.trunk.incoming()
    (channel_id,) = office.switch.channels
    await office.engine.legs.answer(channel_id)
    bridge = office.engine.bridging.create("b", "", "mixing")
    entering = asyncio.create_task(office.engine.add_to_bridge("b", [channel_id]))
    await asyncio.sleep(0)
    call.end()
    with pytest.raises(AriError, match="not found"):
        await entering
    await office.quiet()
    assert bridge.members == []
    assert "ChannelEnteredBridge" not in office.kinds()
    assert office.mixer.legs == {}


async def test_a_bridge_destroyed_while_somebody_enters_keeps_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[0, 0, 5])
    office.listen()
    office.trunk.incoming()
    (channel_id,) = office.switch.channels
    await office.engine.legs.answer(channel_id)
    office.engine.bridging.create("b", "", "mixing")
    entering = asyncio.create_task(office.engine.add_to_bridge("b", [channel_id]))
    await asyncio.sleep(0)
    await office.engine.bridging.destroy("b")
    with pytest.raises(AriError, match="not found"):
        await entering
    assert office.mixer.legs == {channel_id: None}
    assert office.switch.bridges == {}
    assert office.switch.channels[channel_id].bridge is None


async def test_a_recording_stopped_before_it_began_ends(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[0, 0, 5])
    office.listen()
    office.trunk.incoming()
    (channel_id,) = office.switch.channels
    await office.engine.legs.answer(channel_id)
    recording = asyncio.create_task(office.engine.record_channel(channel_id, name="r", if_exists="fail", max_seconds=0))
    await asyncio.sleep(0)
    assert not office.switch.recordings["r"].begun
    await asyncio.wait_for(office.engine.recordings.stop("r"), 2)
    await recording
    assert office.kinds()[-2:] == ["RecordingStarted", "RecordingFinished"]
    assert office.mixer.recordings == {}


async def test_a_playback_stopped_before_it_began_ends(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[0, 0, 5])
    office.listen()
    office.trunk.incoming()
    (channel_id,) = office.switch.channels
    await office.engine.legs.answer(channel_id)
    playback = office.engine.play_to_channel(channel_id, ["tone:ring"], "p")
    await asyncio.sleep(0)
    assert playback.state == "starting"
    await office.engine.playing.stop("p")
    await asyncio.wait_for(office.quiet(), 2)
    assert office.kinds()[-2:] == ["PlaybackStarted", "PlaybackFinished"]
    assert office.mixer.playbacks == {}
    assert office.switch.playbacks == {}


async def test_a_leg_hung_up_while_it_waits_to_be_dialled_is_not_dialled(tmp_path: Path) -> None:
    office = Office(tmp_path, pauses=[0, 5])
    office.listen()
    channel = office.engine.dialling.create("PJSIP/y/sip:a@b", "yuqiao")
    office.engine.dialling.enter(channel)
    office.engine.bridging.create("b", "", "mixing")
    entering = asyncio.create_task(office.engine.add_to_bridge("b", [channel.id]))
    await asyncio.sleep(0)
    dialling = asyncio.create_task(office.engine.dialling.dial(channel.id, ring_seconds=5))
    await asyncio.sleep(0)
    office.engine.closing.hangup(channel.id)
    for task in (entering, dialling):
        with pytest.raises(AriError, match="not found"):
            await task
    await office.quiet()
    assert office.trunk.calls == []
    assert office.mixer.legs == {}
