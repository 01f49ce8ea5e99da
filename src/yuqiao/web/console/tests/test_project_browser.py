"""A manager hands in a document in a real browser: the gap closes, the score appears, the file comes back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect

from yuqiao.accounts.models import Department, Role
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.lib.clock import now
from yuqiao.web.console.tests.cast import person
from yuqiao.web.console.tests.conftest import Visitor

pytestmark = pytest.mark.browser


def planned() -> Indicator:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    project = Project.objects.create(
        code="p23",
        year=2023,
        name="语言环境",
        department=office,
        unit=office,
        scheme="beijing",
        stage="running",
        created_at=now(),
    )
    return Indicator.objects.create(
        project=project,
        position=1,
        level1="产出指标",
        level2="时效指标",
        name="提交半年总结",
        operator="是",
        weight=Decimal(3),
        deadline=dt.date(2023, 7, 31),
    )


def test_a_document_closes_the_gap_and_the_score_appears(visitor: Visitor, tmp_path: Path) -> None:
    one = planned()
    paper = tmp_path / "上半年总结.docx"
    written = docx.Document()
    written.add_paragraph("上半年共接听外语电话三百余通。")
    written.save(str(paper))
    visitor.sign_in(person("zhao", Role.PROJECT_MANAGER))

    page = visitor.open("/projects/")
    page.get_by_role("link", name="语言环境").click()
    expect(page.locator(f"#i{one.pk}")).to_contain_text("—")
    page.locator(f"#i{one.pk}").get_by_role("link", name="提交半年总结").click()

    enter = page.locator("#enter")
    enter.get_by_label("Was it done?").select_option("done")
    enter.get_by_label("First done on").fill("2023-07-20")
    enter.get_by_role("button", name="Enter").click()
    expect(page.locator(".gap")).to_contain_text("尚未附佐证材料")

    prove = page.locator("#prove")
    prove.get_by_label("Kind of evidence").select_option("work_summary")
    prove.get_by_label("Title").fill("上半年总结")
    prove.get_by_label("Happened on").fill("2023-07-20")
    prove.get_by_label("File", exact=True).set_input_files(paper)
    prove.get_by_role("button", name="Hand in").click()
    expect(page.locator(".gap")).to_have_count(0)
    expect(page.locator(".figures")).to_contain_text("3.00 / 3")

    with page.expect_download() as taken:
        page.get_by_role("link", name=paper.name).click()
    assert Path(taken.value.path()).read_bytes() == paper.read_bytes()

    page.get_by_role("link", name="Dashboard").click()
    expect(page.locator(f"#i{one.pk}")).to_contain_text("3.00 / 3")
    expect(page.locator(f"#i{one.pk} .light")).to_have_text("Reached")
    expect(page.locator("#gaps")).to_contain_text("Nothing is missing.")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page itself never scrolls sideways"
    assert visitor.problems == []
