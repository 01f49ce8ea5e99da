"""In a browser on a phone's screen, in Arabic: a wish to be called back with its proof of work, and nothing runs over
the edge; the first page is small."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response, expect

from yuqiao.hotline.models import Callback, SpentProof
from yuqiao.languages.catalogue import CODES
from yuqiao.web.citizen.tests.cast import city
from yuqiao.web.console.tests.conftest import Site, Visitor

pytestmark = pytest.mark.browser
#: A slow phone's CPU is so much slower; its first page takes so many bytes in so many answers at most.
SLOWER, MOST_BYTES, MOST_ANSWERS = 4, 200 * 1024, 4


def test_a_wish_in_arabic_on_a_narrow_and_slow_phone(chromium: Browser, site: Site) -> None:
    city()
    context = chromium.new_context(locale="ar-EG", viewport={"width": 360, "height": 740})
    context.set_default_timeout(15_000)
    visitor = Visitor(context, site)
    page = visitor.open("/")
    assert page.url == f"{site.url}/ar/"
    for path in ("", "hours/", "callback/", "call/", "case/", "card/"):
        page.goto(f"{site.url}/ar/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto(f"{site.url}/ar/callback/")
    slow = context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.get_by_label("رقم هاتفك").fill("139 0000 0001")
    page.get_by_role("button", name="اتصلوا بي").click()
    expect(page.get_by_role("heading", name="شكرًا. سنتصل بك.")).to_be_visible()
    row = Callback.objects.get()
    assert (row.number, row.language) == ("13900000001", "ar")
    assert SpentProof.objects.count() == 1
    folder = os.environ.get("YUQIAO_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / "thanks-ar.png"), full_page=True)
    assert visitor.problems == []
    context.close()


def test_no_page_is_wider_than_the_smallest_phone_in_any_language(chromium: Browser, site: Site) -> None:
    """320 CSS pixels (WCAG 2.2, 1.4.10), every telephone button shown."""
    city()
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    for code in CODES:
        for path in ("", "call/", "callback/", "case/"):
            page.goto(f"{site.url}/{code}/{path}")
            page.evaluate("for (const one of document.querySelectorAll('#phone, #phone [hidden]')) one.hidden = false")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (code, path)
    context.close()


def test_the_first_page_is_small_and_waits_for_no_script(chromium: Browser, site: Site) -> None:
    city()
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    answers: list[Response] = []

    def came(answer: Response) -> None:
        answers.append(answer)

    page.on("response", came)
    page.goto(f"{site.url}/ar/", wait_until="networkidle")
    assert {answer.status for answer in answers} == {200}
    assert 0 < sum(len(answer.body()) for answer in answers) < MOST_BYTES
    assert len(answers) <= MOST_ANSWERS
    assert page.evaluate("document.scripts.length") == 0, "nothing to wait for: it works without JavaScript"
    context.close()
