"""TLS in the process ``yuqiao media``: its settings, and a certificate renewed while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import ssl
from pathlib import Path

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.test_process import process
from yuqiao.media.sip.tests.certificates import Authority

pytestmark = pytest.mark.live


async def serial_of(port: int, authority: Authority) -> str:
    """Return the serial number of the certificate that is shown at ``port``."""
    context = ssl.create_default_context(cafile=authority.file)
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    found: str = writer.get_extra_info("peercert")["serialNumber"]
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return found


async def test_sighup_renews_the_certificate_and_keeps_it_when_the_file_is_broken(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.sign("127.0.0.1")
    port = free_port()
    settings = {
        "YUQIAO_ARI_LISTEN": f"127.0.0.1:{free_port()}",
        "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
        "YUQIAO_ARI_PASSWORD": "x",
        "YUQIAO_SIP_PORT": str(free_port()),
        "YUQIAO_SIP_PEERS": "127.0.0.1",
        "YUQIAO_SIP_TLS_CERTIFICATE": str(certificate),
        "YUQIAO_SIP_TLS_CA": str(authority.file),
        "YUQIAO_SIP_TLS_PORT": str(port),
    }
    async with process(tmp_path, **settings) as server:
        assert server.stderr is not None

        async def says(what: bytes) -> None:
            assert server.stderr is not None
            async with asyncio.timeout(20):
                while what not in await server.stderr.readline():
                    assert server.returncode is None

        await says(b"media server ready")
        before = await serial_of(port, authority)
        authority.sign("127.0.0.1")
        server.send_signal(signal.SIGHUP)
        await says(b"the certificate was read anew")
        after = await serial_of(port, authority)
        assert after != before
        certificate.write_text("broken")
        server.send_signal(signal.SIGHUP)
        await says(b"the former certificate stays in use")
        assert await serial_of(port, authority) == after


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"YUQIAO_SIP_TLS_CERTIFICATE": "/nowhere.pem"}, b"/nowhere.pem cannot be read: No such file"),
        ({"YUQIAO_TRUNKS": json.dumps([{"name": "a", "hosts": ["h"], "transport": "tls"}])}, b"a trunk wants TLS"),
    ],
)
async def test_a_wrong_setting_of_tls_stops_the_start(
    tmp_path: Path, settings: dict[str, str], sentence: bytes
) -> None:
    async with process(tmp_path, YUQIAO_ARI_PASSWORD="x", **settings) as server:
        _, told = await asyncio.wait_for(server.communicate(), 20)
        assert server.returncode == 1
        assert sentence in told
        assert b"YUQIAO_SIP_TLS_CERTIFICATE" in told
        assert b"Traceback" not in told
