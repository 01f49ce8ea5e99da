"""Certificates made for a test: an authority of its own, and what it signs, as PEM files."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yuqiao.media.sip.secure_transport import TlsSettings

NONE: Mapping[str, str] = MappingProxyType({})
_DAY = datetime.timedelta(days=1)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Signs certificates; ``file`` holds its own, to be trusted."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        builder = self._builder(self._name, self._key.public_key(), days=30)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 60 * _DAY)
            .not_valid_after(now + days * _DAY)
        )

    def sign(self, *names: str, file: str = "", days: int = 30) -> Path:
        """Return a file with a new key and a certificate for host ``names``, the first of them or ``file`` its name."""
        key = ec.generate_private_key(ec.SECP256R1())
        bearers: list[x509.GeneralName] = []
        for name in names:
            try:
                bearers.append(x509.IPAddress(ipaddress.ip_address(name)))
            except ValueError:
                bearers.append(x509.DNSName(name))
        builder = self._builder(_named(names[0]), key.public_key(), days)
        builder = builder.add_extension(x509.SubjectAlternativeName(bearers), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / f"{file or names[0]}.pem"
        path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def settings(self, *names: str, days: int = 30, port: int = 0, of_hosts: Mapping[str, str] = NONE) -> TlsSettings:
        """Settings of a trunk that bears ``names``, on ``port`` or a free one, and trusts this authority alone."""
        path = self.sign(*names, days=days)
        return TlsSettings(path, path, port=port, authorities=self.file, names=of_hosts)
