"""Walking over long recordings in pieces, so that memory stays small."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Runs = npt.NDArray[np.int64]  # shape (n, 2): first frame, frame after the last

BLOCK = 1 << 18  # frames held at once: 2 MiB of stereo


def blocks(pcm: Samples, size: int = BLOCK) -> Iterator[tuple[int, Samples]]:
    """Pieces of `size` frames with the frame they start at; the last may be shorter."""
    for start in range(0, len(pcm), size):
        yield start, np.asarray(pcm[start : start + size])


def find_runs(pcm: Samples, test: Callable[[Samples], Mask], at_least: int) -> Runs:
    """Runs of at least `at_least` consecutive frames for which `test` holds.

    `test` turns a piece of shape (frames, channels) into a mask of shape (frames,).
    """
    found: list[Runs] = []
    for start, piece in blocks(pcm):
        runs = _runs_of(test(piece))
        long = runs[:, 1] - runs[:, 0] >= at_least
        at_edge = (runs[:, 0] == 0) | (runs[:, 1] == len(piece))
        found.append(runs[long | at_edge] + start)
    joined = _join(np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64))
    return joined[joined[:, 1] - joined[:, 0] >= at_least]


def runs_of(mask: Mask, at_least: int = 1) -> Runs:
    """Runs of at least `at_least` true values."""
    runs = _runs_of(mask)
    return runs[runs[:, 1] - runs[:, 0] >= at_least]


def _runs_of(mask: Mask) -> Runs:
    if not mask.any():
        return np.empty((0, 2), dtype=np.int64)
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if mask[0]:
        edges = np.concatenate([[0], edges])
    if mask[-1]:
        edges = np.concatenate([edges, [len(mask)]])
    return edges.reshape(-1, 2).astype(np.int64)


def _join(runs: Runs) -> Runs:
    """One run for those that touch: the seams between pieces."""
    if len(runs) == 0:
        return runs
    apart = np.concatenate([[True], runs[1:, 0] > runs[:-1, 1]])
    starts = np.flatnonzero(apart)
    ends = np.concatenate([starts[1:] - 1, [len(runs) - 1]])
    return np.stack([runs[starts, 0], runs[ends, 1]], axis=1)
