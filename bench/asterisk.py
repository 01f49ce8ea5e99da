"""Asterisk 22 as the peer of a comparison: built once into var/asterisk with mmdebstrap, run from there by chroot.

Debian 12 has no Asterisk, so the folder holds Debian's development branch, apart from the host. Needs root.
``YUQIAO_ASTERISK_ROOT`` names a folder that was built before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

SIP_PORT = 25060
CONFIG = {
    "asterisk.conf": """\
[directories]
astetcdir => {etc}
astrundir => {run}
astspooldir => /var/spool/asterisk
astlogdir => /var/log/asterisk
[options]
""",
    "modules.conf": """\
[modules]
autoload=yes
noload => chan_iax2.so
noload => chan_unistim.so
noload => pbx_dundi.so
noload => res_http_websocket.so
noload => res_stun_monitor.so
""",
    "rtp.conf": "[general]\nrtpstart=30000\nrtpend=31999\n",
    "pjsip.conf": """\
[transport]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[anyone]
type=endpoint
context=default
disallow=all
allow=alaw
[anyone]
type=identify
endpoint=anyone
match=127.0.0.1
""",
    "extensions.conf": "[default]\nexten => _XXXX,1,Answer()\n same => n,ConfBridge(${{EXTEN}},plain,plain)\n",
    # The leanest profile: no menu, no announcements, no talk detection, 20 ms mixing, as our mixer.
    "confbridge.conf": """\
[general]
[plain]
type=bridge
mixing_interval=20
[plain]
type=user
quiet=yes
announce_only_user=no
music_on_hold_when_empty=no
""",
    "logger.conf": "[general]\n[logfiles]\n",
    "cdr.conf": "[general]\nenable=no\n",
    "manager.conf": "[general]\nenabled=no\n",
    "http.conf": "[general]\nenabled=no\n",
}


def root() -> Path:
    """Return the folder Asterisk runs from, building it if it is not there."""
    folder = Path(os.environ.get("YUQIAO_ASTERISK_ROOT") or "var/asterisk").resolve()
    if (folder / "usr/sbin/asterisk").exists():
        return folder
    if os.geteuid() != 0:
        raise SystemExit("the comparison runs Asterisk by chroot, which needs root")
    print(f"building Asterisk's folder at {folder} …", file=sys.stderr, flush=True)
    mirror = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], check=True, capture_output=True, text=True
    ).stdout.split()[0]
    shutil.rmtree(folder, ignore_errors=True)
    # A mirror may lag behind the validity its release file names; nothing here is put to production.
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--include=asterisk,ca-certificates", "--mode=root",
         '--aptopt=Acquire::Check-Valid-Until "false"', "sid", str(folder), f"deb {mirror} sid main"],
        check=True,
    )  # fmt: skip
    return folder


def version(folder: Path) -> str:
    """Return what ``asterisk -V`` prints."""
    return subprocess.run(
        ["chroot", folder, "asterisk", "-V"], check=True, capture_output=True, text=True
    ).stdout.strip()


def command(folder: Path, line: str) -> str:
    """Return what Asterisk's console answers to ``line``."""
    return subprocess.run(
        ["chroot", folder, "asterisk", "-C", "/etc/yuqiao/asterisk.conf", "-rx", line],
        check=False,
        capture_output=True,
        text=True,
    ).stdout


@contextlib.contextmanager
def running(folder: Path) -> Iterator[int]:
    """Start Asterisk and yield its pid once it is fully booted; stop it afterwards."""
    etc = folder / "etc/yuqiao"
    shutil.rmtree(etc, ignore_errors=True)
    shutil.copytree(folder / "etc/asterisk", etc, symlinks=True)
    (folder / "run/yuqiao-asterisk").mkdir(parents=True, exist_ok=True)
    for name, text in CONFIG.items():
        (etc / name).write_text(text.format(etc="/etc/yuqiao", run="/run/yuqiao-asterisk", port=SIP_PORT))
    hosts = folder / "etc/hosts"
    hosts.write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
    process = subprocess.Popen(
        ["chroot", folder, "asterisk", "-f", "-C", "/etc/yuqiao/asterisk.conf"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while "fully booted" not in command(folder, "core waitfullybooted"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Asterisk did not start")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    print(root())
