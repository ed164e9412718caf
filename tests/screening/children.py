"""Run as children by test_sandbox: each does one thing that a child should not get away with."""

import os
import socket
import sys
from collections.abc import Callable


def eat_memory() -> None:
    try:
        bytearray(1 << 30)
    except MemoryError:
        sys.exit(3)


def spin() -> None:
    while True:
        pass


def open_many() -> None:
    opened = []
    try:
        for _ in range(1000):
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        sys.stdout.write(str(len(opened)))


def call_home() -> None:
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=2).close()
        sys.stdout.write("reached")
    except OSError:
        sys.stdout.write("cut off")


def tell_packages() -> None:
    sys.stdout.write(str(any("site-packages" in path for path in sys.path)))


ACTS: dict[str, Callable[[], None]] = {
    act.__name__: act for act in (eat_memory, spin, open_many, call_home, tell_packages)
}

if __name__ == "__main__":
    ACTS[sys.argv[1]]()
