"""A form that Chromium printed to PDF is read like the others."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from yuqiao.evaluation.audit import Weight, audit
from yuqiao.evaluation.readers.files import UnreadableError, read_file
from yuqiao.evaluation.schemes import BEIJING
from yuqiao.evaluation.tests import beijing


@pytest.mark.browser
def test_a_printed_form_is_read_and_a_picture_of_one_is_refused(tmp_path: Path) -> None:
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in beijing.as_rows()[2:])
    title = "".join(f"<p>{line}</p>" for line in beijing.TITLE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for name, border in (("bare.pdf", ""), ("ruled.pdf", "border: 1px solid")):
            style = (
                f"<style>td {{ padding: 4px 12px; width: 9em; {border} }} table {{ border-collapse: collapse }}</style>"
            )
            page.set_content(f"{style}{title}<table>{cells}</table>")
            page.pdf(path=tmp_path / name, landscape=True)
        page.set_content("<div style='width:9em;height:9em;background:#c00'></div>")
        page.pdf(path=tmp_path / "picture.pdf", print_background=True)
        browser.close()
    form = read_file(tmp_path / "ruled.pdf")
    assert [(one.name, one.level2, one.points, one.remark) for one in form.indicators] == [
        (one.name, one.level2, one.points, one.remark) for one in beijing.PRINTED.indicators
    ]
    found, wanted = audit(form, BEIJING), audit(beijing.PRINTED, BEIJING)
    assert [(one.rule, one.where) for one in found] == [(one.rule, one.where) for one in wanted]
    assert "页" in form.indicators[-1].where
    bare = read_file(tmp_path / "bare.pdf")  # without rules nobody can tell where one cell ends
    assert [(one.weight, one.points) for one in bare.indicators] == [
        (one.weight, one.points) for one in form.indicators
    ]
    assert (bare.total_points, bare.funds) == (form.total_points, form.funds) == ("95.96", beijing.PRINTED.funds)
    assert [one for one in audit(bare, BEIJING) if one.weight is Weight.ERROR] == []
    with pytest.raises(UnreadableError, match="pictures only"):
        read_file(tmp_path / "picture.pdf")
