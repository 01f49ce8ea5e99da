"""``/playbacks`` and ``/recordings``."""

from __future__ import annotations

import asyncio

from yuqiao.media.ari.asking import Answer, Ask, Verb
from yuqiao.media.ari.engine import Engine


async def playback(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, engine.playing.get(ask.path["playbackId"]).as_json())


async def stop_playback(engine: Engine, ask: Ask) -> Answer:
    await engine.playing.stop(ask.path["playbackId"])
    return Answer()


async def control_playback(engine: Engine, ask: Ask) -> Answer:
    await engine.playing.control(ask.path["playbackId"], ask.required("operation"))
    return Answer()


async def live(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, engine.recordings.live(ask.path["recordingName"]).as_json())


async def discard(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.discard(ask.path["recordingName"])
    return Answer()


async def stop_recording(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.stop(ask.path["recordingName"])
    return Answer()


async def pause(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.pause(ask.path["recordingName"], paused=True)
    return Answer()


async def unpause(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.pause(ask.path["recordingName"], paused=False)
    return Answer()


async def mute(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.mute(ask.path["recordingName"], muted=True)
    return Answer()


async def unmute(engine: Engine, ask: Ask) -> Answer:
    await engine.recordings.mute(ask.path["recordingName"], muted=False)
    return Answer()


async def stored(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, await asyncio.to_thread(engine.recordings.stored))


async def one_stored(engine: Engine, ask: Ask) -> Answer:
    engine.recordings.file(ask.path["recordingName"])
    return Answer(200, {"name": ask.path["recordingName"], "format": "wav"})


async def stored_file(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, file=engine.recordings.file(ask.path["recordingName"]))


async def delete_stored(engine: Engine, ask: Ask) -> Answer:
    engine.recordings.file(ask.path["recordingName"]).unlink()
    return Answer()


ROUTES: list[tuple[str, str, Verb]] = [
    ("GET", "/playbacks/{playbackId}", playback),
    ("DELETE", "/playbacks/{playbackId}", stop_playback),
    ("POST", "/playbacks/{playbackId}/control", control_playback),
    ("GET", "/recordings/live/{recordingName}", live),
    ("DELETE", "/recordings/live/{recordingName}", discard),
    ("POST", "/recordings/live/{recordingName}/stop", stop_recording),
    ("POST", "/recordings/live/{recordingName}/pause", pause),
    ("DELETE", "/recordings/live/{recordingName}/pause", unpause),
    ("POST", "/recordings/live/{recordingName}/mute", mute),
    ("DELETE", "/recordings/live/{recordingName}/mute", unmute),
    ("GET", "/recordings/stored", stored),
    ("GET", "/recordings/stored/{recordingName}", one_stored),
    ("GET", "/recordings/stored/{recordingName}/file", stored_file),
    ("DELETE", "/recordings/stored/{recordingName}", delete_stored),
]
