"""One bridge and how ARI shows it. No I/O."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yuqiao.lib import clock


@dataclass(eq=False)
class Bridge:
    """A mixing bridge: the channels in it, in the order they entered, and the applications that have had one in it."""

    id: str
    name: str = ""
    created: dt.datetime = field(default_factory=clock.now)
    members: list[str] = field(default_factory=list)
    apps: set[str] = field(default_factory=set)
    over: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the Bridge model of ARI; like Asterisk, two mix simply and three mix softly."""
        return {
            "id": self.id,
            "technology": "softmix" if len(self.members) > 2 else "simple_bridge",
            "bridge_type": "mixing",
            "bridge_class": "stasis",
            "creator": "Stasis",
            "name": self.name,
            "channels": list(self.members),
            "creationtime": clock.iso(self.created),
            "video_mode": "talker",
        }
