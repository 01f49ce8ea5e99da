"""Asterisk 22 as the peer of a comparison: its ConfBridge at its leanest (`tests.asterisk` runs it)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.asterisk import Place

SIP_PORT = 25060
CONFIG = {
    "asterisk.conf": """\
[directories]
astetcdir => /etc/asterisk
astrundir => /run/asterisk
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


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[int, Place]]:
    """Start Asterisk with the lean configuration; yield its pid, and where to ask it."""
    place = Place(folder, "yuqiao-bench")
    place.configure(CONFIG)
    with place.running() as pid:
        yield pid, place
