"""The product obeys itself: its own detector of generated sound is registered like any other model.

It was made from no upload. Its manifest says what it was made from, by the hashes of the files that
hold what was measured, and its card says how often it is wrong.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

from apps.screening.checks.synthetic_audio import SyntheticAudioCheck
from apps.screening.comb import calibration, spacings
from apps.training.errors import OwnChanged
from apps.training.models import ModelVersion
from apps.training.registering import Card, require_sound, sign_and_keep
from apps.training.statement import Source

CLASS = "rights_check"
CARD = Card(
    intended_use=(
        "Finds the even lines that neural decoders leave in a spectrum, so that a person looks at "
        "a track. It holds a track and asks; it never refuses one."
    ),
    limits=(
        "Of 726 pieces made by people 7 were called likely (1.0 %, 95 %: 0.5 to 2.0 %) and 36 "
        "inconclusive, by version 2; measured on systems and sources that nothing was chosen on. "
        "This version called none of 123 further pieces likely (95 %: 0 to 3.0 %).",
        "Of 305 clips of 30 generators 171 were called likely (56 %) by version 2; "
        "under 15 s 43 %, over 40 s 83 %.",
        "It cannot see decoders without strides, generators with a few lines only, samplers, "
        "generated scores that people play, or voices alone under louder music.",
        "It takes block renderers and sources coded in frames of 20 ms for decoders.",
    ),
    not_for=("Refusing a track without a person.", "Telling whose voice or style it is."),
)


def register_own() -> ModelVersion:
    """Registers the detector that ships, or finds it registered. Raises OwnChanged, LedgerUnfit."""
    check, weights = SyntheticAudioCheck, calibration.FILE.read_bytes()
    digest = sha256(weights).hexdigest()
    kept = ModelVersion.objects.filter(name=check.slug, version=check.version).first()
    if kept is not None:
        if kept.weights_sha256 != digest:
            raise OwnChanged(model=kept)
        return kept
    made = datetime.fromisoformat(json.loads(weights)["date"]).replace(tzinfo=UTC)
    model = ModelVersion(
        name=check.slug,
        version=check.version,
        model_class=CLASS,
        weights_sha256=digest,
        run_id=f"calibration-{calibration.calibration().version}",
        started_at=made,
        finished_at=made,
        code_uri="benchmarks/evaluate_synthetic.py",
        card=CARD.as_dict(),
    )
    require_sound(model)
    return sign_and_keep(model, (), sources_of(weights))


def sources_of(weights: bytes) -> tuple[Source, ...]:
    """What the calibration file was made from, as it says itself, and the spacings looked for."""
    told = json.loads(weights)
    digest = sha256(weights).hexdigest()
    human, generators = told["human"], told["generators"]
    clips = ", ".join(f"{name} {count}" for name, count in sorted(generators.items()))
    return (
        Source("calibration.json", "thresholds and likelihood ratios, as frozen", digest),
        Source("people's music", f"{human['n']} pieces: {human['what']}", digest),
        Source(
            "published clips of generators", f"{sum(generators.values())} clips: {clips}", digest
        ),
        Source(
            "spacings.toml",
            "the spacings of lines that decoders are known to leave",
            sha256(spacings.LIBRARY.read_bytes()).hexdigest(),
        ),
    )
