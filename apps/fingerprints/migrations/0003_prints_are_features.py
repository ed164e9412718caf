"""Prints stored before there were features become features, made for rights checks."""

from hashlib import sha256
from uuid import uuid4

from django.db import migrations

TABLE = "fingerprints_recordingprint"
AT_ONCE = 500
SAID = {
    "kind": "chromaprint",
    "extractor": "chromaprint, algorithm 2",
    "params_sha256": sha256(b'{"algorithm":2}').hexdigest(),
    "model_class": "rights_check",
    "envelope_version": 1,
    "zone": "ops",
    "table": TABLE,
}


def register_prints(apps, schema_editor):
    """Every print without a feature, some at a time. Safe to run again."""
    prints = apps.get_model("fingerprints", "RecordingPrint").objects.order_by("pk")
    last = 0
    while batch := list(prints.filter(pk__gt=last)[:AT_ONCE]):
        _register(apps, batch)
        last = batch[-1].pk


def _register(apps, batch):
    features = apps.get_model("consent", "DerivedFeature").objects
    places = [str(row.pk) for row in batch]
    known = set(
        features.filter(table=TABLE, place__in=places, purged_at=None).values_list("place", flat=True)
    )
    new = {uuid4(): row for row in batch if str(row.pk) not in known}
    features.bulk_create(
        features.model(id=pk, place=str(row.pk), sha256=_hash(row), **SAID) for pk, row in new.items()
    )
    links = apps.get_model("consent", "FeatureParent")
    links.objects.bulk_create(
        links(feature_id=pk, track_id=row.track_id) for pk, row in new.items()
    )


def _hash(row):
    known_by = f"{row.sha256} {row.pcm_sha256} ".encode() + bytes(row.items)
    return sha256(known_by).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("fingerprints", "0002_first_heard"),
        ("consent", "0002_derivedfeature_featureparent"),
    ]

    operations = [migrations.RunPython(register_prints, migrations.RunPython.noop)]
