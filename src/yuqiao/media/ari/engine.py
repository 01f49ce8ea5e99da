"""The engine behind the ARI face: its parts put together, and the mixer's events sent to where they belong."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

from yuqiao.media import causes
from yuqiao.media.ari import snooping
from yuqiao.media.ari.bridging import Bridging
from yuqiao.media.ari.channels import Channel, Kind, State
from yuqiao.media.ari.closing import Closing
from yuqiao.media.ari.dialling import Dialling
from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.leg_audio import LegAudio
from yuqiao.media.ari.legs import Legs
from yuqiao.media.ari.playbacks import Playback
from yuqiao.media.ari.playing import Playing
from yuqiao.media.ari.recording import Recordings
from yuqiao.media.ari.recordings import LiveRecording
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import EndCause, MixerEvent


class Engine:
    """Channels, bridges, playbacks and recordings over one trunk and one mixer; knows nothing of HTTP."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.playing = Playing(switch)
        self.recordings = Recordings(switch)
        self.bridging = Bridging(switch, self.playing, self.recordings)
        self.closing = Closing(switch, self.bridging, self.playing, self.recordings)
        self.audio = LegAudio(switch)
        self.legs = Legs(switch, self.closing, self.audio)
        self.dialling = Dialling(switch, self.legs)
        switch.trunk.on_incoming = self.legs.incoming
        switch.mixer.on_event = self.on_mixer_event

    async def add_to_bridge(self, bridge_id: str, channel_ids: Sequence[str], *, mute: bool = False) -> None:
        """Put channels into a bridge (see `Bridging.add`)."""
        await self.bridging.add(bridge_id, channel_ids, self.audio.open, mute=mute)

    def play_to_channel(self, channel_id: str, media: Sequence[str], playback_id: str) -> Playback:
        """Queue media for a leg that can hear. AriError 404, 409, 412 before it is answered, 400."""
        channel = self.switch.controlled(channel_id)
        if channel.kind is Kind.SNOOP or channel.audio is None:
            raise AriError(412, "Channel in invalid state")
        return self.playing.play(("leg", channel.id), media, playback_id, {channel.app})

    def play_to_bridge(self, bridge_id: str, media: Sequence[str], playback_id: str) -> Playback:
        """Queue media for all legs of a bridge; while nobody is in it, it waits. AriError 404, 400."""
        bridge = self.switch.bridge(bridge_id)
        return self.playing.play(("conference", bridge.id), media, playback_id, bridge.apps)

    async def record_channel(self, channel_id: str, *, name: str, if_exists: str, max_seconds: int) -> LiveRecording:
        """Record what a party says, or what a snoop channel taps. AriError 404, 409, 412, 400."""
        channel = self.switch.controlled(channel_id)
        target = f"channel:{channel.id}"
        if channel.bridge is not None:
            return self.recordings.refuse_in_bridge(target, {channel.app}, name)
        if channel.spy == "both":
            raise unsupported("Recording both directions of a leg in one file")
        leg = self.switch.channel(channel.spied) if channel.kind is Kind.SNOOP else channel
        async with leg.lock:
            self.switch.alive(leg)
            self.switch.alive(channel)
            await self.audio.open(leg)
            return await self.recordings.record(
                target,
                ("leg-out" if channel.spy == "out" else "leg-in", leg.id),
                {channel.app},
                name=name,
                if_exists=if_exists,
                max_seconds=max_seconds,
            )

    async def record_bridge(self, bridge_id: str, *, name: str, if_exists: str, max_seconds: int) -> LiveRecording:
        """Record the mix of a bridge. AriError 404, 409, 400."""
        bridge = self.switch.bridge(bridge_id)
        return await self.recordings.record(
            f"bridge:{bridge.id}",
            ("conference", bridge.id),
            bridge.apps,
            name=name,
            if_exists=if_exists,
            max_seconds=max_seconds,
        )

    def snoop(
        self, channel_id: str, *, spy: str, whisper: str, app: str, args: str = "", snoop_id: str = ""
    ) -> Channel:
        """Tap a leg (see `snooping.snoop`)."""
        return snooping.snoop(self.switch, channel_id, spy=spy, whisper=whisper, app=app, args=args, snoop_id=snoop_id)

    def on_mixer_event(self, event: MixerEvent) -> None:
        """Turn what a mixer worker noticed into ARI events and ends of legs."""
        at = dt.datetime.fromtimestamp(event.at, dt.UTC)
        self.switch.counters[f"mixer_{event.kind}"] += 1
        match event.kind:
            case "playback-started":
                self.playing.started(event.ref, at)
            case "playback-finished":
                self.playing.finished(event.ref, event.value, at)
            case "recording-started":
                self.recordings.started(event.ref, at)
            case "recording-finished":
                self.recordings.ended(event.ref, event.value, event.duration_ms, at)
            case "digit" | "rtp-lost" | "worker-died":
                self._on_leg_event(event)

    def _on_leg_event(self, event: MixerEvent) -> None:
        channel = self.switch.channels.get(event.leg)
        if channel is None or channel.over:
            return
        if event.kind == "digit":
            self.legs.digit(channel, event.value, event.duration_ms)
        elif event.kind == "worker-died":
            self.closing.end(channel, causes.TEMPORARY_FAILURE, causes.MIXER_LOST)
        elif channel.state is State.UP:
            self.closing.end(channel, causes.INTERWORKING, "RTP timeout")
        else:
            channel.silent = True  # Early media need not sound; the time begins anew with the answer.

    async def stop(self) -> None:
        """Refuse new calls, complete recordings, hang up everybody and wait until it is all told."""
        self.switch.stopping = True
        for channel in list(self.switch.channels.values()):
            if not channel.over:
                if channel.call is not None:
                    channel.call.hangup(causes.NORMAL)
                channel.hangup_asked = True
                self.closing.finish(channel, EndCause(causes.NORMAL, causes.words(causes.NORMAL)))
        for bridge_id in list(self.switch.bridges):
            with contextlib.suppress(AriError):  # Somebody destroys it already.
                await self.bridging.destroy(bridge_id)
        await self.switch.settle(5.0)
