"""What a leg's SIP side reports, and what the engine makes of it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from yuqiao.media.ari.channels import Channel
from yuqiao.media.ari.tests.memory import AUDIO, MemoryCall, Office
from yuqiao.media.ports import MixerEvent


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    one = Office(tmp_path)
    one.listen()
    return one


async def dialled(office: Office) -> tuple[Channel, MemoryCall]:
    """Originate one call."""
    channel = office.engine.dialling.create("PJSIP/y/sip:a@b", "yuqiao", channel_id="leg")
    await office.engine.dialling.originate(channel)
    return channel, office.trunk.calls[-1]


async def test_silent_early_media_gets_its_time_anew_when_answered(office: Office) -> None:
    channel, call = await dialled(office)
    assert call.observer is not None
    call.observer.on_progress(183, AUDIO)
    await office.quiet()
    office.engine.on_mixer_event(MixerEvent("rtp-lost", time.time(), leg="leg"))
    assert not channel.over
    call.observer.on_answer(AUDIO)
    await office.quiet()
    assert [audio.receive for audio in office.mixer.audio["leg"]] == [True, False, True]
    office.engine.on_mixer_event(MixerEvent("rtp-lost", time.time(), leg="leg"))
    await office.quiet()
    destroyed = office.events()[-1]
    assert (destroyed["type"], destroyed["cause_txt"]) == ("ChannelDestroyed", "RTP timeout")


async def test_early_media_is_told_as_progress(office: Office) -> None:
    channel, call = await dialled(office)
    assert call.observer is not None
    call.observer.on_progress(183, AUDIO)
    call.observer.on_progress(180, None)
    await office.quiet()
    assert [event["dialstatus"] for event in office.events() if event["type"] == "Dial"] == ["", "PROGRESS", "RINGING"]
    assert channel.state == "Ringing"


async def test_hold_reaches_the_mixer_and_a_deafened_leg_stays_deaf(office: Office) -> None:
    _, call = await dialled(office)
    assert call.observer is not None
    call.observer.on_answer(AUDIO)
    await office.quiet()
    await office.engine.audio.mute("leg", "out", muted=True)
    call.observer.on_audio_change(replace(AUDIO, receive=False))
    await office.quiet()
    await office.engine.audio.mute("leg", "out", muted=False)
    shown = [(audio.send, audio.receive) for audio in office.mixer.audio["leg"]]
    assert shown == [(True, True), (False, True), (False, False), (True, False)]


async def test_keys_by_info_are_told(office: Office) -> None:
    _, call = await dialled(office)
    assert call.observer is not None
    call.observer.on_answer(AUDIO)
    call.observer.on_digit("5", 160)
    told = office.events()[-1]
    assert (told["type"], told["digit"], told["duration_ms"]) == ("ChannelDtmfReceived", "5", 160)


async def test_nothing_is_told_of_a_leg_that_is_over(office: Office) -> None:
    _, call = await dialled(office)
    office.engine.closing.hangup("leg")
    await office.quiet()
    count = len(office.events())
    assert call.observer is not None
    call.observer.on_progress(180, None)
    call.observer.on_answer(AUDIO)
    call.observer.on_digit("1", 100)
    call.observer.on_audio_change(AUDIO)
    office.engine.on_mixer_event(MixerEvent("digit", time.time(), leg="leg", value="1"))
    await office.quiet()
    assert len(office.events()) == count


async def test_the_originators_leg_is_opened_first_and_the_new_one_beside_it(office: Office) -> None:
    office.trunk.incoming()
    (caller,) = office.switch.channels
    channel = office.engine.dialling.create("PJSIP/y/sip:a@b", "yuqiao", originator=caller)
    await office.engine.dialling.originate(channel)
    assert office.mixer.beside == {caller: None, channel.id: caller}
