"""``/asterisk``, ``/applications`` and our own ``/yuqiao/counters``."""

from __future__ import annotations

import datetime as dt
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from yuqiao.lib import clock
from yuqiao.media.ari.asking import Answer, Ask, Verb
from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.errors import AriError

_STARTED = clock.now()


def _version() -> str:
    try:
        return version("yuqiao")
    except PackageNotFoundError:
        return "unknown"


async def info(engine: Engine, ask: Ask) -> Answer:
    started = clock.iso(_STARTED.astimezone(dt.UTC))
    parts: dict[str, Any] = {
        "build": {
            "os": platform.system(),
            "kernel": platform.release(),
            "machine": platform.machine(),
            "options": "",
            "date": "",
            "user": "",
        },
        "system": {"version": f"yuqiao {_version()}", "entity_id": engine.switch.asterisk_id},
        "config": {"name": "yuqiao", "default_language": "en", "setid": {"user": "", "group": ""}},
        "status": {"startup_time": started, "last_reload_time": started},
    }
    wanted = ask.many("only") if ask.text("only") else list(parts)
    return Answer(200, {name: part for name, part in parts.items() if name in wanted})


async def ping(engine: Engine, ask: Ask) -> Answer:
    stamp = clock.iso(clock.now())
    return Answer(200, {"ping": "pong", "timestamp": stamp, "asterisk_id": engine.switch.asterisk_id})


def _application(engine: Engine, name: str) -> dict[str, Any]:
    channels = [one.id for one in engine.switch.channels.values() if one.app == name and one.in_stasis]
    bridges = [one.id for one in engine.switch.bridges.values() if name in one.apps]
    return {
        "name": name,
        "channel_ids": channels,
        "bridge_ids": bridges,
        "endpoint_ids": [],
        "device_names": [],
        "events_allowed": [],
        "events_disallowed": [],
    }


async def applications(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, [_application(engine, name) for name in engine.switch.events.apps])


async def application(engine: Engine, ask: Ask) -> Answer:
    name = ask.path["applicationName"]
    if name not in engine.switch.events.apps:
        raise AriError(404, "Application not found")
    return Answer(200, _application(engine, name))


def _endpoints(engine: Engine) -> list[dict[str, Any]]:
    """Return the trunks as ARI's Endpoint model (Asterisk's ``rest-api/api-docs/endpoints.json``)."""
    switch = engine.switch
    return [
        {
            "technology": "PJSIP",
            "resource": name,
            "state": state,
            "channel_ids": [one.id for one in switch.channels.values() if one.endpoint == name and not one.over],
        }
        for name, state in switch.trunk.endpoints.items()
    ]


async def endpoints(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, _endpoints(engine))


async def endpoints_of(engine: Engine, ask: Ask) -> Answer:
    if ask.path["tech"].upper() != "PJSIP":
        raise AriError(404, "Endpoints not found")
    return Answer(200, _endpoints(engine))


async def endpoint(engine: Engine, ask: Ask) -> Answer:
    for one in _endpoints(engine):
        if ask.path["tech"].upper() == "PJSIP" and one["resource"] == ask.path["resource"]:
            return Answer(200, one)
    raise AriError(404, "Endpoint not found")


async def counters(engine: Engine, ask: Ask) -> Answer:
    """Ours: counts since the start, how many channels, bridges and recordings there are now, the load by worker."""
    switch = engine.switch
    now = {
        "channels_now": len(switch.channels),
        "bridges_now": len(switch.bridges),
        "playbacks_now": len(switch.playbacks),
        "recordings_now": len(switch.recordings),
        "applications_now": len(switch.events.apps),
    }
    return Answer(
        200,
        {
            "ari": dict(switch.counters) | now,
            "trunk": dict(switch.trunk.counters),
            "trunks": dict(switch.trunk.endpoints),
            "mixer": dict(await switch.mixer.counters()),
            "workers": [dict(load) for load in switch.mixer.loads],
        },
    )


ROUTES: list[tuple[str, str, Verb]] = [
    ("GET", "/asterisk/info", info),
    ("GET", "/asterisk/ping", ping),
    ("GET", "/applications", applications),
    ("GET", "/applications/{applicationName}", application),
    ("GET", "/endpoints", endpoints),
    ("GET", "/endpoints/{tech}", endpoints_of),
    ("GET", "/endpoints/{tech}/{resource}", endpoint),
    ("GET", "/yuqiao/counters", counters),
]
