"""A real Chromium on a browser's leg: it hears and is heard, also after a restart of ICE and a reload of the page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

from yuqiao.media.ports import Address
from yuqiao.media.sip import browser_sdp
from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
ALICE, BOB = 440.0, 1000.0
CALL = """async (frequency) => {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, {frequency});
  const said = context.createMediaStreamDestination();
  tone.connect(new GainNode(context, {gain: 0.2})).connect(said);
  tone.start();
  const connection = new RTCPeerConnection();
  const heard = new AnalyserNode(context, {fftSize: 4096});
  window.phone = {connection, context, heard};
  connection.addTrack(said.stream.getTracks()[0], said.stream);
  connection.ontrack = ({track}) => {
    const stream = new MediaStream([track]);
    phone.player = Object.assign(new Audio(), {srcObject: stream, muted: true});
    phone.player.play();
    context.createMediaStreamSource(stream).connect(heard);
  };
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}"""
RESTART = """async () => {
  phone.connection.restartIce();
  await phone.connection.setLocalDescription();
  return phone.connection.localDescription.sdp;
}"""
TAKE = "async (sdp) => await phone.connection.setRemoteDescription({type: 'answer', sdp})"
LOUDEST = """() => {
  const bins = new Float32Array(phone.heard.frequencyBinCount);
  phone.heard.getFloatFrequencyData(bins);
  const at = bins.indexOf(Math.max(...bins));
  return bins[at] > -60 ? at * phone.context.sampleRate / phone.heard.fftSize : 0;
}"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            yield await browser.new_page()
        finally:
            await browser.close()


async def settle(
    studio: Studio, page: Page, offer: str, local: Address, ours: browser_sdp.BrowserDescription | None = None
) -> browser_sdp.BrowserDescription:
    """Answer a page's offer as signalling does, and tell the mixer; ``ours`` goes on with an earlier description."""
    description = browser_sdp.read(offer.encode())
    ours = ours or browser_sdp.Browsers(studio.pool.fingerprint).describe(local)
    answer = ours.answer(description)
    await studio.pool.set_audio("alice", ours.agreed(description))
    await page.evaluate(TAKE, answer.decode())
    return ours


async def hears(page: Page, frequency: float, seconds: float = 12.0) -> None:
    """Wait until the loudest that a page hears is ``frequency``."""
    deadline = time.monotonic() + seconds
    while abs(await page.evaluate(LOUDEST) - frequency) > 25:
        assert time.monotonic() < deadline, "the page does not hear it"
        await asyncio.sleep(0.1)


async def test_chromium_and_a_plain_phone_hear_each_other_whatever_happens(studio: Studio) -> None:
    async with chromium() as page:
        with Phone(BOB) as bob:
            await studio.connect("bob", bob, "call")
            address = await studio.pool.open_leg("alice", beside="bob")
            await studio.pool.join("alice", "call")
            ours = await settle(studio, page, await page.evaluate(CALL, ALICE), address)
            await until(lambda: bob.hears(ALICE) > HEARD, 12.0)
            await hears(page, BOB)

            before = await studio.pool.statistics("alice")
            await settle(studio, page, await page.evaluate(RESTART), address, ours)
            state = "() => phone.connection.connectionState == 'connected'"
            await page.wait_for_function(state, timeout=8000)
            heard = len(bob.heard)
            await until(lambda: len(bob.heard) > heard + 25)
            assert bob.hears(ALICE) > HEARD
            assert bob.hears(BOB) < NOT_HEARD
            await hears(page, BOB)
            after = await studio.pool.statistics("alice")
            assert after["ssrc_in"] == before["ssrc_in"]
            assert after["dtls_refused"] == after["unsecured"] == 0

            await page.reload()
            await until(lambda: bob.hears(ALICE) < NOT_HEARD)
            await settle(studio, page, await page.evaluate(CALL, 600.0), address)
            await until(lambda: bob.hears(600.0) > HEARD, 12.0)
            await hears(page, BOB)
            assert (await studio.pool.statistics("alice"))["packets_out"] > 0
