"""Fixtures of the room: the fictional province's records, a real SMTP server with STARTTLS and login."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from reports.compose import compose  # noqa: E402
from reports.model import EditionContent  # noqa: E402
from reports.render import Rendered, render  # noqa: E402
from tests.reports import sample  # noqa: E402
from tests.reports.postbox import Postbox  # noqa: E402


@pytest.fixture(scope="session")
def reviewed() -> EditionContent:
    """Return the fictional edition of 20/11/2026 that people went through."""
    return compose(sample.given())


@pytest.fixture(scope="session")
def automatic() -> EditionContent:
    """Return the same morning with nobody at the desk."""
    return compose(sample.given(automatic=True))


@pytest.fixture(scope="session")
def printed(reviewed: EditionContent) -> Rendered:
    return render(reviewed)


@pytest.fixture(scope="session")
def pdf(printed: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edition") / "edition.pdf"
    path.write_bytes(printed.pdf)
    return path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PEM file with key and self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def postbox(certificate: Path) -> Iterator[Postbox]:
    """Run a real SMTP server that asks for STARTTLS and a login."""
    with Postbox(certificate) as server:
        yield server


@pytest.fixture(scope="session")
def trusting(certificate: Path) -> ssl.SSLContext:
    """Return a client context that trusts the test server."""
    return ssl.create_default_context(cafile=str(certificate))
