"""The menus at the top: by mouse and by keyboard, one open at a time, and only pages one may open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from yuqiao.accounts.models import Role
from yuqiao.web.console.tests.cast import person
from yuqiao.web.console.tests.conftest import Visitor

pytestmark = pytest.mark.browser


def test_one_menu_is_open_at_a_time_and_escape_closes_it(visitor: Visitor) -> None:
    visitor.sign_in(person("boss", Role.SUPERVISOR))
    page = visitor.open("/hours/")
    menus = page.locator(".pages details")
    expect(menus.filter(has=page.locator("[aria-current]"))).to_have_class("here")
    registers = page.get_by_text("Registers", exact=True)
    registers.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Lines")).to_be_visible()
    page.get_by_text("Results", exact=True).click()
    expect(page.get_by_role("link", name="Lines")).to_be_hidden()
    expect(page.get_by_role("link", name="Statistics")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Statistics")).to_be_hidden()
    registers.click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="Lines")).to_be_hidden()
    registers.click()
    page.get_by_role("link", name="Lines").click()
    expect(page.locator(".pages .here summary")).to_contain_text("Lines")
    assert visitor.problems == []
