"""A form that Chromium printed to PDF is read like the others."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from yuqiao.evaluation.audit import audit
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
        page.set_content(f"<style>td {{ padding: 4px 12px; width: 9em }}</style>{title}<table>{cells}</table>")
        page.pdf(path=tmp_path / "form.pdf", landscape=True)
        page.set_content("<div style='width:9em;height:9em;background:#c00'></div>")
        page.pdf(path=tmp_path / "picture.pdf", print_background=True)
        browser.close()
    form = read_file(tmp_path / "form.pdf")
    assert [(one.name, one.level2, one.points) for one in form.indicators] == [
        (one.name, one.level2, one.points) for one in beijing.PRINTED.indicators
    ]
    assert form.total_points == "95.96"
    assert [one for one in audit(form, BEIJING) if one.weight == "错误"] == []
    with pytest.raises(UnreadableError, match="pictures only"):
        read_file(tmp_path / "picture.pdf")
