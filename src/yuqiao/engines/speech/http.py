"""A speech engine behind HTTP, of our own small protocol: one POST with a WAV, one JSON object back.

Request: ``POST <url>``, ``Content-Type: audio/wav``, 8 kHz mono 16-bit PCM. Response 200:
``{"model": "whisper-base", "language": "ja", "confidence": 0.91}``; ``language`` "" or null where the engine abstains,
as it should where there is no speech. OpenAI's transcription interface gives no confidence of the language, so it could
not say when to abstain.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import aiohttp

from yuqiao.engines.speech.base import Heard, SpeechError
from yuqiao.lib.g711 import Samples

SECONDS = 6.0
RATE = 8000


def wav(samples: Samples) -> bytes:
    """Return a complete WAV file (RIFF, PCM) of 8 kHz mono 16-bit samples, in memory."""
    sound = samples.astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + struct.pack("<4sI", b"data", len(sound)) + sound


class HttpEar:
    """`LanguageEar` over HTTP. Keeps nothing of what it sends."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def language(self, samples: Samples) -> Heard:
        """See `LanguageEar`."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._url, data=wav(samples), headers={"Content-Type": "audio/wav"}) as answer,
            ):
                if answer.status != 200:
                    raise SpeechError(f"the speech engine answered {answer.status}; see its log")
                return read(await answer.json(content_type=None))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SpeechError(
                f"the speech engine did not answer: {type(error).__name__}; see YUQIAO_SPEECH_URL"
            ) from error


def read(told: Any) -> Heard:
    """Return what the engine's JSON says; SpeechError when it is not as agreed."""
    if not isinstance(told, dict):
        raise SpeechError("the speech engine answered no JSON object")
    model, language, confidence = told.get("model"), told.get("language") or "", told.get("confidence")
    sound = isinstance(confidence, int | float) and not isinstance(confidence, bool) and math.isfinite(confidence)
    if not isinstance(model, str) or not model or not isinstance(language, str) or not sound:
        raise SpeechError("the speech engine must name model, language and confidence")
    assert isinstance(confidence, int | float)  # noqa: S101 (looked at above)
    if not 0 <= confidence <= 1:
        raise SpeechError("the speech engine's confidence is not between 0 and 1")
    return Heard(model[:60], language[:35], float(confidence))
