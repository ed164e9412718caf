"""Listening to a whole track for a decoder's lines takes little memory, however long the track."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.sounds import tune

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
MOST_MB = 150
CHILD = """
import sys
from pathlib import Path

import numpy as np

from apps.screening.comb.verdict import assess


def highest_mb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / 1e6


pcm = np.memmap(sys.argv[1], dtype=np.float32, mode="r").reshape(-1, 2)
before = highest_mb()
assess(pcm, 48_000)
print(highest_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
def test_three_minutes_of_stereo_take_little_memory(tmp_path: Path) -> None:
    """A process of its own, because the peak of one never falls; mapped samples (69 MB) count.

    `ru_maxrss` would not do: a child starts with that of the process that made it.
    """
    path = tmp_path / "pcm"
    piece = tune(30.0, rate=RATE)
    with path.open("wb") as file:
        for _ in range(6):
            np.ascontiguousarray(piece, dtype=np.float32).tofile(file)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < float(done.stdout) <= MOST_MB
