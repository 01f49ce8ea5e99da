"""The process ``yuqiao media``: SIP signalling, mixer workers and the ARI face in one asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqiao.lib.environment import SettingError, flag, port_range, read
from yuqiao.lib.phones import key_from
from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.http import AriServer, Credentials
from yuqiao.media.ari.switch import Switch
from yuqiao.media.mixer_client import MixerPool
from yuqiao.media.ports import CallObserver, SipCall
from yuqiao.media.sip.phones import PhoneSettings
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.secure_transport import TLS_PORT, Tls, TlsSettings
from yuqiao.media.sip.session_timers import LEAST, Terms
from yuqiao.media.sip.trunk import SipTrunk
from yuqiao.media.sip.trunks import Network, TrunkSettings, networks, reader

logger = logging.getLogger(__name__)


#: Who may call in where nothing is configured, in development alone.
LOOPBACK = networks("127.0.0.0/8, ::1/128")


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """What the media server is told by its environment; docs/media.md lists the variables."""

    ari_password: str
    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    rtp_host: str = "127.0.0.1"
    rtp_ports: tuple[int, int] = (20000, 29999)
    ari_listen: tuple[str, int] = ("127.0.0.1", 8088)
    ari_user: str = "yuqiao"
    ari_app: str = "yuqiao"
    sounds: Path = Path("var/sounds")
    recordings: Path = Path("var/recordings")
    workers: int = 1
    rtp_timeout: float = 10.0
    trunks: tuple[TrunkSettings, ...] = ()
    sip_peers: tuple[Network, ...] = LOOPBACK
    tls: TlsSettings | None = None
    session_seconds: int = 1800
    srtp: Policy = Policy.OPTIONAL
    phones_listen: tuple[str, int] | None = None
    rtp_public_host: str = ""

    @classmethod
    def from_environment(cls) -> MediaConfig:
        """Read the environment; SettingError names the variable that is missing or cannot be used."""
        debug = read("YUQIAO_DEBUG", flag, default=False)
        var = Path(read("YUQIAO_VAR_DIR", str, "var")).resolve()
        sip_host = read("YUQIAO_SIP_HOST", str, "127.0.0.1")
        nothing: tuple[TrunkSettings, ...] = ()
        trunks = read("YUQIAO_TRUNKS", reader(os.environ), nothing)
        return cls(
            ari_password=read("YUQIAO_ARI_PASSWORD", str, "only-for-development" if debug else None),
            sip_host=sip_host,
            sip_port=read("YUQIAO_SIP_PORT", int, 5060),
            rtp_host=read("YUQIAO_RTP_HOST", str, sip_host),
            rtp_ports=read("YUQIAO_RTP_PORTS", port_range, (20000, 29999)),
            ari_listen=read("YUQIAO_ARI_LISTEN", _address, ("127.0.0.1", 8088)),
            ari_user=read("YUQIAO_ARI_USER", str, "yuqiao"),
            ari_app=read("YUQIAO_ARI_APP", str, "yuqiao"),
            sounds=Path(read("YUQIAO_SOUNDS_DIR", str, str(var / "sounds"))).resolve(),
            recordings=Path(read("YUQIAO_RECORDINGS_DIR", str, str(var / "recordings"))).resolve(),
            workers=read("YUQIAO_MIXER_WORKERS", _at_least_one, max(1, (os.cpu_count() or 1) - 1)),
            rtp_timeout=read("YUQIAO_RTP_TIMEOUT", float, 10.0),
            trunks=trunks,
            sip_peers=read("YUQIAO_SIP_PEERS", networks, LOOPBACK if debug and not trunks else ()),
            tls=_tls(trunks),
            session_seconds=read("YUQIAO_SIP_SESSION_EXPIRES", _session_seconds, 1800),
            srtp=read("YUQIAO_SRTP", Policy.read, Policy.OPTIONAL),
            phones_listen=read("YUQIAO_PHONES_LISTEN", _address, ("127.0.0.1", 8089)),
            rtp_public_host=read("YUQIAO_RTP_PUBLIC_HOST", _ipv4, ""),
        )


def _address(raw: str) -> tuple[str, int]:
    host, _, port = raw.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("say HOST:PORT, for example 127.0.0.1:8088")
    return host.strip("[]"), int(port)


def _ipv4(raw: str) -> str:
    return str(ipaddress.IPv4Address(raw))


def _phones(config: MediaConfig, fingerprint: str) -> PhoneSettings | None:
    if config.phones_listen is None:
        return None
    return PhoneSettings(config.phones_listen, key_from(config.ari_password), fingerprint, config.rtp_public_host)


def _tls(trunks: Sequence[TrunkSettings]) -> TlsSettings | None:
    """Read how SIP is spoken over TLS; None where no certificate is named."""
    certificate = read("YUQIAO_SIP_TLS_CERTIFICATE", str, "")
    if not certificate:
        if any(trunk.transport == "TLS" for trunk in trunks):
            raise SettingError("a trunk wants TLS: name our certificate, a PEM file, in YUQIAO_SIP_TLS_CERTIFICATE")
        return None
    key = read("YUQIAO_SIP_TLS_KEY", str, certificate)
    authorities = read("YUQIAO_SIP_TLS_CA", str, "")
    names = {host: trunk.certificate_name for trunk in trunks if trunk.certificate_name for host, _ in trunk.hosts}
    settings = TlsSettings(
        certificate=Path(certificate).resolve(),
        key=Path(key).resolve(),
        port=read("YUQIAO_SIP_TLS_PORT", int, TLS_PORT),
        authorities=Path(authorities).resolve() if authorities else None,
        names=names,
    )
    try:
        Tls(settings)
    except ValueError as error:
        raise SettingError(f"YUQIAO_SIP_TLS_CERTIFICATE, _KEY or _CA: {error}") from error
    return settings


def _session_seconds(raw: str) -> int:
    seconds = int(raw)
    if seconds and not LEAST <= seconds <= 86_400:
        raise ValueError(f"say 0 or {LEAST} to 86400")
    return seconds


def _at_least_one(raw: str) -> int:
    number = int(raw)
    if number < 1:
        raise ValueError("say 1 or more")
    return number


def _nobody(call: SipCall) -> CallObserver | None:
    """Refuse calls until the engine has taken over."""
    return None


class MediaServer:
    """Trunk, mixer, engine and ARI face, started and stopped in the order that drops no call."""

    def __init__(self, config: MediaConfig) -> None:
        self.config = config
        self.mixer = MixerPool(
            rtp_host=config.rtp_host,
            rtp_ports=config.rtp_ports,
            workers=config.workers,
            rtp_timeout=config.rtp_timeout,
        )
        self.trunk = SipTrunk(
            host=config.sip_host,
            port=config.sip_port,
            on_incoming=_nobody,
            trunks=config.trunks,
            peers=config.sip_peers,
            tls=config.tls,
            terms=Terms(expires=config.session_seconds),
            srtp=config.srtp,
            phones=_phones(config, self.mixer.fingerprint),
        )
        self.switch = Switch(
            self.trunk, self.mixer, config.ari_app, config.sounds, config.recordings, Counter(), _entity_id(config)
        )
        self.engine = Engine(self.switch)
        credentials = Credentials(config.ari_user, config.ari_password)
        self.ari = AriServer(self.engine, credentials, config.ari_listen)

    async def start(self) -> None:
        """Mixer first, then the ARI face, and the trunk last, since from then on calls come in."""
        await self.mixer.start()
        await self.ari.start()
        await self.trunk.start()

    async def stop(self) -> None:
        """Complete recordings and hang up, then close trunk, ARI face and mixer."""
        await self.engine.stop()
        await self.trunk.stop()
        await self.ari.stop()
        await self.mixer.stop()


def _entity_id(config: MediaConfig) -> str:
    return f"yuqiao-{config.sip_host}:{config.sip_port}"


def _reload(server: MediaServer) -> None:
    try:
        server.trunk.reload_certificate()
    except ValueError as error:
        logger.error("the former certificate stays in use: %s", error)  # noqa: TRY400 - the sentence says it all
    else:
        logger.info("the certificate was read anew")


async def serve(config: MediaConfig, ready: Callable[[MediaServer], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then end in order; on SIGHUP read the certificate anew. ``ready`` is called once
    calls can come in."""
    await asyncio.to_thread(config.recordings.mkdir, parents=True, exist_ok=True)
    server = MediaServer(config)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    if config.tls is not None:
        loop.add_signal_handler(signal.SIGHUP, _reload, server)
    try:
        await server.start()
        if not config.trunks and not config.sip_peers:
            logger.warning("nobody may call in: YUQIAO_TRUNKS and YUQIAO_SIP_PEERS are not set")
        logger.info(
            "media server ready: SIP on port %d, ARI on port %d", server.trunk.address[1], server.ari.address[1]
        )
        if ready is not None:
            ready(server)
        await ended.wait()
    finally:
        await server.stop()
        logger.info("media server stopped")


def main() -> None:
    """Run the media server; a wrong setting or a taken port ends it with a sentence and status 1."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(serve(MediaConfig.from_environment()))
    except SettingError as error:
        sys.exit(f"media: {error}")
    except OSError as error:
        sys.exit(f"media: cannot start: {error}")


if __name__ == "__main__":
    main()
