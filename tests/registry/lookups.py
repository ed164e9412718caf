"""What the tests of the register share: whom a text finds, an id, a list in a file."""

from pathlib import Path

from apps.registry.names_of import names_for

SPOTIFY = "06HL4z0CvFAxyc27GXpf02"


def found(text: str, account=None) -> list[str]:
    return [hit.name for hit in names_for(account and account.pk).find(text, whole=True)]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
