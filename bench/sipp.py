"""sipp as the load: many callers, each sending 20 ms PCMA the whole time to the number its line of the list names."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from yuqiao.lib import g711, tone

PCMA = 8

SCENARIO = """\
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:caller[call_number]@[local_ip]:[local_port]>;tag=[pid]SIPpTag[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=ptime:20
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rtd="true" rrs="true"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:caller[call_number]@[local_ip]:[local_port]>;tag=[pid]SIPpTag[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <nop><action><exec rtp_stream="{audio},-1,8,PCMA/8000"/></action></nop>
  <pause milliseconds="{hold_ms}"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:caller[call_number]@[local_ip]:[local_port]>;tag=[pid]SIPpTag[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""


def speech_like(seconds: float = 10.0) -> bytes:
    """Return PCMA: a tone whose loudness goes up and down four times a second, as syllables do."""
    samples = tone.sine(440.0, seconds, -12.0).astype(np.float64)
    envelope = 0.55 - 0.45 * np.cos(2 * np.pi * 4.0 * np.arange(len(samples)) / 8000)
    return g711.encode((samples * envelope).astype(np.int16), PCMA)


@contextlib.contextmanager
def callers(
    folder: Path, target: str, numbers: list[str], hold_seconds: float, port: int, *, rate: int = 45, rtp: int = 40000
) -> Iterator[Path]:
    """Let one caller per entry of ``numbers`` dial ``target`` (host:port), ``rate`` a second, their audio on ports from
    ``rtp`` on; yield sipp's statistics file.

    The callers hang up after ``hold_seconds``; leaving the block ends sipp.
    """
    audio = folder / "audio.al"
    audio.write_bytes(speech_like())
    scenario = folder / "caller.xml"
    scenario.write_text(SCENARIO.replace("{audio}", str(audio)).replace("{hold_ms}", str(int(hold_seconds * 1000))))
    names = folder / "numbers.csv"
    names.write_text("SEQUENTIAL\n" + "\n".join(numbers) + "\n")
    statistics = folder / "statistics.csv"
    screen = (folder / "screen.log").open("wb")
    process = subprocess.Popen(
        ["sipp", target, "-sf", scenario, "-inf", names, "-m", str(len(numbers)), "-l", str(len(numbers)),
         "-r", str(rate), "-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-mp", str(rtp),
         "-nostdin", "-trace_stat", "-stf", statistics, "-fd", "1", "-trace_err", "-error_file", folder / "errors.log"],
        stdout=screen,
        stderr=subprocess.STDOUT,
        cwd=folder,
    )  # fmt: skip
    screen.close()
    try:
        yield statistics
    finally:
        process.terminate()
        process.wait(10)


def counts(statistics: Path) -> dict[str, int]:
    """Return how many calls sipp had begun, ended well and failed when it last wrote ``statistics``."""
    lines = statistics.read_text().splitlines()
    last = dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=False))
    names = {"begun": "TotalCallCreated", "good": "SuccessfulCall(C)", "failed": "FailedCall(C)"}
    return {name: int(last[column]) for name, column in names.items()}
