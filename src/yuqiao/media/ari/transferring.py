"""Holding, early media, and REFERs that an application wants to decide on itself, as Asterisk's Stasis has them.

A REFER is refused by signalling (603) unless the application has set ``PJSIP_TRANSFER_HANDLING()`` of the channel to
``ari-only``. Then it hears ``ChannelTransfer``, does what it thinks right with verbs of its own, and tells how that
fares by ``transfer_progress``. The engine calls nobody by itself: a REFER costs nothing.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from yuqiao.media.ari.channels import CHOSEN, Channel, Kind, State
from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.leg_audio import LegAudio
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import SipCall, TransferRequest

HANDLING: Final = "PJSIP_TRANSFER_HANDLING()"
#: How ``transfer_progress`` says in words what NOTIFY says in SIP.
STATES: Final = {
    "channel_progress": 183,
    "channel_answered": 200,
    "channel_unavailable": 503,
    "channel_declined": 603,
}


class Transferring:
    """What a party's phone asks in the middle of a call, and what it is told."""

    def __init__(self, switch: Switch, audio: LegAudio) -> None:
        self.switch = switch
        self.audio = audio

    def watch(self, channel: Channel, call: SipCall) -> None:
        """Hear of the REFERs of a leg."""
        call.take_transfers(partial(self._asked, channel))

    def _asked(self, channel: Channel, wanted: TransferRequest) -> bool:
        listened = channel.app in self.switch.events.apps
        if channel.over or not channel.in_stasis or not listened or channel.variables.get(HANDLING) != "ari-only":
            self.switch.counters["transfers_refused"] += 1
            return False
        meant = next((one for one in self.switch.channels.values() if _is_call(one, wanted.replaces)), None)
        to: dict[str, Any] = {
            "requested_destination": {"protocol_id": wanted.replaces}
            if wanted.replaces
            else {"destination": wanted.number, "additional_protocol_params": []}
        }
        if meant is not None:
            to["destination_channel"] = meant.as_json()
        by: dict[str, Any] = {"source_channel": channel.as_json()}
        if channel.bridge is not None:
            by["bridge"] = self.switch.bridges[channel.bridge].as_json()
        self.switch.events.publish("ChannelTransfer", channel.app, refer_to=to, referred_by=by)
        return True

    def progress_of_transfer(self, channel_id: str, state: str) -> None:
        """``POST /channels/{id}/transfer_progress``: AriError 400 for an unknown state, 412 with none open."""
        channel = self.switch.controlled(channel_id)
        if state not in STATES:
            raise AriError(400, "Invalid transfer progress state")
        try:
            _party(channel).transfer_progress(STATES[state])
        except ValueError as error:
            raise AriError(412, "Channel in invalid state") from error

    def hold(self, channel_id: str, *, held: bool) -> None:
        """``/channels/{id}/hold``: tell an answered party by a re-INVITE that we (no longer) listen."""
        channel = self.switch.controlled(channel_id)
        if channel.state is not State.UP:
            raise AriError(412, "Channel in invalid state")
        _party(channel).hold(held=held)

    async def progress(self, channel_id: str) -> None:
        """``POST /channels/{id}/progress``: open early media (183) to a caller who is not answered."""
        channel = self.switch.controlled(channel_id)
        async with channel.lock:
            self.switch.alive(channel)
            if channel.kind is not Kind.INBOUND or channel.state is State.UP or channel.audio is not None:
                return
            local = await self.audio.open(channel)
            try:
                audio = _party(channel).progress(local, channel.variables.get(CHOSEN, ""))
            except ValueError as error:
                raise AriError(412, "Channel in invalid state") from error
            await self.audio.hear(channel, audio)


def _party(channel: Channel) -> SipCall:
    if channel.call is None:
        raise AriError(412, "Channel in invalid state")
    return channel.call


def _is_call(channel: Channel, call_id: str) -> bool:
    call = channel.call
    return bool(call_id) and call is not None and not channel.over and call.headers.get("call-id") == call_id
