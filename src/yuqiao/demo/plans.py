"""The calls of the demonstration: who calls when, how, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yuqiao.demo.cast import MORTAL, dialled
from yuqiao.languages.catalogue import BY_CODE


class Mishap(StrEnum):
    """What goes wrong in a call, on purpose."""

    NONE = ""
    REFUSED = "refused"  # the first interpreter rung is busy
    HANGS_UP = "hangs_up"  # the interpreter hangs up early
    KILLED = "killed"  # the interpreter's phone is killed with kill -9
    NOBODY = "nobody"  # the only interpreter of the language talks to somebody else


@dataclass(frozen=True, slots=True)
class Plan:
    """One call. ``at``: seconds after the start; ``way``: a (agent beside the caller), b (transferred), c (direct).

    ``known``: the dialled number tells the language; otherwise somebody presses the language's key.
    ``caller`` and ``agent`` are personas; ``third`` is a line whose desk joins, by ``third_by`` "keys" or "command".
    ``talk``: seconds of conversation once everybody is on; longer where the notice takes longer to say.
    ``finish``: the interpreter ends the call with ``##``.
    """

    number: int
    at: float
    way: str
    line: str
    language: str
    known: bool = True
    talk: float = 5.0
    agent: str = ""
    third: str = ""
    third_by: str = ""
    finish: bool = False
    mishap: Mishap = Mishap.NONE

    @property
    def caller(self) -> str:
        """The caller's persona."""
        return f"caller-{self.number:02d}"

    @property
    def beside(self) -> tuple[str, ...]:
        """Who is on the leg that dials."""
        return (self.agent, self.caller) if self.way == "a" else (self.caller,)

    @property
    def dials(self) -> str:
        """The number dialled."""
        return dialled(self.line, self.way, self.language if self.known else "")

    @property
    def key(self) -> str:
        """The key that is pressed for the language, if any."""
        return "" if self.known else BY_CODE[self.language].digit

    @property
    def third_party(self) -> str:
        """The persona who joins, if any."""
        return f"desk-{self.third}" if self.third else ""

    @property
    def interpreters(self) -> int:
        """How many interpreters come one after the other."""
        return {Mishap.NOBODY: 0, Mishap.HANGS_UP: 2, Mishap.KILLED: 2}.get(self.mishap, 1)

    @property
    def outcome(self) -> str:
        """How the call should end by the platform's account."""
        return "callback" if self.mishap is Mishap.NOBODY else "served"


#: The dead phone is rung for the platform's RTP time-out before its replacement is sought.
PLANS: Final = (
    Plan(1, 0.0, "c", "960169", "en", known=False, finish=True),
    Plan(2, 0.5, "b", "999", "ko", agent="desk-999", mishap=Mishap.KILLED),
    Plan(3, 1.5, "a", "12345", "fr", known=False, agent="agent-12345"),
    Plan(4, 2.5, "b", "120", "de", agent="desk-120", mishap=Mishap.HANGS_UP),
    Plan(5, 4.0, "b", "119", "ru", known=False, agent="desk-119"),
    Plan(6, 5.0, "c", "960169", "ja", mishap=Mishap.REFUSED, talk=8.0),
    Plan(7, 6.0, "c", "960169", "es", known=False, third="12345", third_by="keys"),
    Plan(8, 7.5, "c", "960169", "ar", third="12348", third_by="command"),
    Plan(9, 8.5, "c", "960169", "pt", talk=16.0),
    Plan(10, 10.5, "c", "960169", "pt", mishap=Mishap.NOBODY),
    Plan(11, 12.0, "a", "110", "en", agent="agent-110"),
    Plan(12, 13.5, "a", "96158", "ja", agent="agent-96158", talk=8.0),
    Plan(13, 14.5, "b", "12306", "en", agent="desk-12306"),
    Plan(14, 16.0, "a", "88321", "en", agent="agent-88321"),
    Plan(15, 18.0, "c", "960169", "fr", known=False),
    Plan(16, 19.5, "c", "960169", "en", finish=True),
)
BY_CALLER: Final = {plan.caller: plan for plan in PLANS}
assert any(MORTAL.startswith(BY_CODE[plan.language].digit) for plan in PLANS if plan.mishap is Mishap.KILLED)  # noqa: S101
