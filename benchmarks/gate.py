"""Features, their gate, and what obeying it costs the matcher; a line `name value unit` each.

    .venv/bin/python benchmarks/gate.py [PRINTS]
    SOUNDCHECK_PG_FSYNC=on scripts/with_postgres.sh .venv/bin/python benchmarks/gate.py [PRINTS]

Prints are random items, as far as the tables can tell like real ones. The matcher is timed with and
without the question whether each print is a permitted feature.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SOUNDCHECK_DATA", tempfile.mkdtemp(prefix="soundcheck-gate-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.audit import keys  # noqa: E402
from apps.audit.sequencer import sequence_pending  # noqa: E402
from apps.catalogue.models import Release, Track  # noqa: E402
from apps.catalogue.states import TrackState  # noqa: E402
from apps.consent.choices import record_consent  # noqa: E402
from apps.consent.features import (  # noqa: E402
    features_of,
    forbidden_features,
    purge_features,
    register_feature,
)
from apps.consent.gate import open_feature, purpose_token  # noqa: E402
from apps.consent.projection import settle  # noqa: E402
from apps.consent.reservations import lift_no_ai  # noqa: E402
from apps.fingerprints.catalogue import DatabaseCatalogue, store_print  # noqa: E402

PRINTS, ITEMS, ASKED, TURNS, FEATURES = 3_000, 800, 30, 6, 200
TERMS, ANSWERS = "2026-11-20", {"label_licensed": False}


def show(name: str, value: float, unit: str) -> None:
    """One line of the result."""
    print(f"{name} {value:.2f} {unit}", flush=True)  # noqa: T201


def each_ms(work: Callable[[int], object], count: int) -> float:
    """The median of `count` calls, milliseconds."""
    took = []
    for number in range(count):
        began = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def items_of(seed: int) -> Any:
    """A print that nobody else has."""
    return np.random.default_rng(seed).integers(0, 2**32, ITEMS, dtype=np.uint32)


def keep(track: Track, seed: int) -> None:
    """The print of one track."""
    store_print(
        track=track,
        sha256=f"file-{seed}",
        pcm_sha256=f"samples-{seed}",
        items=items_of(seed),
        duration_s=ITEMS * 0.124,
    )


def make_tracks(owner: User, count: int) -> list[Track]:
    """Cleared tracks of one release."""
    release = Release.objects.create(owner=owner, title="Bench")
    made = [
        Track(
            release=release,
            title=f"{n}",
            state=TrackState.CLEARED,
            answers={"label_licensed": False},
        )
        for n in range(count)
    ]
    return Track.objects.bulk_create(made, batch_size=500)


def ask(seed: int) -> None:
    """A part of a print that is there is found."""
    catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=None)
    part = items_of(seed)[200:600].tolist()
    if len(catalogue.find(sha256="?", pcm_sha256="?", items=part, duration_s=50.0)) != 1:
        raise SystemExit("The matcher found something else than it should.")


def store(tracks: list[Track], first: int) -> float:
    """Milliseconds for each of these prints, of those that a transaction holds."""
    began = time.perf_counter()
    with transaction.atomic():
        for number, track in enumerate(tracks, first):
            keep(track, number)
    return (time.perf_counter() - began) / len(tracks) * 1000


def measure_prints(tracks: list[Track]) -> None:
    """Storing and asking, with and without what features cost; the quickest of several turns."""
    took: dict[str, list[float]] = {"with": [], "without": []}
    for first in range(0, len(tracks), 100):
        some = tracks[first : first + 100]
        if first % 1000:
            took["with"].append(store(some, first))
            continue
        with patch("apps.fingerprints.catalogue._register", lambda row: None):
            took["without"].append(store(some, first))
        for number, track in enumerate(some, first):
            keep(track, number)
    for name, values in took.items():
        show(f"print_stored_{name}_feature", min(values), "ms")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _measure_asking([number * 7 % len(tracks) for number in range(ASKED)], len(tracks))


def _measure_asking(seeds: list[int], prints: int) -> None:
    best = {"with": [float("inf")] * len(seeds), "without": [float("inf")] * len(seeds)}
    for _ in range(TURNS):
        for number, seed in enumerate(seeds):
            for name, kept in best.items():
                kept[number] = min(kept[number], _asked_ms(seed, permission=name == "with"))
    for name, kept in best.items():
        show(f"match_among_{prints}_{name}_permission", statistics.median(kept), "ms")


def _asked_ms(seed: int, *, permission: bool) -> float:
    if permission:
        return each_ms(lambda _: ask(seed), 1)
    with patch("apps.fingerprints.catalogue.permitted_rows", lambda rows, **_: rows):
        return each_ms(lambda _: ask(seed), 1)


def measure_gate(owner: User, track: Track, engineer: User) -> None:
    """Making, opening, looking over and purging spectrograms of 100 kB."""
    lift_no_ai(by=owner, of=track, terms_version=TERMS)
    record_consent(
        by=owner,
        of=track,
        use_case="generative_music",
        verb="train",
        granted=True,
        jurisdiction="DE",
        terms_version=TERMS,
    )
    sequence_pending()
    settle()
    content = os.urandom(100_000)
    made = []

    def make(number: int) -> None:
        made.append(
            register_feature(
                tracks=[track],
                kind="log_mel",
                extractor="bench",
                params={"number": number},
                envelope="generative_music",
                content=content,
            )
        )

    show("feature_registered", each_ms(make, FEATURES), "ms")
    token = purpose_token(by=engineer, model_class="generative_music", jurisdiction="DE")
    show("feature_opened", each_ms(lambda n: open_feature(made[n].pk, token), FEATURES), "ms")
    show("features_looked_over", each_ms(lambda _: forbidden_features([track.pk]), 5), "ms")
    began = time.perf_counter()
    gone = purge_features(features=features_of([track.pk]).exclude(zone="ops"), reason="bench")
    show("feature_purged", (time.perf_counter() - began) / gone * 1000, "ms")


def measure(prints: int) -> None:
    """Everything."""
    call_command("migrate", verbosity=0)
    keys.make_key()
    owner = User.objects.create_user(email="bench@example.org", name="Bench")
    engineer = User.objects.create_user(
        email="engineer@example.org", name="Engineer", role="training_engineer"
    )
    tracks = make_tracks(owner, prints)
    measure_prints(tracks)
    measure_gate(owner, tracks[0], engineer)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else PRINTS)
