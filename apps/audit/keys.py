"""The key that signs the log: from LEDGER_KEY, or from a file that only its owner may read."""

import os
from pathlib import Path

from django.conf import settings

from apps.audit.errors import NoKey, UnreadableKey, WrongOrigin
from apps.audit.models import Checkpoint
from apps.audit.notes import BadNote, Signer, Verifier, new_signer, read_signer, read_verifier


def signer() -> Signer:
    """The key of this log. Raises NoKey, UnreadableKey or WrongOrigin."""
    try:
        found = read_signer(_text())
    except BadNote as error:
        raise UnreadableKey(why=error) from error
    if found.name != settings.LEDGER_ORIGIN:
        raise WrongOrigin(key=found.name, origin=settings.LEDGER_ORIGIN)
    return found


def verifiers() -> list[Verifier]:
    """Our own key and those that signed before it. Raises as `signer` does."""
    return [signer().verifier, *retired()]


def retired() -> list[Verifier]:
    """The public keys under which this log was signed earlier. Raises UnreadableKey."""
    try:
        return [read_verifier(vkey) for vkey in settings.LEDGER_RETIRED_KEYS]
    except BadNote as error:
        raise UnreadableKey(why=error) from error


def make_key() -> bool:
    """Makes the key of a new log; whether it did. Never beside a key, or once there is a log."""
    file = place()
    if settings.LEDGER_KEY or file.exists() or Checkpoint.objects.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    made = new_signer(settings.LEDGER_ORIGIN).skey
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(made + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(fresh, file)  # whole, or not at all; another process may be first
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def place() -> Path:
    """Where the key lies when it does not come from the environment."""
    return Path(settings.LEDGER_KEY_FILE)


def _text() -> str:
    if settings.LEDGER_KEY:
        return str(settings.LEDGER_KEY)
    file = place()
    try:
        return file.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise NoKey(file=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableKey(why=f"{file}: {error}.") from error
