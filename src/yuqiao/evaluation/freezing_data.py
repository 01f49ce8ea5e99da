"""A sheet as JSON can keep it, and back unchanged: every number exact, every kind of field by its declared type. Pure.

Fields that a later version adds take their defaults when an older sheet is read; fields it no longer has are left out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import types
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from yuqiao.evaluation.sheet import Sheet

T = TypeVar("T")
#: How values that JSON does not know are read back; they are written by `as_data`.
READERS: dict[type, Callable[[str], object]] = {
    Decimal: Decimal,
    Fraction: Fraction,
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
}


def sheet_as_data(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as JSON can keep it."""
    return cast(dict[str, Any], as_data(sheet))


def sheet_from_data(data: dict[str, Any]) -> Sheet:
    """Return the sheet that `sheet_as_data` wrote; ValueError, TypeError or KeyError for anything else."""
    return from_data(Sheet, data)


def digest_of(data: object) -> str:
    """Return the SHA-256 of data as JSON, whatever order a database gives its keys back in."""
    said = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def as_data(value: object) -> object:
    """Return a value as JSON can keep it; TypeError for what has no exact form. Maps become lists of pairs."""
    if isinstance(value, tuple | list):
        return [as_data(one) for one in value]
    if isinstance(value, dict):
        return [[as_data(key), as_data(one)] for key, one in value.items()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_data(getattr(value, one.name)) for one in dataclasses.fields(value)}
    return _plain(value)


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal() | Fraction():
            return str(value)
        case dt.date():  # a datetime is one, too
            return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no exact form in JSON")


def from_data(kind: type[T], data: Any) -> T:
    """Return what `as_data` wrote of a value of this type."""
    return cast(T, _read(kind, data))


def _read(kind: Any, data: Any) -> object:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return None if data is None else _read(_only(kind), data)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in data)
    if origin in {dict, Mapping}:
        key, value = get_args(kind)
        return {_read(key, one): _read(value, other) for one, other in data}
    if dataclasses.is_dataclass(kind):
        hints = _hints(cast(Any, kind))
        made: Callable[..., object] = cast(Any, kind)
        return made(**{name: _read(hints[name], one) for name, one in data.items() if name in hints})
    return _read_plain(kind, data)


def _read_plain(kind: type, data: Any) -> object:
    if issubclass(kind, Enum):
        return kind(data)
    reader = READERS.get(kind)
    if reader is not None:
        return reader(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _only(kind: Any) -> Any:
    """Return the one type that may also be None."""
    found = [one for one in get_args(kind) if one is not type(None)]
    if len(found) != 1:
        raise TypeError(f"{kind} cannot be read back: more than one type")
    return found[0]
