"""What an interpreter asks for by the keys of her phone: ``*12345#`` adds that line, ``##`` says the work is done."""

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


Wish = AddLine | WorkDone


def press(buffer: str, key: str) -> tuple[str, Wish | None]:
    """Return the keys still open after ``key`` and the wish it completed, if any.

    ``*`` starts a number afresh at any time; keys that belong to nothing are forgotten.
    """
    if key == "*":
        return "*", None
    if buffer.startswith("*"):
        if key == "#":
            return "", AddLine(buffer[1:]) if len(buffer) > 1 else None
        return (buffer + key)[:LONGEST], None
    if key == "#":
        return ("", WorkDone()) if buffer == "#" else ("#", None)
    return "", None
