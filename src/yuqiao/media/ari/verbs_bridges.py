"""``/bridges``."""

from __future__ import annotations

from yuqiao.media.ari.asking import Answer, Ask, Verb
from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.verbs_channels import record_parameters


async def every(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, [one.as_json() for one in engine.switch.bridges.values()])


async def one(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, engine.switch.bridge(ask.path["bridgeId"]).as_json())


async def create(engine: Engine, ask: Ask) -> Answer:
    bridge_id = ask.path.get("bridgeId") or ask.text("bridgeId")
    return Answer(200, engine.bridging.create(bridge_id, ask.text("name"), ask.text("type")).as_json())


async def destroy(engine: Engine, ask: Ask) -> Answer:
    await engine.bridging.destroy(ask.path["bridgeId"])
    return Answer()


async def add(engine: Engine, ask: Ask) -> Answer:
    engine.switch.bridge(ask.path["bridgeId"])
    await engine.add_to_bridge(ask.path["bridgeId"], ask.many("channel"), mute=ask.truth("mute"))
    return Answer()


async def remove(engine: Engine, ask: Ask) -> Answer:
    engine.switch.bridge(ask.path["bridgeId"])
    await engine.bridging.remove(ask.path["bridgeId"], ask.many("channel"))
    return Answer()


async def play(engine: Engine, ask: Ask) -> Answer:
    playback_id = ask.path.get("playbackId") or ask.text("playbackId")
    return Answer(201, engine.play_to_bridge(ask.path["bridgeId"], ask.many("media"), playback_id).as_json())


async def record(engine: Engine, ask: Ask) -> Answer:
    engine.switch.bridge(ask.path["bridgeId"])
    name, if_exists, seconds = record_parameters(ask)
    recording = await engine.record_bridge(ask.path["bridgeId"], name=name, if_exists=if_exists, max_seconds=seconds)
    return Answer(201, recording.as_json())


ROUTES: list[tuple[str, str, Verb]] = [
    ("GET", "/bridges", every),
    ("POST", "/bridges", create),
    ("GET", "/bridges/{bridgeId}", one),
    ("POST", "/bridges/{bridgeId}", create),
    ("DELETE", "/bridges/{bridgeId}", destroy),
    ("POST", "/bridges/{bridgeId}/addChannel", add),
    ("POST", "/bridges/{bridgeId}/removeChannel", remove),
    ("POST", "/bridges/{bridgeId}/play", play),
    ("POST", "/bridges/{bridgeId}/play/{playbackId}", play),
    ("POST", "/bridges/{bridgeId}/record", record),
]
