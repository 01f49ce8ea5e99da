"""sipp (Debian's sip-tester): a script that goes on, step by step, whenever it is told to by an INFO of our own.

It says nothing itself but sends back what it is sent, so who talks to it hears himself; its keys are a recorded RTP
stream (RFC 4733), which it sends over a raw socket. Its own verdict on every message is its exit status.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yuqiao.lib.g711 import Samples
from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import Handset, until

KEYS = "/usr/share/sip-tester/dtmf_2833_{digit}.pcap"
TAG = "[pid]SIPpTag00[call_number]"
US = f"<sip:sipp@[local_ip]:[local_port]>;tag={TAG}"
CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port]>"


def _sdp(version: int, direction: str) -> str:
    return (
        f"\nv=0\no=sipp 1 {version} IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\n"
        f"m=audio [media_port] RTP/AVP 8 101\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n"
        f"a=fmtp:101 0-15\na={direction}\n"
    )


def _request(method: str, cseq: int, *, to: str, uri: str, sdp: str = "") -> str:
    kind = "Content-Type: application/sdp\n" if sdp else ""
    retrans = "" if method == "ACK" else ' retrans="500"'
    return (
        f"<send{retrans}><![CDATA[\n{method} {uri} SIP/2.0\n"
        f"Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]\nFrom: {US}\nTo: {to}\nCall-ID: [call_id]\n"
        f"CSeq: {cseq} {method}\n{CONTACT}\nMax-Forwards: 70\n{kind}Content-Length: [len]\n{sdp or chr(10)}]]></send>\n"
    )


def _answer(status: str, sdp: str = "") -> str:
    kind = "Content-Type: application/sdp\n" if sdp else ""
    return (
        f"<send><![CDATA[\nSIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:];tag={TAG}\n[last_Call-ID:]\n"
        f"[last_CSeq:]\n{CONTACT}\n{kind}Content-Length: [len]\n{sdp or chr(10)}]]></send>\n"
    )


def _keep(header: str, regexp: str, names: str) -> str:
    return f'<ereg regexp="{regexp}" search_in="hdr" header="{header}" check_it="true" assign_to="{names}"/>'


STEP = '<recv request="INFO"/>\n'
LOG = '<log message="[call_id]"/>'
PROVISIONAL = '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n'
CALLS = (
    _request(
        "INVITE",
        1,
        to="<sip:[service]@[remote_ip]:[remote_port]>",
        uri="sip:[service]@[remote_ip]:[remote_port]",
        sdp=_sdp(1, "sendrecv"),
    )
    + PROVISIONAL
    + f'<recv response="200"><action>{_keep("To:", ".*", "them")}{_keep("Contact:", "&lt;(.*)&gt;", "all,uri")}'
    + f"{LOG}</action></recv>\n"
    + _request("ACK", 1, to="[$them]", uri="[$uri]")
)
IS_CALLED = (
    f'<recv request="INVITE"><action>{_keep("From:", ".*", "them")}{_keep("Contact:", "&lt;(.*)&gt;", "all,uri")}'
    + f"{LOG}</action></recv>\n"
    + _answer("180 Ringing")
    + _answer("200 OK", _sdp(1, "sendrecv"))
    + '<recv request="ACK"/>\n'
)


def _change(cseq: int, direction: str) -> str:
    """A step: a re-INVITE with that direction (RFC 3264 8.4)."""
    return (
        STEP
        + _request("INVITE", cseq, to="[$them]", uri="[$uri]", sdp=_sdp(cseq, direction))
        + '<recv response="100" optional="true"/>\n<recv response="200"/>\n'
        + _request("ACK", cseq, to="[$them]", uri="[$uri]")
    )


REST = (
    _change(2, "sendonly")
    + _change(3, "sendrecv")
    + STEP
    + f'<nop><action><exec play_pcap_audio="{KEYS}"/></action></nop>\n'
    + '<recv request="BYE" optional="true" next="ended"/>\n'
    + STEP
    + _request("BYE", 4, to="[$them]", uri="[$uri]")
    + '<recv response="200" next="over"/>\n<label id="ended"/>\n'
    + _answer("200 OK").replace(f";tag={TAG}", "")
    + '<label id="over"/>\n<nop/>\n<Reference variables="all"/>\n'
)


class Sipp:
    """One call of sipp's, in or out."""

    hears_after_hold = True

    def __init__(self, folder: Path, bob: Handset) -> None:
        self._folder, self._bob = folder, bob
        self.voice = bob.freq
        self._port, self._steps, self._digit = free_port(), 0, "5"
        self.endpoint = f"PJSIP/yuqiao/sip:sipp@127.0.0.1:{self._port}"
        self._process: asyncio.subprocess.Process | None = None

    async def expect(self) -> None:
        await self._start(IS_CALLED)
        await until(self._listens, "sipp to listen")

    async def dial(self, target: str) -> None:
        user, _, where = target.removeprefix("sip:").partition("@")
        await self._start(CALLS, where, "-s", user)

    async def _start(self, beginning: str, *arguments: str) -> None:
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="peer">\n{beginning}{REST}</scenario>\n'
        (self._folder / "script.xml").write_text(text.replace("{digit}", self._digit))
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            "sipp", *arguments, "-sf", "script.xml", "-m", "1", "-i", "127.0.0.1", "-p", str(self._port),
            "-mi", "127.0.0.1", "-mp", str(free_port()), "-rtp_echo", "-nostdin", "-timeout", "30", "-timeout_error",
            "-trace_err", "-error_file", "errors.log", "-trace_logs", "-log_file", "call-id",
            cwd=self._folder, stdout=quiet, stderr=quiet,
        )  # fmt: skip

    def _listens(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", self._port))
            except OSError:
                return True
        return False

    async def accept(self) -> None:
        """It answers by itself."""

    async def _step(self) -> None:
        self._steps += 1
        log = self._folder / "call-id"
        await until(lambda: log.exists() and log.stat().st_size > 0, "sipp's call")
        lines = (
            "INFO sip:sipp@127.0.0.1 SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKstep{self._steps}",
            "From: <sip:test@127.0.0.1>;tag=step", "To: <sip:sipp@127.0.0.1>", f"Call-ID: {log.read_text().strip()}",
            f"CSeq: {self._steps} INFO", "Content-Length: 0", "", "",
        )  # fmt: skip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.sendto("\r\n".join(lines).encode(), ("127.0.0.1", self._port))

    async def hold(self) -> None:
        await self._step()

    async def resume(self) -> None:
        await self._step()

    async def press(self, digit: str) -> None:
        if os.geteuid() != 0:
            pytest.skip("sipp sends keys over a raw socket, which needs root")
        assert digit == self._digit
        await self._step()

    async def hang_up(self) -> None:
        await self._step()

    async def over(self) -> None:
        assert self._process is not None
        code = await asyncio.wait_for(self._process.wait(), 10)
        errors = self._folder / "errors.log"
        assert code == 0, errors.read_text()[-3000:] if errors.exists() else f"sipp ended with {code}"

    def heard(self) -> Samples:
        return self._bob.phone.last(60.0)

    async def close(self) -> None:
        """End it if it runs still."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def sipp(folder: Path, bob: Handset) -> AsyncIterator[Sipp]:
    """One call's worth of sipp, which Bob is on."""
    peer = Sipp(folder, bob)
    try:
        yield peer
    finally:
        await peer.close()
