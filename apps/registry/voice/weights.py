"""Where the default encoder's weights come from, and how they are kept.

Resemblyzer 0.1.4 (https://github.com/resemble-ai/Resemblyzer, Apache-2.0) carries them in its
wheel. pip fetches the wheel without what it depends on; wheel and file are checked by SHA-256; the
numbers are read by `published.py` and kept as .npz beside a file with their SHA-256.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from apps.registry.voice.encoder import ModelDamaged, ModelMissing
from apps.registry.voice.ge2e import Ge2e
from apps.registry.voice.published import read_published

PACKAGE = "Resemblyzer==0.1.4"
WHEEL_SHA256 = "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f"
MEMBER = "resemblyzer/pretrained.pt"
WEIGHTS_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
LICENCE = "Apache-2.0, https://github.com/resemble-ai/Resemblyzer"
FILE = "ge2e.npz"
SECONDS = 300
GET_IT = "`manage.py fetch_voice_model` fetches it."


class NotFetched(Exception):
    """The weights could not be fetched now; the message says why, in one sentence."""


def load_ge2e(folder: Path) -> Ge2e:
    """The encoder from `folder`; raises ModelMissing or ModelDamaged with what to do."""
    path = folder / FILE
    try:
        data, digest = path.read_bytes(), _digest_file(folder).read_text("ascii").strip()
    except OSError:
        raise ModelMissing(f"The voice model is not on this machine: {GET_IT}") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise ModelDamaged(f"The voice model's file has changed since it was fetched: {GET_IT}")
    with np.load(path, allow_pickle=False) as arrays:
        return Ge2e({name: arrays[name] for name in arrays.files}, WEIGHTS_SHA256)


def fetch_ge2e(folder: Path) -> bool:
    """Puts the weights into `folder`; False where they were there already.

    Raises NotFetched without a network, and ModelDamaged for a file other than the known one.
    """
    try:
        load_ge2e(folder)
        return False
    except (ModelMissing, ModelDamaged):
        pass
    with tempfile.TemporaryDirectory(prefix="voice-model-") as scratch:
        keep_ge2e(_taken_out(_download(Path(scratch))), folder)
    return True


def keep_ge2e(published: bytes, folder: Path) -> None:
    """Converts the published file into `folder`, whole or not at all; checks its SHA-256 first."""
    if hashlib.sha256(published).hexdigest() != WEIGHTS_SHA256:
        raise ModelDamaged("The weights in the wheel are not the known ones; nothing was kept.")
    arrays = read_published(published)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh = Path(scratch) / FILE
        with zipfile.ZipFile(fresh, "w") as archive:  # the form of numpy's .npz
            for name in sorted(arrays):
                if name.startswith(("lstm", "linear")):
                    with archive.open(f"{name}.npy", "w") as file:
                        np.lib.format.write_array(file, arrays[name], allow_pickle=False)
        digest = hashlib.sha256(fresh.read_bytes()).hexdigest()
        (Path(scratch) / "digest").write_text(digest + "\n", "ascii")
        os.replace(fresh, folder / FILE)
        os.replace(Path(scratch) / "digest", _digest_file(folder))


def _digest_file(folder: Path) -> Path:
    return folder / f"{FILE}.sha256"


def _download(folder: Path) -> Path:
    asked = folder / "asked.txt"
    asked.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n", "ascii")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary", ":all:", "--require-hashes", "--retries", "1",
        "--timeout", "15", "--dest", str(folder), "--requirement", str(asked),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(f"The voice model could not be fetched: {error}.") from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise NotFetched(f"The voice model could not be fetched: {said}")
    return wheels[0]


def _taken_out(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)
