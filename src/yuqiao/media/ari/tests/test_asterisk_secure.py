"""Asterisk 22 as a carrier that speaks TLS and insists on SRTP: it sends Alice's own tone back to her, so that both
directions are heard, secured by a peer not written here.

Needs root and a folder with Asterisk to chroot into, named by YUQIAO_TEST_ASTERISK_ROOT (`tests.asterisk`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.asterisk import Place, sample

from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import Handset, connected, running, until
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.tests.certificates import Authority
from yuqiao.media.sip.trunks import TrunkSettings, networks

pytestmark = [pytest.mark.live, pytest.mark.asterisk]

NAME = "yuqiao-secure"
PJSIP = """\
[tls]
type=transport
protocol=tls
bind=127.0.0.1:{port}
cert_file=/etc/{name}/carrier.pem
priv_key_file=/etc/{name}/carrier.pem
ca_list_file=/etc/{name}/authority.pem
verify_client=no
verify_server=yes
method=tlsv1_2
[city]
type=endpoint
transport=tls
context=carrier
disallow=all
allow=alaw
media_encryption=sdes
aors=city
[city]
type=aor
contact=sip:127.0.0.1:{ours}\\;transport=tls
[city]
type=identify
endpoint=city
match=127.0.0.1
"""
EXTENSIONS = "[carrier]\nexten => _X.,1,Answer()\n same => n,Echo()\n"


@pytest.fixture
async def asterisk(tmp_path: Path) -> AsyncIterator[tuple[Place, int, int, Authority]]:
    """The carrier, its port, the port where it calls us, and whose certificates both believe."""
    authority = Authority(tmp_path)
    port, ours = free_port(), free_port()
    place = Place(Path(os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")), NAME)
    files = dict(sample(sip=free_port(), ari=free_port(), password="unused"))
    files["pjsip.conf"] = PJSIP.format(port=port, ours=ours, name=NAME)
    files["extensions.conf"] = EXTENSIONS
    files["carrier.pem"] = authority.sign("sip.carrier.example", file="carrier").read_text()
    files["authority.pem"] = authority.file.read_text()
    await asyncio.to_thread(place.configure, files)
    booting = place.running()
    await asyncio.to_thread(booting.__enter__)
    try:
        yield place, port, ours, authority
    finally:
        await asyncio.to_thread(booting.__exit__, None, None, None)


async def test_a_carrier_that_insists_on_tls_and_srtp(
    asterisk: tuple[Place, int, int, Authority], tmp_path: Path, alice: Handset
) -> None:
    place, port, ours, authority = asterisk
    certificate = authority.settings("127.0.0.1", port=ours, of_hosts={"127.0.0.1": "sip.carrier.example"})
    trunk = TrunkSettings(
        "carrier", (("127.0.0.1", port),), transport="TLS", srtp=Policy.REQUIRED, options_seconds=1, prefixes=("138",)
    )
    settings = {"tls": certificate, "trunks": (trunk,), "sip_peers": networks("127.0.0.0/8")}
    async with running(tmp_path, **settings) as station, connected(station) as client:
        await client.listen()
        await until(lambda: station.trunk.endpoints == {"carrier": "online"}, "an answer to OPTIONS under TLS")
        endpoint = "PJSIP/13800000001@carrier"
        await client.do("POST", "/channels", endpoint=endpoint, app="yuqiao", channelId="out")
        await client.event("StasisStart", channel="out")
        shown = await asyncio.to_thread(place.command, "pjsip show channelstats")
        assert "city" in shown
        await client.do(
            "POST", "/channels", endpoint=f"PJSIP/yuqiao/{alice.uri}", app="yuqiao", channelId="alice", originator="out"
        )
        await client.event("StasisStart", channel="alice")
        await client.do("POST", "/bridges/room", type="mixing")
        await client.do("POST", "/bridges/room/addChannel", channel="alice,out")
        await until(lambda: len(alice.phone.heard) > 50 and alice.phone.hears(alice.freq) > -35, "her own tone")
        figures = await station.mixer.counters()
        assert figures["srtp_refused"] == figures["srtp_replayed"] == 0
        await client.do("DELETE", "/channels/out")
        await client.event("ChannelDestroyed", channel="out")

        await asyncio.to_thread(place.command, "channel originate PJSIP/960169@city application Wait 20")
        await until(lambda: len(client.told("StasisStart")) == 3, "Asterisk's call")
        inbound = client.told("StasisStart")[2]["channel"]["id"]
        await client.do("POST", f"/channels/{inbound}/answer")
        await until(lambda: station.trunk.calls == 2, "Asterisk's call to stand beside Alice's")
        await client.do("DELETE", f"/channels/{inbound}")
        assert (await client.event("ChannelDestroyed", channel=inbound))["cause"] == 16
        assert station.trunk.counters["tls_refused"] == 0
