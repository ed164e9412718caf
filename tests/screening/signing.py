"""Content credentials that the tests sign themselves, with certificates made on the spot."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def manifest(
    generator: str, actions: Sequence[dict[str, Any]], *assertions: dict[str, Any]
) -> dict[str, Any]:
    """A manifest definition by a claim generator, with its actions and other assertions."""
    listed = {"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}
    return {
        "claim_generator_info": [{"name": generator, "version": "1.0"}],
        "title": "test",
        "format": "audio/wav",
        "assertions": [listed, *assertions],
    }


def created(source_type: str) -> dict[str, str]:
    """The first action of a manifest: made, and from what kind of source."""
    return {"action": "c2pa.created", "digitalSourceType": SOURCE + source_type}


def sign(
    source: Path, target: Path, definition: dict[str, Any], parent: Path | None = None
) -> Path:
    """Writes `source` with a signed manifest to `target`; `parent` becomes its ingredient."""
    chain, key = _credentials()
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
    builder = c2pa.Builder(definition)
    if parent is not None:
        described = {"title": parent.name, "relationship": "parentOf", "label": "parent"}
        with parent.open("rb") as file:
            builder.add_ingredient(described, "audio/wav", file)
    with source.open("rb") as read, target.open("w+b") as write:
        builder.sign(c2pa.Signer.from_info(info), "audio/wav", read, write)
    return target


@cache
def _credentials() -> tuple[bytes, bytes]:
    """A certificate chain and its private key, as PEM."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _root(root_key)
    leaf = _leaf(key, root_key)
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return leaf.public_bytes(encoding) + root.public_bytes(encoding), private


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    builder = _begin("Test Root", "Test Root", key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    builder = builder.add_extension(_usage(signs=False), True)
    return builder.sign(key, hashes.SHA256())


def _leaf(
    key: ec.EllipticCurvePrivateKey, root_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    builder = _begin("Test Signer", "Test Root", key)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(_usage(signs=True), True)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    builder = builder.add_extension(purpose, False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    builder = builder.add_extension(issuer, False)
    return builder.sign(root_key, hashes.SHA256())


def _begin(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _name(organisation: str) -> x509.Name:
    named = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    return x509.Name([x509.NameAttribute(oid, organisation) for oid in named])


def _usage(*, signs: bool) -> x509.KeyUsage:
    """For signing documents, or (the root) for signing certificates."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
