"""The process ``yuqiao media``: starts from its environment, ends in order on SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from yuqiao.lib.environment import SettingError
from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import PASSWORD, Client, Handset, basic, until
from yuqiao.media.server import MediaConfig

pytestmark = pytest.mark.live


@asynccontextmanager
async def process(folder: Path, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUQIAO_")}
    environment |= {"YUQIAO_VAR_DIR": str(folder), "YUQIAO_RTP_PORTS": "30000-39998", "YUQIAO_MIXER_WORKERS": "1"}
    one = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yuqiao.media.server", env=environment | more, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield one
    finally:
        if one.returncode is None:
            one.kill()
        await one.communicate()


async def test_sigterm_completes_recordings_and_says_goodbye(tmp_path: Path) -> None:
    ari, sip = free_port(), free_port()
    settings = {
        "YUQIAO_ARI_LISTEN": f"127.0.0.1:{ari}",
        "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
        "YUQIAO_SIP_PORT": str(sip),
        "YUQIAO_SIP_PEERS": "127.0.0.1",
        "YUQIAO_ARI_PASSWORD": PASSWORD,
    }
    async with process(tmp_path, **settings) as server, Handset(440, "13800000001") as alice:
        assert server.stderr is not None
        line = await asyncio.wait_for(server.stderr.readline(), 20)
        assert b"media server ready" in line
        assert str(sip).encode() in line
        async with aiohttp.ClientSession(headers=basic()) as session:
            client = Client(f"http://127.0.0.1:{ari}/ari", session)
            await client.listen()
            target = f"sip:960169@127.0.0.1:{sip}"
            alice.call = alice.trunk.invite(
                target, local=alice.phone.audio.remote, observer=alice, caller_number=alice.number
            )
            channel = (await client.event("StasisStart"))["channel"]["id"]
            await client.do("POST", f"/channels/{channel}/answer")
            await client.do("POST", f"/channels/{channel}/record", name="one", format="wav")
            await client.event("RecordingStarted")
            await until(lambda: len(alice.phone.heard) > 50, "a second of audio")
            server.send_signal(signal.SIGTERM)
            await until(lambda: bool(alice.ends), "BYE")
            finished = await client.event("RecordingFinished")
            await client.event("ChannelDestroyed")
            assert await asyncio.wait_for(server.wait(), 20) == 0
            assert client.socket is not None
            await until(lambda: client.socket is not None and client.socket.closed, "the WebSocket to be closed")
    with wave.open(str(tmp_path / "recordings" / "one.wav"), "rb") as file:
        assert abs(file.getnframes() / 8 - finished["recording"]["duration_ms"]) <= 20
        assert file.getnframes() > 4000


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, b"YUQIAO_ARI_PASSWORD"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_SIP_PORT": "sip"}, b"YUQIAO_SIP_PORT"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_ARI_LISTEN": "8088"}, b"YUQIAO_ARI_LISTEN"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_RTP_PORTS": "20000"}, b"YUQIAO_RTP_PORTS"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_MIXER_WORKERS": "0"}, b"YUQIAO_MIXER_WORKERS"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_SIP_PEERS": "everybody"}, b"YUQIAO_SIP_PEERS"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_SIP_SESSION_EXPIRES": "30"}, b"YUQIAO_SIP_SESSION_EXPIRES"),
        ({"YUQIAO_ARI_PASSWORD": "x", "YUQIAO_TRUNKS": '[{"name": "city-a"}]'}, b"trunk city-a: hosts is missing"),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_its_name(
    tmp_path: Path, settings: dict[str, str], sentence: bytes
) -> None:
    async with process(tmp_path, **settings) as server:
        _, told = await asyncio.wait_for(server.communicate(), 20)
        assert server.returncode == 1
        assert sentence in told
        assert b"Traceback" not in told


@pytest.mark.parametrize("which", ["YUQIAO_ARI_LISTEN", "YUQIAO_SIP_PORT"])
async def test_a_taken_port_is_told(tmp_path: Path, which: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = {
            "YUQIAO_ARI_PASSWORD": "x",
            "YUQIAO_SIP_PORT": str(free_port()),
            "YUQIAO_ARI_LISTEN": f"127.0.0.1:{free_port()}",
            "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
        }
        settings |= {which: f"127.0.0.1:{port}" if which == "YUQIAO_ARI_LISTEN" else str(port)}
        async with process(tmp_path, **settings) as server:
            _, told = await asyncio.wait_for(server.communicate(), 20)
    assert server.returncode == 1
    assert b"cannot start" in told


def test_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("YUQIAO_")]:
        monkeypatch.delenv(name)
    with pytest.raises(SettingError, match="YUQIAO_ARI_PASSWORD"):
        MediaConfig.from_environment()
    monkeypatch.setenv("YUQIAO_DEBUG", "1")
    monkeypatch.setenv("YUQIAO_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("YUQIAO_SIP_HOST", "127.0.0.9")
    config = MediaConfig.from_environment()
    assert (config.sip_port, config.ari_listen, config.rtp_host) == (5060, ("127.0.0.1", 8088), "127.0.0.9")
    assert (config.sounds, config.recordings) == (tmp_path / "sounds", tmp_path / "recordings")
    assert config.ari_password == "only-for-development"
