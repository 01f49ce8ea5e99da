"""Calls that go out: a channel is made, then dialled; how it fares comes through its observer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yuqiao.media import causes
from yuqiao.media.ari.channels import Channel, Kind, State, caller_id, endpoint
from yuqiao.media.ari.errors import ALLOCATION_FAILED, AriError
from yuqiao.media.ari.legs import LegObserver, Legs
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import EndCause

_HEADER_VARIABLE = re.compile(r"PJSIP_HEADER\(add, ?([A-Za-z0-9!%*_+`'~.-]{1,64})\)")
_LONGEST_RINGING = 3600.0


class Dialling:
    """Verbs on outbound legs."""

    def __init__(self, switch: Switch, legs: Legs) -> None:
        self.switch = switch
        self.legs = legs

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
            endpoint=name,
            target=target,
            ring_seconds=float(ring_seconds) if ring_seconds > 0 else _LONGEST_RINGING,
            beside=originator or None,
        )
        for variable, value in (variables or {}).items():
            header = _HEADER_VARIABLE.fullmatch(variable)
            (channel.headers if header else channel.variables)[header[1] if header else variable] = value
        self.legs.register(channel)
        return channel

    async def originate(self, channel: Channel) -> None:
        """Dial a channel just made; it enters Stasis when it is answered."""
        channel.dialled = True
        try:
            await self._invite(channel)
        except AriError:
            self.legs.closing.finish(channel, EndCause(causes.INTERWORKING, causes.words(causes.INTERWORKING)))
            raise

    def enter(self, channel: Channel) -> None:
        """Put a channel made by ``/channels/create`` into Stasis at once, in state Down."""
        self.legs.enter_stasis(channel)

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
            local = await self.legs.audio.open(channel)
            self.switch.alive(channel)
            try:
                channel.call = self.switch.trunk.invite(
                    channel.target,
                    local=local,
                    observer=LegObserver(self.legs, channel),
                    caller_number=channel.caller_number or "anonymous",
                    caller_name=channel.caller_name,
                    headers=channel.headers,
                    timeout=channel.ring_seconds,
                    via=channel.endpoint,
                )
            except ValueError as error:
                raise AriError(500, ALLOCATION_FAILED) from error
            self.legs.transferring.watch(channel, channel.call)
            self.legs.closing.tell_dial(channel, "")
