"""Loaded before the settings (see `addopts`): the tests' own data folder, queue and speed."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
data = Path(tempfile.mkdtemp(prefix=f"soundcheck-tests-{worker}-"))
atexit.register(shutil.rmtree, data, ignore_errors=True)

(data / "static").mkdir()
os.environ.update(
    SOUNDCHECK_DATA=str(data),
    STATIC_ROOT=str(data / "static"),
    SECRET_KEY="a key for tests only, long enough to please the checks " * 2,
    EMBEDDED="1",
    LOG_LEVEL="WARNING",
)
# Playwright keeps an event loop in the thread of a browser test, beside ordinary database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
