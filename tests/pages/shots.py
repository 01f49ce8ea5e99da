"""Pictures of every page: ``python -m tests.pages.shots FOLDER [NAME …]``, for looking at them.

Staff pages in Chinese and English, citizens' pages also in Arabic; on a phone (390 wide) and a desktop (1280 wide),
the desktop in the dark scheme too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from tests.pages.site import Shown, Site, launched, opened, running

PLACES: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 850}},
    "desktop-dark": {"viewport": {"width": 1280, "height": 850}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
LANGUAGES: Final = ("zh-hans", "en", "ar")


def languages_of(shown: Shown) -> tuple[str, ...]:
    """Return in which languages a page is looked at: the desks speak two."""
    return LANGUAGES if shown.who == "-" else LANGUAGES[:2]


def main(folder: Path, names: list[str]) -> int:
    """Take the pictures; return how many pages are wider than their window, which is a mistake."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, running(Path(work)) as site, sync_playwright() as playwright:
        browser = launched(playwright)
        wide = 0
        for shown in site.pages():
            if not names or shown.name in names:
                wide += sum(_take(folder, site, shown, browser, place) for place in PLACES)
        browser.close()
    return wide


def _take(folder: Path, site: Site, shown: Shown, browser: Any, place: str) -> int:
    wide = 0
    for language in languages_of(shown):
        context = site.context(browser, shown.who, language, **PLACES[place])
        page = opened(context, site, shown, language)
        if page is not None:
            page.screenshot(path=str(folder / f"{shown.name}-{language}-{place}.png"), full_page=True)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > page.viewport_size["width"]:  # type: ignore[index]
                print(f"{shown.name} {language} {place}: {width} px wide")  # noqa: T201
                wide += 1
        context.close()
    return wide


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1]), sys.argv[2:]) else 0)
