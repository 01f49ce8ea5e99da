"""In which loop these tests run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from yuqiao.media.sip.tests.unhurried import UnhurriedLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A module that says ``UNHURRIED = True`` gets the clock that stands still while the program works."""
    module = item.getparent(pytest.Module)
    if module is not None and getattr(module.obj, "UNHURRIED", False):
        return {"unhurried": UnhurriedLoop}
    return {"usual": asyncio.new_event_loop}
