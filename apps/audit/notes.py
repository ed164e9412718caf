"""Signed texts of a log, as C2SP has them: signed-note, tlog-checkpoint and tlog-proof.

A verifier key (vkey) is `name+id+base64(0x01 ‖ public key)`, a signer key (skey)
`PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`; `id` is SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4] in
hex. 0x01 says Ed25519. The name of a log's key is the log's origin.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apps.audit import merkle

ED25519 = b"\x01"
PRIVATE = "PRIVATE+KEY+"
PROOF = "c2sp.org/tlog-proof@v1"
SIGNED_BY = "— "


class BadNote(ValueError):
    """A note, key, checkpoint or proof that cannot be read or does not verify."""


@dataclass(frozen=True)
class Verifier:
    """Who may have signed: a name and a public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def verify_bytes(self, signature: bytes, data: bytes) -> None:
        """Raises BadNote unless the key made this bare signature of `data`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except InvalidSignature as error:
            raise BadNote(f"The signature of {self.name} does not fit.") from error

    @property
    def vkey(self) -> str:
        """The key as text, to hand out."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public)}"


@dataclass(frozen=True)
class Signer:
    """A name and the seed of a private key. It never prints its seed."""

    name: str
    _seed: bytes

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._private().public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The key as text, to keep secret."""
        key_id = self.verifier.key_id.hex()
        return f"{PRIVATE}{self.name}+{key_id}+{_base64(ED25519 + self._seed)}"

    def sign(self, text: str) -> str:
        """The signed note of `text`, which ends with a newline."""
        if not text.endswith("\n"):
            raise BadNote("The text of a note ends with a newline.")
        signature = self.verifier.key_id + self._private().sign(text.encode())
        return f"{text}\n{SIGNED_BY}{self.name} {_base64(signature)}\n"

    def sign_bytes(self, data: bytes) -> bytes:
        """The bare signature, for formats that have an envelope of their own. What is signed
        must not be readable as the text of a note: a log never begins with the format's name.
        """
        return self._private().sign(data)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: so many leaves under this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class Proof:
    """That a leaf stands at `index` of the tree under a signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """As a file `*.tlog-proof`."""
        lines = [PROOF, f"index {self.index}", *map(_base64, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"


def new_signer(name: str) -> Signer:
    """A fresh key; raises BadNote when the name cannot stand in a note."""
    return Signer(_named(name), Ed25519PrivateKey.generate().private_bytes_raw())


def read_signer(skey: str) -> Signer:
    """The signer of an skey; raises BadNote."""
    if not skey.strip().startswith(PRIVATE):
        raise BadNote(f"A signer key begins with {PRIVATE}")
    name, key_id, seed = _parts(skey.strip().removeprefix(PRIVATE))
    signer = Signer(name, seed)
    _require_id(signer.verifier, key_id)
    return signer


def read_verifier(vkey: str) -> Verifier:
    """The verifier of a vkey; raises BadNote."""
    name, key_id, public = _parts(vkey.strip())
    verifier = Verifier(name, public)
    _require_id(verifier, key_id)
    return verifier


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text of a note that at least one of these signed; raises BadNote.

    Signatures of others are ignored; a wrong one by a known key is an error, as the format says.
    """
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise BadNote("This is not a signed note: text, an empty line, signatures.")
    text += "\n"
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    found = [_signature(line) for line in signatures.splitlines()]
    ours = [(known[name, key_id], raw) for name, key_id, raw in found if (name, key_id) in known]
    if not ours:
        raise BadNote("None of the keys that we know signed this note.")
    for verifier, raw in ours:
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(raw, text.encode())
        except InvalidSignature as error:
            raise BadNote(f"The signature of {verifier.name} does not fit the text.") from error
    return text


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; further lines are extensions. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0]:
        raise BadNote("A checkpoint has an origin, a size and a root, a line each.")
    top = _bytes(lines[2])
    if len(top) != 32:
        raise BadNote("The root of a checkpoint is 32 bytes.")
    return Checkpoint(lines[0], _number(lines[1]), top)


def open_checkpoint(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """A signed checkpoint whose origin is the name of a key that signed it; raises BadNote."""
    origin = note.partition("\n")[0]
    named = [verifier for verifier in verifiers if verifier.name == origin]
    if not named:
        raise BadNote(f"We know no key of the log {origin[:100]!r}.")
    return read_checkpoint(open_note(note, named))


def read_proof(text: str) -> Proof:
    """A tlog-proof; raises BadNote."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != PROOF or len(lines) < 2:
        raise BadNote(f"A proof begins with {PROOF}.")
    lines = lines[2:] if lines[1].startswith("extra ") else lines[1:]
    if not lines or not lines[0].startswith("index "):
        raise BadNote("A proof names the index of its leaf.")
    path = tuple(_bytes(line) for line in lines[1:])
    if any(len(one) != 32 for one in path):
        raise BadNote("The hashes of a proof are 32 bytes each.")
    return Proof(_number(lines[0].removeprefix("index ")), path, note)


def verify_proof(text: str, leaf: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint under which the proof holds for `leaf`; raises BadNote or merkle.BadProof."""
    proof = read_proof(text)
    signed = open_checkpoint(proof.note, verifiers)
    merkle.verify_inclusion(leaf, proof.index, signed.size, proof.path, signed.root)
    return signed


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, coded = line.removeprefix(SIGNED_BY).rpartition(" ")
    raw = _bytes(coded)
    if not line.startswith(SIGNED_BY) or not name or len(raw) < 5:
        raise BadNote("A signature line has a dash, a name and base64.")
    return name, raw[:4], raw[4:]


def _parts(key: str) -> tuple[str, str, bytes]:
    """Name, id and the 32 bytes of a key; the base64 itself may hold a plus."""
    name, key_id, coded = [*key.split("+", 2), "", ""][:3]
    raw = _bytes(coded)
    if raw[:1] != ED25519 or len(raw) != 33:
        raise BadNote("This is not an Ed25519 key of a log: name+id+base64.")
    return _named(name), key_id, raw[1:]


def _named(name: str) -> str:
    if not name or "+" in name or any(char.isspace() for char in name):
        raise BadNote("The name of a key has no spaces and no plus sign.")
    return name


def _require_id(verifier: Verifier, key_id: str) -> None:
    if verifier.key_id.hex() != key_id:
        raise BadNote("The id of the key does not fit its name and bytes.")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or (text[0] == "0" and text != "0"):
        raise BadNote(f"{text[:40]!r} is not a decimal number without leading zeros.")
    if len(text) > 19:
        raise BadNote("No log has so many leaves.")
    return int(text)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(f"{text[:60]!r} is not base64.") from error
