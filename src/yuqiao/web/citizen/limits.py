"""How often one address, or one link, may ask: counted in Django's cache for some minutes."""

from __future__ import annotations

import hashlib

from django.core.cache import cache

SECONDS = 300


def _key(kind: str, value: str) -> str:
    return f"limit:{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def count(kind: str, value: str) -> None:
    """One more of ``kind`` by ``value``."""
    key = _key(kind, value)
    cache.add(key, 0, SECONDS)
    cache.incr(key)


def reached(kind: str, value: str, most: int) -> bool:
    """Whether there were as many as ``most`` within the last minutes."""
    return bool(cache.get(_key(kind, value), 0) >= most)
