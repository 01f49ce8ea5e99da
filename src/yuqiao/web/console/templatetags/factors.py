"""Filters of the pages of second factors."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Return ``value`` (dicts as fido2 makes them) as JSON, for an attribute; the template escapes it."""
    return json.dumps(value, default=dict)


@register.filter
def inline_svg(svg: str) -> SafeString:
    """Return a picture made by ourselves (qrcode) without its XML declaration: our policy allows no data address."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308


@register.filter
def in_fours(secret: str) -> str:
    """Return ``secret`` in groups of four, as one types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
