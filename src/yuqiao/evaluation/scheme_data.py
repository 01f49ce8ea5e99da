"""A scoring scheme as JSON and back, exactly: so that versions can be kept, shown, copied and changed by people.

`from_data` refuses what cannot score and says what to mend; shares are strings ("0.5"), days are ISO 8601.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from yuqiao.evaluation.amounts import Rounding, plain
from yuqiao.evaluation.schemes import Band, Grade, InverseRule, LateRule, Scheme, ZeroRule

#: Written into every file; a reader that meets a younger one refuses it instead of guessing.
FORMAT = 1
CHOICES: dict[str, type[StrEnum]] = {
    "rounding": Rounding,
    "execution_rounding": Rounding,
    "zero": ZeroRule,
    "inverse": InverseRule,
    "late": LateRule,
}
SHARES = {"zero_share": (Decimal(0), Decimal(1)), "late_share": (Decimal(0), Decimal(1))}
SHARES["over_achieved"] = (Decimal(1), Decimal(100))
PLACES = ("points_places", "rate_places")
REQUIRED = ("code", "name", "valid_from", "weights", "bands", "grades")
MOST_PLACES = 6
One = TypeVar("One")


class SchemeError(ValueError):
    """A scheme's data cannot be used; the message names the field and says what to write."""


def as_data(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as data that JSON can hold; `from_data` gives the same scheme again."""
    return {
        "format": FORMAT,
        "code": scheme.code,
        "name": scheme.name,
        "valid_from": scheme.valid_from.isoformat(),
        "weights": dict(scheme.weights),
        "bands": [{"name": band.name, "low": band.low, "high": band.high} for band in scheme.bands],
        "grades": [{"name": grade.name, "low": grade.low} for grade in scheme.grades],
        "categories": list(scheme.categories),
        **{name: getattr(scheme, name) for name in PLACES},
        **{name: getattr(scheme, name).value for name in CHOICES},
        **{name: plain(getattr(scheme, name)) for name in SHARES},
    }


def from_data(data: object) -> Scheme:
    """Return the scheme that data describes. SchemeError says which field to mend."""
    if not isinstance(data, Mapping):
        raise SchemeError("a scheme is an object with fields, such as code, weights and grades")
    if data.get("format") != FORMAT:
        raise SchemeError(f"format: write {FORMAT}; this version of Yuqiao reads no other")
    known = {"format", *(one.name for one in fields(Scheme))}
    if strange := [str(name) for name in data if name not in known]:
        raise SchemeError(f"{strange[0]}: no such field; known are {', '.join(sorted(known))}")
    if missing := [name for name in REQUIRED if name not in data]:
        raise SchemeError(f"{missing[0]}: is missing")
    scheme = Scheme(
        code=_text(data, "code"),
        name=_text(data, "name"),
        valid_from=_day(data["valid_from"]),
        weights=_weights(data["weights"]),
        bands=tuple(_bands(data["bands"])),
        grades=tuple(_grades(data["grades"])),
        categories=tuple(_each(data.get("categories", []), "categories", str)),
    )
    scheme = replace(scheme, **_rules(data))
    _ordered("bands", [(band.low, band.name) for band in scheme.bands])
    _ordered("grades", [(grade.low, grade.name) for grade in scheme.grades])
    return scheme


def _rules(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with defaults, as far as the data gives them."""
    return {
        **{name: _whole(data[name], name, MOST_PLACES) for name in PLACES if name in data},
        **{name: _choice(data[name], name) for name in CHOICES if name in data},
        **{name: _share(data[name], name) for name in SHARES if name in data},
    }


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise SchemeError(f"{name}: write a text")
    return value


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise SchemeError("valid_from: write a day as 2026-01-31") from error


def _whole(value: object, name: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise SchemeError(f"{name}: write a whole number from 0 to {most}")
    return value


def _share(value: object, name: str) -> Decimal:
    low, high = SHARES[name]
    try:
        share = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        share = Decimal("NaN")
    if not share.is_finite() or not low <= share <= high:
        raise SchemeError(f'{name}: write a share from {plain(low)} to {plain(high)} as a text, such as "0.5"')
    return share


def _choice(value: object, name: str) -> StrEnum:
    try:
        return CHOICES[name](str(value))
    except ValueError as error:
        raise SchemeError(f"{name}: write one of {', '.join(CHOICES[name])}") from error


def _weights(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise SchemeError("weights: write an object of categories with their points")
    weights = {str(name): _whole(points, f"weights.{name}", 100) for name, points in value.items()}
    if weights and sum(weights.values()) != 100:
        raise SchemeError(f"weights: they add up to {sum(weights.values())}; mend them so that they add up to 100")
    return weights


def _each(value: object, name: str, kind: type[One]) -> Iterator[One]:
    if not isinstance(value, list):
        raise SchemeError(f"{name}: write a list")
    for n, one in enumerate(value, 1):
        if not isinstance(one, kind):
            raise SchemeError(f"{name}, entry {n}: write {'a text' if kind is str else 'an object'}")
        yield one


def _bands(value: object) -> Iterator[Band]:
    above = 100
    for n, one in enumerate(_each(value, "bands", dict), 1):
        where = f"bands, entry {n}"
        low, high = (_whole(one.get(edge), f"{where}, {edge}", 100) for edge in ("low", "high"))
        if high != above:
            raise SchemeError(f"{where}, high: write {above}, where the band before it ends")
        above = low
        yield Band(_named(one, where), low, high)


def _grades(value: object) -> Iterator[Grade]:
    for n, one in enumerate(_each(value, "grades", dict), 1):
        where = f"grades, entry {n}"
        yield Grade(_named(one, where), _whole(one.get("low"), f"{where}, low", 100))


def _named(one: dict[str, Any], where: str) -> str:
    name = one.get("name")
    if not isinstance(name, str) or not name:
        raise SchemeError(f"{where}, name: write a text")
    return name


def _ordered(name: str, edges: list[tuple[int, str]]) -> None:
    """From the best to the worst, the worst from 0 on: so that every share and total has exactly one."""
    if not edges or edges[-1][0] != 0:
        raise SchemeError(f"{name}: the last one must begin at 0")
    for (above, _), (low, text) in pairwise(edges):
        if low >= above:
            raise SchemeError(f"{name}, {text}: its low must be under {above}, that of the one before it")
