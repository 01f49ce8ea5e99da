"""The media server's certificate for DTLS-SRTP (RFC 5763): its own, made at each start and trusted by nobody.

A browser knows it by its fingerprint, which comes with the SDP (RFC 8122), so no authority and no file is needed.
"""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

VALID: Final = datetime.timedelta(days=365)
#: Clocks of browsers are wrong, too.
_BEFORE: Final = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its private key, both as PEM; ``fingerprint``: its SHA-256 as `fingerprint_of` gives it."""

    certificate: str
    key: str = field(repr=False)
    fingerprint: str


def make(now: datetime.datetime) -> Identity:
    """Return a new identity: ECDSA on P-256, which every browser takes (RFC 8827 6.5), valid for a year from ``now``.
    Its name is drawn by lot and tells nothing."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + VALID)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    return Identity(public.decode(), private.decode(), fingerprint_of(certificate))


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as 64 hexadecimal digits, lower case, without colons."""
    return certificate.fingerprint(hashes.SHA256()).hex()
