"""What an interpreter asks for by the keys of her phone: ``*12345#`` adds that line, ``*0#`` stops the
recording for a caller who does not want it, ``##`` says the work is done.

In a call that we began, ``*9#`` says that a machine picked up, ``*8#`` that the person wants no more calls of lists.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 24


@dataclass(frozen=True, slots=True)
class AddLine:
    """Add the line with this number."""

    number: str


@dataclass(frozen=True, slots=True)
class WorkDone:
    """The conversation is over; end the call."""


@dataclass(frozen=True, slots=True)
class RefuseRecording:
    """The caller told her that the call must not be recorded."""


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """Not a person but a machine picked up."""


@dataclass(frozen=True, slots=True)
class NoMore:
    """The person who was called wants no such calls again."""


Wish = AddLine | RefuseRecording | WorkDone | MachineHeard | NoMore
#: What stands between ``*`` and ``#`` for a wish of its own; anything else is a line's number.
CODES: dict[str, Wish] = {"0": RefuseRecording(), "8": NoMore(), "9": MachineHeard()}


def press(buffer: str, key: str) -> tuple[str, Wish | None]:
    """Return the keys still open after ``key`` and the wish it completed, if any.

    ``*`` starts a number afresh at any time; keys that belong to nothing are forgotten.
    """
    if key == "*":
        return "*", None
    if buffer.startswith("*"):
        if key == "#":
            return "", CODES.get(buffer[1:], AddLine(buffer[1:])) if len(buffer) > 1 else None
        return (buffer + key)[:LONGEST], None
    if key == "#":
        return ("", WorkDone()) if buffer == "#" else ("#", None)
    return "", None
