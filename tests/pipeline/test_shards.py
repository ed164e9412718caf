"""An index in two parts: reference 1 lies in the one that only its own worker can answer for."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from apps.fingerprints.shards import queue_of
from benchmarks.site import Site
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.services
RATE = 44_100


def test_a_question_goes_to_both_parts(site_of: Callable[[str], Site], tmp_path: Path) -> None:
    site = site_of("")
    site.env |= {"PRINT_SHARDS": "2", "PRINT_SHARD": "0"}
    songs = [tune(30.0, seed=seed) for seed in (1, 2)]
    for number, pcm in enumerate(songs, start=1):
        path = tmp_path / f"song {number}.wav"
        write_wav(path, pcm)
        added = site.manage("references", "add", str(path), "--title", f"Song {number}")
        assert added.returncode == 0, added.stderr
    both = write_wav(tmp_path / "both.wav", np.concatenate([one[: 12 * RATE] for one in songs]))
    site.start_worker(queue=queue_of(1), PRINT_SHARD="1")
    found = site.manage("references", "match", str(both), "--json")
    assert found.returncode == 0, found.stderr + site.log()
    titles = {one["title"] for one in json.loads(found.stdout)["matches"] if one["accepted"]}
    assert titles == {"Song 1", "Song 2"}
