"""What is heard in the player, by an ear in the page: a real Chromium, real FLAC tracks, analysed in WebAudio's output.

The ear is a worklet beside the page's loudspeaker. Each party sounds a tone of its own for 200 ms in each second, all
at once, so that the ear can tell who is heard, at which pitch, and whether they are in step.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, Listening, Recording
from yuqiao.hotline.tracks import RATE, encode_flac
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Site, Visitor
from yuqiao.web.console.tests.test_player import listen

pytestmark = pytest.mark.browser

TONES = {"caller": 440, "agent": 1000, "interpreter": 1700}
LOUD = 0.25
SECONDS = 30
#: Between these nobody says anything.
PAUSE = (10, 20)
#: Put between whatever the page connects to its loudspeaker and the loudspeaker: keeps what sounds, in one channel.
EAR = """
(() => {
  const code = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length) this.port.postMessage(input[0].slice());
      else this.port.postMessage(new Float32Array(128));
      return true;
    }
  });`;
  const connect = AudioNode.prototype.connect;
  const ears = new WeakMap();
  window.sounds = [];
  window.loud = () => window.sounds.flatMap((one) => [...one]);
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      if (!ears.has(target.context)) {
        const mix = new GainNode(target.context, {channelCount: 1, channelCountMode: "explicit"});
        ears.set(target.context, mix);
        target.context.audioWorklet.addModule("data:text/javascript," + encodeURIComponent(code)).then(() => {
          const ear = new AudioWorkletNode(target.context, "ear", {channelCount: 1, channelCountMode: "explicit"});
          ear.port.onmessage = ({data}) => window.sounds.push(data);
          connect.call(mix, ear);
          connect.call(ear, target);  // itself silent; what leads nowhere is not run
          window.ear = target.context.sampleRate;
        });
      }
      connect.call(this, ears.get(target.context));
    }
    return connect.call(this, target, ...more);
  };
})();
"""


@dataclass(frozen=True)
class Sound:
    """What came to the ear, and how often a second it was looked at."""

    samples: Any
    rate: int

    def first(self, seconds: float) -> Sound:
        return Sound(self.samples[: int(seconds * self.rate)], self.rate)


def recorded() -> Call:
    """A call of half a minute; each second begins with 200 ms of every party's tone, but for a long pause."""
    call = cast.finished_call(seconds=SECONDS)
    at = np.arange(SECONDS * RATE)
    sounding = (at % RATE < RATE // 5) & ~((PAUSE[0] * RATE <= at) & (at < PAUSE[1] * RATE))
    for leg in call.legs.all():
        tone = np.sin(2 * np.pi * TONES[leg.role] * at / RATE) * LOUD * 32768 * sounding
        path = Path(settings.RECORDINGS_DIR) / "finished" / str(call.pk) / f"{leg.role}-1.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_flac(tone.astype(np.int16)))
        Recording.objects.create(
            call=call,
            leg=leg,
            kind="track",
            name=str(path),
            path=str(path.relative_to(settings.RECORDINGS_DIR)),
            duration_ms=SECONDS * 1000,
            created_at=now(),
        )
    return call


@pytest.fixture
def listener(chromium: Browser, site: Site) -> Iterator[Visitor]:
    context = chromium.new_context(locale="en-GB", bypass_csp=True)  # the ear is no script of ours
    context.set_default_timeout(15_000)
    context.add_init_script(EAR)
    yield Visitor(context, site)
    context.close()


@pytest.fixture
def page(listener: Visitor) -> Page:
    listener.sign_in(cast.person("wang", Role.SUPERVISOR))
    page = listener.open(f"/calls/{recorded().pk}/")
    listen(page)
    expect(page.locator("#player")).to_have_attribute("data-ready", "3")
    page.wait_for_function("window.ear")
    return page


def jump(page: Page, at: float) -> None:
    """Jump as a click on anything that names a second does."""
    page.evaluate(
        """at => {
          const button = document.createElement("button");
          button.dataset.second = at;
          document.body.append(button);
          button.click();
          button.remove();
        }""",
        at,
    )


def hear(page: Page, seconds: float, at: float | None = None) -> Sound:
    """Play, from ``at`` if that is said, and return ``seconds`` of what came to the ear from the first sound on."""
    if at is not None:
        jump(page, at)
    page.evaluate("window.sounds.length = 0")
    page.locator("#play").click()
    page.wait_for_function(
        """seconds => {
          const first = window.sounds.findIndex(piece => piece.some(one => Math.abs(one) > 0.02));
          return first >= 0 && (window.sounds.length - first) * 128 >= seconds * window.ear;
        }""",
        arg=seconds,
        polling=100,
    )
    page.locator("#play").click()
    sound = np.array(page.evaluate("window.sounds.flatMap(piece => [...piece])"), np.float32)
    first = int(np.flatnonzero(np.abs(sound) > 0.02)[0])
    return Sound(sound[first:], int(page.evaluate("window.ear"))).first(seconds)


def strength(sound: Sound, hertz: float) -> Any:
    """How strong a tone is, every 5 ms, over 20 ms each."""
    window, hop = sound.rate // 50, sound.rate // 200
    wave = np.exp(-2j * np.pi * hertz * np.arange(window) / sound.rate) * np.hanning(window)
    heard = sound.samples
    return np.array([abs(wave @ heard[n : n + window]) for n in range(0, len(heard) - window, hop)])


def bursts(sound: Sound, hertz: float) -> list[tuple[float, float]]:
    """From when to when a tone sounds, in seconds, to 5 ms: where it is at least half as strong as it is to be.

    What a change of speed does at an edge (a splinter, a short hole) is no burst of its own.
    """
    on = np.concatenate(([False], strength(sound, hertz) > sound.rate / 50 / 2 * LOUD / 4, [False]))
    edges = np.flatnonzero(on[1:] != on[:-1]) * 0.005
    found: list[tuple[float, float]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and begin - found[-1][1] < 0.04:
            found[-1] = found[-1][0], end
        elif end - begin > 0.02:
            found.append((begin, end))
    return found


def pitch(sound: Sound, near: float) -> float:
    """The frequency of the strongest tone near ``near``, in hertz."""
    spectrum = abs(np.fft.rfft(sound.samples * np.hanning(len(sound.samples)), 1 << 18))
    hertz = np.fft.rfftfreq(1 << 18, 1 / sound.rate)
    around = abs(hertz - near) < near * 0.3
    return float(hertz[around][spectrum[around].argmax()])


def test_each_track_is_heard_and_a_muted_one_is_not(page: Page) -> None:
    assert all(bursts(hear(page, 0.3, at=2), hertz) for hertz in TONES.values())
    page.keyboard.press("2")
    sound = hear(page, 0.3, at=2)
    assert {role: bool(bursts(sound, hertz)) for role, hertz in TONES.items()} == {
        "caller": True,
        "agent": False,
        "interpreter": True,
    }
    page.keyboard.press("2")
    page.get_by_role("button", name="Solo: Interpreter").click()
    sound = hear(page, 0.3, at=2)
    assert [bool(bursts(sound, hertz)) for hertz in TONES.values()] == [False, False, True]


def test_at_any_speed_the_pitch_is_kept_and_the_tracks_are_in_step(page: Page) -> None:
    for speed in ("0.5", "1", "1.5", "3"):
        page.locator("#speed").select_option(speed)
        in_step(page, speed)


def in_step(page: Page, speed: str) -> None:
    sound = hear(page, 2.6 / float(speed), at=3)
    heard = {role: bursts(sound, hertz) for role, hertz in TONES.items()}
    assert {len(found) for found in heard.values()} == {3}, heard
    for together in zip(*heard.values(), strict=True):
        assert max(begin for begin, _ in together) - min(begin for begin, _ in together) <= 0.03
    begins = [begin for begin, _ in heard["caller"]]
    assert np.diff(begins) == pytest.approx(1 / float(speed), abs=0.05)
    for hertz in TONES.values():
        assert pitch(sound.first(0.15 / float(speed)), hertz) == pytest.approx(hertz, rel=0.03)


def test_a_jump_lands_where_it_should(page: Page) -> None:
    for at in (4.1, 21.1, 7.05):
        begin, end = bursts(hear(page, 1.0, at=at), TONES["caller"])[0]
        assert begin <= 0.03
        assert end == pytest.approx(int(at) + 0.2 - at, abs=0.05)


def test_long_pauses_are_skipped_and_a_passage_is_repeated(page: Page) -> None:
    page.locator("#skip").check()
    found = bursts(hear(page, 1.5, at=PAUSE[0] - 0.9), TONES["agent"])
    assert len(found) == 2, "the end of one second's tone, and the first one after the pause"
    assert 0.35 < found[1][0] - found[0][1] < 1.2, "a quarter of a second is left at both ends"
    page.locator("#skip").uncheck()
    jump(page, 3.0)
    page.keyboard.press("[")
    jump(page, 3.6)
    page.keyboard.press("]")
    expect(page.locator("#passage")).to_have_text("0:03 – 0:03")
    page.keyboard.press("r")
    begins = [begin for begin, _ in bursts(hear(page, 3.2), TONES["caller"])]
    gaps = np.diff(begins)
    assert ((gaps > 0.48) & (gaps < 0.92)).all(), "each 0.6 s anew, not each second"
    assert len(begins) >= 4


def test_nothing_is_fetched_before_it_is_played_and_what_was_heard_is_told_once_it_is_over(
    page: Page, listener: Visitor
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sitting = Listening.objects.get()
    jump(page, 5.0)
    assert not [url for url in asked if "/recordings/" in url]
    hear(page, 1.2)
    jump(page, 21.0)
    hear(page, 0.5)
    page.goto(listener.site.url + "/board/")
    deadline = time.monotonic() + 10
    while (row := Listening.objects.get(pk=sitting.pk)).ended_at is None:
        assert time.monotonic() < deadline, "the page told when it went"
        page.wait_for_timeout(50)
    assert [begin for begin, _ in row.heard] == pytest.approx([5000, 21000], abs=60)
    for (begin, end), least in zip(row.heard, (1200, 500), strict=True):
        assert least - 60 <= end - begin <= least + 2500, "up to when the test pressed pause"
    told = JournalEntry.objects.get(action="recording.heard").detail
    assert told["percent"] == row.heard_ms * 100 // 30000
    assert listener.problems == []
