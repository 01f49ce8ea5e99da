"""Bridges: making them, putting channels in and taking them out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from yuqiao.media.ari.bridges import Bridge
from yuqiao.media.ari.channels import Channel
from yuqiao.media.ari.errors import AriError, missing, unsupported
from yuqiao.media.ari.playing import Playing
from yuqiao.media.ari.recording import Recordings
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import Address, MixerError

#: Opens a channel's leg in the mixer, its lock being held.
OpenLeg = Callable[[Channel], Awaitable[Address]]


class Bridging:
    """Verbs on bridges. A bridge is a conference of the mixer with the same id."""

    def __init__(self, switch: Switch, playing: Playing, recordings: Recordings) -> None:
        self.switch = switch
        self.playing = playing
        self.recordings = recordings

    def create(self, bridge_id: str, name: str, kinds: str) -> Bridge:
        """Make a bridge; ``kinds`` is Asterisk's comma list of types. AriError 409 when the id is taken, 501, 400."""
        wanted = {kind.strip() for kind in kinds.split(",") if kind.strip()}
        if wanted & {"holding", "video_sfu", "video_single"}:
            raise unsupported("A bridge other than mixing")
        if wanted - {"mixing", "dtmf_events", "proxy_media", "sdp_label"}:
            raise AriError(400, "Unknown bridge type")
        if bridge_id in self.switch.bridges:
            raise AriError(409, f"Bridge with id '{bridge_id}' already exists")
        bridge = Bridge(bridge_id or self.switch.new_id(), name)
        self.switch.bridges[bridge.id] = bridge
        self.switch.events.publish("BridgeCreated", (), bridge=bridge.as_json())
        return bridge

    async def add(self, bridge_id: str, channel_ids: Sequence[str], open_leg: OpenLeg, *, mute: bool = False) -> None:
        """Put channels into a bridge, out of whatever bridge they are in.

        AriError 404 for the bridge, 400 for an unknown channel, 422 when no application controls it, 409 when it is
        being recorded itself (as in Asterisk: a snoop channel can record it in a bridge).
        """
        bridge = self.switch.bridge(bridge_id)
        for channel in [self._addable(channel_id) for channel_id in channel_ids]:
            await self._enter(bridge, channel, open_leg)
            if mute:
                await self.switch.mixer.mute(channel.id, muted=True)
                channel.muted = channel.quiet = True

    def _addable(self, channel_id: str) -> Channel:
        channel = self._known(channel_id)
        if not channel.in_stasis:
            raise AriError(422, "Channel not in Stasis application")
        if self.recordings.of(f"channel:{channel_id}"):
            raise AriError(409, f"Channel {channel_id} currently recording")
        return channel

    def _known(self, channel_id: str) -> Channel:
        channel = self.switch.channels.get(channel_id)
        if channel is None or channel.over:
            raise AriError(400, "Channel not found")
        return channel

    async def _enter(self, bridge: Bridge, channel: Channel, open_leg: OpenLeg) -> None:
        async with channel.lock:
            if channel.bridge == bridge.id:
                return
            if channel.local is None and channel.beside is None and bridge.members:
                channel.beside = bridge.members[0]
            await open_leg(channel)
            try:
                await self.switch.mixer.join(channel.id, bridge.id)
            except MixerError as error:
                self.switch.alive(channel)
                raise AriError(409, f"The mixer refused: {error}") from error
            # The party may have hung up or the bridge been destroyed meanwhile; then nothing may remain of this.
            self.switch.alive(channel)
            self.drop(channel)
            if bridge.over:
                await self.switch.mixer.leave(channel.id)
                raise missing("Bridge")
            channel.bridge = bridge.id
            bridge.members.append(channel.id)
            bridge.apps.add(channel.app)
            self._tell("ChannelEnteredBridge", bridge, channel)
        self.playing.resume(("conference", bridge.id))

    async def remove(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        """Take channels out of a bridge. AriError 404 for the bridge, 400 unknown channel, 422 not in this bridge."""
        bridge = self.switch.bridge(bridge_id)
        channels = [self._known(channel_id) for channel_id in channel_ids]
        if any(channel.bridge != bridge.id for channel in channels):
            raise AriError(422, "Channel not in this bridge")
        for channel in channels:
            await self._leave(bridge, channel)

    async def _leave(self, bridge: Bridge, channel: Channel) -> None:
        async with channel.lock:
            if channel.over or channel.bridge != bridge.id:
                return
            try:
                await self.switch.mixer.leave(channel.id)
            except MixerError:  # Its worker died; the leg's end is already on its way.
                self.switch.counters["mixer_refusals"] += 1
            self.drop(channel)

    def drop(self, channel: Channel) -> None:
        """Take ``channel`` off the list of its bridge, without asking the mixer."""
        bridge = self.switch.bridges.get(channel.bridge or "")
        channel.bridge = None
        if bridge is not None and channel.id in bridge.members:
            bridge.members.remove(channel.id)
            self._tell("ChannelLeftBridge", bridge, channel)

    async def destroy(self, bridge_id: str) -> None:
        """Everybody out, recordings of the bridge complete, then it is gone. AriError 404."""
        bridge = self.switch.bridge(bridge_id)
        if bridge.over:
            raise missing("Bridge")
        bridge.over = True
        await self.recordings.stop_all(f"bridge:{bridge.id}")
        for channel_id in list(bridge.members):
            if (channel := self.switch.channels.get(channel_id)) is not None:
                await self._leave(bridge, channel)
        self.playing.abandon(("conference", bridge.id))
        del self.switch.bridges[bridge.id]
        self.switch.events.publish("BridgeDestroyed", bridge.apps, bridge=bridge.as_json())

    def _tell(self, kind: str, bridge: Bridge, channel: Channel) -> None:
        self.switch.events.publish(kind, channel.app, bridge=bridge.as_json(), channel=channel.as_json())
