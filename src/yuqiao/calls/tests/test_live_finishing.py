"""A worker of background jobs dies by kill -9 while it makes finished tracks: nothing is lost, the next one does it."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from django.db import connection
from django.test import override_settings

from yuqiao.accounts.models import JournalEntry
from yuqiao.calls.tests.stage import until
from yuqiao.hotline.jobs import finish_recordings
from yuqiao.hotline.keeping import verify
from yuqiao.hotline.models import Call, Leg, Recording
from yuqiao.hotline.tracks import RATE, read_samples, write_wav
from yuqiao.lib import clock
from yuqiao.lib.database_url import url_of

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

MINUTES = 40


def long_call(root: Path) -> Call:
    """A call of so many minutes that its tracks take a while, ended some time ago."""
    answered = clock.now() - dt.timedelta(minutes=MINUTES + 10)
    call = Call.objects.create(
        dialled="960169",
        started_at=answered,
        answered_at=answered,
        ended_at=answered + dt.timedelta(minutes=MINUTES),
        phase="ended",
    )
    noise = np.random.default_rng(7).normal(0, 900, MINUTES * 60 * RATE).astype(np.int16)
    root.mkdir()
    for number, role in enumerate(("caller", "agent", "interpreter", "third")):
        leg = Leg.objects.create(id=f"{call.pk}-{role}", call=call, role=role, created_at=answered)
        name = f"{call.pk}-{number}"
        (root / f"{name}.wav").write_bytes(write_wav(noise))
        Recording.objects.create(
            call=call, leg=leg, kind="segment", name=name, path=f"{name}.wav", offset_ms=0, created_at=answered
        )
    return call


def worker(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "YUQIAO_VAR_DIR": str(folder), "DATABASE_URL": url_of(connection.settings_dict)}
    command = [sys.executable, "-m", "yuqiao.config.cli", "work", "--interval", "0.1"]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def test_a_conversion_that_was_killed_loses_nothing_and_is_repeated(tmp_path: Path) -> None:
    root = tmp_path / "recordings"
    call = long_call(root)
    raw = {path.name: path.stat().st_size for path in root.glob("*.wav")}
    finish_recordings.enqueue(str(call.pk))
    with (tmp_path / "work.log").open("ab") as log:
        first = worker(tmp_path, log)
        deadline = time.monotonic() + 30
        while not list(root.glob("finished/*/*.flac")):
            assert time.monotonic() < deadline, (tmp_path / "work.log").read_text()
            time.sleep(0.002)
        first.kill()
        first.wait()
        assert not JournalEntry.objects.filter(action="recording.finish").exists(), "it died in the middle"
        assert {path.name: path.stat().st_size for path in root.glob("*.wav")} == raw
        second = worker(tmp_path, log)
        try:
            asyncio.run(
                until(lambda: Recording.objects.filter(kind="track").count() == 4, "the tracks, by the next worker", 40)
            )
        finally:
            second.terminate()
            second.wait(15)
    with override_settings(RECORDINGS_DIR=root):
        assert [str(one) for one in verify() if not one.path.endswith(".part")] == []
    sound = read_samples(root / f"{call.pk}-0.wav")
    for row in Recording.objects.filter(kind="track"):
        assert np.array_equal(read_samples(root / row.path), sound)
