"""The programs of the embedded default: one web process, workers, and the clock."""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.pipeline.supervisor import Program

THREADS = 8  # requests that the web process answers at once


class CannotServe(Exception):
    """The site cannot be started; the message says why and what to do."""


def programs(*, host: str, port: int, workers: int, every_s: float) -> list[Program]:
    """Web server, `workers` single-process Celery workers, and the sweep every `every_s` seconds.

    Workers run one task at a time each (`-P solo`): a pool on a polling broker freezes for good
    when one of its idle children is killed. Their numeric libraries use one thread each.
    """
    site = {"SITE_URL": os.environ.get("SITE_URL", f"http://{host}:{port}")}
    alone = {
        **site,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    found = [Program("web", _web(f"{host}:{port}"), site, grace_s=5)]
    for number in range(1, workers + 1):
        found.append(Program(f"worker-{number}", _worker(number), alone, grace_s=20))
    clock = [sys.executable, "manage.py", "sweep", "--every", str(every_s)]
    return [*found, Program("clock", clock, site, grace_s=5)]


def _web(address: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", address),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *("--timeout", "120", "--graceful-timeout", "4", "--no-control-socket"),
        *("--log-level", "warning"),
    ]


def _worker(number: int) -> list[str]:
    return [
        # Root is all there is in many a container; one line about it would be enough.
        *(sys.executable, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--quiet", "--app", "config", "worker", "--pool", "solo"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        *("--hostname", f"worker-{number}@%h", "--loglevel", "INFO"),
    ]


def require_free_port(host: str, port: int) -> None:
    """Raises CannotServe when something else answers there already, or nothing may."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, or "
                f"choose another one: manage.py serve --port {port + 1}"
            ) from error


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Holds the data folder for as long as the block runs; raises CannotServe when it is held."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotServe(
                f"Soundcheck is running already with the data in {data}. Stop it first, or give "
                "this one a folder of its own: SOUNDCHECK_DATA=/another/folder"
            ) from error
        yield
