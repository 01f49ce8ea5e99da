"""Which version of a scoring scheme a project follows: those that come with the platform, and those entered (S121)."""

from __future__ import annotations

import datetime as dt

from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.schemes import BY_CODE


def pinned(code: str, day: dt.date) -> dt.date:
    """Return from when the version of a scheme that holds on ``day`` is valid; PlanError if none does."""
    scheme = BY_CODE.get(code)
    if scheme is None or scheme.valid_from > day:
        raise PlanError("scheme", code=code)
    return scheme.valid_from
