"""Legs: calls that come in, calls that go out, answering them, and what their SIP side reports."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import replace

from yuqiao.media.ari import causes
from yuqiao.media.ari.channels import Channel, Kind, State, caller_id, endpoint
from yuqiao.media.ari.closing import Closing
from yuqiao.media.ari.errors import ALLOCATION_FAILED, AriError
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, MixerError, SipCall

_HEADER_VARIABLE = re.compile(r"PJSIP_HEADER\(add, ?([A-Za-z0-9!%*_+`'~.-]{1,64})\)")
_LONGEST_RINGING = 3600.0


class Legs:
    """Verbs on legs. All that the mixer is asked for one leg happens under that channel's lock."""

    def __init__(self, switch: Switch, closing: Closing) -> None:
        self.switch = switch
        self.closing = closing

    def incoming(self, call: SipCall) -> CallObserver | None:
        """Take a new inbound call: a channel in state Ring, in Stasis as soon as the application is there."""
        switch = self.switch
        if switch.stopping:
            return None
        channel = Channel(
            id=switch.new_id(),
            name=switch.new_name("PJSIP", "yuqiao"),
            kind=Kind.INBOUND,
            state=State.RING,
            app=switch.app,
            caller_number=call.caller_number,
            caller_name=call.caller_name,
            exten=call.dialled_number or "s",
            call=call,
        )
        self._register(channel)
        if switch.app in switch.events.apps:
            self._enter_stasis(channel)
        else:
            switch.spawn(self._await_application(channel, call))
        return LegObserver(self, channel)

    async def _await_application(self, channel: Channel, call: SipCall) -> None:
        call.ring()
        self.switch.counters["calls_kept_ringing"] += 1
        try:
            await asyncio.wait_for(self.switch.events.wait_for(self.switch.app), self.switch.grace)
        except TimeoutError:
            if not channel.over:
                self.switch.counters["calls_without_application"] += 1
                call.hangup(causes.CONGESTION)
                self.closing.finish(channel, EndCause(causes.CONGESTION, causes.text(causes.CONGESTION), 503))
            return
        if not channel.over:
            self._enter_stasis(channel)

    def create(
        self,
        raw_endpoint: str,
        app: str,
        *,
        args: str = "",
        channel_id: str = "",
        originator: str = "",
        caller: str = "",
        ring_seconds: int = 30,
        variables: Mapping[str, str] | None = None,
    ) -> Channel:
        """Make an outbound channel in state Down that has not been dialled yet."""
        switch = self.switch
        if switch.stopping:
            raise AriError(503, "The media server is stopping")
        name, dialstring, target = endpoint(raw_endpoint)
        if originator and originator not in switch.channels:
            raise AriError(400, "Provided originator channel was not found")
        if channel_id in switch.channels:
            raise AriError(409, "Channel with given unique ID already exists")
        caller_name, caller_number = caller_id(caller)
        channel = Channel(
            id=channel_id or switch.new_id(),
            name=switch.new_name("PJSIP", name),
            kind=Kind.OUTBOUND,
            state=State.DOWN,
            app=app,
            args=tuple(args.split(",")) if args else (),
            caller_name=caller_name,
            caller_number=caller_number,
            connected_name=caller_name,
            connected_number=caller_number,
            dialstring=dialstring,
            target=target,
            ring_seconds=float(ring_seconds) if ring_seconds > 0 else _LONGEST_RINGING,
            beside=originator or None,
        )
        for variable, value in (variables or {}).items():
            header = _HEADER_VARIABLE.fullmatch(variable)
            (channel.headers if header else channel.variables)[header[1] if header else variable] = value
        self._register(channel)
        return channel

    async def originate(self, channel: Channel) -> None:
        """Dial a channel just made; it enters Stasis when it is answered."""
        channel.dialled = True
        try:
            await self._invite(channel)
        except AriError:
            self.closing.finish(channel, EndCause(causes.INTERWORKING, causes.text(causes.INTERWORKING)))
            raise

    def enter(self, channel: Channel) -> None:
        """Put a channel made by ``/channels/create`` into Stasis at once, in state Down."""
        self._enter_stasis(channel)

    async def dial(self, channel_id: str, *, ring_seconds: int) -> None:
        """Dial a channel that waits in state Down."""
        channel = self.switch.channel(channel_id)
        if channel.kind is not Kind.OUTBOUND or channel.state is not State.DOWN or channel.dialled:
            raise AriError(409, "Channel is not in the 'Down' state")
        channel.dialled = True
        channel.ring_seconds = float(ring_seconds) if ring_seconds > 0 else _LONGEST_RINGING
        await self._invite(channel)

    async def _invite(self, channel: Channel) -> None:
        async with channel.lock:
            local = await self.open(channel)
            self.switch.alive(channel)
            try:
                channel.call = self.switch.trunk.invite(
                    channel.target,
                    local=local,
                    observer=LegObserver(self, channel),
                    caller_number=channel.caller_number or "anonymous",
                    caller_name=channel.caller_name,
                    headers=channel.headers,
                    timeout=channel.ring_seconds,
                )
            except ValueError as error:
                raise AriError(500, ALLOCATION_FAILED) from error
            self._tell_dial(channel, "")

    async def open(self, channel: Channel) -> Address:
        """Open the leg in the mixer unless it is; call it with the channel's lock held. AriError 404 or 500.

        A leg goes beside its originator or beside whoever is in its bridge, because a conference lives on one worker.
        """
        if channel.local is not None:
            return channel.local
        self.switch.alive(channel)
        beside = await self._opened(channel.beside)
        try:
            channel.local = await self._bind(channel, beside)
        except MixerError as error:
            raise AriError(500, ALLOCATION_FAILED) from error
        self.switch.alive(channel)
        return channel.local

    async def _bind(self, channel: Channel, beside: str | None) -> Address:
        """Open the leg beside another, or anywhere when that one has ended meanwhile."""
        if beside is not None:
            with contextlib.suppress(MixerError):
                return await self.switch.mixer.open_leg(channel.id, beside=beside)
        return await self.switch.mixer.open_leg(channel.id)

    async def _opened(self, beside: str | None) -> str | None:
        """Return ``beside`` if that leg is open in the mixer, opening it when it is not yet; None when it is over."""
        first = self.switch.channels.get(beside or "")
        if first is None or first.over or first.kind is Kind.SNOOP:
            return None
        if first.local is None:
            # Locks are taken from the younger leg to its originator only, so they cannot close a ring.
            async with first.lock:
                with contextlib.suppress(AriError):
                    await self.open(first)
        return first.id if first.local is not None and not first.over else None

    async def answer(self, channel_id: str) -> None:
        """Answer an inbound call: RTP socket, 200 with SDP, state Up. Answering twice does nothing, as in Asterisk."""
        channel = self.switch.controlled(channel_id)
        async with channel.lock:
            self.switch.alive(channel)
            if channel.state is State.UP:
                return
            if channel.kind is not Kind.INBOUND or channel.call is None:
                raise AriError(412, "Channel in invalid state")
            local = await self.open(channel)
            try:
                audio = channel.call.answer(local)
            except ValueError as error:
                raise AriError(412, "Channel in invalid state") from error
            await self._hear(channel, audio)
            self.switch.alive(channel)
            self.change_state(channel, State.UP)

    async def _hear(self, channel: Channel, audio: AudioParameters) -> None:
        channel.audio = audio
        sends = audio.send and not channel.deafened
        applied = replace(audio, send=sends)
        if channel.silent:
            channel.silent = False
            await self.switch.mixer.set_audio(channel.id, replace(applied, receive=False))
        await self.switch.mixer.set_audio(channel.id, applied)

    def ring(self, channel_id: str) -> None:
        """Send ringing to an inbound caller; on any other leg it does nothing, as in Asterisk."""
        channel = self.switch.controlled(channel_id)
        if channel.kind is Kind.INBOUND and channel.call is not None and channel.state is State.RING:
            channel.call.ring()

    async def mute(self, channel_id: str, direction: str, *, muted: bool) -> None:
        """``in``: nobody hears the party; ``out``: the party hears nothing (no RTP is sent); ``both``."""
        channel = self.switch.controlled(channel_id)
        if direction not in {"in", "out", "both"}:
            raise AriError(400, "Invalid direction specified")
        async with channel.lock:
            self.switch.alive(channel)
            if channel.local is None:
                raise AriError(412, "Channel in invalid state")
            if direction != "out":
                channel.muted = muted
                await self.switch.mixer.mute(channel.id, muted=muted)
            if direction != "in":
                channel.deafened = muted
                if channel.audio is not None:
                    await self._hear(channel, channel.audio)

    async def audio_changed(self, channel: Channel, audio: AudioParameters) -> None:
        """Tell the mixer what SDP has settled anew, unless the leg ended or nothing changed."""
        async with channel.lock:
            if channel.over or channel.local is None or (channel.audio == audio and not channel.silent):
                return
            try:
                await self._hear(channel, audio)
            except MixerError:
                self.switch.counters["mixer_refusals"] += 1

    def change_state(self, channel: Channel, state: State) -> None:
        channel.state = state
        self.switch.events.publish("ChannelStateChange", channel.app, channel=channel.as_json())

    def answered(self, channel: Channel, audio: AudioParameters) -> None:
        """An outbound call was answered: Up, Dial ANSWER, and into Stasis unless it is there already."""
        self.switch.spawn(self.audio_changed(channel, audio))
        if channel.kind is Kind.OUTBOUND and channel.state is not State.UP:
            self.change_state(channel, State.UP)
            self._tell_dial(channel, "ANSWER")
            if not channel.in_stasis:
                self._enter_stasis(channel)

    def progressed(self, channel: Channel, status: int, audio: AudioParameters | None) -> None:
        """An outbound call rings or sends early media (RFC 3261 13.3.1.1)."""
        if audio is not None:
            self.switch.spawn(self.audio_changed(channel, audio))
        if status == 180 and channel.state is State.DOWN:
            self.change_state(channel, State.RINGING)
            self._tell_dial(channel, "RINGING")
        elif status == 183:
            self._tell_dial(channel, "PROGRESS")

    def digit(self, channel: Channel, digit: str, duration_ms: int) -> None:
        """A key was pressed, in the audio's RTP (RFC 4733) or by SIP INFO."""
        shown = channel.as_json()
        self.switch.events.publish(
            "ChannelDtmfReceived", channel.app, digit=digit, duration_ms=duration_ms, channel=shown
        )

    def _tell_dial(self, channel: Channel, status: str) -> None:
        self.closing.tell_dial(channel, status)

    def _register(self, channel: Channel) -> None:
        self.switch.channels[channel.id] = channel
        self.switch.counters["channels"] += 1
        self.switch.events.publish("ChannelCreated", (), channel=channel.as_json())

    def _enter_stasis(self, channel: Channel) -> None:
        channel.in_stasis = True
        self.switch.events.publish("StasisStart", channel.app, args=list(channel.args), channel=channel.as_json())


class LegObserver:
    """Passes what SIP reports of one leg on to the engine; silent once the leg is over."""

    def __init__(self, legs: Legs, channel: Channel) -> None:
        self._legs = legs
        self._channel = channel

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        if not self._channel.over:
            self._legs.progressed(self._channel, status, audio)

    def on_answer(self, audio: AudioParameters) -> None:
        if not self._channel.over:
            self._legs.answered(self._channel, audio)

    def on_end(self, cause: EndCause) -> None:
        self._legs.closing.finish(self._channel, cause)

    def on_digit(self, digit: str, duration_ms: int) -> None:
        if not self._channel.over:
            self._legs.digit(self._channel, digit, duration_ms)

    def on_audio_change(self, audio: AudioParameters) -> None:
        if not self._channel.over:
            self._legs.switch.spawn(self._legs.audio_changed(self._channel, audio))
