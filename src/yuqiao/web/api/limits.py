"""How often a token may ask: a fixed window of a minute in the shared cache, told in each answer.

``RateLimit`` and ``RateLimit-Policy`` as in draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

MINUTE = 60


class PerToken(BaseThrottle):
    """As many requests a minute as the site allows (``YUQIAO_API_PER_MINUTE``), for each token apart."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this request and tell whether it may pass."""
        token = getattr(request, "auth", None)
        if token is None:
            return True
        key = f"api-{token.pk}-{int(time.time()) // MINUTE}"
        cache.add(key, 0, MINUTE * 2)
        asked = int(cache.incr(key))
        request.asked_this_minute = asked  # type: ignore[attr-defined]
        return asked <= int(settings.API_PER_MINUTE)

    def wait(self) -> float | None:
        """Return after how many seconds to ask again."""
        return _left()


def headers(request: HttpRequest) -> dict[str, str]:
    """Return what an answer says of the limit; nothing where no token was counted."""
    asked = getattr(request, "asked_this_minute", None)
    if asked is None:
        return {}
    left = max(0, int(settings.API_PER_MINUTE) - int(asked))
    return {
        "RateLimit-Policy": f'"minute";q={settings.API_PER_MINUTE};w={MINUTE}',
        "RateLimit": f'"minute";r={left};t={int(_left())}',
    }


def _left() -> float:
    return MINUTE - time.time() % MINUTE
