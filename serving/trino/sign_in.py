"""Who signs in to Trino, and by what: a certificate of its own, tokens that we sign.

The private keys lie in the folder of the server, which only its user may read. Trino
gets the public key: it can tell a token of ours and cannot make one.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from lakehouse.errors import EnvironmentFault, UsageError
from serving.trino.access import REGISTRAR

ISSUER = "customs-lakehouse"
_KEY_BITS = 3072
_CERTIFICATE_DAYS = 365
_PEM = serialization.Encoding.PEM


class SignIn:
    """Keys and certificate of the Trino of a lake.

    Attributes:
        server: private key and certificate of HTTPS, as Trino reads them.
        certificate: what clients must trust.
        public_key: by which Trino tells our tokens.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / "sign_in"
        self.server = self._folder / "server.pem"
        self.certificate = self._folder / "certificate.pem"
        self.public_key = self._folder / "tokens.pub.pem"
        self._token_key = self._folder / "tokens.key.pem"
        self._shared = self._folder / "shared_secret"

    def prepare(self, host: str, now: datetime) -> None:
        """Make keys that are not there, and a certificate for an address."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._token_key.exists():
            key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
            _write(self._token_key, _private(key))
            public = serialization.PublicFormat.SubjectPublicKeyInfo
            _write(self.public_key, key.public_key().public_bytes(_PEM, public))
            _write(self._shared, secrets.token_hex(32).encode())
        key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        certificate = _certificate(key, host, now).public_bytes(_PEM)
        _write(self.server, _private(key) + certificate)
        _write(self.certificate, certificate)

    @property
    def shared_secret(self) -> str:
        """By which the parts of the server know one another."""
        return self._shared.read_text(encoding="utf-8")

    def token(self, name: str, hours: float, now: datetime) -> str:
        """A token that lets a person in for some hours.

        Raises:
            UsageError: the name is empty or that of the registrar.
            EnvironmentFault: the server was never started with sign-in.
        """
        if not name.strip() or name == REGISTRAR:
            raise UsageError(
                "bad_name", f"`{name}` is no name of a person", "Give another name"
            )
        return self._signed(name, hours, now)

    def registrar_token(self, now: datetime) -> str:
        """The token of the registrar, for as long as registering takes."""
        return self._signed(REGISTRAR, 0.5, now)

    def _signed(self, name: str, hours: float, now: datetime) -> str:
        try:
            key = serialization.load_pem_private_key(
                self._token_key.read_bytes(), password=None
            )
        except FileNotFoundError:
            raise EnvironmentFault(
                "no_sign_in",
                "this Trino was not started with sign-in, so it has no key of tokens",
                "Start it with `customs trino up --sign-in`",
            ) from None
        assert isinstance(key, rsa.RSAPrivateKey)
        said = {
            "sub": name,
            "iss": ISSUER,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=hours)).timestamp()),
        }
        head = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(said)}"
        mark = key.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{head}.{_text(mark)}"


def _certificate(key: rsa.RSAPrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "customs-lakehouse")])
    start = now.astimezone(UTC) - timedelta(hours=1)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    for one in dict.fromkeys(("127.0.0.1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(one)))
        except ValueError:
            names.append(x509.DNSName(one))
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=_CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _private(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(_PEM, form, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        out.write(content)


def _part(said: Mapping[str, object]) -> str:
    return _text(json.dumps(said, separators=(",", ":")).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
