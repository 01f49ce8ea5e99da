"""``make demo ENGINE=asterisk``: the demonstration with Asterisk 22 in the place of our media server.

Asterisk runs from its folder (`tests.asterisk`) with the configuration of deploy/asterisk; the prompts and recordings
of the demonstration are folders of it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from tests.asterisk import NoAsteriskError, Place, root, sample, version
from yuqiao.lib.net import free_port


def prepare(folder: Path, var: Path) -> None:
    """Let what the demonstration keeps under ``var``/demo be inside Asterisk's folder; voices made before are kept."""
    kept = {"sounds": folder / "usr/share/asterisk/sounds", "recordings": folder / "var/spool/asterisk/recording"}
    here = var / "demo"
    here.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(kept["recordings"], ignore_errors=True)
    voices, spoken = here / "voices", kept["sounds"] / "yuqiao"
    shutil.rmtree(spoken, ignore_errors=True)  # the tests' prompts are tones
    voices.mkdir(exist_ok=True)
    shutil.copytree(voices, spoken)
    for name, there in kept.items():
        there.mkdir(parents=True, exist_ok=True)
        (here / name).unlink(missing_ok=True)
        (here / name).symlink_to(there)


def main(arguments: list[str]) -> int:
    """Run the demonstration; its exit status, or 1 when Asterisk cannot be had."""
    try:
        folder = root()
    except NoAsteriskError as error:
        print(error, file=sys.stderr)
        return 1
    var = Path(os.environ.get("YUQIAO_VAR_DIR") or "var").resolve() / "demo-asterisk"
    prepare(folder, var)
    base, password = free_port(), secrets.token_urlsafe(24)
    place = Place(folder, "yuqiao-demo")
    place.configure(sample(sip=base, ari=base + 2, password=password))
    environment = {**os.environ, "YUQIAO_VAR_DIR": str(var), "YUQIAO_ARI_PASSWORD": password}
    command = [sys.executable, "-m", "yuqiao.config.cli", "demo", "--without-media", "--port-base", str(base)]
    with (var / "asterisk.log").open("ab") as log, place.running(log.fileno()):
        print(f"{version(folder)}, SIP on port {base}, ARI on port {base + 2}", flush=True)
        status = subprocess.run([*command, *arguments], env=environment, check=False).returncode
    shutil.copytree(folder / "usr/share/asterisk/sounds/yuqiao", var / "demo/voices", dirs_exist_ok=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
