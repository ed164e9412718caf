"""The model card, made from the data: sources, who said yes, what was left out, its limits."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.payload import moment
from apps.consent import reasons
from apps.consent.envelopes_reading import envelope_called
from apps.training.lineage import Used, lineage_of
from apps.training.listed import CONTENT_UNKNOWN, NOT_CLEARED
from apps.training.models import Obligation
from apps.training.rates import opt_in_rates

WHY = {
    **reasons.REASONS,
    NOT_CLEARED: "The rulebook has not cleared the recording as it is.",
    CONTENT_UNKNOWN: "Nobody knows the hash of the recording.",
}


def card_of(name: str, version: str) -> dict[str, Any]:
    """The card as JSON values; raises UnknownModel."""
    found = lineage_of(name, version)
    model, told = found.model, found.as_dict()
    owed = Obligation.objects.filter(model_version=model, closed_at__isnull=True).count()
    return {
        "model": told["model"],
        "version": told["version"],
        "model_class": told["model_class"],
        "state": told["state"],
        "released_at": moment(model.released_at) if model.released_at else None,
        "base_model": f"{model.base.name} {model.base.version}" if model.base else None,
        "trained": told["trained"],
        "code": {"uri": model.code_uri, "commit": model.code_commit},
        "weights_sha256": told["weights_sha256"],
        "manifest_sha256": told["manifest_sha256"],
        "verified": told["verified"],
        "fault": told["fault"],
        **model.card,
        "asset_count": told["asset_count"],
        "by_terms": told["by_terms"],
        "sources": [_source(one) for one in found.used],
        "other_sources": told["other_sources"],
        "bases": [f"{one['model']} {one['version']}" for one in told["bases"]],
        "approved_by": model.approvals.count(),
        "open_obligations": owed,
    }


def card_markdown(card: dict[str, Any]) -> str:
    """The same for people."""
    return "\n".join(_lines(card)) + "\n"


def _source(one: Used) -> dict[str, Any]:
    kept = one.snapshot
    envelope = envelope_called(kept.model_class, kept.envelope_version)
    considered = kept.asset_count + sum(kept.excluded.values())
    share = 100 * kept.asset_count / considered if considered else 0
    return {
        **one.as_dict(),
        "title": envelope.title,
        "required": [need.code for need in envelope.requires],
        "considered": considered,
        "percent_included": f"{share:.1f}",
        "opt_in_today": [rate.as_dict() for rate in opt_in_rates(envelope, kept.countries)],
    }


def _lines(card: dict[str, Any]) -> Iterator[str]:
    yield f"# {card['model']} {card['version']}\n"
    yield _("Class: %(model_class)s. State: %(state)s.") % card
    yield _("Training began %(started_at)s and ended %(finished_at)s.") % card["trained"]
    if card["weights_sha256"]:
        yield _("Weights SHA-256 `%(weights_sha256)s`") % card
    yield _("Manifest SHA-256 `%(hash)s`: %(verified)s\n") % {
        "hash": card["manifest_sha256"],
        "verified": _("verified") if card["verified"] else card["fault"],
    }
    yield from _listed(_("Nobody said when it was registered"), card["unstated"])
    if card["intended_use"]:
        yield from _listed(_("What it is for"), [card["intended_use"]])
    yield from _listed(_("What it is not for"), card["not_for"])
    yield from _listed(_("What it cannot do"), card["limits"])
    yield _("## Made from\n")
    yield _("%(asset_count)s uploaded tracks.\n") % card
    for one in card["sources"]:
        yield from _of_source(one)
    yield from _listed("", [_other(one) for one in card["other_sources"]])
    if card["bases"]:
        yield from _listed(_("Built on"), card["bases"])
    yield from _standing(card)


def _standing(card: dict[str, Any]) -> Iterator[str]:
    yield _("## Today\n")
    yield _("- Approved by %(approved_by)s people.") % card
    yield _("- Open obligations from what was taken back: %(open_obligations)s.") % card


def _of_source(one: dict[str, Any]) -> Iterator[str]:
    yield f"### {one['name']}\n"
    yield (
        _(
            "- %(asset_count)s of %(considered)s tracks (%(percent_included)s %%), "
            "sealed %(sealed_at)s, kept until %(retention_until)s"
        )
        % one
    )
    yield _("- needed: %(needs)s; in %(places)s; terms %(terms)s") % {
        "needs": ", ".join(one["required"]),
        "places": ", ".join(one["by_country"]),
        "terms": ", ".join(f"{name} ({count})" for name, count in one["by_terms"].items()),
    }
    for rate in one["opt_in_today"]:
        yield (
            _(
                "- said yes to %(permission)s for %(country)s, today: %(yes)s of %(tracks)s "
                "(%(percent)s %%)"
            )
            % rate
        )
    for reason, count in one["excluded"].items():
        yield _("- left out: %(count)s. %(why)s") % {"count": count, "why": _(WHY[reason])}
    yield ""


def _other(one: dict[str, Any]) -> str:
    return f"{one['name']}: {one['description']} (SHA-256 `{one['digest']['sha256']}`)"


def _listed(title: str, items: list[str]) -> Iterator[str]:
    if items:
        if title:
            yield f"## {title}\n"
        yield from (f"- {one}" for one in items)
        yield ""
