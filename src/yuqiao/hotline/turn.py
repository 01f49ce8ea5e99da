"""One turn of the rules: the call as it changes, and the effects asked for so far, in order."""

from __future__ import annotations

from typing import Any

from yuqiao.hotline.effects import Effect, Note
from yuqiao.hotline.state import CallState, LegPhase, LegState, Phase, evolve


class Turn:
    """Collects what one event changes. Lives for one `step` only, which stays pure seen from outside."""

    def __init__(self, call: CallState, now: float) -> None:
        self.call = call
        self.now = now
        self.effects: list[Effect] = []

    def do(self, *effects: Effect) -> None:
        """Ask for effects."""
        self.effects.extend(effects)

    def note(self, kind: str, leg: str = "", **data: Any) -> None:
        """Write a line of the call's history."""
        self.effects.append(Note(kind, self.now, leg, data))

    def set(self, **changes: Any) -> None:
        """Change fields of the call."""
        self.call = evolve(self.call, **changes)

    def leg(self, leg: LegState, **changes: Any) -> LegState:
        """Change fields of a leg, or add it; returns it as it is now."""
        changed = evolve(leg, **changes) if changes else leg
        self.call = self.call.with_leg(changed)
        return changed

    def alarm(self, name: str, after: float | None) -> None:
        """Set deadline ``name`` to so many seconds from now; None takes it away."""
        self.call = self.call.with_deadline(name, None if after is None else self.now + after)

    def new_id(self) -> str:
        """Return a fresh UUID of this call."""
        self.call, fresh = self.call.numbered()
        return fresh

    @property
    def open(self) -> bool:
        """Whether the call still serves its caller: not on its last words, not over."""
        return self.call.phase not in {Phase.CLOSING, Phase.ENDED}

    @property
    def principal(self) -> LegState | None:
        """The leg that came to us; None only before the call began."""
        return self.call.leg(self.call.principal)

    @property
    def principal_present(self) -> bool:
        """Whether the leg that came to us is on the line, or was lost and is being rung again."""
        leg = self.principal
        return self.call.recalling or (leg is not None and leg.phase in {LegPhase.UP, LegPhase.JOINED})
