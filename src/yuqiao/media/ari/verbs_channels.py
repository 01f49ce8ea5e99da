"""``/channels``."""

from __future__ import annotations

import re

from yuqiao.media.ari import measuring
from yuqiao.media.ari.asking import Answer, Ask, Verb
from yuqiao.media.ari.channels import Channel
from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.external import external_media
from yuqiao.media.ari.volume import gain_of

_READ_HEADER = re.compile(r"PJSIP_HEADER\(read, ?([\w-]+)\)")


async def every(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, [one.as_json() for one in engine.switch.channels.values() if not one.over])


async def one(engine: Engine, ask: Ask) -> Answer:
    return Answer(200, engine.switch.channel(ask.path["channelId"]).as_json())


async def originate(engine: Engine, ask: Ask) -> Answer:
    endpoint = ask.required("endpoint", "Endpoint must be specified")
    if not ask.text("app"):
        if ask.text("extension"):
            raise unsupported("Originating into a dialplan")
        raise AriError(400, "Application or extension must be specified")
    channel = await _create(engine, ask, endpoint, ring_seconds=ask.whole("timeout", 30, least=-1))
    await engine.dialling.originate(channel)
    return Answer(200, channel.as_json())


async def external(engine: Engine, ask: Ask) -> Answer:
    host = ask.required("external_host", "external_host must be specified")
    app = ask.required("app", "Application must be specified")
    codec = ask.required("format", "format must be specified")
    ways = (("encapsulation", "rtp"), ("transport", "udp"), ("connection_type", "client"), ("direction", "both"))
    if any(ask.text(name, only) != only for name, only in ways):
        raise unsupported("External media other than RTP over UDP that we begin to send")
    channel_id = ask.text("channelId")
    channel = external_media(
        engine.switch, engine.legs, host=host, codec=codec, app=app, args=ask.text("data"), channel_id=channel_id
    )
    shown = channel.as_json()
    engine.legs.enter_stasis(channel)
    return Answer(200, shown)


async def create(engine: Engine, ask: Ask) -> Answer:
    endpoint = ask.required("endpoint", "Endpoint must be specified")
    ask.required("app", "Application must be specified")
    channel = await _create(engine, ask, endpoint, ring_seconds=0)
    shown = channel.as_json()
    engine.dialling.enter(channel)
    return Answer(200, shown)


async def _create(engine: Engine, ask: Ask, endpoint: str, *, ring_seconds: int) -> Channel:
    formats = {name.strip().lower() for name in ask.text("formats").split(",") if name.strip()}
    if formats and not formats & {"alaw", "ulaw"}:
        raise unsupported("A format other than alaw and ulaw")
    return engine.dialling.create(
        endpoint,
        ask.text("app"),
        args=ask.text("appArgs"),
        channel_id=ask.path.get("channelId") or ask.text("channelId"),
        originator=ask.text("originator"),
        caller=ask.text("callerId"),
        ring_seconds=ring_seconds,
        variables=ask.variables,
    )


async def dial(engine: Engine, ask: Ask) -> Answer:
    await engine.dialling.dial(ask.path["channelId"], ring_seconds=ask.whole("timeout", 0, least=0))
    return Answer()


async def hangup(engine: Engine, ask: Ask) -> Answer:
    engine.closing.hangup(ask.path["channelId"], ask.text("reason"), ask.text("reason_code"))
    return Answer()


async def leave_stasis(engine: Engine, ask: Ask) -> Answer:
    engine.closing.leave_stasis(ask.path["channelId"])
    return Answer()


async def answer(engine: Engine, ask: Ask) -> Answer:
    await engine.legs.answer(ask.path["channelId"])
    return Answer()


async def ring(engine: Engine, ask: Ask) -> Answer:
    engine.legs.ring(ask.path["channelId"])
    return Answer()


async def stop_ringing(engine: Engine, ask: Ask) -> Answer:
    """SIP cannot take a 180 back; Asterisk too only stops what it plays."""
    engine.switch.controlled(ask.path["channelId"])
    return Answer()


async def progress(engine: Engine, ask: Ask) -> Answer:
    await engine.legs.transferring.progress(ask.path["channelId"])
    return Answer()


async def hold(engine: Engine, ask: Ask) -> Answer:
    engine.legs.transferring.hold(ask.path["channelId"], held=True)
    return Answer()


async def unhold(engine: Engine, ask: Ask) -> Answer:
    engine.legs.transferring.hold(ask.path["channelId"], held=False)
    return Answer()


async def transfer_progress(engine: Engine, ask: Ask) -> Answer:
    state = ask.required("states", "states must be specified")
    engine.legs.transferring.progress_of_transfer(ask.path["channelId"], state)
    return Answer()


async def mute(engine: Engine, ask: Ask) -> Answer:
    await engine.audio.mute(ask.path["channelId"], ask.text("direction"), muted=True)
    return Answer()


async def unmute(engine: Engine, ask: Ask) -> Answer:
    await engine.audio.mute(ask.path["channelId"], ask.text("direction"), muted=False)
    return Answer()


async def play(engine: Engine, ask: Ask) -> Answer:
    playback_id = ask.path.get("playbackId") or ask.text("playbackId")
    return Answer(201, engine.play_to_channel(ask.path["channelId"], ask.many("media"), playback_id).as_json())


async def record(engine: Engine, ask: Ask) -> Answer:
    name, if_exists, seconds = record_parameters(ask)
    recording = await engine.record_channel(ask.path["channelId"], name=name, if_exists=if_exists, max_seconds=seconds)
    return Answer(201, recording.as_json())


def record_parameters(ask: Ask) -> tuple[str, str, int]:
    """Return name, ifExists and the longest duration of a record request; AriError 400, 422, 501."""
    name = ask.required("name")
    if ask.text("format") != "wav":
        raise AriError(422, "specified format is unknown on this system")
    seconds = ask.whole("maxDurationSeconds", 0, least=0)
    if ask.whole("maxSilenceSeconds", 0, least=0) or ask.truth("beep") or ask.text("terminateOn", "none") != "none":
        raise unsupported("Recording with beep, maxSilenceSeconds or terminateOn")
    return name, ask.text("ifExists", "fail"), seconds


async def snoop(engine: Engine, ask: Ask) -> Answer:
    channel = engine.snoop(
        ask.path["channelId"],
        spy=ask.text("spy", "none"),
        whisper=ask.text("whisper", "none"),
        app=ask.text("app"),
        args=ask.text("appArgs"),
        snoop_id=ask.path.get("snoopId") or ask.text("snoopId"),
    )
    return Answer(200, channel.as_json())


async def rtp_statistics(engine: Engine, ask: Ask) -> Answer:
    channel = engine.switch.channel(ask.path["channelId"])
    if channel.call is None or channel.local is None:
        raise AriError(404, "RTP statistics not available")
    return Answer(200, measuring.rtp_statistics(channel.id, await engine.switch.mixer.statistics(channel.id)))


async def get_variable(engine: Engine, ask: Ask) -> Answer:
    name = ask.required("variable", "Variable name is required")
    channel = engine.switch.controlled(ask.path["channelId"])
    value = _variable(channel, name)
    if value is None:
        raise AriError(404, "Provided variable was not found")
    return Answer(200, {"value": value})


def _variable(channel: Channel, name: str) -> str | None:
    """Return a variable, or one of the few dialplan functions that a call server asks for."""
    header = _READ_HEADER.fullmatch(name)
    if header and channel.call is not None:
        return channel.call.headers.get(header[1].lower())
    functions = {
        "CHANNEL(state)": str(channel.state),
        "CALLERID(num)": channel.caller_number,
        "CALLERID(name)": channel.caller_name,
    }
    return channel.variables.get(name, functions.get(name))


async def set_variable(engine: Engine, ask: Ask) -> Answer:
    name = ask.required("variable", "Variable name is required")
    channel = engine.switch.controlled(ask.path["channelId"])
    value = ask.text("value")
    amplified = gain_of(name, value)
    if amplified is not None:
        await engine.audio.gain(channel, *amplified)
    channel.variables[name] = value
    shown = channel.as_json()
    engine.switch.events.publish("ChannelVarset", channel.app, variable=name, value=value, channel=shown)
    return Answer()


ROUTES: list[tuple[str, str, Verb]] = [
    ("GET", "/channels", every),
    ("POST", "/channels", originate),
    ("POST", "/channels/create", create),
    ("POST", "/channels/externalMedia", external),
    ("GET", "/channels/{channelId}", one),
    ("POST", "/channels/{channelId}", originate),
    ("DELETE", "/channels/{channelId}", hangup),
    ("POST", "/channels/{channelId}/dial", dial),
    ("POST", "/channels/{channelId}/continue", leave_stasis),
    ("POST", "/channels/{channelId}/answer", answer),
    ("POST", "/channels/{channelId}/ring", ring),
    ("DELETE", "/channels/{channelId}/ring", stop_ringing),
    ("POST", "/channels/{channelId}/progress", progress),
    ("POST", "/channels/{channelId}/hold", hold),
    ("DELETE", "/channels/{channelId}/hold", unhold),
    ("POST", "/channels/{channelId}/transfer_progress", transfer_progress),
    ("POST", "/channels/{channelId}/mute", mute),
    ("DELETE", "/channels/{channelId}/mute", unmute),
    ("POST", "/channels/{channelId}/play", play),
    ("POST", "/channels/{channelId}/play/{playbackId}", play),
    ("POST", "/channels/{channelId}/record", record),
    ("POST", "/channels/{channelId}/snoop", snoop),
    ("POST", "/channels/{channelId}/snoop/{snoopId}", snoop),
    ("GET", "/channels/{channelId}/rtp_statistics", rtp_statistics),
    ("GET", "/channels/{channelId}/variable", get_variable),
    ("POST", "/channels/{channelId}/variable", set_variable),
]
