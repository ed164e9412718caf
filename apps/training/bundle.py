"""The bundle: everything that somebody outside needs to verify what a model was trained on.

    training-manifest.dsse.json   signed; it pins every other file by its hash
    members.jsonl                 one line for each track, blinded (members-2.jsonl: the second set)
    croissant.json                the same, described for tools
    ledger-checkpoint.txt         the log of consent at that time, signed
    envelope-….json               what the class of models needs
    policy-….json, policy-….md    the exact terms
    verifier-key.txt              the public key: compare it with one from elsewhere

`scripts/verify_bundle.py` checks all of it without this product.
"""

import importlib.util
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.audit import keys
from apps.audit.models import Checkpoint
from apps.audit.notes import Verifier
from apps.consent.envelopes_reading import envelope_called
from apps.training.dsse import open_statement
from apps.training.errors import BundleBroken, FolderTaken, NotProven
from apps.training.lineage import fault_of
from apps.training.models import ModelVersion, Snapshot
from apps.training.policies import envelope_json, policy_json, policy_markdown
from apps.training.statement import CHECKPOINT, numbered
from apps.training.storing import DESCRIPTOR, MEMBERS, open_file

MANIFEST = "training-manifest.dsse.json"
KEY = "verifier-key.txt"
SCRIPT = Path(settings.BASE_DIR) / "scripts" / "verify_bundle.py"


def write_bundle(model_version: ModelVersion, folder: Path) -> list[str]:
    """Writes the bundle into a new folder and verifies it; returns the names of its files.

    Raises NotProven where the manifest does not hold, FolderTaken where there is something at the
    place already. The folder appears whole, or not at all.
    """
    if fault := fault_of(model_version):
        raise NotProven(model=model_version, why=fault)
    if folder.exists():
        raise FolderTaken(folder=folder)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        _write(model_version, fresh)
        verify_bundle(fresh)
        fresh.rename(folder)
    except OSError as error:
        raise FolderTaken(folder=folder, why=error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return sorted(one.name for one in folder.iterdir())


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return _("%(file)s cannot be read") % {"file": error.filename}
    return str(error) or type(error).__name__


def verify_bundle(folder: Path, *, key: str = "", asset: str = "") -> list[str]:
    """What the bundle proves, by the stand-alone script; raises BundleBroken with the first fault.

    `key`: the verifier key that it has to be signed with; `asset`: a blinded reference to look for.
    """
    try:
        told: list[str] = _script().verify(folder, key, asset)
    except Exception as error:  # whatever somebody put into the folder
        why = _why(error)
        raise BundleBroken(folder=folder, why=" ".join(why.split())[:300]) from error
    return told


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_bundle", SCRIPT)
    if spec is None or spec.loader is None:
        raise ImportError(SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write(model: ModelVersion, folder: Path) -> None:
    said = open_statement(model.manifest, keys.verifiers())["predicate"]
    (folder / MANIFEST).write_text(model.manifest, encoding="utf-8")
    (folder / KEY).write_text(_signed_by(model).vkey + "\n", encoding="utf-8")
    (folder / CHECKPOINT).write_text(_note(said["consent_ledger"]), encoding="utf-8")
    for name, data in _texts(said):
        (folder / name).write_bytes(data)
    for number, dataset in enumerate(said["datasets"], 1):
        snapshot = Snapshot.objects.get(uid=dataset["snapshot_id"])
        for name in (MEMBERS, DESCRIPTOR):
            with (
                open_file(snapshot, name) as kept,
                (folder / numbered(name, number)).open("wb") as out,
            ):
                shutil.copyfileobj(kept, out)


def _texts(said: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for one in said["policies"]:
        yield one["json"]["name"], policy_json(one["version"])
        yield one["md"]["name"], policy_markdown(one["version"])
    for one in said["datasets"]:
        terms = one["terms"]
        envelope = envelope_called(said["model"]["model_class"], terms["envelope_version"])
        yield terms["envelope"]["name"], envelope_json(envelope)


def _note(ledger: Mapping[str, Any]) -> str:
    """The checkpoint that the manifest pins, as it was signed."""
    kept = Checkpoint.objects.filter(origin=ledger["origin"], size=ledger["tree_size"]).first()
    if kept is None:
        raise NotProven(model="-", why="The checkpoint that it pins is not kept any more.")
    return kept.note


def _signed_by(model: ModelVersion) -> Verifier:
    """Whose signature the manifest bears: our key of today, or an earlier one."""
    for verifier in keys.verifiers():
        if f'"keyid":"{verifier.key_id.hex()}"' in model.manifest:
            return verifier
    raise NotProven(model=model, why="no key that we know signed it.")
