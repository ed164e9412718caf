"""The public summary of training content: the fields of the EU template of 24 July 2025 (AI Act,
article 53(1)(d)), filled from the manifests. A draft for whoever publishes it; no legal advice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Sum

from apps.audit.payload import moment
from apps.catalogue.models import AudioFile, Track
from apps.consent.clock import ledger_now
from apps.training.lineage import Lineage, lineage_of
from apps.training.models import Snapshot, SnapshotMember

VERSION = "2025-07-24"
BINS = ((10_000, "less than 10,000 hours"), (1_000_000, "10,000 to 1 million hours"))
MOST = "more than 1 million hours"
PROTOCOLS = (
    "“No AI” on this platform, on by default",
    "CAWG training and data mining assertion 1.1",
    "Content-Usage (IETF AIPREF, draft)",
    "TDM reservation protocol",
)


def summary_of(name: str, version: str) -> dict[str, Any]:
    """The summary as JSON values, by the numbers of the template; raises UnknownModel."""
    found = lineage_of(name, version)
    return {
        "template": VERSION,
        "summary_version": "1",
        "last_update": moment(ledger_now()),
        "1_general": {
            "1.1_provider": {
                "name": settings.OPERATOR_NAME,
                "address": settings.OPERATOR_ADDRESS,
                "contact": settings.OPERATOR_CONTACT,
            },
            "1.2_model": _model(found),
            "1.3_modalities": _modalities(found.snapshots),
        },
        "2_sources": _sources(found),
        "3_processing": _processing(found),
    }


def summary_markdown(summary: dict[str, Any]) -> str:
    """The same for people, heading by heading."""
    lines = [f"# Training content summary (template of {summary['template']})\n"]
    lines += [f"Version {summary['summary_version']}, {summary['last_update']}\n"]
    for part, values in summary.items():
        if isinstance(values, dict):
            lines.append(f"## {_title(part)}\n")
            lines += [f"- **{_title(key)}**: {_told(value)}" for key, value in values.items()]
            lines.append("")
    return "\n".join(lines)


def size_bin(hours: float) -> str:
    """The bin of the template for audio."""
    return next((words for limit, words in BINS if hours < limit), MOST)


def _model(found: Lineage) -> dict[str, Any]:
    model = found.model
    return {
        "name": f"{model.name} {model.version}",
        "depends_on": [f"{one.model.name} {one.model.version}" for one in found.bases],
        "placed_on_market": moment(model.released_at) if model.released_at else "not released",
        "manifest_sha256": model.manifest_sha256,
    }


def _modalities(snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    tracks = SnapshotMember.objects.filter(snapshot__in=snapshots).values("track_id")
    known = Track.objects.filter(pk__in=tracks)
    audio = AudioFile.objects.filter(pk__in=known.values("audio"))
    hours = (audio.aggregate(total=Sum("duration_s"))["total"] or 0) / 3600
    latest: datetime | None = known.aggregate(latest=Max("created_at"))["latest"]
    return {
        "audio": {
            "size": size_bin(hours) if snapshots else "none",
            "hours": f"{hours:.1f}",
            "content": "music recordings uploaded for distribution" if snapshots else "none",
            "latest_acquisition": f"{latest:%m/%Y}" if latest else "none",
        },
        "text": "none",
        "image": "none",
        "video": "none",
        "continuously_trained": False,
        "languages": sorted({one for one in _languages(known) if one}),
    }


def _languages(known: Any) -> set[str]:
    return set(known.order_by().values_list("language", flat=True).distinct())


def _sources(found: Lineage) -> dict[str, Any]:
    others = found.statement.get("predicate", {}).get("other_sources", [])
    return {
        "2.1_public_datasets": "none",
        "2.2.1_licensed_by_rightsholders": "none: what a label licensed trains nothing here",
        "2.2.2_other_private_datasets": "none",
        "2.3_crawled": "none: nothing is crawled",
        "2.4_user_data": _uploads(found.snapshots),
        "2.5_synthetic_data": [one for one in others if "generator" in one["name"]] or "none added",
        "2.6_other": [one for one in others if "generator" not in one["name"]] or "none",
    }


def _uploads(snapshots: Sequence[Snapshot]) -> Any:
    if not snapshots:
        return "none"
    return {
        "from_own_services": "recordings uploaded for distribution and allowed for this",
        "from_interactions_with_the_model": "none",
        "tracks": sum(one.asset_count for one in snapshots),
        "terms": sorted({one.policy_version for one in snapshots}),
        "countries": sorted({place for one in snapshots for place in one.countries}),
        "retention_until": moment(max(one.retention_until for one in snapshots)),
    }


def _processing(found: Lineage) -> dict[str, Any]:
    reserved = sum(one.excluded.get("no_ai", 0) for one in found.snapshots)
    return {
        "3.1_reservations": {"honoured": list(PROTOCOLS), "left_out_because_of_no_ai": reserved},
        "3.2_illegal_content": "Only what the rulebook cleared, where the class needs it.",
        "3.3_other": "Every track was allowed by whoever holds it; the manifest proves it.",
    }


def _title(key: str) -> str:
    return key.replace("_", " ")


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_title(key)}: {_told(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_told(one) for one in value) or "none"
    return str(value)
