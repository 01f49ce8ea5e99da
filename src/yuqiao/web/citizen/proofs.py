"""The proofs of work that public pages ask for: given out with our key, the harder the more one address asks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from yuqiao.lib import proof_of_work
from yuqiao.lib.clock import now
from yuqiao.lib.proof_of_work import MOST, Task
from yuqiao.web.citizen import limits

#: From so many tasks within `limits.SECONDS` on, each one more for the same address is as much harder.
FREELY = 10
HARDEST = 16 * MOST


def _key() -> bytes:
    return salted_hmac("yuqiao.web.citizen.proofs", "tasks", settings.SECRET_KEY, algorithm="sha256").digest()


def give(aim: str, request: HttpRequest) -> str:
    """Return a task for the page that is being shown."""
    address = request.META.get("REMOTE_ADDR", "")
    limits.count("task", address)
    most = MOST
    while most < HARDEST and limits.reached("task", address, FREELY * most // MOST):
        most *= 2
    return proof_of_work.give(aim, _key(), now().timestamp(), most)


def read(text: str, aim: str) -> Task:
    """Return the task, ProofError unless we gave it out for ``aim`` not too long ago."""
    return proof_of_work.read(text, aim, _key(), now().timestamp())


def check(task: Task, answer: str) -> None:
    """ProofError unless this is the answer."""
    proof_of_work.check(task, answer)
