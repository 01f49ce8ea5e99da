"""Every check, in one visible list."""

from __future__ import annotations

from yuqiao.evaluation.contradictions import counts, promises, rates
from yuqiao.evaluation.contradictions.finding import Check, Finding, Register, Report

CHECKS: tuple[Check, ...] = (
    counts.language_counts,
    counts.line_lists,
    counts.counted_twice,
    counts.listed,
    counts.sums,
    rates.differences,
    rates.wrong_rates,
    rates.mixed_rounding,
    rates.shares_of_one,
    rates.figures,
    promises.in_full,
    promises.on_time,
    promises.grade,
    promises.total,
    promises.lateness,
    promises.names,
    promises.over_hundred,
)
NOTHING_KNOWN = Register()


def check(report: Report, register: Register = NOTHING_KNOWN) -> list[Finding]:
    """Return every finding once, in the order of the checks."""
    found = [finding for one in CHECKS for finding in one(report, register)]
    return list({(one.code, one.where): one for one in found}.values())
