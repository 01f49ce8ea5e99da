"""The live board in a real browser, fed by rows that another process than the web's writes."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from playwright.sync_api import expect

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import CallCommand
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Site, Visitor
from yuqiao.workforce.models import Interpreter

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.body.dataset.hacked='1'\"><script>document.body.dataset.hacked='1'</script>"


def test_a_supervisor_signs_in_and_lands_on_the_board(visitor: Visitor) -> None:
    wang = cast.person("wang", Role.SUPERVISOR, name="王琳", password=cast.PASSWORD)
    page = visitor.open("/sign-in/?next=/")
    page.get_by_label("User name").fill("wang")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    assert page.url.endswith("/board/")
    assert list(JournalEntry.objects.filter(actor=wang).values_list("action", flat=True)) == ["person.sign_in"]
    assert visitor.problems == []


def test_a_call_appears_changes_and_ends_without_reload(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    helper = cast.interpreter("E-01", "en")
    page = visitor.open_live()
    page.evaluate("window.notReloaded = true")
    expect(page.locator("#no-open-calls")).to_be_visible()

    call = cast.call(4, phase="seeking")
    caller = cast.leg(call, "caller", inbound=True)
    cast.event(call, "arrived", of_leg=caller)
    card = page.locator(f"#call-{call.pk}")
    expect(card).to_contain_text("Seeking interpreter")
    expect(card.locator(".chip")).to_have_count(1)
    expect(card.locator(".timer.total")).to_have_text(re.compile(r"0:(0[4-9]|[1-5]\d)"))

    joined = cast.leg(call, "interpreter", after=2, interpreter=helper)
    call.phase, call.interpreter_at = "talking", now()
    call.save()
    cast.event(call, "interpreter_joined", of_leg=joined, number="E-01")
    expect(card.locator('.chip[data-role="interpreter"]')).to_contain_text("E-01")
    expect(card).to_have_attribute("data-phase", "talking")

    call.phase, call.outcome, call.ended_at = "ended", "served", now()
    call.save()
    cast.event(call, "ended", outcome="served")
    expect(page.locator(f"#finished-calls #call-{call.pk}")).to_contain_text("Served")
    expect(page.locator("#open-calls > *")).to_have_count(0)
    assert page.evaluate("window.notReloaded")
    assert visitor.problems == []


def test_interpreters_waiting_requests_and_callbacks_follow(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    helper = cast.interpreter("K-01", "ko")
    page = visitor.open_live()
    row = page.locator(".languages-table tr", has_text="Korean")
    expect(row.locator(".count")).to_have_text("1")
    Interpreter.objects.filter(pk=helper.pk).update(state="busy")
    expect(row.locator(".count")).to_have_text("0")
    call = cast.call(50, language="ko", phase="replacing")
    cast.waiting(call, head_of_queue=True)
    cast.callback(call, due_in=-70)
    expect(page.locator("#side")).to_contain_text("Replacement")
    expect(page.locator("#side .late")).to_contain_text("••••0123")
    expect(page.locator("#side .rows .timer.wait")).to_have_attribute("data-level", "alarm")


def test_hostile_names_stay_text(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR, name=HOSTILE[:60]))
    line = cast.line("666", HOSTILE[:80], HOSTILE[:80])
    page = visitor.open_live()
    call = cast.call(3, on=line, caller_number=HOSTILE[-60:], phase="<b>x</b>", language="<i>x</i>", dialled="<u>x</u>")
    cast.leg(call, "third", label=HOSTILE[:80])
    cast.leg(call, "<odd>", label="a")
    cast.event(call, "<script>", text=HOSTILE)
    expect(page.locator(f"#call-{call.pk}")).to_contain_text("<img src=x")
    for path in (f"/calls/{call.pk}/", "/board/"):
        page.goto(visitor.site.url + path)
        page.wait_for_load_state()
        assert page.evaluate("document.body.dataset.hacked === undefined")
        assert page.locator("img[src=x]").count() == 0
    assert visitor.problems == []


def test_the_page_says_since_when_it_is_stale_and_catches_up(visitor: Visitor, site: Site) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    page = visitor.open_live()
    page.evaluate("window.notReloaded = true")
    site.stop()
    expect(page.locator("#live")).to_have_attribute("data-state", "stale", timeout=12_000)
    expect(page.locator("#live [data-when=stale] time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    missed = cast.call(2)
    cast.event(missed, "arrived")
    site.start()
    expect(page.locator(f"#call-{missed.pk}")).to_be_visible(timeout=30_000)
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    assert page.evaluate("window.notReloaded")


def test_a_database_that_does_not_answer_is_told_and_comes_back(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    page = visitor.open_live()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE hotline_callevent RENAME TO away")
        try:
            expect(page.locator("#live")).to_have_attribute("data-state", "database", timeout=12_000)
            expect(page.locator("#live")).to_contain_text(re.compile(r"shown as of \d\d:\d\d:\d\d"))
        finally:
            cursor.execute("ALTER TABLE away RENAME TO hotline_callevent")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=12_000)


def test_the_big_screen_shows_a_change_within_the_time(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    helper = cast.interpreter("K-01", "ko")
    page = visitor.open("/board/wall/")
    row = page.locator("#wall tr", has_text="Korean")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(row.locator(".ready")).to_have_text("1")
    assert page.locator("button, a, input").count() == 0
    took = []
    for state, ready in (("busy", "0"), ("ready", "1"), ("busy", "0")):
        began = time.monotonic()
        Interpreter.objects.filter(pk=helper.pk).update(state=state)
        expect(row.locator(".ready")).to_have_text(ready)
        took.append(time.monotonic() - began)
    assert min(took) < 2
    assert visitor.problems == []


def test_a_supervisor_re_routes_from_the_board(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    cast.interpreter("K-01", "ko")
    cast.interpreter("E-01", "en")
    cast.waiting(cast.call(20, language="ko", phase="seeking"))
    page = visitor.open_live()
    page.get_by_role("button", name="Re-route").click()
    dialog = page.locator("#reroute")
    expect(dialog.locator("option[value=K-01]")).to_be_attached()
    expect(dialog.locator("option[value=E-01]")).to_have_attribute("hidden", "")
    dialog.get_by_label("Offer it first to").select_option("K-01")
    dialog.get_by_role("button", name="Seek anew").click()
    expect(page.locator(".messages")).to_contain_text("The call server was asked")
    assert list(CallCommand.objects.values_list("kind", flat=True)) == ["reroute"]
    assert visitor.problems == []


def test_timers_trust_the_servers_clock(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(65)
    visitor.context.add_init_script("const real = Date.now; Date.now = () => real() - 3600_000;")
    page = visitor.open_live()
    expect(page.locator(f"#call-{call.pk} .timer.total")).to_have_text(re.compile(r"1:(0[5-9]|1\d|2\d)"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [390, 1360])
def test_nothing_runs_over_the_edge(visitor: Visitor, language: str, width: int) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR), language)
    cast.interpreter("E-01", "en", "pt", "ar")
    long = cast.line("12320", "很长的线路名称" * 8, "A very long line name " * 3)
    finished = cast.finished_call(on=long)
    running = cast.call(9, on=long)
    for role in ("caller", "agent", "interpreter", "third"):
        cast.leg(running, role, label="W" * 60)
    page = visitor.open_live()
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("/board/", f"/calls/{finished.pk}/", f"/calls/{running.pk}/"):
        page.goto(visitor.site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
