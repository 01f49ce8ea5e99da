"""How channels end: by the far side, by request, or because the audio is gone.

The end is decided at once and without awaiting (`finish`): the leg leaves its bridge and Stasis in that same step.
What the mixer has to do follows behind, under the channel's lock, so a leg that is just being opened is closed too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yuqiao.media import causes
from yuqiao.media.ari import measuring
from yuqiao.media.ari.bridging import Bridging
from yuqiao.media.ari.channels import Channel, Kind, State, hangup_cause
from yuqiao.media.ari.playing import Playing
from yuqiao.media.ari.reasons import dial_status
from yuqiao.media.ari.recording import Recordings
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import EndCause, MixerError


class Closing:
    """Ends channels."""

    def __init__(self, switch: Switch, bridging: Bridging, playing: Playing, recordings: Recordings) -> None:
        self.switch = switch
        self.bridging = bridging
        self.playing = playing
        self.recordings = recordings

    def hangup(self, channel_id: str, reason: str = "", reason_code: str = "") -> None:
        """``DELETE /channels/{id}``: AriError 400 for an unknown reason, 404 for an unknown channel."""
        channel = self.switch.channel(channel_id)
        self.end(channel, hangup_cause(reason, reason_code))

    def end(self, channel: Channel, code: int, text: str = "") -> None:
        """End ``channel`` from our side with Q.850 cause ``code``; its events follow at once.

        A fault of ours is told with its words in the first of them, so that an application need not wait for the
        recordings to be complete before it mends the call.
        """
        channel.hangup_asked = True
        fault: dict[str, Any] = {"cause_txt": text} if text == causes.MIXER_LOST else {}
        # 32 is Asterisk's AST_SOFTHANGUP_EXPLICIT; it puts that flag where other hang-ups have their cause.
        self.switch.events.publish(
            "ChannelHangupRequest", channel.app, cause=32, soft=True, **fault, channel=channel.as_json()
        )
        if channel.call is not None:
            channel.call.hangup(code)
        self.finish(channel, EndCause(code, text or causes.words(code)))

    def leave_stasis(self, channel_id: str) -> None:
        """``continue``: Stasis ends, and as there is no dialplan to continue in, so does the call."""
        channel = self.switch.controlled(channel_id)
        if channel.call is not None:
            channel.call.hangup(causes.NORMAL)
        channel.hangup_asked = True
        self.finish(channel, EndCause(causes.NORMAL, causes.words(causes.NORMAL)))

    def finish(self, channel: Channel, cause: EndCause) -> None:
        """The leg is over: out of its bridge, out of Stasis, and a task behind gives back what it held."""
        if channel.over:
            return
        channel.over = True
        # As in Asterisk, who is told of a snoop's end or of an unanswered time-out is told of the result only.
        from_afar = channel.kind is Kind.INBOUND or channel.state is State.UP or cause.sip_status > 0
        sip: dict[str, Any] = {"tech_cause": cause.sip_status} if cause.sip_status else {}
        if from_afar and channel.kind is not Kind.SNOOP and not channel.hangup_asked:
            self.switch.events.publish(
                "ChannelHangupRequest", channel.app, cause=cause.code, **sip, channel=channel.as_json()
            )
        self.bridging.drop(channel)
        if channel.kind is Kind.OUTBOUND and channel.dialled and channel.state is not State.UP:
            self.tell_dial(channel, dial_status(cause.code))
        if channel.kind is not Kind.SNOOP:
            self._end_stasis(channel)
        self.switch.spawn(self._close(channel, cause))

    def tell_dial(self, channel: Channel, status: str) -> None:
        """Tell the application how far dialling ``channel`` has come."""
        self.switch.events.publish(
            "Dial",
            channel.app,
            dialstatus=status,
            forward="",
            dialstring=channel.dialstring,
            peer=channel.as_json(),
        )

    async def _close(self, channel: Channel, cause: EndCause) -> None:
        if channel.kind is Kind.SNOOP:
            await self.recordings.stop_all(f"channel:{channel.id}")
            await self._close_leg(channel)
            self._end_stasis(channel)
        else:
            await self._close_leg(channel)
            snoops = [one for one in self.switch.channels.values() if one.spied == channel.id]
            for snoop in snoops:
                self.finish(snoop, EndCause(causes.NORMAL, causes.words(causes.NORMAL)))
            for snoop in snoops:
                await snoop.gone.wait()
        del self.switch.channels[channel.id]
        channel.gone.set()
        sip: dict[str, Any] = {"tech_cause": cause.sip_status} if cause.sip_status else {}
        words = cause.text or causes.words(cause.code)
        self.switch.events.publish(
            "ChannelDestroyed", channel.app, cause=cause.code, cause_txt=words, **sip, channel=channel.as_json()
        )
        channel.call = None  # they would keep each other, and all they know, until a collection

    async def _close_leg(self, channel: Channel) -> None:
        async with channel.lock:
            if channel.local is not None:
                try:
                    figures = await self.switch.mixer.close_leg(channel.id)
                    self._tell_quality(channel, figures)
                except MixerError:
                    self.switch.counters["mixer_refusals"] += 1
        self.playing.abandon(("leg", channel.id))
        await self.recordings.finished(f"channel:{channel.id}")

    def _tell_quality(self, channel: Channel, figures: Mapping[str, float]) -> None:
        """As Asterisk, leave with the channel what its RTP was like; a tap and external media have none to tell of."""
        if channel.call is None:
            return
        value = channel.variables[measuring.VARIABLE] = measuring.quality(figures)
        shown = channel.as_json()
        self.switch.events.publish(
            "ChannelVarset", channel.app, variable=measuring.VARIABLE, value=value, channel=shown
        )

    def _end_stasis(self, channel: Channel) -> None:
        if channel.in_stasis:
            self.switch.events.publish("StasisEnd", channel.app, channel=channel.as_json())
            channel.in_stasis = False
