"""Secrets that must be read again are sealed in the database, with a key for each purpose made of the site's own."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(purpose: str) -> MultiFernet:
    """Return what seals and opens for ``purpose``; former keys of the site still open (SECRET_KEY_FALLBACKS)."""
    keys: list[str] = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(f"{purpose}\x00{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
