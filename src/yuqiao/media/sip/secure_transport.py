"""TLS under SIP (RFC 3261 section 26.2, RFC 5630): certificates, whom we trust, and what a peer must prove.

We always show our certificate, and always check a peer that we connect to: its certificate must lead to an authority we
trust and name the host we meant (RFC 5922 section 7). A peer that connects to us is known by its address or its digest,
as over UDP.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

TLS_PORT: Final = 5061
HANDSHAKE_LIMIT: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """``port`` to listen on (0: a free one); ``certificate`` with its chain and ``key``, PEM; ``authorities``, PEM,
    whom we trust (None: whom the system trusts); ``names``: the name that the certificate of a host must bear where
    that is not the host's own."""

    certificate: Path
    key: Path
    port: int = TLS_PORT
    authorities: Path | None = None
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Tls:
    """The contexts of one trunk. ValueError, with a sentence, when certificate, key or authorities cannot be used."""

    def __init__(self, settings: TlsSettings) -> None:
        self.settings = settings
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.client = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
        if settings.authorities is not None:
            self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            _trust(self.client, settings.authorities)
        for context in (self.server, self.client):
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self._show(context)

    def name_of(self, host: str) -> str:
        """Return the name that the certificate of ``host`` must bear."""
        return self.settings.names.get(host, host)

    def reload(self) -> None:
        """Read certificate and key anew, for connections that begin from now on. ValueError when they cannot be used;
        then the former ones stay."""
        self._show(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))  # a context that half took a wrong pair is spoilt
        for context in (self.server, self.client):
            self._show(context)

    def _show(self, context: ssl.SSLContext) -> None:
        certificate, key = self.settings.certificate, self.settings.key
        try:
            context.load_cert_chain(certificate, key, password=_no_password)
        except ssl.SSLError as error:
            reason = (error.reason or "NO_PEM").lower().replace("_", " ")
            raise ValueError(f"certificate {certificate} and key {key} cannot be used: {reason}") from error
        except OSError as error:
            raise ValueError(f"certificate {certificate} and key {key} cannot be read: {error.strerror}") from error


def _trust(context: ssl.SSLContext, authorities: Path) -> None:
    try:
        context.load_verify_locations(cafile=authorities)
    except ssl.SSLError as error:
        raise ValueError(f"{authorities} holds no certificates in PEM") from error
    except OSError as error:
        raise ValueError(f"{authorities} cannot be read: {error.strerror}") from error


def _no_password() -> str:
    """A key that wants one is refused, instead of asking at a terminal that nobody watches."""
    return ""


def refusal(error: Exception) -> str:
    """Return why a connection did not come about, in words for the log."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS: {(error.reason or 'handshake failed').lower().replace('_', ' ')}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else type(error).__name__
