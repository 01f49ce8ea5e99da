"""``yuqiao up`` for real: all four processes, one of them killed, and an end without leftovers."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from yuqiao.config.cli import COMMANDS, main
from yuqiao.config.tests.test_supervisor import alive, until
from yuqiao.config.web_server import listen_address
from yuqiao.lib.net import free_port


class Platform:
    """A platform in a folder and on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web, ari = free_port(), free_port()
        self.environment = os.environ | {
            "YUQIAO_DEBUG": "1",
            "YUQIAO_VAR_DIR": str(folder),
            "YUQIAO_RECORDINGS_DIR": str(folder / "recordings"),
            "YUQIAO_SOUNDS_DIR": str(folder / "sounds"),
            "DATABASE_URL": f"sqlite:///{folder / 'up.sqlite3'}",
            "YUQIAO_WEB_LISTEN": f"127.0.0.1:{self.web}",
            "YUQIAO_ARI_LISTEN": f"127.0.0.1:{ari}",
            "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
            "YUQIAO_ARI_URL": f"http://127.0.0.1:{ari}/ari",
            "YUQIAO_SIP_PORT": str(free_port()),
            "YUQIAO_RTP_PORTS": "42000-42199",
        }
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yuqiao.config.cli", "up"], env=self.environment, stdout=log, stderr=log
            )

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def children(self) -> dict[str, int]:
        """The newest process of each name."""
        return {name: int(pid) for name, pid in re.findall(r"(\w+) runs as process (\d+)", self.said())}

    def everyone(self) -> list[int]:
        """Every process that was started with this platform's settings, whoever started it."""
        mark = f"YUQIAO_VAR_DIR={self.folder}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=5)
        try:
            connection.request("GET", "/sign-in/", headers={"Connection": "close"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    running = Platform(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 15
    while running.everyone() and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in running.everyone():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.live
def test_the_whole_platform_starts_heals_and_ends(platform: Platform) -> None:
    until(platform.answers, 60)
    until(lambda: "engine_connected" in platform.said(), 60)
    until(lambda: "Starting worker" in platform.said(), 60)
    first = platform.children()
    assert set(first) == {"media", "calls", "web", "work"}
    os.kill(first["web"], signal.SIGKILL)
    until(lambda: platform.children()["web"] != first["web"])
    until(platform.answers, 60)
    platform.process.terminate()
    assert platform.process.wait(timeout=30) == 0
    assert not [pid for pid in platform.everyone() if alive(pid)]


@pytest.mark.live
def test_nothing_outlives_a_killed_supervisor(platform: Platform) -> None:
    until(lambda: "media server ready" in platform.said() and platform.answers(), 120)
    platform.process.kill()
    platform.process.wait()
    until(lambda: not [pid for pid in platform.everyone() if alive(pid)], 60)


@pytest.mark.parametrize("arguments", [[], ["fly"], ["--help"]])
def test_the_command_line_says_what_there_is(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = "".join(capsys.readouterr())
    assert ended.value.code == (0 if arguments == ["--help"] else 2)
    if arguments == ["--help"]:
        assert all(f"  {name}" in said for name in COMMANDS)


@pytest.mark.parametrize("name", ["YUQIAO_SECRET_KEY", "YUQIAO_ARI_PASSWORD"])
def test_a_missing_setting_stops_the_start_with_its_name(name: str, tmp_path: Path) -> None:
    settings = {"YUQIAO_SECRET_KEY": "x" * 50, "YUQIAO_ARI_PASSWORD": "y", "YUQIAO_VAR_DIR": str(tmp_path)}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YUQIAO")} | settings
    ended = subprocess.run(
        [sys.executable, "-m", "yuqiao.config.cli", "up"],
        env={key: value for key, value in environment.items() if key != name},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"yuqiao up: {name} is not set")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("raw", "address"),
    [("127.0.0.1:8000", ("127.0.0.1", 8000)), ("[::1]:80", ("::1", 80)), ("host:1", ("host", 1))],
)
def test_addresses_to_listen_on(raw: str, address: tuple[str, int]) -> None:
    assert listen_address(raw) == address


@pytest.mark.parametrize("raw", ["8000", ":8000", "host:", "host:x", "host:70000", "host:-1"])
def test_addresses_that_make_no_sense(raw: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT|invalid literal"):
        listen_address(raw)
