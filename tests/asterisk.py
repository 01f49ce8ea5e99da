"""Asterisk 22 for tests and comparisons, run by chroot from a folder of its own: ``python -m tests.asterisk``.

Debian 12 has no Asterisk, so the folder holds Debian's development branch, apart from the host; mmdebstrap builds it
once in var/asterisk, which needs root. ``YUQIAO_ASTERISK_ROOT`` names a folder that was built before. Run as a command,
it prints the folder; when there can be none, it says why and exits with 1. ``YUQIAO_WITHOUT_ASTERISK=1`` leaves
Asterisk out of ``make test`` on purpose: then it prints nothing. CI never sets it.

Its configuration is that of deploy/asterisk: what stands there is what is tested.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "deploy/asterisk"
SIGN_IN = ("yuqiao", "only-for-tests")
#: Where our legs' audio ends in Asterisk: above the ports that Linux gives away by itself.
RTP = (61000, 61999)
#: Set to 1 by a developer whose machine cannot have Asterisk.
LEFT_OUT = "YUQIAO_WITHOUT_ASTERISK"
STARTS_WITHIN, BUILT_WITHIN = 60.0, 900.0
Files = Mapping[str, str]


class NoAsteriskError(RuntimeError):
    """Asterisk cannot be had here; the message says why."""


def root() -> Path:
    """Return the folder Asterisk runs from, building it if it is not there. NoAsteriskError when it cannot be."""
    folder = Path(os.environ.get("YUQIAO_ASTERISK_ROOT") or "var/asterisk").resolve()
    if os.geteuid() != 0:
        raise NoAsteriskError("Asterisk is run by chroot, which needs root")
    if not (folder / "usr/sbin/asterisk").exists():
        if os.environ.get("YUQIAO_ASTERISK_ROOT") and folder.is_dir() and any(folder.iterdir()):
            raise NoAsteriskError(f"{folder} holds something else than Asterisk")  # building would begin by emptying it
        _build(folder)
    try:
        version(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoAsteriskError(f"Asterisk does not run from {folder}: {error}") from error
    return folder


def _build(folder: Path) -> None:
    if shutil.which("mmdebstrap") is None:
        raise NoAsteriskError("mmdebstrap is missing, which builds Asterisk's folder (deploy/packages bench)")
    print(f"building Asterisk's folder at {folder} …", file=sys.stderr, flush=True)
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], check=True, capture_output=True, text=True
    ).stdout.split()
    if not targets:
        raise NoAsteriskError("apt names no mirror from which Asterisk's folder could be built")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A mirror may lag behind the validity its release file names; nothing here is put to production.
    command = [
        "mmdebstrap", "--quiet", "--variant=minbase", "--include=asterisk,ca-certificates", "--mode=root",
        '--aptopt=Acquire::Check-Valid-Until "false"', "sid", str(folder), f"deb {targets[0]} sid main",
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True, timeout=BUILT_WITHIN)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        shutil.rmtree(folder, ignore_errors=True)
        said = error.stderr if isinstance(error.stderr, str) else "it took too long"
        raise NoAsteriskError(f"mmdebstrap failed: {said.strip()[-500:]}") from error


def version(folder: Path) -> str:
    """Return what ``asterisk -V`` prints."""
    return subprocess.run(
        ["chroot", folder, "asterisk", "-V"], check=True, capture_output=True, text=True
    ).stdout.strip()


@dataclass(frozen=True, slots=True)
class Place:
    """One Asterisk of a folder: its files are in ``etc/NAME`` and ``run/NAME`` of it."""

    folder: Path
    name: str

    def configure(self, files: Files) -> None:
        """Write Debian's configuration with ``files`` in place of those of the same names."""
        etc = self.folder / "etc" / self.name
        shutil.rmtree(etc, ignore_errors=True)
        shutil.copytree(self.folder / "etc/asterisk", etc, symlinks=True)
        for below in (f"run/{self.name}", "var/spool/asterisk/recording"):
            (self.folder / below).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (etc / name).write_text(
                text.replace("/etc/asterisk", f"/etc/{self.name}").replace("/run/asterisk", f"/run/{self.name}")
            )
        (self.folder / "etc/hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")

    @property
    def start(self) -> list[str]:
        """The command that runs it in the foreground."""
        return ["chroot", str(self.folder), "asterisk", "-f", "-C", f"/etc/{self.name}/asterisk.conf"]

    def command(self, line: str) -> str:
        """Return what its console answers to ``line``."""
        return subprocess.run(
            ["chroot", self.folder, "asterisk", "-C", f"/etc/{self.name}/asterisk.conf", "-rx", line],
            check=False,
            capture_output=True,
            text=True,
        ).stdout

    @contextlib.contextmanager
    def running(self, log: int = subprocess.DEVNULL) -> Iterator[int]:
        """Start it and yield its pid once it is fully booted; stop it afterwards."""
        process = subprocess.Popen(self.start, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while "fully booted" not in self.command("core waitfullybooted"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Asterisk did not start")
                time.sleep(0.2)
            yield process.pid
        finally:
            process.kill()  # asked to end, it would wait for calls, and nothing of it is wanted any more
            process.wait()


def sample(*, sip: int, ari: int, password: str = SIGN_IN[1], rtp: tuple[int, int] = RTP) -> dict[str, str]:
    """Return the files of deploy/asterisk for loopback: ports, password and who may call in, and nothing else."""
    changes = {
        "pjsip.conf": {
            "bind=0.0.0.0:5060": f"bind=127.0.0.1:{sip}",
            "match=192.0.2.10": "match=127.0.0.1",
            "rtp_timeout=10": "rtp_timeout=3",
        },
        "ari.conf": {"password=choose-one": f"password={password}"},
        "http.conf": {"bindport=8088": f"bindport={ari}"},
        "rtp.conf": {"rtpstart=20000": f"rtpstart={rtp[0]}", "rtpend=29999": f"rtpend={rtp[1]}"},
    }
    files = {path.name: path.read_text() for path in sorted(SAMPLE.glob("*.conf"))}
    for name, changed in changes.items():
        for before, after in changed.items():
            if files[name].count(before) != 1:
                raise ValueError(f"{name} shall hold {before!r} once")
            files[name] = files[name].replace(before, after)
    return files


def main() -> int:
    """Print the folder, or nothing where it is not wanted; 1 when there can be none."""
    if os.environ.get(LEFT_OUT) == "1":
        print(f"{LEFT_OUT}=1: the tests with Asterisk are left out", file=sys.stderr)
        return 0
    try:
        print(root())
    except NoAsteriskError as error:
        print(
            f"The tests with Asterisk 22 cannot run: {error}.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
