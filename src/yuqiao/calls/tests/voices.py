"""Who speaks in the tests of calls. No model is imported here: engines of a test's own read it without Django."""

from __future__ import annotations

from typing import Final

#: Everybody who may speak in a test, and the tone in Hz that is their voice.
VOICES: Final = {"anna": 440.0, "agent": 620.0, "li": 1000.0, "wang": 1270.0, "third": 1700.0}
