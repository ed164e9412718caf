"""What every test shares. Real parts: only passwords are hashed more quickly."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

import tests.emptying  # noqa: F401  lets transactional tests empty the tables of decisions

# A busy machine makes examples slow, and nothing wrong: time is not what properties are about.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
DATABASE = frozenset({"db", "transactional_db", "live_server", "admin_client"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out what touches neither the database nor a service: it differs on no engine",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--only-database"):
        left_out = [item for item in items if not _touches_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _touches_database(item)]


def _touches_database(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "services"))
    return marked or not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def quick_settings(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def ledger_of_its_own(settings, tmp_path_factory) -> None:
    """Each test has a database without leaves, so it has a log without a past."""
    folder = tmp_path_factory.mktemp("ledger")
    settings.LEDGER_HEAD = folder / "head"
    settings.LEDGER_KEY_FILE = folder / "key"


@pytest.fixture(autouse=True)
def empty_folders() -> Iterator[None]:
    """No file outlives its test: uploads, originals, queue."""
    yield
    for folder in ("files", "uploads"):
        shutil.rmtree(Path(settings.DATA_DIR) / folder, ignore_errors=True)
    # Folders of the queue stay: the broker holds on to them.
    for message in (Path(settings.DATA_DIR) / "queue").rglob("*"):
        if message.is_file():
            message.unlink(missing_ok=True)
