"""A real browser, a real server, a real worker process."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser sessions, one per person; a script error on any page fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: object) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = chromium.new_context(base_url=live_server.url, accept_downloads=True, **options)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                errors.append(message.text)
                if message.type == "error" and "net::ERR_" not in message.text
                else None
            ),
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


@pytest.fixture
def worker(live_server) -> Iterator[subprocess.Popen]:
    """One Celery worker on the test's database and queue, as `make run` starts it."""
    process = start_worker()
    yield process
    stop_worker(process)


def start_worker() -> subprocess.Popen:
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{name}",
        "SOUNDCHECK_DATA": str(settings.DATA_DIR),
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "-P",
        "solo",
        "-l",
        "WARNING",
    ]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdin=subprocess.DEVNULL
    )


def stop_worker(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """No violation that axe calls serious or critical."""

    def check(page: Page) -> None:
        results = Axe().run(page)
        bad = [
            f"{violation['id']}: {violation['help']} at "
            + "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            for violation in results.response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        assert bad == [], f"{page.url}: {bad}"

    return check


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[..., None]:
    """Takes a picture; `UPDATE_SCREENSHOTS=1` keeps it in docs/screenshots."""

    def take(page: Page, name: str, *, full_page: bool = False) -> None:
        folder = SCREENSHOTS if os.environ.get("UPDATE_SCREENSHOTS") else tmp_path
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=full_page)
        assert (folder / f"{name}.png").stat().st_size > 5_000

    return take
