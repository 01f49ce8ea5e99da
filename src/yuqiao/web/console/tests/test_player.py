"""The player of a finished recording, in a real browser with real sound."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.gaps import LOST, PAUSED, Gap
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor

pytestmark = pytest.mark.browser


def listen(page: Page, purpose: str = "quality") -> None:
    """Say what for, and listen."""
    page.get_by_label("What I listen for").select_option(purpose)
    page.get_by_role("button", name="Listen").click()


def seconds(page: Page) -> float:
    """Where the player stands."""
    return float(page.locator("#axis").get_attribute("aria-valuenow") or "nan")


def test_three_tracks_play_together_and_the_listening_is_journaled(visitor: Visitor) -> None:
    wang = cast.person("wang", Role.SUPERVISOR)
    visitor.sign_in(wang)
    call = cast.finished_call()
    for leg, hertz in zip(call.legs.all(), (440, 620, 1000), strict=True):
        cast.track(call, leg, seconds=12, hertz=hertz)
    page = visitor.open(f"/calls/{call.pk}/")
    listened = JournalEntry.objects.filter(action="recording.listen", actor=wang)
    assert not listened.exists()
    page.get_by_role("button", name="Listen").click()
    assert not listened.exists(), "not without a purpose"
    listen(page)
    expect(page.locator("#player")).to_have_attribute("data-ready", "3")
    entry = listened.get()
    assert entry.subject_id == str(call.pk)
    assert len(entry.detail["recordings"]) == 3
    roles = [track.get_attribute("data-role") for track in page.locator(".track").all()]
    assert roles == ["caller", "agent", "interpreter"]
    drawn = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].some(v => v)"
    assert all(canvas.evaluate(drawn) for canvas in page.locator(".track canvas").all())

    page.keyboard.press("Space")
    expect(page.locator("#player")).to_have_attribute("data-playing", "")
    expect(page.locator("#position")).to_have_text(re.compile(r"0:0[1-9]"))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = seconds(page)
    assert 1 <= stopped < 7
    page.keyboard.press("ArrowRight")
    assert seconds(page) == pytest.approx(min(12, stopped + 5), abs=0.2)
    page.keyboard.press("ArrowLeft")
    assert seconds(page) == pytest.approx(stopped, abs=0.2)

    page.locator(".jump", has_text="Interpreter").click()
    assert seconds(page) == pytest.approx(6.1, abs=0.2)
    box = page.locator(".track canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
    assert seconds(page) == pytest.approx(6, abs=0.2)

    page.get_by_role("button", name="Solo: Agent").click()
    silent = [track.get_attribute("data-silent") is not None for track in page.locator(".track").all()]
    assert silent == [True, False, True]
    page.get_by_role("button", name="Mute: Agent").click()
    expect(page.locator(".track[data-silent]")).to_have_count(3)
    assert visitor.problems == []


def test_it_stops_at_the_end(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.AUDITOR))
    call = cast.finished_call()
    cast.track(call, call.legs.all()[0], seconds=1)
    page = visitor.open(f"/calls/{call.pk}/")
    listen(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#position")).to_have_text("0:01")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.locator("#player").get_attribute("data-playing") is None


def test_what_was_not_recorded_is_shown(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.finished_call()
    legs = list(call.legs.all())
    paused = Gap(3000, 6000, PAUSED)
    for leg, gaps in zip(legs, ([paused], [paused, Gap(9000, 12000, LOST)], [paused]), strict=True):
        cast.track(call, leg, seconds=12, gaps=gaps)
    page = visitor.open(f"/calls/{call.pk}/")
    listen(page)
    expect(page.locator("#player")).to_have_attribute("data-ready", "3")
    bands = page.locator(".axis .gap")
    assert [band.get_attribute("data-why") for band in bands.all()] == ["paused", "lost"], "a pause once for all"
    axis, band = page.locator("#axis").bounding_box(), bands.first.bounding_box()
    assert axis is not None
    assert band is not None
    assert (band["x"] - axis["x"]) / axis["width"] == pytest.approx(0.25, abs=0.02)
    assert band["width"] / axis["width"] == pytest.approx(0.25, abs=0.02)
    said = page.locator(".silences li").all_inner_texts()
    assert said[0] == "Not recorded from 0:03 to 0:06: paused for a sensitive part"
    assert said[1].startswith("Not recorded from 0:09 to 0:12: the recording of ")
    page.locator(".silences button").first.click()
    assert seconds(page) == pytest.approx(3, abs=0.1)
    assert visitor.problems == []


def test_comments_are_written_where_one_listens_and_stand_as_flags(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.finished_call()
    cast.track(call, call.legs.all()[2], seconds=12)
    page = visitor.open(f"/calls/{call.pk}/")
    listen(page)
    expect(page.locator("#player")).to_have_attribute("data-ready", "1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(page.locator("#comment-at")).to_have_text("0:05")
    page.keyboard.type("said 15 for 50, k")
    page.get_by_label("Kind of comment").select_option("error")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#comments li .comment-text")).to_have_text("said 15 for 50, k")
    assert page.locator("#player").get_attribute("data-playing") is None, "what is written presses no keys"
    flag = page.locator(".flag")
    expect(flag).to_have_attribute("data-kind", "error")
    page.keyboard.press("Home")
    page.locator("#axis").focus()
    page.keyboard.press("Home")
    assert seconds(page) == 0
    flag.click()
    assert seconds(page) == pytest.approx(5, abs=0.1)
    page.get_by_label("Answer to this comment").fill("agreed")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".reply .comment-text")).to_have_text("agreed")
    assert page.locator("#player").get_attribute("data-ready") == "1", "the sitting goes on"
    page.locator(".comment-verbs").get_by_role("button", name="Withdraw").click()
    expect(page.locator(".flag")).to_have_count(0)
    assert visitor.problems == []


def test_a_recording_that_is_gone_is_said_so(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.finished_call()
    lost = cast.track(call, call.legs.all()[0], seconds=1)
    (visitor.site.recordings / lost.path).unlink()
    page = visitor.open(f"/calls/{call.pk}/")
    listen(page)
    expect(page.get_by_text("The recording could not be loaded.")).to_be_visible()


def test_a_running_call_keeps_its_page_fresh(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(5)
    caller = cast.leg(call, "caller", inbound=True)
    page = visitor.open(f"/calls/{call.pk}/")
    expect(page.locator(".timeline .empty")).to_be_visible()
    cast.event(call, "interpreter_lost", of_leg=caller, number="E-09")
    expect(page.get_by_text("Interpreter E-09 was lost")).to_be_visible()
    assert visitor.problems == []


def test_a_recording_is_kept_longer_with_a_reason_and_let_go_again(visitor: Visitor) -> None:
    visitor.sign_in(cast.person("wang", Role.SUPERVISOR))
    call = cast.finished_call()
    cast.track(call, call.legs.all()[0], seconds=1, hertz=440)
    page = visitor.open(f"/calls/{call.pk}/")
    page.get_by_text("Keep longer…").click()
    page.get_by_label("Reason").fill("Case 17 at the district court")
    page.keyboard.press("Enter")
    expect(page.locator(".keeping strong")).to_have_text(re.compile("kept longer by wang since"))
    expect(page.locator(".keeping")).to_contain_text("Case 17 at the district court")
    page.get_by_role("button", name="Let it go at its time").click()
    expect(page.get_by_text("Keep longer…")).to_be_visible()
    assert call.holds.get().released_at is not None
    assert visitor.problems == []
