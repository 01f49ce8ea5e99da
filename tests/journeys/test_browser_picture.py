"""A citizen calls by video: she in one real Chromium, the interpreter at her desk in another, each with a camera.

Who sees whom is proved by what the page decodes: the fake camera's picture moves, so its pixels change. Who hears whom
is proved by tones, as in every call.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import subprocess
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears, picture
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until
from yuqiao.hotline.models import CallEvent, Picture
from yuqiao.lib.net import free_port, listens
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 20_000
RELAY: Final = Path(__file__).parents[2] / "deploy" / "coturn" / "turnserver.conf"
#: Resolves to true once the video shows a picture that changes.
MOVES = """
async (video) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 36];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const shot = () => {
    context.drawImage(video, 0, 0, 64, 36);
    return context.getImageData(0, 0, 64, 36).data.join();
  };
  let before = "";
  for (const end = performance.now() + 40000; performance.now() < end; ) {
    await new Promise((done) => setTimeout(done, 100));
    if (video.readyState < 2 || !video.videoWidth || video.hidden) continue;
    const now = shot();
    if (before && before !== now) return true;
    before = now;
  }
  return false;
}
"""
Journey: TypeAlias = Callable[[BrowserStage, Page, Page], Coroutine[Any, Any, None]]


async def sees(page: Page, who: str = "#theirs") -> None:
    """Wait until the page shows a moving picture."""
    await expect(page.locator(who)).to_be_visible(timeout=SOON)
    assert await page.locator(who).evaluate(MOVES), f"{who} stands still"


async def calls(hers: Page, li: Page) -> None:
    """She calls with video, Li's page rings, Li answers; they hear each other."""
    await hers.get_by_role("button", name="Call with video").click()
    await expect(li.locator("#phone")).to_have_attribute("data-call", "ringing", timeout=SOON)
    await li.keyboard.press("F8")
    await page_hears(hers, ["li"])
    await page_hears(li, ["anna"])


async def sees_and_is_seen(stage: BrowserStage, hers: Page, li: Page) -> None:
    await calls(hers, li)
    await expect(li.get_by_text("The caller would like to be seen.")).to_be_visible(timeout=SOON)
    await expect(hers.get_by_text("We are asking the interpreter for video.")).to_be_visible()
    await sees(hers, "#mine")
    await picture(li, "desk-asked")
    await li.get_by_role("button", name="See, and show myself").click()
    await sees(li)
    await sees(hers)
    await picture(li, "desk-sees")
    await picture(hers, "caller-sees")
    kinds = await asyncio.to_thread(lambda: list(CallEvent.objects.values_list("kind", flat=True)))
    assert ("picture_asked" in kinds, "picture_ended" in kinds) == (True, False)
    await until(lambda: CallEvent.objects.filter(kind="picture_began").exists(), "the call to know of the picture")

    await li.get_by_role("button", name="Show myself").click()
    await expect(hers.get_by_text("You do not see the interpreter at the moment.")).to_be_visible(timeout=SOON)
    await hers.get_by_role("button", name="My camera").click()
    await expect(li.get_by_text("No picture comes from the caller at the moment")).to_be_visible(timeout=SOON)
    await hers.get_by_role("button", name="My camera").click()
    await sees(li)
    await page_hears(hers, ["li"])

    await li.reload()
    await sees(li)
    await expect(li.locator("#mine")).to_be_hidden()
    await hers.reload()
    await sees(li)
    await page_hears(li, ["anna"])
    await hers.get_by_role("button", name="Hang up").click()
    await expect(li.locator("#picture")).to_be_hidden(timeout=SOON)
    await until(lambda: CallEvent.objects.filter(kind="picture_ended").count() == 1, "the picture's end")
    assert await asyncio.to_thread(lambda: not Picture.objects.exists())


async def goes_on_by_voice(stage: BrowserStage, hers: Page, li: Page) -> None:
    await calls(hers, li)
    await expect(hers.get_by_text("There is no camera, or this page may not use it.")).to_be_visible()
    await picture(hers, "caller-refused")
    assert not await asyncio.to_thread(lambda: CallEvent.objects.filter(kind="picture_asked").exists())
    await hers.get_by_role("button", name="Hang up").click()
    await until(lambda: only_call().ended_at is not None, "the call's end")


async def signs(stage: BrowserStage, hers: Page, li: Page) -> None:
    def li_signs() -> None:
        InterpreterLanguage.objects.create(
            interpreter=Interpreter.objects.get(person__username="li"), language="csl", level=3
        )

    await asyncio.to_thread(li_signs)
    await hers.goto(f"{stage.url}/en/sign/")
    await hers.get_by_role("link", name="Call now").click()
    await hers.get_by_role("button", name="Call with video").click()
    await expect(li.locator("#phone")).to_have_attribute("data-call", "ringing", timeout=SOON)
    await expect(li.locator("#desk-live .incoming")).to_contain_text("Chinese Sign Language")
    await li.keyboard.press("F8")
    await li.get_by_role("button", name="See, and show myself").click(timeout=SOON)
    await sees(li)
    await sees(hers)
    await picture(hers, "caller-signs")
    await hers.get_by_role("button", name="Hang up").click()
    call = await until(lambda: only_call() if only_call().ended_at else None, "the call's end")
    assert call is not None
    assert (call.language, call.language_by) == ("csl", "hlang")


async def changes_hands(stage: BrowserStage, hers: Page, li: Page) -> None:
    wang = await stage.desk(await stage.browser("wang"), "wang", permissions=["microphone", "camera"])
    await calls(hers, li)
    await li.get_by_role("button", name="See, and show myself").click(timeout=SOON)
    await sees(li)
    await li.get_by_role("button", name="Hand over to a colleague").click()
    await expect(wang.locator("#phone")).to_have_attribute("data-call", "ringing", timeout=SOON)
    await wang.keyboard.press("F8")
    await page_hears(hers, ["li", "wang"])
    await expect(wang.locator("#picture")).to_be_hidden()
    await sees(li)
    await li.locator("#hang-up").click()
    await expect(li.locator("#picture")).to_be_hidden(timeout=SOON)
    await wang.get_by_role("button", name="See, and show myself").click(timeout=SOON)
    await sees(wang)
    await sees(hers)
    await page_hears(hers, ["wang"])
    await hers.get_by_role("button", name="Hang up").click()
    await until(lambda: CallEvent.objects.filter(kind="picture_ended").count() == 2, "the end of both pictures")
    asked = await asyncio.to_thread(lambda: CallEvent.objects.filter(kind="picture_asked").count())
    assert asked == 2, "whoever takes over is asked anew"


async def is_relayed(stage: BrowserStage, hers: Page, li: Page) -> None:
    await calls(hers, li)
    await li.get_by_role("button", name="See, and show myself").click(timeout=SOON)
    await sees(li)
    await sees(hers)
    row = await asyncio.to_thread(Picture.objects.get)
    for description in (row.offer, row.answer):
        assert set(re.findall(r"^a=candidate:.* typ (\w+)", description, re.MULTILINE)) == {"relay"}
    await hers.get_by_role("button", name="Hang up").click()
    await expect(li.locator("#picture")).to_be_hidden(timeout=SOON)


class Relayed(BrowserStage):
    """A stage with coturn beside the other servers, set up as a site does it, on loopback."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.relay_port, self.secret = free_port(), secrets.token_hex(16)
        self.environment |= {
            "YUQIAO_TURN_URLS": f"turn:127.0.0.1:{self.relay_port}?transport=udp",
            "YUQIAO_TURN_SECRET": self.secret,
        }

    async def open(self) -> None:
        """Start the relay, wait until it listens, then the others."""
        await asyncio.to_thread(self._launch)
        await until(lambda: listens(self.relay_port), "the relay")
        await super().open()

    def _launch(self) -> None:
        conf = self.folder / "turnserver.conf"
        conf.write_text(self._configuration(), encoding="utf-8")
        with (self.folder / "relay.log").open("wb") as log:
            self.processes["relay"] = subprocess.Popen(["turnserver", "-c", conf], stdout=log, stderr=log)

    def _configuration(self) -> str:
        text = RELAY.read_text(encoding="utf-8").replace("\nsyslog\n", "\nlog-file=stdout\n")
        text = re.sub(r"^denied-peer-ip=127.*$", "allow-loopback-peers", text, flags=re.MULTILINE)
        for name, value in (("listening-port", self.relay_port), ("static-auth-secret", self.secret)):
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert found == 1
        here = ("listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "no-tls", "no-dtls")
        files = (f"pidfile={self.folder / 'relay.pid'}", f"userdb={self.folder / 'relay.sqlite3'}")
        return "\n".join((text, *here, *files, ""))


def by_video(
    journey: Journey, folder: Path, *allowed: str, kind: type[BrowserStage] = BrowserStage, video: str = "on"
) -> None:
    """Play ``journey`` with the citizen's page on a phone and Li's desk."""

    async def play(stage: BrowserStage) -> None:
        hers = await stage.citizen(await stage.browser("anna"), permissions=list(allowed))
        li = await stage.desk(await stage.browser("li"), "li", permissions=["microphone", "camera"])
        await journey(stage, hers, li)

    in_browsers(play, folder, kind, YUQIAO_VIDEO=video)


def test_a_citizen_calls_by_video_and_interpreter_and_caller_see_each_other(tmp_path: Path) -> None:
    by_video(sees_and_is_seen, tmp_path, "microphone", "camera")


def test_whoever_takes_the_call_over_is_asked_anew_for_the_picture(tmp_path: Path) -> None:
    by_video(changes_hands, tmp_path, "microphone", "camera")


def test_without_a_camera_the_call_goes_on_by_voice(tmp_path: Path) -> None:
    by_video(goes_on_by_voice, tmp_path, "microphone")


def test_who_signs_calls_without_a_microphone_and_is_seen(tmp_path: Path) -> None:
    by_video(signs, tmp_path, "camera")


def test_where_neither_may_learn_the_others_address_the_picture_goes_through_a_relay(tmp_path: Path) -> None:
    by_video(is_relayed, tmp_path, "microphone", "camera", kind=Relayed, video="relay")
