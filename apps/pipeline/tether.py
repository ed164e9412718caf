"""Ties a child to the supervisor, then becomes the program named after it.

    tether.py PARENT PROGRAM ARGUMENT…

On Linux the kernel sends SIGTERM to the child when its parent dies, however it dies: a killed
supervisor leaves no server behind. Stands alone, so that it starts at once. A wrapper rather than
`preexec_fn`, which may deadlock in a process that has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(parent: int) -> None:
    """Asks for SIGTERM at the parent's death; ends at once when that has already come."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is what we want
