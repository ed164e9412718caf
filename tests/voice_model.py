"""The real voice model, fetched by the real command, once for all workers of a test run."""

import fcntl
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.registry.voice.backend import load_backend
from apps.registry.voice.ge2e import Ge2e


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of models; the first worker fetches, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    data = shared / "voice-model"
    data.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("SOUNDCHECK_DATA", str(data))
        call_command("fetch_voice_model")
    return data / "models"


@pytest.fixture(scope="session")
def encoder(models: Path) -> Ge2e:
    """The default encoder with its real weights."""
    backend = load_backend("ge2e", models)
    assert isinstance(backend, Ge2e)
    return backend
