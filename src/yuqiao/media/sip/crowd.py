"""How many connections strangers may hold: they cost a descriptor and a buffer each, and nobody answers for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

#: Connections at once of addresses that no trunk has; the oldest goes when one more comes.
MOST_STRANGERS: Final = 64


class Closable(Protocol):
    """A connection, as far as it matters here."""

    peer: tuple[str, int]

    def close(self) -> None:
        """Close it."""


class Crowd:
    """The open connections of strangers, oldest first. ``trusts`` tells whose are not counted, by their address."""

    def __init__(self) -> None:
        self.trusts: Callable[[str], bool] = lambda host: True
        self._open: dict[Closable, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, connection: Closable) -> None:
        """A connection stands; whoever has been here longest makes room if it is one too many."""
        if self.trusts(connection.peer[0]):
            return
        self._open[connection] = None
        if len(self._open) > MOST_STRANGERS:
            oldest = next(iter(self._open))
            self.leave(oldest)
            oldest.close()

    def leave(self, connection: Closable) -> None:
        """A connection is gone."""
        self._open.pop(connection, None)
