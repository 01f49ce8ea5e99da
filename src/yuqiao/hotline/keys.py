"""What an interpreter asks for by the keys of her phone: ``*12345#`` adds that line, ``##`` says the work is done.

One digit between ``*`` and ``#`` is a wish of its own (`CODES`): ``*0#`` stops the recording for a caller who does not
want it, ``*00#`` pauses it for a sensitive part and lets it go on, ``*1#`` to ``*5#`` ask for one of `SERVICES`,
``*6#`` and ``*7#`` say that the call is about a court matter or a state secret, which the line may exclude. In a call
that we began, ``*9#`` says that a machine picked up, ``*8#`` that the person wants no more calls of lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 24


class Service(StrEnum):
    """What one digit between ``*`` and ``#`` asks for."""

    ESCALATE = "escalate"
    HOLD = "hold"
    CONSULT_AGENT = "consult_agent"
    CONSULT_MANAGER = "consult_manager"
    HAND_OVER = "hand_over"


#: No line's number is a single digit.
SERVICES: dict[str, Service] = {
    "1": Service.HOLD,
    "2": Service.CONSULT_AGENT,
    "3": Service.CONSULT_MANAGER,
    "4": Service.HAND_OVER,
    "5": Service.ESCALATE,
}


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
class PauseRecording:
    """A sensitive part begins, or is over."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """The call is about a ``matter`` of `registry.Exclusion`."""

    matter: str


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """Not a person but a machine picked up."""


@dataclass(frozen=True, slots=True)
class NoMore:
    """The person who was called wants no such calls again."""


Wish = AddLine | RefuseRecording | PauseRecording | Excluded | WorkDone | MachineHeard | NoMore | Service
#: What stands between ``*`` and ``#`` for a wish of its own; anything else is a line's number.
CODES: dict[str, Wish] = {
    "0": RefuseRecording(),
    "00": PauseRecording(),
    **SERVICES,
    "6": Excluded("judicial"),
    "7": Excluded("secret"),
    "8": NoMore(),
    "9": MachineHeard(),
}


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
