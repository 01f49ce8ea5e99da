"""A leg's place in the mixer: its RTP socket, what SDP settled for it, who may hear whom.

Everything the mixer is asked for one leg happens under that channel's lock.
"""

from __future__ import annotations

import contextlib
import ipaddress
from dataclasses import replace

from yuqiao.media.ari.channels import NOWHERE, Channel, Kind
from yuqiao.media.ari.errors import ALLOCATION_FAILED, AriError
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import Address, AudioParameters, Direction, MixerError


class LegAudio:
    """Opens legs in the mixer and tells it how they are to sound."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch

    async def open(self, channel: Channel) -> Address:
        """Open the leg in the mixer unless it is; call it with the channel's lock held. AriError 404 or 500.

        A leg goes beside its originator or beside whoever is in its bridge, because a conference lives on one worker.
        """
        if channel.local is not None:
            return channel.local
        self.switch.alive(channel)
        try:
            channel.local = await (self._tap(channel) if channel.kind is Kind.SNOOP else self._bind(channel))
        except MixerError as error:
            raise AriError(500, ALLOCATION_FAILED) from error
        for direction, factor in channel.gains.items():
            await self.switch.mixer.gain(channel.id, direction, factor)
        if channel.external is not None:
            await self.hear(channel, channel.external)
        self.switch.alive(channel)
        return channel.local

    async def _tap(self, channel: Channel) -> Address:
        if await self._opened(channel.spied) is None:
            raise AriError(404, "Channel not found")  # what it taps has ended meanwhile
        await self.switch.mixer.tap(channel.id, channel.spied, spy=channel.spy, whisper=channel.whisper)
        return NOWHERE

    async def _bind(self, channel: Channel) -> Address:
        """Open the leg beside another, or anywhere when that one has ended meanwhile."""
        beside = await self._opened(channel.beside)
        if beside is not None:
            with contextlib.suppress(MixerError):
                return await self.switch.mixer.open_leg(channel.id, beside=beside)
        return await self.switch.mixer.open_leg(channel.id)

    async def _opened(self, beside: str | None) -> str | None:
        """Return ``beside`` if that leg is open in the mixer, opening it when it is not yet; None when it is over."""
        first = self.switch.channels.get(beside or "")
        if first is None or first.over:
            return None
        if first.local is None:
            # Locks are taken from the younger leg to its originator only, so they cannot close a ring.
            async with first.lock:
                with contextlib.suppress(AriError):
                    await self.open(first)
        return first.id if first.local is not None and not first.over else None

    async def hear(self, channel: Channel, audio: AudioParameters) -> None:
        """Tell the mixer what SDP settled; call it with the channel's lock held."""
        channel.audio = audio
        sends = audio.send and not channel.deafened
        applied = replace(audio, send=sends, peer_host=_signals_from(channel))
        if channel.silent:
            channel.silent = False
            await self.switch.mixer.set_audio(channel.id, replace(applied, receive=False))
        await self.switch.mixer.set_audio(channel.id, applied)
        await self._quieten(channel)

    async def _quieten(self, channel: Channel) -> None:
        """Let nobody hear a leg that is muted, or whose party put us on hold: its music is for us alone."""
        quiet = channel.muted or (channel.kind is not Kind.SNOOP and channel.held)
        if quiet != channel.quiet:
            channel.quiet = quiet
            await self.switch.mixer.mute(channel.id, muted=quiet)

    async def change(self, channel: Channel, audio: AudioParameters) -> None:
        """Tell the mixer what SDP has settled anew, unless the leg ended or nothing changed."""
        async with channel.lock:
            if channel.over or channel.local is None or (channel.audio == audio and not channel.silent):
                return
            try:
                await self.hear(channel, audio)
            except MixerError:
                self.switch.counters["mixer_refusals"] += 1

    async def gain(self, channel: Channel, direction: Direction, factor: float) -> None:
        """Amplify what a party says or hears; a leg that is not open yet begins with it."""
        async with channel.lock:
            self.switch.alive(channel)
            channel.gains[direction] = factor
            if channel.local is not None:
                await self.switch.mixer.gain(channel.id, direction, factor)

    async def mute(self, channel_id: str, direction: str, *, muted: bool) -> None:
        """``in``: nobody hears the party; ``out``: the party hears nothing (no RTP is sent); ``both``."""
        channel = self.switch.controlled(channel_id)
        if direction not in {"in", "out", "both"}:
            raise AriError(400, "Invalid direction specified")
        async with channel.lock:
            self.switch.alive(channel)
            if channel.local in {None, NOWHERE}:
                raise AriError(412, "Channel in invalid state")
            if direction != "out":
                channel.muted = muted
                await self._quieten(channel)
            if direction != "in":
                channel.deafened = muted
                if channel.audio is not None:
                    await self.hear(channel, channel.audio)


def _signals_from(channel: Channel) -> str:
    """Return the address of the host that signals for a leg, "" where there is none or only a name of it is known."""
    host = channel.call.peer[0] if channel.call is not None else ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ""
    return host
