"""Snoop channels: a tap on a leg, to be recorded, or put into a bridge of its own with who listens and whispers."""

from __future__ import annotations

from yuqiao.media.ari.channels import Channel, Kind, State
from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.switch import Switch

_DIRECTIONS = {"none", "in", "out", "both"}


def snoop(switch: Switch, channel_id: str, *, spy: str, whisper: str, app: str, args: str, snoop_id: str) -> Channel:
    """Make a snoop channel on a leg and put it into Stasis of ``app`` at once, in state Up.

    AriError 404 for the leg, 400 for a missing app or direction, 500 when the id is taken (as Asterisk answers), 501
    for what only Asterisk can do.
    """
    spied = switch.channels.get(channel_id)
    if spied is None or spied.over:
        raise AriError(404, "Provided channel was not found")
    for name, direction in (("spy", spy), ("whisper", whisper)):
        if direction not in _DIRECTIONS:
            raise AriError(400, f"Invalid direction specified for {name}")
    if spy == whisper == "none":
        raise AriError(400, "Direction must be specified for at least spy or whisper")
    if not app:
        raise AriError(400, "Application name is required")
    if spied.kind is Kind.SNOOP:
        raise unsupported("Snooping on a snoop channel")
    if snoop_id in switch.channels:
        raise AriError(500, "Snoop channel could not be created")
    channel = Channel(
        id=snoop_id or switch.new_id(),
        name=switch.new_name("Snoop", spied.id),
        kind=Kind.SNOOP,
        state=State.UP,
        app=app,
        args=tuple(args.split(",")) if args else (),
        spied=spied.id,
        spy=spy,
        whisper=whisper,
    )
    switch.channels[channel.id] = channel
    switch.events.publish("ChannelCreated", (), channel=channel.as_json())
    channel.in_stasis = True
    switch.events.publish("StasisStart", channel.app, args=list(channel.args), channel=channel.as_json())
    return channel
