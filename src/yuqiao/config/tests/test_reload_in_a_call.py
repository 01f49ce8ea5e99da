"""Li's telephone is a page in a real Chromium, through the web process; it is loaded anew in the middle of a call.

Alice, on a SIP phone, hears Li's tone again, the channel is still the same one, and nobody's call ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
import uvicorn
from playwright.async_api import Page, async_playwright

import yuqiao
from yuqiao.config.tests.test_phone_relay import serving, url_of
from yuqiao.lib.phones import Ticket, issue, key_from
from yuqiao.lib.tone import sine
from yuqiao.media.ari.tests.live import PASSWORD, Handset, connected, running, until
from yuqiao.web.phone_relay import PhoneRelay, RelaySettings

pytestmark = [pytest.mark.live, pytest.mark.browser]

BUILT = Path(yuqiao.__file__).parent / "web" / "console" / "static" / "built"
KEY = key_from(PASSWORD)
LI = 1700.0
PAGE = b"""<!doctype html><html lang="en"><title>Desk</title><script type="module">
import { Softphone } from "/built/softphone.js";
const phone = window.phone = new Softphone(async () => (await fetch("/ticket")).json());
phone.addEventListener("change", () => phone.call === "ringing" && phone.answer());
await phone.start();
</script></html>"""


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """A page that is nothing but the telephone, what it loads, and its tickets."""
    path = scope["path"]
    kind, body = "text/html", PAGE
    if path == "/ticket":
        ticket = Ticket("desk-li", time.time() + 30)
        kind = "application/json"
        body = f'{{"ticket": "{issue(ticket, KEY)}", "address": "{ticket.address}"}}'.encode()
    elif path.startswith("/built/"):
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        body = await asyncio.to_thread((BUILT / path.removeprefix("/built/")).read_bytes)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
    await send({"type": "http.response.body", "body": body})


async def chromium(stack: contextlib.AsyncExitStack, folder: Path) -> Page:
    """A browser whose microphone says Li's tone, over and over."""
    voice = folder / "li.wav"
    soundfile.write(voice, sine(LI, 10.0, -12.0), 8000)
    launch = await stack.enter_async_context(async_playwright())
    browser = await launch.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={voice}",
        ],
    )
    stack.push_async_callback(browser.close)
    return await browser.new_page()


def hears(party: Handset, after: float) -> Callable[[], bool]:
    """Whether Li's tone is what ``party`` heard lately, all of it later than ``after``."""

    def lately() -> bool:
        last = party.phone.heard[-25:]
        return len(last) == 25 and last[0][0] > after and party.phone.hears(LI) > -30

    return lately


async def test_a_page_loaded_anew_goes_on_with_its_call(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        station = await stack.enter_async_context(running(tmp_path, phones_listen=("127.0.0.1", 0)))
        relay = PhoneRelay(pages, RelaySettings(url_of(station.trunk.phones_address), KEY))
        host = await stack.enter_async_context(
            serving(uvicorn.Config(relay, ws="websockets-sansio", log_level="warning"))
        )
        client = await stack.enter_async_context(connected(station))
        await client.listen()
        alice = await stack.enter_async_context(Handset(440, "13800000001"))
        page = await chromium(stack, tmp_path)
        await page.goto(f"http://{host}/")
        await page.wait_for_function("window.phone?.line === 'ready'")

        await client.do("POST", "/bridges/talk", type="mixing")
        for channel, target in (("alice", alice.uri), ("li", "sip:desk-li@browser")):
            await client.do(
                "POST", "/channels", endpoint=f"PJSIP/{target}", app="yuqiao", channelId=channel, callerId="12345"
            )
            await client.event("StasisStart", channel=channel)
            await client.do("POST", "/bridges/talk/addChannel", channel=channel)
        await until(hears(alice, 0.0), "Alice to hear Li", 15)
        await page.wait_for_function("phone.call === 'talking' && phone.levels.heard > 0.02")

        await page.reload()
        await page.wait_for_function("window.phone?.call === 'talking' && phone.levels.heard > 0.02")
        await until(hears(alice, time.monotonic()), "Alice to hear Li again", 15)
        assert client.told("ChannelDestroyed") == []
        assert station.trunk.calls == 2

        await client.do("DELETE", "/channels/li")
        await page.wait_for_function("phone.call === 'none'")
        await client.do("DELETE", "/channels/alice")
        await client.event("ChannelDestroyed", channel="alice")
