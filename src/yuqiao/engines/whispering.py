"""Prompts to one party of a conversation in Asterisk: whispered to it, not played.

Asterisk 22 lets a leg that is played to hear nothing of its bridge until the prompt is over; our own server mixes a
prompt over what the leg hears. So in Asterisk a prompt goes by a snoop channel on the leg (``whisper=out``), which is
mixed over every frame the leg is sent. A leg that is sent none would not hear it: then it is played to as such, and
misses nothing by that.

Here is only what is known of it; `engines.ari` gives the commands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PREFIX = "say-"
#: What our own server says for ``system.version`` (``GET /asterisk/info``) begins so; Asterisk's begins with a number.
OURS = "yuqiao"


def channel_for(leg: str, playback: str) -> str:
    """Return the id of the whispering channel on ``leg`` that begins with ``playback``."""
    return f"{PREFIX}{leg}~{playback}"


def listener(channel: str) -> str:
    """Return the leg that hears what is played to ``channel``: its own id, unless it whispers to another."""
    return channel.removeprefix(PREFIX).partition("~")[0] if channel.startswith(PREFIX) else channel


class Whispers:
    """Which leg stands in which bridge, who says nothing, and what is being whispered."""

    def __init__(self) -> None:
        self._needed = False
        self._bridges: dict[str, str] = {}
        self._silent: set[str] = set()
        self._carried: dict[str, set[str]] = {}

    def review(
        self, info: Mapping[str, Any], channels: Collection[str], bridges: Mapping[str, Collection[str]]
    ) -> None:
        """Begin anew with what an engine holds: ``info`` as ARI's JSON, channels in each bridge by its id.

        What was being whispered is forgotten: its end may have been missed, and its channels are no party's.
        """
        version = str((info.get("system") or {}).get("version") or "")
        self._needed = bool(version) and not version.startswith(OURS)
        self._bridges = {channel: bridge for bridge, there in bridges.items() for channel in there}
        self._silent.intersection_update(channels)
        self._carried = {}

    def joined(self, bridge: str, channel: str) -> None:
        """A channel is in a bridge now, and in no other."""
        self._bridges[channel] = bridge

    def parted(self, bridge: str, channel: str) -> None:
        """A channel is not in a bridge any more."""
        if self._bridges.get(channel) == bridge:
            del self._bridges[channel]

    def dissolved(self, bridge: str) -> None:
        """A bridge is no more."""
        self._bridges = {channel: there for channel, there in self._bridges.items() if there != bridge}

    def silenced(self, channel: str, *, on: bool) -> None:
        """Nothing of what a channel says is heard by others, or it is again."""
        (self._silent.add if on else self._silent.discard)(channel)

    def gone(self, channel: str) -> None:
        """A channel is over, and with it what was whispered by it."""
        self._bridges.pop(channel, None)
        self._silent.discard(channel)
        self._carried.pop(channel, None)

    def needed(self, leg: str) -> bool:
        """Whether a prompt played to ``leg`` would keep it from hearing somebody."""
        bridge = self._bridges.get(leg)
        return self._needed and any(
            there == bridge and other != leg and other not in self._silent for other, there in self._bridges.items()
        )

    def carrier(self, leg: str) -> str:
        """Return the channel that whispers to ``leg`` already; "" if none does. Prompts wait for each other on it."""
        return next((channel for channel in self._carried if listener(channel) == leg), "")

    def begun(self, channel: str, playback: str) -> None:
        """A prompt is to be heard by a whispering channel."""
        self._carried.setdefault(channel, set()).add(playback)

    def finished(self, playback: str) -> str:
        """Return the channel to be hung up now that a prompt is over: its last one; "" if there is none."""
        for channel, carried in self._carried.items():
            if playback in carried:
                carried.discard(playback)
                if not carried:
                    del self._carried[channel]
                    return channel
                break
        return ""
