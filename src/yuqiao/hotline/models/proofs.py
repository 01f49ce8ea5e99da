"""Proofs of work that were spent: each is good once (`lib.proof_of_work`). Rows only."""

from __future__ import annotations

from django.db import models


class SpentProof(models.Model):
    """The seal of a task whose proof was taken; ``until``: from then on the task is refused for its age anyway."""

    seal = models.CharField(primary_key=True, max_length=64, editable=False)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.seal[:8]
