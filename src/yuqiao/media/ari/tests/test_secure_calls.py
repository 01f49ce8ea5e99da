"""Secured calls heard by their tones: baresip, not written here, under TLS and SRTP, beside a plain phone."""

from __future__ import annotations

import logging
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from yuqiao.lib.g711 import Samples
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import level_of, sine
from yuqiao.media.ari.tests.live import Client, Handset, connected, running, until
from yuqiao.media.server import MediaServer
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.tests.baresip import Softphone, configure, started
from yuqiao.media.sip.tests.certificates import Authority
from yuqiao.media.sip.trunks import networks

pytestmark = pytest.mark.live
SINE = 700.0
LOOPBACK = networks("127.0.0.0/8")


@asynccontextmanager
async def softphone(folder: Path, authority: Authority, encryption: str) -> AsyncIterator[tuple[Softphone, int]]:
    """A baresip that says 700 Hz, keeps in ``folder`` what it hears, and speaks TLS and SRTP as ``encryption`` says."""
    certificate = authority.sign("127.0.0.1", file="baresip")
    voice = folder / "voice.wav"
    write_wave(voice, sine(SINE, 30.0, -15))

    def write() -> tuple[int, int]:
        sip, control = free_port(), free_port()
        account = f"<sip:carol@127.0.0.1:{sip};transport=tls>;regint=0;audio_codecs=PCMA/8000/1;mediaenc={encryption}"
        more = ("module srtp.so", f"sip_certificate {certificate}", f"sip_cafile {authority.file}")
        configure(folder, account, sip, control, voice=voice, more=more)
        return control, sip + 1

    async with started(folder, write) as phone:
        yield phone, phone.port


def write_wave(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def heard_by(folder: Path, freq: float) -> float:
    """The level of a tone in the second half of what baresip heard."""
    (file,) = folder.glob("dump-*-dec.wav")
    with wave.open(str(file)) as one:
        samples = np.frombuffer(one.readframes(one.getnframes()), dtype=np.int16)
    return level_of(samples[len(samples) // 2 :], freq)


async def bridge(client: Client, station: MediaServer, alice: Handset, channel: str) -> None:
    await client.do("POST", "/bridges/room", type="mixing")
    alice.dial("960169", station)
    await until(lambda: len(client.told("StasisStart")) == 2, "Alice's call")
    inbound = client.told("StasisStart")[1]["channel"]["id"]
    await client.do("POST", f"/channels/{inbound}/answer")
    await client.do("POST", "/bridges/room/addChannel", channel=f"{inbound},{channel}")
    await until(lambda: alice.talking, "Alice to talk")


@pytest.mark.parametrize("we_call", [False, True])
@pytest.mark.parametrize("encryption", ["srtp", "srtp-mand"])
async def test_tones_both_ways_under_tls_and_srtp_with_baresip(
    tmp_path: Path, alice: Handset, we_call: bool, encryption: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    authority = Authority(tmp_path)
    settings = {"tls": authority.settings("127.0.0.1"), "sip_peers": LOOPBACK, "srtp": Policy.OPTIONAL}
    folder = tmp_path / "baresip"
    folder.mkdir()
    async with (
        running(tmp_path, **settings) as station,
        connected(station) as client,
        softphone(folder, authority, encryption) as (phone, port),
    ):
        await client.listen()
        if we_call:
            endpoint = f"PJSIP/yuqiao/sip:carol@127.0.0.1:{port};transport=tls"
            await client.do("POST", "/channels", endpoint=endpoint, app="yuqiao", channelId="out")
            await phone.saw("CALL_INCOMING")
            phone.command("accept")
        else:
            phone.command("dial", f"sip:960169@127.0.0.1:{station.trunk.tls_address[1]}")
        channel = (await client.event("StasisStart"))["channel"]["id"]
        if not we_call:
            await client.do("POST", f"/channels/{channel}/answer")
        await phone.saw("CALL_ESTABLISHED")
        await bridge(client, station, alice, channel)
        await until(lambda: len(alice.phone.heard) > 50 and alice.phone.hears(SINE) > -30, "baresip to be heard")
        before = len(alice.phone.heard)
        await until(lambda: len(alice.phone.heard) > before + 100, "two more seconds")
        counters = await station.mixer.counters()
        assert counters["srtp_refused"] == counters["srtp_replayed"] == 0
        phone.command("hangup")
        await client.event("ChannelDestroyed", channel=channel)
        await phone.saw("CALL_CLOSED")
        assert "inline:" not in caplog.text
    assert heard_by(folder, 440) > -35
