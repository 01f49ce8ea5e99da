"""Fixtures of the public pages: those of the console's tests, and limits that count nobody yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import caches

from yuqiao.web import messages
from yuqiao.web.console.tests.conftest import chromium, playwright, site, visitor

__all__ = ["chromium", "playwright", "site", "visitor"]


@pytest.fixture(autouse=True, scope="session")
def _catalogues() -> None:
    messages.compile_all()


@pytest.fixture(autouse=True)
def _nobody_counted() -> Iterator[None]:
    for cache in caches.all():
        cache.clear()
    yield
    for cache in caches.all():
        cache.clear()
