"""Signatures as the Standard Webhooks specification (1.0) wants them: HMAC-SHA256, symmetric, ``v1``. Pure.

Signed is ``ID.TIMESTAMP.BODY``; the key is the base64 after ``whsec_``. While a secret is exchanged the header carries
the signatures of both, divided by a space, so that a receiver may change over whenever it likes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "whsec_"
#: Octets of randomness; the specification wants 24 to 64.
LENGTH = 32


def new_secret() -> str:
    """Return a fresh secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def new_id() -> str:
    """Return a fresh identifier of an event, the same in every attempt to deliver it."""
    return f"msg_{secrets.token_urlsafe(18)}"


def body_of(kind: str, stamp: str, data: Mapping[str, Any]) -> bytes:
    """Return the octets that are sent and signed: the same for the same event, however often it is sent."""
    said = {"type": kind, "timestamp": stamp, "data": dict(data)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,…`` for one secret; ValueError for what is no secret."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    key = base64.b64decode(secret[len(PREFIX) :], validate=True)
    signed = b".".join((message.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(secrets_held: Sequence[str], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers; ``timestamp`` is the second of this attempt (UNIX), not of the event."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message, timestamp, body) for one in secrets_held),
    }
