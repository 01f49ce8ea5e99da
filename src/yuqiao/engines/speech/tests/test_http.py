"""The client against a real HTTP server: what is sent, what is understood, and every way in which it may fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any
from wave import open as open_wave

import numpy as np
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines.speech.base import Heard, SpeechError
from yuqiao.engines.speech.http import HttpEar, read
from yuqiao.lib.tone import sine

VOICE = sine(440.0, 1.0, -20.0)


@asynccontextmanager
async def engine(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/language", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/language"
    finally:
        await runner.cleanup()


async def test_a_wav_goes_out_and_a_language_with_model_and_confidence_comes_back() -> None:
    got: list[bytes] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.content_type == "audio/wav"
        got.append(await request.read())
        return web.json_response({"model": "m", "language": "ja", "confidence": 0.91})

    async with engine(answer) as url:
        assert await HttpEar(url).language(VOICE) == Heard("m", "ja", 0.91)
    with open_wave(BytesIO(got[0])) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert np.array_equal(np.frombuffer(file.readframes(file.getnframes()), "<i2"), VOICE)


@pytest.mark.parametrize(
    "told",
    [
        {"model": "m", "language": "ja"},
        {"model": "", "language": "ja", "confidence": 0.9},
        {"language": "ja", "confidence": 0.9},
        {"model": "m", "language": 7, "confidence": 0.9},
        {"model": "m", "language": "ja", "confidence": True},
        {"model": "m", "language": "ja", "confidence": 1.2},
        {"model": "m", "language": "ja", "confidence": float("nan")},
        ["ja", 0.9],
        None,
    ],
)
def test_what_is_not_as_agreed_is_refused(told: Any) -> None:
    with pytest.raises(SpeechError):
        read(told)


def test_an_engine_may_abstain() -> None:
    assert read({"model": "m", "language": None, "confidence": 0}) == Heard("m", "", 0.0)


async def test_failures_are_one_error_that_says_what_to_mend() -> None:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=503)

    async def chat(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>")

    for answer, says in ((refuse, "503"), (chat, "YUQIAO_SPEECH_URL")):
        async with engine(answer) as url:
            with pytest.raises(SpeechError, match=says):
                await HttpEar(url).language(VOICE)
    with pytest.raises(SpeechError, match="YUQIAO_SPEECH_URL"):
        await HttpEar("http://127.0.0.1:1/language").language(VOICE)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda one: st.lists(one) | st.dictionaries(
        st.sampled_from(["model", "language", "confidence"]), one), max_leaves=5
)  # fmt: skip


@given(JSON)
def test_whatever_json_comes_it_is_understood_or_refused(told: Any) -> None:
    try:
        heard = read(told)
    except SpeechError:
        return
    assert heard.model
    assert 0 <= heard.confidence <= 1
