"""Charts in a real browser: they draw their tables and follow them, by mouse and by keys, in both schemes."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from yuqiao.accounts.models import Role
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.web.console.tests.test_statistics import call

pytestmark = pytest.mark.browser
MONTHS = 'figure[data-table="months"]'
TONGUES = 'figure[data-table="tongues"]'
#: How many of a canvas' points have about one colour.
POINTS = """([selector, token]) => {
  const canvas = document.querySelector(`${selector} canvas`);
  const wanted = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const off = Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b);
    if (off < 24 && data[at + 3] > 240) found += 1;
  }
  return found;
}"""


def points(page: Page, figure: str, token: str) -> int:
    """Return how many points of a figure's drawing have the colour of a design token."""
    found: int = page.evaluate(POINTS, [figure, token])
    return found


def await_points(page: Page, figure: str, token: str, enough: Callable[[int], bool]) -> None:
    """Wait until there are ``enough`` of them (the policy of the pages lets no page wait by itself)."""
    deadline = time.monotonic() + 15
    while not enough(found := points(page, figure, token)):
        assert time.monotonic() < deadline, f"{found} points of {token} in {figure}"
        page.wait_for_timeout(100)


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """The statistics of 2021: English in every month, Japanese in two."""
    line = cast.line("110", "报警", "Police")
    for month in range(1, 13):
        call(line, "en", dt.datetime(2021, month, 3, 4, tzinfo=dt.UTC), 5)
    for month in (2, 7):
        call(line, "ja", dt.datetime(2021, month, 4, 4, tzinfo=dt.UTC), 5)
    visitor.sign_in(cast.person("auditor", Role.AUDITOR))
    page = visitor.open("/statistics/?period=2021")
    page.emulate_media(reduced_motion="reduce")  # what is drawn stands at once
    return page


def test_a_chart_draws_its_table_follows_it_and_is_worked_by_keys(visitor: Visitor, page: Page) -> None:
    await_points(page, TONGUES, "--series-1", lambda found: found > 2000)
    await_points(page, TONGUES, "--series-2", lambda found: found > 100)
    expect(page.locator(f"{TONGUES} .chart-legend button")).to_have_text(["English", "Japanese"])
    expect(page.locator(f"{MONTHS} svg")).to_be_hidden()  # the server's drawing is for who has no script
    canvas = page.locator(f"{TONGUES} .chart-canvas")
    expect(canvas).to_have_attribute("aria-label", "Calls by month and language")

    before = points(page, TONGUES, "--series-2")
    page.evaluate("document.querySelector('#tongues tbody tr:nth-child(2) td:nth-child(4)').textContent = '1'")
    await_points(page, TONGUES, "--series-2", lambda found: found > before * 1.3)  # three months of Japanese, not two

    japanese = page.locator(TONGUES).get_by_role("button", name="Japanese")
    japanese.focus()
    page.keyboard.press("Enter")
    expect(japanese).to_have_attribute("aria-pressed", "false")
    await_points(page, TONGUES, "--series-2", lambda found: found == 0)

    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "+", "-", "Escape"):
        page.keyboard.press(key)
    canvas.hover()  # a note beside the pointer is drawn, not written with styles of its own
    with page.expect_download() as kept:
        page.locator(TONGUES).get_by_role("button", name="Save as a picture").click()
    assert kept.value.suggested_filename == "tongues.png"
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG\r\n")

    light = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--series-1')")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--series-1')") != light
    await_points(page, TONGUES, "--series-1", lambda found: found > 2000)
    assert visitor.problems == []  # nor does anything offend against the content security policy
