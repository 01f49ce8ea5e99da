"""A small proof of work in the place of pictures to puzzle over: whoever asks something of us without an account lets
the own device reckon for a moment. Pure; nothing is kept here until a proof was spent.

We choose a number below ``most`` and give its PBKDF2 (RFC 8018 5.2) with a salt; the device tries number after number
until the result is the same. So the work has an end (no luck needed), costs us one derivation to check, and runs as
native code in every browser (W3C Web Cryptography, 18.4.1); a machine that asks a thousand times reckons a thousand
times. The task itself says what it is for, until when it is good, and carries our seal: no table of open tasks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

#: Iterations of each derivation: about 0.3 ms on a desk, 1 ms on a slow phone; calling it costs less than running it.
ROUNDS: Final = 1000
#: How many numbers there are to try; half of them on average, so about half a second on a slow phone.
MOST: Final = 800
#: How long a task is good, in seconds: long enough to fill in a form in a foreign city.
LIFE: Final = 30 * 60
_LONGEST: Final = 400
_TASK: Final = re.compile(
    r"(?P<aim>[a-z-]{1,32})\.(?P<until>\d{1,12})\.(?P<rounds>\d{1,7})\.(?P<most>\d{1,7})"
    r"\.(?P<salt>[0-9a-f]{32})\.(?P<wanted>[0-9a-f]{64})\.(?P<seal>[0-9a-f]{64})"
)


class ProofError(ValueError):
    """A task or its proof is none of ours; ``code``: ``broken``, ``late`` (its time is over) or ``wrong``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Task:
    """What a page gave out: for which ``aim``, good until ``until`` (UNIX seconds); ``seal`` names it for ever."""

    aim: str
    until: int
    rounds: int
    most: int
    salt: str
    wanted: str
    seal: str

    @property
    def begun(self) -> int:
        """When it was given out (UNIX seconds)."""
        return self.until - LIFE


def give(aim: str, key: bytes, now: float, most: int = MOST) -> str:
    """Return a new task for ``aim`` (lower-case letters and hyphens) as text; ``most`` numbers are to be tried."""
    salt = secrets.token_hex(16)
    wanted = _derived(salt, secrets.randbelow(most), ROUNDS)
    said = f"{aim}.{int(now) + LIFE}.{ROUNDS}.{most}.{salt}.{wanted}"
    return f"{said}.{_seal(said, key)}"


def read(text: str, aim: str, key: bytes, now: float) -> Task:
    """Return the task that ``text`` is; ProofError where we did not give it out for ``aim``, or its time is over."""
    found = _TASK.fullmatch(text, 0, _LONGEST)
    if found is None or found["aim"] != aim:
        raise ProofError("broken")
    if not hmac.compare_digest(_seal(text.rpartition(".")[0], key), found["seal"]):
        raise ProofError("broken")
    task = Task(
        aim,
        int(found["until"]),
        int(found["rounds"]),
        int(found["most"]),
        found["salt"],
        found["wanted"],
        found["seal"],
    )
    if task.until < now:
        raise ProofError("late")
    return task


def check(task: Task, answer: str) -> None:
    """ProofError unless ``answer`` is the number that was looked for."""
    if not re.fullmatch(r"\d{1,7}", answer, re.ASCII) or int(answer) >= task.most:
        raise ProofError("wrong")
    if not hmac.compare_digest(_derived(task.salt, int(answer), task.rounds), task.wanted):
        raise ProofError("wrong")


def solve(text: str) -> str:
    """Return the answer to a task, as a browser finds it (``static/citizen/proof.js``)."""
    found = _TASK.fullmatch(text, 0, _LONGEST)
    if found is None:
        raise ProofError("broken")
    for number in range(int(found["most"])):
        if _derived(found["salt"], number, int(found["rounds"])) == found["wanted"]:
            return str(number)
    raise ProofError("wrong")


def _derived(salt: str, number: int, rounds: int) -> str:
    return hashlib.pbkdf2_hmac("sha256", str(number).encode(), bytes.fromhex(salt), rounds).hex()


def _seal(said: str, key: bytes) -> str:
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
