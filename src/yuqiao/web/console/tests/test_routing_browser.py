"""Routing in a real browser: a supervisor changes a policy and a profile, and reads why a call took so long."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import RoutingPolicy
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.web.console.tests.test_routing_pages import decided

pytestmark = pytest.mark.browser


def test_a_supervisor_changes_routing_and_reads_a_decision(visitor: Visitor, tmp_path: Path) -> None:
    call = decided()
    visitor.sign_in(cast.person("boss", Role.SUPERVISOR, name="周静"))
    page = visitor.open("/routing/")
    page.get_by_role("link", name="Emergency lines").click()
    page.get_by_label("Rung at once").fill("4")
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".changes")).to_contain_text("Rung at once: 3 → 4")
    page.screenshot(path=tmp_path / "routing.png", full_page=True)
    assert RoutingPolicy.objects.get().rules == {"ring_first": 4}
    page = visitor.open("/interpreters/1002/")
    page.get_by_label("Medical").check()
    page.screenshot(path=tmp_path / "profile.png", full_page=True)
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("row", name="1002")).to_contain_text("Medical")
    page.screenshot(path=tmp_path / "interpreters.png", full_page=True)
    page = visitor.open(f"/calls/{call.pk}/")
    section = page.locator(".routing")
    expect(section).to_contain_text("Why 1002: Resident")
    section.get_by_text("Decisions as they were made").click()
    expect(section.get_by_role("row", name="1001").first).to_contain_text("not of the domain as yet")
    page.screenshot(path=tmp_path / "call.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing reaches beyond the page"
    assert visitor.problems == []
