"""Legs: calls that come in, answering them, and what the SIP side of any leg reports."""

from __future__ import annotations

import asyncio

from yuqiao.media import causes
from yuqiao.media.ari.channels import CHOSEN, DIVERTED, OFFERED, TRUNK, Channel, Kind, State
from yuqiao.media.ari.closing import Closing
from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.leg_audio import LegAudio
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ari.transferring import Transferring
from yuqiao.media.ports import AudioParameters, CallObserver, EndCause, SipCall


class Legs:
    """What happens to a leg from its first message to its end."""

    def __init__(self, switch: Switch, closing: Closing, audio: LegAudio) -> None:
        self.switch = switch
        self.closing = closing
        self.audio = audio
        self.transferring = Transferring(switch, audio)

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
        said = {OFFERED: ",".join(call.languages), TRUNK: call.carrier, DIVERTED: call.diverted_from}
        channel.variables |= {name: value for name, value in said.items() if value}
        self.register(channel)
        self.transferring.watch(channel, call)
        if switch.app in switch.events.apps:
            self.enter_stasis(channel)
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
                self.closing.finish(channel, EndCause(causes.CONGESTION, causes.words(causes.CONGESTION), 503))
            return
        if not channel.over:
            self.enter_stasis(channel)

    async def answer(self, channel_id: str) -> None:
        """Answer an inbound call: RTP socket, 200 with SDP, state Up. Answering twice does nothing, as in Asterisk."""
        channel = self.switch.controlled(channel_id)
        async with channel.lock:
            self.switch.alive(channel)
            if channel.state is State.UP:
                return
            if channel.kind is not Kind.INBOUND or channel.call is None:
                raise AriError(412, "Channel in invalid state")
            local = await self.audio.open(channel)
            try:
                audio = channel.call.answer(local, channel.variables.get(CHOSEN, ""))
            except ValueError as error:
                raise AriError(412, "Channel in invalid state") from error
            await self.audio.hear(channel, audio)
            self.switch.alive(channel)
            self.change_state(channel, State.UP)

    def ring(self, channel_id: str) -> None:
        """Send ringing to an inbound caller; on any other leg it does nothing, as in Asterisk."""
        channel = self.switch.controlled(channel_id)
        if channel.kind is Kind.INBOUND and channel.call is not None and channel.state is State.RING:
            channel.call.ring()

    def change_state(self, channel: Channel, state: State) -> None:
        """Set the channel's state and tell it."""
        channel.state = state
        self.switch.events.publish("ChannelStateChange", channel.app, channel=channel.as_json())

    def answered(self, channel: Channel, audio: AudioParameters) -> None:
        """An outbound call was answered: Up, Dial ANSWER, and into Stasis unless it is there already."""
        self.switch.spawn(self.audio.change(channel, audio))
        if channel.kind is Kind.OUTBOUND and channel.state is not State.UP:
            self.change_state(channel, State.UP)
            self.closing.tell_dial(channel, "ANSWER")
            if not channel.in_stasis:
                self.enter_stasis(channel)

    def progressed(self, channel: Channel, status: int, audio: AudioParameters | None) -> None:
        """An outbound call rings or sends early media (RFC 3261 13.3.1.1)."""
        if audio is not None:
            self.switch.spawn(self.audio.change(channel, audio))
        if status == 180 and channel.state is State.DOWN:
            self.change_state(channel, State.RINGING)
            self.closing.tell_dial(channel, "RINGING")
        elif status == 183:
            self.closing.tell_dial(channel, "PROGRESS")

    def audio_changed(self, channel: Channel, audio: AudioParameters) -> None:
        """The party's phone settled its audio anew; that it holds us, or takes us back, is told (RFC 3264 8.4)."""
        self.switch.spawn(self.audio.change(channel, audio))
        if channel.held == audio.send:
            channel.held = not audio.send
            kind = "ChannelHold" if channel.held else "ChannelUnhold"
            self.switch.events.publish(kind, channel.app, channel=channel.as_json())

    def digit(self, channel: Channel, digit: str, duration_ms: int) -> None:
        """A key was pressed, in the audio's RTP (RFC 4733) or by SIP INFO."""
        shown = channel.as_json()
        self.switch.events.publish(
            "ChannelDtmfReceived", channel.app, digit=digit, duration_ms=duration_ms, channel=shown
        )

    def register(self, channel: Channel) -> None:
        """Enter a new channel into the table."""
        self.switch.channels[channel.id] = channel
        self.switch.counters["channels"] += 1
        self.switch.events.publish("ChannelCreated", (), channel=channel.as_json())

    def enter_stasis(self, channel: Channel) -> None:
        """Hand the channel to its application."""
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
            self._legs.audio_changed(self._channel, audio)
