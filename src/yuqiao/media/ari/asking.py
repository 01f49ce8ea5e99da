"""What a request asks: its path, its parameters from the query and the JSON body, and what is answered. No aiohttp."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.errors import AriError


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with JSON, with a file, or with neither (204)."""

    status: int = 204
    body: Any = None
    file: Path | None = None


@dataclass(frozen=True)
class Ask:
    """One request. Parameters may stand in the query or, as Asterisk allows, in a JSON object in the body."""

    path: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, list[str]] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return parameter ``name``; the last one where it is repeated."""
        return self.given.get(name, [default])[-1]

    def required(self, name: str, message: str = "") -> str:
        """Return parameter ``name``; AriError 400 when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise AriError(400, message or f"Missing parameter {name}")
        return value

    def whole(self, name: str, default: int, *, least: int) -> int:
        """Return parameter ``name`` as a whole number of at least ``least``; AriError 400."""
        raw = self.text(name)
        if not raw:
            return default
        digits = raw.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9) or int(raw) < least:
            raise AriError(400, f"Parameter {name} must be a whole number of at least {least}")
        return int(raw)

    def many(self, name: str) -> list[str]:
        """Return parameter ``name`` as a list: repeated, divided by commas, or both; AriError 400 when empty."""
        values = [part.strip() for raw in self.given.get(name, []) for part in raw.split(",") if part.strip()]
        if not values:
            raise AriError(400, f"Missing parameter {name}")
        return values

    def truth(self, name: str) -> bool:
        """Return parameter ``name`` as Asterisk's ``ast_true`` reads it."""
        return self.text(name).lower() in {"yes", "true", "y", "t", "1", "on"}


Verb = Callable[[Engine, Ask], Awaitable[Answer]]


def parse(path: Mapping[str, str], query: Iterable[tuple[str, str]], body: bytes) -> Ask:
    """Return the Ask of a request; AriError 400 when the body is no JSON object of strings, numbers and lists."""
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).append(value)
    variables: dict[str, str] = {}
    for name, value in _object(body).items():
        if name == "variables":
            variables = _variables(value)
        else:
            given[name] = [_scalar(one) for one in value] if isinstance(value, list) else [_scalar(value)]
    if any("\0" in value for values in given.values() for value in values):
        raise AriError(400, "Error parsing request")
    return Ask(path, given, variables)


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AriError(400, "Error parsing request body") from error
    if not isinstance(parsed, dict):
        raise AriError(400, "Error parsing request body")
    return parsed


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise AriError(400, "Error parsing request body")


def _variables(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise AriError(400, "Error parsing request body")
    return {name: _scalar(one) for name, one in value.items()}
