"""All checks of a plan in one visible list, in the order in which their findings are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yuqiao.evaluation.linting import names, promises, sums
from yuqiao.evaluation.linting.plan import Concern, Plan, Severity

Check = Callable[[Plan], Iterator[Concern]]

CHECKS: tuple[Check, ...] = (
    sums.nothing_planned,
    sums.weights_add_up,
    sums.categories_fit,
    sums.parts_add_up,
    sums.money_is_planned,
    promises.rate_operator,
    promises.always_met,
    promises.unit_of_formula,
    names.same_name,
    names.compound,
    promises.day_is_set,
    promises.proof_is_known,
    names.vague,
    promises.unit_of_rate,
    promises.mixed_units,
    promises.far_from_last_year,
    promises.far_from_forecast,
    names.nearly_registered,
    sums.categories_present,
    sums.goal_is_told,
    sums.strands_have_indicators,
    sums.weights_are_plain,
    names.too_long,
)
_ORDER = list(Severity)


def lint(plan: Plan) -> list[Concern]:
    """Return what is to be mended in a plan, the gravest first."""
    found = [one for check in CHECKS for one in check(plan)]
    return sorted(found, key=lambda one: _ORDER.index(one.severity))
