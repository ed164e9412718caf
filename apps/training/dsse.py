"""DSSE envelopes (v1) with Ed25519, as in-toto and Sigstore carry statements. Pure.

What is signed is PAE: "DSSEv1" SP length SP type SP length SP payload. It can never be read as a
checkpoint, although the key is the log's: a log's text begins with its origin. An envelope has one
spelling only: canonical JSON, so that not one byte of it can change unseen.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from apps.audit.canonical import canonical
from apps.audit.notes import BadNote, Signer, Verifier

IN_TOTO = "application/vnd.in-toto+json"


class BadEnvelope(ValueError):
    """An envelope that cannot be read, or that no key we know signed."""


def pae(payload: bytes, kind: str = IN_TOTO) -> bytes:
    """The bytes that are signed."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def sign_statement(statement: dict[str, Any], signer: Signer) -> str:
    """The envelope of a statement, as text. Raises NotCanonical."""
    payload = canonical(statement)
    signature = {
        "keyid": signer.verifier.key_id.hex(),
        "sig": _coded(signer.sign_bytes(pae(payload))),
    }
    made = {"payload": _coded(payload), "payloadType": IN_TOTO, "signatures": [signature]}
    return canonical(made).decode()


def open_statement(text: str, verifiers: Iterable[Verifier]) -> dict[str, Any]:
    """The statement in an envelope that one of these signed; raises BadEnvelope."""
    try:
        told = json.loads(text)
        if canonical(told).decode() != text or told["payloadType"] != IN_TOTO:
            raise BadEnvelope("The envelope is not written as it was signed.")
        [signature] = told["signatures"]
        payload = base64.b64decode(told["payload"], validate=True)
        known = {one.key_id.hex(): one for one in verifiers}
        raw = base64.b64decode(signature["sig"], validate=True)
        known[signature["keyid"]].verify_bytes(raw, pae(payload))
        statement = json.loads(payload)
    except (ValueError, TypeError, LookupError, binascii.Error) as error:
        raise BadEnvelope(f"The manifest does not verify: {_why(error)}") from error
    if canonical(statement) != payload or not isinstance(statement, dict):
        raise BadEnvelope("The statement is not canonical JSON.")
    return statement


def _why(error: Exception) -> str:
    if isinstance(error, BadNote | BadEnvelope):
        return str(error)
    return "no key that we know signed it." if isinstance(error, KeyError) else "it is unreadable."


def _coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
