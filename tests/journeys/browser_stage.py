"""The stage of journeys with browsers: all servers, the web among them, SIP phones, and real Chromiums.

A Chromium's microphone says one of the stage's voices over and over (`yuqiao.calls.tests.stage.VOICES`); what a page is
sent is analysed in the page itself. So who hears whom is told by tones, on phones by `Stage.hear`, in pages by
`page_hears`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

import soundfile
from django.conf import settings
from django.test import Client
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from yuqiao.accounts.models import Person
from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import WINDOW_SECONDS
from yuqiao.lib.net import free_port, listens
from yuqiao.lib.tone import sine
from yuqiao.web import messages
from yuqiao.workforce import desk_phones
from yuqiao.workforce.models import Duty, Interpreter

expect.set_options(timeout=15_000)

#: A tone counts as heard in a page from this level on, in dB below full scale; silence lies near -100.
HEARD_DB: Final = -50.0
WITHIN: Final = 15.0
#: Keeps the sound that the page was sent last, to be looked at from outside.
EAR: Final = """
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("track", ({ track }) => {
      if (track.kind === "audio") window.lastHeard = new MediaStream([track]);
    });
  }
};
"""
#: The loudest level of each of these tones in half a second of it.
LISTEN: Final = """
async (tones) => {
  if (!window.lastHeard) return tones.map(() => -200);
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(window.lastHeard).connect(analyser);
  await context.resume();
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const most = tones.map(() => -200);
  const until = performance.now() + 700;
  await new Promise((done) => setTimeout(done, 200));
  while (performance.now() < until) {
    await new Promise((done) => setTimeout(done, 50));
    analyser.getFloatFrequencyData(spectrum);
    tones.forEach((hertz, n) => {
      const bin = Math.round((hertz * analyser.fftSize) / context.sampleRate);
      most[n] = Math.max(most[n], spectrum[bin - 1], spectrum[bin], spectrum[bin + 1]);
    });
  }
  await context.close();
  return most;
}
"""


Prepare: TypeAlias = Callable[[Page], Coroutine[Any, Any, None]]


class BrowserStage(Stage):
    """A stage with the web beside the other servers. ``problems``: what went wrong in any page's own code."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.web_port, phones = free_port(), free_port()
        self.environment |= {
            "YUQIAO_PHONES_LISTEN": f"127.0.0.1:{phones}",
            "YUQIAO_PHONES_URL": f"ws://127.0.0.1:{phones}/sip",
            "YUQIAO_WEB_LISTEN": f"127.0.0.1:{self.web_port}",
            "YUQIAO_RING_SECONDS": "15",  # a person reads before she answers
        }
        self.problems: list[str] = []
        self._playwright: Playwright | None = None

    @property
    def url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"http://127.0.0.1:{self.web_port}"

    async def open(self) -> None:
        """Start the web too, with compiled sentences, and wait until it answers."""
        await super().open()
        await asyncio.to_thread(messages.compile_all)
        await self.start_web()
        self._playwright = await async_playwright().start()

    async def start_web(self) -> None:
        """Start the web process, and wait until it answers."""
        self.start("web", "yuqiao.config.cli", "web")
        await until(lambda: listens(self.web_port), "the web process", 60.0)

    async def close(self) -> None:
        """End the browsers, then the servers."""
        if self._playwright is not None:
            await self._playwright.stop()
        await super().close()

    async def browser(self, voice: str, *more: str) -> Browser:
        """Start a Chromium whose microphone says this one's tone and whose camera shows Chromium's test picture;
        ``more``: further switches of the command line. It ends with the stage."""
        assert self._playwright is not None
        file = self.folder / f"{voice}.wav"
        await asyncio.to_thread(soundfile.write, file, sine(VOICES[voice], 10.0, -12.0), 8000)
        return await self._playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={file}",
                *more,
            ],
        )

    async def page(self, browser: Browser, person: Person | None = None, **options: Any) -> Page:
        """Open an empty page, signed in as ``person`` unless None; ``options`` as of `Browser.new_context`. It may use
        the microphone, unless they say otherwise."""
        context = await browser.new_context(**{"permissions": ["microphone"], **options})
        await context.add_init_script(EAR)
        if person is not None:
            await self.sign_in(context, person)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    async def sign_in(self, context: BrowserContext, person: Person) -> None:
        """Sign ``person`` in, pages in English, without the form, which has its own tests."""

        def values() -> dict[str, str]:
            client = Client()
            client.force_login(person)
            session = settings.SESSION_COOKIE_NAME
            return {session: client.cookies[session].value, settings.LANGUAGE_COOKIE_NAME: "en"}

        given = await asyncio.to_thread(values)
        await context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in given.items()])

    async def reload(self, page: Page) -> None:
        """Load a page anew in its call, and wait until it talks again and what phones heard before is out of their
        ears."""
        await page.reload()
        await expect(page.locator("#phone")).to_have_attribute("data-call", "talking", timeout=15_000)
        await asyncio.sleep(WINDOW_SECONDS)

    async def desk(self, browser: Browser, user: str, prepare: Prepare | None = None, **options: Any) -> Page:
        """Open this interpreter's desk with the telephone in it, and wait until it would ring; ``options`` as of
        `page`, which ``prepare`` is given while it is empty."""

        def switch_on() -> Person:
            row = Interpreter.objects.get(person__username=user)
            desk_phones.switch(row.pk, on=True, by=row.person)
            return row.person

        page = await self.page(browser, await asyncio.to_thread(switch_on), **options)
        if prepare is not None:
            await prepare(page)
        await page.goto(self.url)
        await expect(page.locator("#phone")).to_have_attribute("data-line", "ready", timeout=15_000)
        hers = Duty.objects.filter(interpreter__person__username=user, contact__endswith="@browser")
        await until(hers.exists, "the page to be rung")
        return page

    async def citizen(self, browser: Browser, tongue: str = "en", **options: Any) -> Page:
        """Open the page for calls in this language, on a phone's screen; ``options`` as of `page`."""
        page = await self.page(browser, viewport={"width": 360, "height": 740}, **options)
        await page.goto(f"{self.url}/{tongue}/call/")
        return page


async def page_hears(page: Page, voices: Iterable[str], within: float = WITHIN) -> None:
    """Wait until exactly these voices, and no other of the stage's, are in what the page is sent."""
    deadline = asyncio.get_running_loop().time() + within
    wanted = set(voices)
    while True:
        levels = dict(zip(VOICES, await page.evaluate(LISTEN, list(VOICES.values())), strict=True))
        if {name for name, level in levels.items() if level >= HEARD_DB} == wanted:
            return
        assert asyncio.get_running_loop().time() < deadline, f"the page hears {levels}, wanted {wanted}"


async def picture(page: Page, name: str) -> None:
    """Keep a picture where YUQIAO_PICTURES names a folder."""
    folder = os.environ.get("YUQIAO_PICTURES")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


#: What is played on a `BrowserStage`, or on the kind of it that is asked for.
Journey: TypeAlias = Callable[[Any], Coroutine[Any, Any, None]]


def in_browsers(journey: Journey, folder: Path, kind: type[BrowserStage] = BrowserStage, **environment: str) -> None:
    """Play ``journey`` in the small city of `seed` (Li and Wang are ready, Wang answers nobody unless told to), with
    these settings besides; nothing may go wrong in the pages themselves."""

    async def play(stage: Stage) -> None:
        assert isinstance(stage, kind)
        await asyncio.to_thread(seed, stage)
        stage.never_answers("wang")
        await journey(stage)
        assert stage.problems == []
        assert b"ticket=" not in (folder / "web.log").read_bytes(), "whoever reads logs is not to telephone as another"

    def make(folder: Path) -> Stage:
        stage = kind(folder)
        stage.environment |= environment
        return stage

    live(play, folder, make)
