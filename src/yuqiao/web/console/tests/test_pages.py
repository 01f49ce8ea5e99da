"""What holds for every page: security headers, no script inside, small enough, and colours one can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from yuqiao.accounts.models import Role
from yuqiao.web.console.tests import cast

CONSOLE = Path(__file__).resolve().parent.parent
KIB = 1024


@pytest.fixture
def wang(client: Client) -> Client:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/board/", "/nothing/", "/board/stream/x"])
def test_every_answer_carries_a_strict_policy(wang: Client, path: str) -> None:
    response = wang.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("template", sorted((CONSOLE / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_script_or_style_inside(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|\|safe|autoescape|https?://", text
    )


@pytest.mark.django_db
def test_a_full_board_stays_below_200_kib_with_all_it_loads(wang: Client) -> None:
    cast.lease()
    for number in range(40):
        cast.interpreter(f"E-{number:02d}", "en", "fr")
    for number in range(25):
        call = cast.call(60 + number)
        for role in ("caller", "agent", "interpreter"):
            cast.leg(call, role)
        cast.waiting(call)
        cast.finished_call(4000 + number * 10)
        cast.callback(call, number=f"+44{number}")
    page = wang.get("/board/").content
    loaded = sum(
        Path(str(finders.find(f"console/{name}"))).stat().st_size
        for name in ("style.css", "board.css", "during.css", "menu.js", "board.js", "live.js", "clock.js", "mark.svg")
    )
    assert page.count(b'<article class="call"') == 25
    assert len(page) + loaded < 200 * KIB


@pytest.mark.django_db
def test_the_board_asks_the_database_a_fixed_number_of_times(
    wang: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        call = cast.call(60 + number)
        cast.leg(call, "caller")
        cast.finished_call(4000 + number * 10)
    with django_assert_max_num_queries(36):
        assert wang.get("/board/").status_code == 200


def test_a_fault_of_ours_still_shows_a_page() -> None:
    assert "<h1>" in render_to_string("500.html")


def tokens(scheme: str) -> dict[str, str]:
    """The colour tokens of one scheme."""
    css = (CONSOLE / "static/console/style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if scheme == "dark" else found


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(colour: str, paper: str, share: float) -> str:
    """``colour`` at an opacity of ``share`` on ``paper``."""
    mixed = [round(int(colour[n : n + 2], 16) * share + int(paper[n : n + 2], 16) * (1 - share)) for n in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    colour = tokens(scheme)
    texts = ["ink", "soft", "good", "warn", "alarm", "caller", "agent", "interpreter", "third", "mix"]
    for paper in ("paper", "sheet", "raised"):
        for text in texts:
            assert contrast(colour[text], colour[paper]) >= 4.5, (text, paper)
    for role in ("caller", "agent", "interpreter", "third"):
        chip = over(colour[role], colour["sheet"], 0.09)
        for text in (role, "ink", "soft"):
            assert contrast(colour[text], chip) >= 4.5, (text, f"chip of {role}")
    assert contrast(colour["on-accent"], colour["accent"]) >= 4.5
    assert contrast(colour["alarm"], colour["alarm-wash"]) >= 4.5
    for shape in ("edge", "focus"):
        assert contrast(colour[shape], colour["sheet"]) >= 3, shape
