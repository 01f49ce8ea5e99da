"""Every page in a real Chromium: axe finds nothing serious, nothing is wider than a phone, no script fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebError, sync_playwright

from tests.pages.shots import languages_of
from tests.pages.site import Site, launched, opened, running

pytestmark = [pytest.mark.live, pytest.mark.browser]

AXE: Final = Path("frontend/node_modules/axe-core/axe.min.js")
#: WCAG 2.2 up to AA, and what axe calls best practice is left to taste.
RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST: Final = ["color-contrast"]
#: Pages of the registries that are one template, whatever the registry: one of each is looked at.
ALIKE: Final = ("_history", "_export", "_import")
ALIKE_OF: Final = "admin:accounts_department"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("pages")) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def faults(page: Page, rules: dict[str, Any]) -> Iterator[str]:
    """Run axe in the page and yield what it finds that keeps people out."""
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    for one in found["violations"]:
        if one["impact"] in {"serious", "critical"}:
            places = ", ".join(" ".join(map(str, node["target"])) for node in one["nodes"][:3])
            yield f"{one['id']} ({one['impact']}), {len(one['nodes'])} times: {places}"


def looked_over(page: Page) -> Iterator[str]:
    """Look at a page as it is, in the dark, and as a phone shows it."""
    page.evaluate(AXE.read_text())
    yield from faults(page, RULES)
    page.emulate_media(color_scheme="dark")
    yield from (f"in the dark {fault}" for fault in faults(page, {"runOnly": {"type": "rule", "values": CONTRAST}}))
    page.set_viewport_size({"width": 390, "height": 844})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "wider than a phone"


def test_axe_finds_nothing_serious_and_everything_fits_a_phone(site: Site, browser: Browser) -> None:
    wrong: list[str] = []
    looked = 0
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def failed(error: WebError) -> None:
        wrong.append(f"a script failed: {error.error}")

    for shown in site.pages():
        if shown.name.startswith("admin:") and shown.name.endswith(ALIKE) and not shown.name.startswith(ALIKE_OF):
            continue
        reader = shown.who, languages_of(shown)[-1]
        if reader not in contexts:
            contexts[reader] = site.context(browser, *reader)
            contexts[reader].on("weberror", failed)
        page = opened(contexts[reader], site, shown, reader[1])
        if page is not None:
            looked += 1
            wrong += [f"{shown.name}: {fault}" for fault in looked_over(page)]
            page.close()
    assert looked > 50, "hardly a page was looked at"
    assert not wrong, "\n".join(wrong)


def test_only_who_may_listen_in_is_shown_the_way_to_it(site: Site, browser: Browser) -> None:
    seen = {}
    for shown in site.pages():
        for who in {"board": "SP", "desk-of-agent": shown.who}.get(shown.name, ""):
            with site.context(browser, who, "en") as context:
                page = opened(context, site, shown, "en")
                assert page is not None
                page.locator("article.call").first.wait_for()
                seen[shown.name, who] = page.get_by_role("link", name="Listen in").count() > 0
    assert seen == {("board", "S"): True, ("board", "P"): False, ("desk-of-agent", "l"): False}
