"""In a browser: an agent confirms what a machine suggests, a supervisor edits a line's numbers and mergers."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from yuqiao.accounts.models import Department, Role
from yuqiao.hotline.models import CallCommand, DialledNumber, Line, LineMerger
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    """Keep a picture where YUQIAO_PICTURES names a folder."""
    folder = os.environ.get("YUQIAO_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_an_agent_confirms_what_a_machine_suggests(visitor: Visitor) -> None:
    call = cast.call(20, language="", phase="choosing")
    Line.objects.filter(calls=call).update(excludes=["judicial", "secret"])
    caller = cast.leg(call, "caller", inbound=True)
    cast.event(call, "arrived", of_leg=caller, line="12345")
    cast.event(call, "language_suggested", after=8, language="ja", confidence=0.91, model="whisper-base")
    assert call.line is not None
    visitor.sign_in(cast.person("zhao", Role.AGENT, name="赵话务", line=call.line.number), "zh-hans")
    picture(visitor.open("/"), "agent-desk")
    page = visitor.open(f"/calls/{call.pk}/")
    picture(page, "call-before")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("status").or_(page.locator(".messages")).first).to_be_visible()
    command = CallCommand.objects.get()
    assert (command.kind, command.arguments) == ("choose_language", {"language": "ja"})
    assert visitor.problems == []


def test_a_supervisor_sees_a_refusal_and_edits_what_a_line_is_dialled_at(visitor: Visitor) -> None:
    over = cast.finished_call(language_by="hlang", consent="refused", consent_by="caller", consent_at=now())
    line, city = cast.line(), cast.line("12319", "城建服务", "City works")
    LineMerger.objects.create(line=line, into=city, since=dt.date(2019, 1, 1), until=dt.date(2020, 12, 31))
    Department.objects.create(code="city", name_zh="市政务服务局", name_en="Service bureau")
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR, name="王主管"), "zh-hans")
    picture(visitor.open(f"/calls/{over.pk}/"), "call-refused")
    page = visitor.open(f"/lines/{line.number}/")
    page.get_by_label("号码", exact=True).fill("71123451")
    page.get_by_label("呼入方式").select_option("transferred")
    page.get_by_role("button", name="保存号码").click()
    expect(page.get_by_text("71123451").first).to_be_visible()
    assert DialledNumber.objects.get().way_in == "transferred"
    picture(page, "line")
    picture(visitor.open(f"/lines/{line.number}/change/"), "line-change")
    picture(visitor.open("/departments/?code=city"), "departments")
    assert visitor.problems == []
