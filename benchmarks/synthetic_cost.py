"""What the check for generated sound costs: CPU seconds and memory for three minutes of stereo."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.sounds import tune

RATE, SECONDS = 48_000, 180
CHILD = """
import sys, time
import numpy as np
from apps.screening.comb.verdict import assess
def highest():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
pcm = np.memmap(sys.argv[1], dtype=np.float32, mode="r").reshape(-1, 2)
assess(pcm[: 20 * 48_000], 48_000)
before = highest()
started = time.process_time()
assess(pcm, 48_000)
print(time.process_time() - started)
print(before, highest())
"""


def measured_cost() -> tuple[float, float, float]:
    """CPU seconds once warm, MiB of the process before (20 s assessed) and at its highest.

    The samples themselves, which the system may drop from memory at any time, are included.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pcm"
        piece = tune(30.0, rate=RATE)
        np.tile(piece, (SECONDS // 30, 1)).astype(np.float32).tofile(path)
        command = [sys.executable, "-c", CHILD, str(path)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), float(out[1]), float(out[2])


def cost() -> str:
    """The cost in words."""
    cpu, before, highest = measured_cost()
    return (
        f"Three minutes of stereo at 48 kHz: {cpu:.2f} CPU-seconds; memory {before:.0f} MiB after "
        f"20 s of sound, {highest:.0f} MiB at its highest, samples included."
    )
