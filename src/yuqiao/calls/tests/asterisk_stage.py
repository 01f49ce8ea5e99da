"""The stage of live calls with Asterisk 22 in the place of our media server: only the engine's URL differs.

Needs root and a folder with Asterisk to chroot into, named by YUQIAO_TEST_ASTERISK_ROOT (`tests.asterisk`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.asterisk import Place, sample

from yuqiao.calls.tests.stage import PASSWORD, Stage, until
from yuqiao.lib.net import listens

ROOT = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")


class AsteriskStage(Stage):
    """A stage with Asterisk as its engine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = Path(ROOT)
        self.place = Place(self.root, "yuqiao-calls")
        self.environment["YUQIAO_RECORDINGS_DIR"] = str(self.recordings)

    @property
    def recordings(self) -> Path:
        """Where Asterisk keeps recordings, seen from outside."""
        return Path(ROOT) / "var/spool/asterisk/recording"

    async def start_engine(self) -> None:
        """Write Asterisk's configuration, start it, wait until it takes ARI's commands."""
        await asyncio.to_thread(self._configure)
        await asyncio.to_thread(self._launch)

        await until(lambda: listens(self.ari_port), "Asterisk", within=40)

    def _launch(self) -> None:
        with (self.folder / "asterisk.log").open("ab") as log:
            self.processes["media"] = subprocess.Popen(self.place.start, stdout=log, stderr=log)

    def _configure(self) -> None:
        self.place.configure(sample(sip=self.sip_port, ari=self.ari_port, password=PASSWORD))
        shutil.copytree(
            self.folder / "sounds/yuqiao", self.root / "usr/share/asterisk/sounds/yuqiao", dirs_exist_ok=True
        )


def on_both_engines(ours: type[Stage], with_asterisk: type[AsteriskStage]) -> pytest.MarkDecorator:
    """Return the mark of journeys that get the ``kind`` of their stage, first with our engine, then with Asterisk."""
    stages = [ours, pytest.param(with_asterisk, marks=pytest.mark.asterisk)]
    return pytest.mark.parametrize("kind", stages, ids=["ours", "asterisk"])
