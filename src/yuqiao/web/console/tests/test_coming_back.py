"""Pages that keep themselves fresh outlive a server that restarts behind a proxy, which answers in its place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import CallEvent
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Site, Visitor
from yuqiao.workforce.models import Interpreter

pytestmark = pytest.mark.browser

STALE = re.compile(r"\bis-stale\b")
WITHIN_MS = 20_000


def meets(page: Page, status: int) -> None:
    """Let a proxy answer for this page from now on, and wait until the page has seen it."""

    def proxy(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body="<h1>The proxy's own page</h1>")

    address = page.url
    page.unroute(address)
    page.route(address, proxy)
    with page.expect_response(lambda answer: answer.url == address and answer.status == status, timeout=WITHIN_MS):
        pass


def test_an_idle_desk_stays_says_that_it_is_old_and_follows_again_until_she_is_signed_out(visitor: Visitor) -> None:
    li = cast.interpreter("E-01", "en")
    visitor.sign_in(li.person)
    page = visitor.open("/")
    state, body = page.locator(".my-state"), page.locator("body")
    expect(state).to_have_attribute("data-state", "ready")
    page.evaluate("window.notReloaded = true")
    for status in (502, 429):
        meets(page, status)
        expect(body).to_have_class(STALE)
        expect(state).to_have_attribute("data-state", "ready")
    Interpreter.objects.filter(pk=li.pk).update(state="busy")
    page.unroute(page.url)
    expect(state).to_have_attribute("data-state", "busy", timeout=WITHIN_MS)
    expect(body).not_to_have_class(STALE)
    assert page.evaluate("window.notReloaded")

    visitor.context.clear_cookies()
    expect(page.locator("a[href='/sign-in/']")).to_be_visible(timeout=WITHIN_MS)
    expect(state).to_have_count(0)


def test_a_board_that_is_to_be_loaded_anew_waits_until_the_server_has_it(visitor: Visitor, site: Site) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(30)
    cast.event(call, "arrived")
    page = visitor.open_live()
    page.evaluate("window.notReloaded = true")
    site.stop()
    CallEvent.objects.all().delete()  # as of another database: the stream asks for the page anew
    page.route(page.url, lambda route: route.fulfill(status=503, body="The proxy's own page"))
    with page.expect_response(lambda answer: answer.url == page.url and answer.status == 503, timeout=WITHIN_MS):
        site.start()
    expect(page.locator(f"#call-{call.pk}")).to_be_visible()
    assert page.evaluate("window.notReloaded")
    with page.expect_event("load", timeout=WITHIN_MS):
        page.unroute(page.url)
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=WITHIN_MS)
    assert page.evaluate("window.notReloaded === undefined")
