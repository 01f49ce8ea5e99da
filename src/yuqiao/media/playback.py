"""Playing sounds one after the other, a frame at a time. No I/O: sounds come loaded, or with the error they met."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from enum import StrEnum

import numpy as np

from yuqiao.lib.g711 import Samples
from yuqiao.media.rtp import FRAME
from yuqiao.media.sounds import RAMP, Sound

log = logging.getLogger(__name__)

_FADE = np.linspace(1.0, 0.0, RAMP)


class State(StrEnum):
    """How far a playback is; the last three are how it ended, as `MixerEvent.value` says it."""

    LOADING = "loading"
    PLAYING = "playing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Playback:
    """A sequence of sounds, played gaplessly. A sound that cannot be had is left out, and the end is ``failed``."""

    def __init__(self, sounds: Sequence[Future[Sound]]) -> None:
        self.state = State.LOADING
        self._waiting = list(sounds)
        self._sound: Sound | None = None
        self._at = 0
        self._failed = False
        self._stopping = False

    @property
    def is_over(self) -> bool:
        return self.state not in {State.LOADING, State.PLAYING}

    def stop(self) -> None:
        """End it: the next frame fades out and is the last."""
        self._stopping = True

    def next_frame(self) -> Samples | None:
        """Return the next 160 samples, or None while the next sound is being loaded and when all is over."""
        if self._stopping:
            return self._fade_out()
        frame = np.zeros(FRAME, dtype=np.int16)
        filled = 0
        while filled < FRAME:
            sound = self._current()
            if sound is None:
                break
            piece = sound.samples[self._at : self._at + FRAME - filled]
            frame[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._at += len(piece)
        return frame if filled else None

    def _fade_out(self) -> Samples | None:
        sound, self._sound = self._sound, None
        self._waiting.clear()
        self.state = State.STOPPED
        if sound is None:
            return None
        frame = np.zeros(FRAME, dtype=np.int16)
        piece = sound.samples[self._at : self._at + RAMP]
        frame[: len(piece)] = np.round(piece * _FADE[: len(piece)])
        return frame

    def _current(self) -> Sound | None:
        """Return the sound to go on with, from sample `_at`; None when none is ready."""
        while True:
            sound = self._sound
            if sound is not None and self._at < len(sound.samples):
                return sound
            self._at = 0
            if sound is not None and sound.repeats and len(sound.samples):
                continue
            self._sound = None
            if not self._waiting:
                self.state = State.FAILED if self._failed else State.DONE
                return None
            if not self._waiting[0].done():
                return None
            self._take(self._waiting.pop(0))

    def _take(self, loaded: Future[Sound]) -> None:
        error = loaded.exception()
        if error is None:
            self._sound = loaded.result()
            self.state = State.PLAYING
        else:
            self._failed = True
            log.warning("a sound cannot be played: %s", error)
