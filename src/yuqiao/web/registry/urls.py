"""Addresses of the registries; importing the registers enters them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yuqiao.web.registry import duty, labels, lines, people, places, reading
from yuqiao.web.registry.site import site

__all__ = ["duty", "lines", "people", "places", "reading", "site", "urlpatterns"]

labels.apply()
urlpatterns: list[URLPattern | URLResolver] = [path("", site.urls)]
