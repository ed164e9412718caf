"""Content credentials that c2pa-python signs here, with certificates made here, and we read."""

import datetime
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from apps.screening.child_c2pa import read_store
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from tests.sounds import encode

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}
MANIFEST = {
    "claim_generator_info": [{"name": "Test Generator", "version": "1"}],
    "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}],
}
FORMATS = [
    ("a.mp3", "audio/mpeg"),
    ("a.flac", "audio/flac"),
    ("a.wav", "audio/wav"),
    ("a.m4a", "audio/mp4"),
]


def _name(common: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Studio")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey
) -> bytes:
    """A certificate in PEM; one that signs itself is an authority."""
    authority, now = subject == issuer, datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        not authority, False, False, False, False, authority, authority, False, False
    )
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def credentials() -> tuple[bytes, bytes]:
    """A certificate chain and its private key, both PEM."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = _certificate("Signer", leaf, "Root", root) + _certificate("Root", root, "Root", root)
    return chain, leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sign(
    source: Path, target: Path, mime: str, credentials: tuple[bytes, bytes], *, remote: str = ""
) -> Path:
    chain, key = credentials
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, key, None))
    with c2pa.Builder(MANIFEST) as builder, source.open("rb") as read, target.open("w+b") as write:
        if remote:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        builder.sign(signer, mime, read, write)
    return target


def manifests(path: Path, limits: Limits) -> Any:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        return audio.c2pa


@pytest.mark.parametrize(("name", "mime"), FORMATS)
def test_signed_manifest_is_read_back(
    tmp_path: Path, limits: Limits, melody: Path, credentials, name: str, mime: str
) -> None:
    signed = sign(encode(melody, tmp_path / name), tmp_path / f"signed-{name}", mime, credentials)
    with open_audio(signed, filename=name, limits=limits) as audio:
        store = audio.c2pa
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)
        assert audio.source.trailing_bytes == 0
        assert {tag.field for tag in audio.tags} & {"GEOB", "C2PA"}
    assert store is not None
    assert store["validation_state"] == "Valid"
    active = store["manifests"][store["active_manifest"]]
    assert active["claim_generator_info"][0]["name"] == "Test Generator"
    assertions = {assertion["label"]: assertion["data"] for assertion in active["assertions"]}
    assert assertions["c2pa.actions.v2"]["actions"] == [CREATED]
    assert active["signature_info"]["issuer"] == "Test Studio"


def test_changed_sound_is_not_valid(
    tmp_path: Path, limits: Limits, melody: Path, credentials
) -> None:
    signed = sign(melody, tmp_path / "s.wav", "audio/wav", credentials)
    data = bytearray(signed.read_bytes())
    data[1_000] ^= 1
    signed.write_bytes(data)
    assert manifests(signed, limits)["validation_state"] == "Invalid"


def test_damaged_manifest_is_told(
    tmp_path: Path, limits: Limits, melody: Path, credentials
) -> None:
    signed = sign(melody, tmp_path / "s.wav", "audio/wav", credentials)
    data = signed.read_bytes()
    at = data.index(b"C2PA") + 8
    signed.write_bytes(data[:at] + b"\xff" * 200 + data[at + 200 :])
    assert list(manifests(signed, limits)) == ["error"]


def test_bytes_that_only_look_like_one(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = encode(melody, tmp_path / "a.mp3", "-metadata", "comment=We love c2pa and jumb")
    assert manifests(path, limits) is None
    opus = encode(melody, tmp_path / "a.opus", "-metadata", "comment=We love c2pa")
    assert manifests(opus, limits) is None


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and every path that anybody asked it for."""
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_port}/m", asked
        listener.shutdown()
        thread.join()


def test_remote_manifest_is_named_and_never_fetched(
    tmp_path: Path, limits: Limits, melody: Path, credentials, server
) -> None:
    """Also where no network can be cut: the second reading runs in this very process."""
    url, asked = server
    mp3 = encode(melody, tmp_path / "a.mp3")
    path = sign(mp3, tmp_path / "remote.mp3", "audio/mpeg", credentials, remote=url)
    for store in (manifests(path, limits), read_store(path, "audio/mpeg")):
        assert "kept elsewhere and was not fetched" in store["error"]
        assert url in store["error"]
    assert asked == []
