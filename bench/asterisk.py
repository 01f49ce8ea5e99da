"""Asterisk 22 as the peer of a comparison: its ConfBridge at its leanest (`tests.asterisk` runs it)."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.asterisk import Place

SIP_PORT = 25060
CONFIG = {
    # The precedence that our mixer takes.
    "asterisk.conf": """\
[directories]
astetcdir => /etc/asterisk
astrundir => /run/asterisk
astspooldir => /var/spool/asterisk
astlogdir => /var/log/asterisk
[options]
highpriority=yes
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
bind=127.0.0.1:25060
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
    "extensions.conf": "[default]\nexten => _XXXX,1,Answer()\n same => n,ConfBridge(${EXTEN},plain,plain)\n",
    # The leanest profile: no menu, no announcements, no talk detection, 20 ms mixing, as our mixer.
    "confbridge.conf": """\
[general]
[plain]
type=bridge
mixing_interval=20
[recorded]
type=bridge
mixing_interval=20
record_conference=yes
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


#: A file for each channel (what it says and hears) and one for each conference: as many as ours.
RECORDING = """\
[default]
exten => _XXXX,1,Answer()
 same => n,MixMonitor(leg-${UNIQUEID}.wav)
 same => n,ConfBridge(${EXTEN},recorded,plain)
"""
MONITOR = "var/spool/asterisk/monitor"


def recorded(place: Place) -> list[Path]:
    """Return the files of parties' voices that Asterisk has written."""
    return sorted((place.folder / MONITOR).glob("leg-*.wav"))


@contextlib.contextmanager
def running(folder: Path, *, record: bool = False) -> Iterator[tuple[int, Place]]:
    """Start Asterisk with the lean configuration; yield its pid, and where to ask it. Recordings go afterwards."""
    place = Place(folder, "yuqiao-bench")
    place.configure(CONFIG | ({"extensions.conf": RECORDING} if record else {}))
    try:
        with place.running() as pid:
            yield pid, place
    finally:
        shutil.rmtree(folder / MONITOR, ignore_errors=True)
