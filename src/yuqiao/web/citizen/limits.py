"""How often one address, or one link, may ask: counted for some minutes.

In a cache of its own (``CACHES``): strangers fill it, and throw out of it nothing but what it holds.
"""

from __future__ import annotations

import hashlib

from django.core.cache import caches

from yuqiao.lib.net import address_key

SECONDS = 300


def _key(kind: str, value: str) -> str:
    return f"limit:{kind}:{hashlib.sha256(address_key(value).encode()).hexdigest()[:32]}"


def count(kind: str, value: str) -> None:
    """One more of ``kind`` by ``value``; an address stands for all of its home (`address_key`)."""
    key, cache = _key(kind, value), caches["public"]
    cache.add(key, 0, SECONDS)
    cache.incr(key)


def reached(kind: str, value: str, most: int) -> bool:
    """Whether there were as many as ``most`` within the last minutes."""
    return bool(caches["public"].get(_key(kind, value), 0) >= most)
