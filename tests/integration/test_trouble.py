"""Sites in trouble: nothing false is told of them, and what is said names the trouble."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.trouble_run import ARTICLES, STORIES

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certified(
    folder: Path, file: str, host: str, begins: timedelta, ends: timedelta, by: tuple | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Write a certificate for `host` with its key, signed `by` another one or by itself."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    issuer, signer = by if by is not None else (None, key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named(host))
        .issuer_name(issuer.subject if issuer is not None else named(host))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return certificate, key


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("trouble")
    authority = certified(folder, "authority.crt", "authority", -DAY, DAY)
    certified(folder, "sound.pem", "localhost", -DAY, DAY, authority)
    certified(folder, "expired.pem", "localhost", -9 * DAY, -DAY, authority)
    certified(folder, "not yet valid.pem", "localhost", DAY, 9 * DAY, authority)
    certified(folder, "of another name.pem", "paper.example", -DAY, DAY, authority)
    certified(folder, "signed by itself.pem", "localhost", -DAY, DAY)
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.trouble_run", str(folder)],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "SSL_CERT_FILE": str(folder / "authority.crt")},
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return json.loads(done.stdout)


EDIT, BROKEN = ["edited 0.html"], ["channel-broken "]
#: What is told after each story, and words of what is said; "" — nothing is said.
TOLD: dict[str, tuple[list[str], str]] = {
    "the same ETag, another body": (EDIT, ""),
    "always 304, another body": ([], ""),
    "always 304 to who has the ETag, another body, four days later": (EDIT, ""),
    "another ETag, the same body": ([], ""),
    "an ETag of each answer's own, the same body": ([], ""),
    "a clock of 1970": ([], ""),
    "a clock of 2099": ([], ""),
    "a login form for every article": ([], "login or block page"),
    "a login form for one article": ([], "login or block page"),
    "a way to the login form for every article": ([], "which is no article"),
    "a login form everywhere": (BROKEN, "looks broken"),
    "an error page for every article": (BROKEN, "looks broken"),
    "an error page everywhere": (BROKEN, "looks broken"),
    "a challenge for every article": (BROKEN, "looks broken"),
    "one article for all": (BROKEN, "looks broken"),
    "an empty body for every article": ([], "the body is empty"),
    "half of every article": (BROKEN, "looks broken"),
    "one edit, as any site makes it": (EDIT, ""),
}


@pytest.mark.parametrize("name", [story.name for story in STORIES])
def test_of_a_site_in_trouble_nothing_false_is_told(found, name):
    told, words = TOLD[name]
    story = found["stories"][name]
    assert story["known"] == ARTICLES
    assert story["told"] == told
    assert any(words in one for one in story["said"]) if words else not story["said"]


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("sound", ""),
        ("expired", "certificate"),
        ("not yet valid", "certificate"),
        ("of another name", "certificate"),
        ("signed by itself", "certificate"),
        ("no TLS", "there was no answer in time"),
        ("unknown", "the host name is unknown"),
        ("slow", "there was no answer in time"),
    ],
)
def test_what_is_said_of_a_host(found, host, words):
    assert words in found["hosts"][host]
    assert bool(found["hosts"][host]) == bool(words)


def test_a_robots_txt_that_was_read_holds_for_a_day_where_it_can_no_longer_be_fetched(found):
    allowed = {name: said for name, said in found["rules"].items() if name.startswith("yes")}
    forbidden = {name: said for name, said in found["rules"].items() if name.startswith("no")}
    assert [said for name, said in allowed.items() if name != "yes after 25 h"] == [""] * 4
    assert "robots.txt answers 503" in allowed["yes after 25 h"]
    assert all("robots.txt" in said for said in forbidden.values())
    assert "robots.txt forbids it" in forbidden["no after 23 h"]
