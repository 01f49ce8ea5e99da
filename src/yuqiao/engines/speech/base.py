"""The seam to a speech engine: a few seconds of a voice in, a suggested language out.

What comes back always names the model and its confidence, and may abstain: it only ever suggests, a person confirms
(`hotline.choosing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from yuqiao.lib.g711 import Samples


class SpeechError(RuntimeError):
    """The engine could not be reached or did not answer as agreed; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine made of a voice: ``language`` is a BCP 47 tag, "" where it abstains; ``confidence`` is 0..1."""

    model: str
    language: str
    confidence: float


class LanguageEar(Protocol):
    """A speech engine that tells languages apart."""

    async def language(self, samples: Samples) -> Heard:
        """Return the language of ``samples`` (8 kHz, mono, int16, at most ten seconds). SpeechError."""
