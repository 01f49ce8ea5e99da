"""The page of callbacks on a telephone's screen."""

from __future__ import annotations

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Callback
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor


def test_nothing_runs_over_the_edge_and_the_form_works(visitor: Visitor) -> None:
    call = cast.call(3000, phase="ended", outcome="callback", ended_at=now())
    owed = cast.callback(call)
    Callback.objects.update(next_try_at=now(), attempts=2)
    for _ in range(3):
        cast.call(900, way_in="callback", returns=owed, phase="ended", outcome="not_reached", ended_at=now())
    visitor.sign_in(cast.person("zhou", Role.SUPERVISOR), "zh-hans")
    page = visitor.context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{visitor.site.url}/callbacks/")
    page.locator("tbody summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("textbox").fill("rang her from the desk")
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/callbacks/")
    page.get_by_text("已办结").first.wait_for()
    assert Callback.objects.get().outcome == "by_hand"
    assert visitor.problems == []
