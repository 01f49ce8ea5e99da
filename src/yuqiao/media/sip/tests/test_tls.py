"""SIP over TLS between two trunks: calls both ways over one connection, names proved, certificates renewed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.secure_transport import Tls, TlsSettings
from yuqiao.media.sip.tests.certificates import Authority
from yuqiao.media.sip.tests.parties import ALICE_RTP, BRISK, Desk, Witness, answer_at_once, until
from yuqiao.media.sip.trunks import TrunkSettings


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextlib.asynccontextmanager
async def secured(tls: TlsSettings | None, desk: Desk | None = None, **settings: Any) -> AsyncIterator[SipTrunk]:
    """A started trunk that speaks TLS as ``tls`` says."""
    made = SipTrunk(host="127.0.0.1", port=0, on_incoming=desk or Desk(), timing=BRISK, tls=tls, **settings)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def dial(alice: SipTrunk, target: str) -> Witness:
    witness = Witness()
    alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
    return witness


@pytest.mark.parametrize("form", ["sip:12345@{host}:{port};transport=tls", "sips:12345@{host}:{port}"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_call_under_tls_ended_from_either_side(authority: Authority, form: str, host: str) -> None:
    desk = Desk(answer_at_once)
    async with (
        secured(authority.settings("localhost", "127.0.0.1"), desk) as bob,
        secured(authority.settings("alice.example", "127.0.0.1")) as alice,
    ):
        target = form.format(host=host, port=bob.tls_address[1])
        for bob_ends in (True, False):
            witness = Witness()
            call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            taken, ended_by = desk.calls[-1], desk.witnesses[-1]
            await ended_by.answered()
            scheme = target.partition(":")[0]
            assert taken.headers["via"].startswith("SIP/2.0/TLS ")
            assert taken.headers["contact"] == f"<{scheme}:960169@127.0.0.1:{alice.tls_address[1]};transport=tls>"
            (taken if bob_ends else call).hangup()
            assert (await witness.ended()).code == 16
            assert (await ended_by.ended()).code == 16
        assert alice.counters["retransmitted"] == bob.counters["retransmitted"] == 0
        assert alice.counters["tls_refused"] == bob.counters["tls_refused"] == 0


async def test_nothing_of_a_call_goes_in_the_clear(authority: Authority) -> None:
    """A wire-tapper between the two sees TLS records alone: no number, no name, no SDP."""
    desk = Desk(answer_at_once)
    async with secured(authority.settings("127.0.0.1"), desk) as bob, secured(authority.settings("127.0.0.1")) as alice:
        seen = bytearray()

        async def tap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, onward = await asyncio.open_connection(*bob.tls_address)

            async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                while data := await source.read(4096):
                    seen.extend(data)
                    sink.write(data)
                sink.close()

            await asyncio.gather(copy(reader, onward), copy(there, writer))

        between = await asyncio.start_server(tap, "127.0.0.1", 0)
        async with between:
            port = between.sockets[0].getsockname()[1]
            witness = dial(alice, f"sip:12345@127.0.0.1:{port};transport=tls")
            await witness.answered()
            assert len(seen) > 2000
            for word in (b"960169", b"12345", b"SIP/2.0", b"PCMA"):
                assert word not in seen
            assert seen[0] == 22  # a handshake record (RFC 8446 5.1)
            desk.calls[0].hangup()
            await witness.ended()


@pytest.mark.parametrize(
    ("names", "days", "why"),
    [
        (("other.example",), 30, "its certificate is refused: IP address mismatch"),
        (("127.0.0.1",), -1, "its certificate is refused: certificate has expired"),
    ],
)
async def test_a_wrong_certificate_is_refused_and_named(
    authority: Authority, names: tuple[str, ...], days: int, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(answer_at_once)
    async with (
        secured(authority.settings(*names, days=days), desk) as bob,
        secured(authority.settings("alice.example")) as alice,
    ):
        with caplog.at_level(logging.WARNING):
            end = await dial(alice, f"sip:12345@127.0.0.1:{bob.tls_address[1]};transport=tls").ended()
        assert (end.code, end.sip_status) == (38, 0)
        assert why in caplog.text
        assert alice.counters["tls_refused"] == 1
        assert desk.calls == []


async def test_an_authority_that_we_do_not_trust(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = Authority(tmp_path / "a"), Authority(tmp_path / "b", "somebody")
    async with (
        secured(theirs.settings("127.0.0.1")) as bob,
        secured(ours.settings("alice.example")) as alice,
    ):
        await dial(alice, f"sip:12345@127.0.0.1:{bob.tls_address[1]};transport=tls").ended()
        assert "its certificate is refused: unable to get local issuer certificate" in caplog.text


async def test_whoever_speaks_no_tls_is_given_up(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    async def in_the_clear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SIP/2.0 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    plain = await asyncio.start_server(in_the_clear, "127.0.0.1", 0)
    async with plain, secured(authority.settings("127.0.0.1")) as alice:
        port = plain.sockets[0].getsockname()[1]
        end = await dial(alice, f"sip:12345@127.0.0.1:{port};transport=tls").ended()
        assert end.code == 38
        assert f"no TLS connection to 127.0.0.1 at 127.0.0.1:{port}: no TLS: wrong version number" in caplog.text
        reader, writer = await asyncio.open_connection(*alice.tls_address)
        writer.write(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n")
        assert await reader.read(100) in {b"", b"\x15\x03\x01\x00\x02\x02F", b"\x15\x03\x03\x00\x02\x02F"}
        writer.close()


async def test_a_trunk_whose_certificate_bears_a_name(authority: Authority) -> None:
    """The host is an address, and so is its Contact; the certificate names neither, but what the settings say. When the
    connection breaks, the BYE goes over a new one that must prove the same name."""
    desk = Desk(answer_at_once)
    async with secured(authority.settings("sip.carrier.example"), desk) as bob:
        tls = authority.settings("alice.example", of_hosts={"127.0.0.1": "sip.carrier.example"})
        trunk = TrunkSettings("carrier", (bob.tls_address,), transport="TLS", options_seconds=0)
        async with secured(tls, trunks=[trunk]) as alice:
            witness = Witness()
            call = alice.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169")
            await witness.answered()
            cut(alice)
            await until(lambda: not alice._transport._connections, "the broken connection to be forgotten")
            call.hangup()
            _, theirs = await desk.called()
            assert (await theirs.ended()).code == 16


def cut(trunk: SipTrunk) -> None:
    """Break the connections of ``trunk`` as a failing network would."""
    for connection in trunk._transport._connections.values():
        assert connection._transport is not None
        connection._transport.abort()


async def test_one_connection_for_many_calls_and_none_for_another_name(authority: Authority) -> None:
    desk = Desk(answer_at_once)
    async with (
        secured(authority.settings("localhost", "127.0.0.1"), desk) as bob,
        secured(authority.settings("alice.example")) as alice,
    ):
        for name in ("localhost", "localhost", "127.0.0.1"):
            witness = Witness()
            call = alice.invite(
                f"sip:1@{name}:{bob.tls_address[1]};transport=tls",
                local=ALICE_RTP,
                observer=witness,
                caller_number="960169",
            )
            await witness.answered()
            call.hangup()
            await witness.ended()
            assert len(alice._transport._connections) == 1  # an address is as good as the name proved there
        alice._transport._names["evil.example"] = "127.0.0.1"  # a lying name server
        end = await dial(alice, f"sip:1@evil.example:{bob.tls_address[1]};transport=tls").ended()
        assert end.code == 38
        assert len(desk.calls) == 3


async def test_a_renewed_certificate_is_shown_after_a_reload_and_a_broken_one_is_not(authority: Authority) -> None:
    settings = authority.settings("127.0.0.1")
    async with secured(settings) as bob:
        before = await certificate_of(bob, authority)
        assert await certificate_of(bob, authority) == before
        authority.sign("127.0.0.1")
        bob.reload_certificate()
        after = await certificate_of(bob, authority)
        assert after != before
        settings.certificate.write_text("nonsense")
        with pytest.raises(ValueError, match="cannot be used: no pem"):
            bob.reload_certificate()
        assert await certificate_of(bob, authority) == after


async def certificate_of(trunk: SipTrunk, authority: Authority) -> bytes:
    """Return the certificate that ``trunk`` shows."""
    context = ssl.create_default_context(cafile=authority.file)
    _, writer = await asyncio.open_connection(*trunk.tls_address, ssl=context)
    found: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return found


def test_settings_that_cannot_be_used(tmp_path: Path, authority: Authority) -> None:
    good, other = authority.sign("a.example"), authority.sign("b.example")
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        Tls(TlsSettings(tmp_path / "none.pem", good))
    with pytest.raises(ValueError, match="cannot be used: key values mismatch"):
        Tls(TlsSettings(good, other))
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(ValueError, match="holds no certificates"):
        Tls(TlsSettings(good, good, authorities=tmp_path / "empty.pem"))


async def test_without_a_certificate_of_ours_nothing_goes_by_tls() -> None:
    async with secured(None) as alice:
        for target in ("sips:1@127.0.0.1", "sip:1@127.0.0.1;transport=tls"):
            with pytest.raises(ValueError, match="TLS needs a certificate"):
                dial(alice, target)


async def test_sips_in_the_clear_is_refused(authority: Authority) -> None:
    async with secured(authority.settings("127.0.0.1")) as bob:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as carol:
            carol.setblocking(False)
            carol.bind(("127.0.0.1", free_port()))
            port = carol.getsockname()[1]
            text = (
                "OPTIONS sips:1@127.0.0.1 SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKx\r\nMax-Forwards: 70\r\n"
                "From: <sip:c@127.0.0.1>;tag=1\r\nTo: <sip:1@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"
                "Content-Length: 0\r\n\r\n"
            )
            carol.sendto(text.encode(), bob.address)
            async with asyncio.timeout(5):
                answer = await asyncio.get_running_loop().sock_recv(carol, 4096)
        assert answer.startswith(b"SIP/2.0 416 ")
