"""A real web server: hundreds of megabytes without growing, and a death in the middle."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
SIZE = 300 * 1024**2
BLOCK = bytes(1024**2)
TOKEN = "a" * 32
ACCOUNT = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from apps.accounts.models import User
from apps.catalogue.drafts import create_release
user = User.objects.create_user("artist@example.org", "a quiet river 41", name="Artist")
release = create_release(owner=user)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(json.dumps({"release": str(release.pk), "session": session.session_key}))
"""


class Site:
    """A bare checkout's own database and folders, and a web server over them."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {**os.environ, "SOUNDCHECK_DATA": str(data)}
        self.environment["DATABASE_URL"] = f"sqlite:///{data / 'site.db'}"
        self.manage("migrate", "--verbosity", "0")
        self.account = json.loads(self.manage("shell", "--verbosity", "0", "-c", ACCOUNT))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread"]
        command += ["--threads", "4", "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True
        )
        self._wait_until_it(listens=True)

    def kill(self) -> None:
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        # A dying worker still holds the port, and would take and break the next connection.
        self._wait_until_it(listens=False)

    def _wait_until_it(self, listens: bool) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                answers = True
            except OSError:
                answers = False
            if answers == listens:
                return
            time.sleep(0.1)
        raise AssertionError(f"the server {'did not start' if listens else 'lives on'}")

    def peak_memory(self) -> int:
        """Of the worker process, in bytes."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        status = Path(f"/proc/{children.split()[0]}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def request(self, method: str, path: str, body=None, **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = f"sessionid={self.account['session']}; csrftoken={TOKEN}"
        try:
            connection.request(
                method,
                path,
                body,
                {"Cookie": cookies, "X-CSRFToken": TOKEN, "Tus-Resumable": "1.0.0", **headers},
            )
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return answer

    def begin(self) -> str:
        path = f"/releases/{self.account['release']}/uploads/"
        answer = self.request("POST", path, **{"Upload-Length": str(SIZE)})
        assert answer.status == 201
        return answer.headers["Location"]

    def send(self, path: str, offset: int, blocks):
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Content-Length": str(SIZE - offset),
        }
        return self.request("PATCH", path, blocks, **headers)

    def offset(self, path: str) -> int:
        return int(self.request("HEAD", path).headers["Upload-Offset"])


@pytest.fixture
def site(tmp_path: Path):
    site = Site(tmp_path)
    site.start()
    yield site
    site.kill()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_a_large_file_passes_through_a_death_without_growing_the_server(site: Site):
    path = site.begin()
    before = site.peak_memory()

    def dies_after(count: int):
        for _ in range(count):
            yield BLOCK
        time.sleep(0.5)
        site.kill()
        yield BLOCK * 8

    with pytest.raises((OSError, http.client.HTTPException)):
        site.send(path, 0, dies_after(120))
    site.start()
    there = site.offset(path)
    assert 100 * 1024**2 < there <= 120 * 1024**2  # what the dead server had written down

    rest = SIZE - there
    answer = site.send(
        path, there, (BLOCK[: min(len(BLOCK), rest - at)] for at in range(0, rest, len(BLOCK)))
    )
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(SIZE))
    assert site.peak_memory() - before < 24 * 1024**2
    stored = [file for file in (site.data / "files/originals").rglob("*") if file.is_file()]
    assert [file.stat().st_size for file in stored] == [SIZE]
    assert list((site.data / "uploads").iterdir()) == []


def test_a_client_that_comes_back_takes_the_upload_from_its_own_dead_connection(site: Site):
    path = site.begin()
    line = socket.create_connection(("127.0.0.1", site.port))
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        f"Cookie: sessionid={site.account['session']}; csrftoken={TOKEN}\r\n"
        f"X-CSRFToken: {TOKEN}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {SIZE}\r\n\r\n"
    )
    line.sendall(head.encode() + BLOCK)
    time.sleep(0.5)
    line.close()  # the network went away in the middle
    assert site.offset(path) == len(BLOCK)
