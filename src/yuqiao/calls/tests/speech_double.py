"""A speech engine for tests, as a process of its own: ``python -m yuqiao.calls.tests.speech_double PORT FOLDER``.

It speaks the protocol of `engines.speech.http` and judges what it really receives: a WAV with the caller's tone is
Japanese, anything else it does not know. Each sound it was sent is measured into ``FOLDER/heard.txt``: seconds, voices.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from json import dumps
from pathlib import Path
from wave import open as open_wave

import numpy as np

from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import levels


class Engine(BaseHTTPRequestHandler):
    """One request: a WAV in, a language out."""

    folder: Path

    def do_POST(self) -> None:
        with open_wave(BytesIO(self.rfile.read(int(self.headers["Content-Length"])))) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        found = levels(samples, list(VOICES.values()))
        heard = [name for name, level in zip(VOICES, np.median(found, axis=0), strict=True) if level > -40]
        with (self.folder / "heard.txt").open("a") as told:
            told.write(f"{len(samples) / 8000:.1f} {','.join(heard)}\n")
        sure = heard == ["anna"]
        answer = {"model": "test-tones", "language": "ja" if sure else "", "confidence": 0.91 if sure else 0.0}
        body = dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Engine.folder = Path(sys.argv[2])
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Engine).serve_forever()
