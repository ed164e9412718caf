"""Who may do what. One role per account, one table of permissions, no rows to keep in step."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here for."""

    ARTIST = "artist", _("artist")
    REVIEWER = "reviewer", _("reviewer")
    SENIOR_REVIEWER = "senior_reviewer", _("senior reviewer")
    LABEL_STAFF = "label_staff", _("label staff")
    COMPLIANCE_OFFICER = "compliance_officer", _("compliance officer")
    TRAINING_ENGINEER = "training_engineer", _("training engineer")
    ADMINISTRATOR = "administrator", _("administrator")


REVIEWERS = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})
STAFF_ROLES = REVIEWERS | {
    Role.COMPLIANCE_OFFICER,
    Role.TRAINING_ENGINEER,
    Role.ADMINISTRATOR,
}

_READ_CASES = frozenset(
    {
        "review.view_case",
        "catalogue.view_track",
        "catalogue.view_release",
        "fingerprints.view_reference",
        "fingerprints.view_materiallicence",
        "screening.view_screeningrun",
        "policy.view_decision",
        "policy.view_ruleset",
    }
)
_DECIDE = _READ_CASES | {
    "review.decide_case",
    "review.view_cannedreply",
    "catalogue.play_track",
    "registry.hear_voice",
    "registry.ask_about_voice",
}
_TEXTS = frozenset(
    {"review.add_cannedreply", "review.change_cannedreply", "review.view_cannedreply"}
)
_VOICES = frozenset({"registry.view_voiceregister", "registry.view_voiceenrolment"})
_PEOPLE = frozenset(
    f"accounts.{verb}_{model}"
    for verb in ("view", "add", "change")
    for model in ("user", "label", "membership")
)
_CONSENT_SEEN = frozenset(f"consent.view_{model}" for model in ("consentevent", "consentrecord"))
# Datasets and models. Nothing of people or tracks: members are seen under blinded names only.
_TRAINING_SEEN = frozenset(f"training.view_{model}" for model in ("snapshot", "modelversion"))
# What was taken back: cases and their steps are looked at, obligations decided, recipients kept.
_CASES_SEEN = frozenset(
    f"training.view_{model}"
    for model in ("revocationcase", "obligation", "recipient", "disclosure", "notification")
)
_CASES_KEPT = _CASES_SEEN | {
    "training.change_obligation",
    "training.add_recipient",
    "training.change_recipient",
    "training.add_disclosure",
}
_PROTECTED_SEEN = frozenset(
    f"registry.view_{model}" for model in ("person", "alias", "standing", "claim")
)
_REFERENCES = frozenset(
    f"fingerprints.{verb}_reference" for verb in ("view", "add", "change", "delete")
)
_LICENCES = frozenset(f"fingerprints.{verb}_materiallicence" for verb in ("add", "change"))
_STANDINGS = _PROTECTED_SEEN | {"registry.add_standing", "registry.change_claim"}
_REGISTER = (
    _STANDINGS
    | {f"registry.{verb}_{model}" for verb in ("add", "change") for model in ("person", "alias")}
    | {"registry.delete_alias", "registry.change_standing"}
    | {f"registry.{verb}_artistkey" for verb in ("view", "add", "change")}
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.ARTIST: frozenset({"catalogue.submit_release"}),
    Role.LABEL_STAFF: frozenset({"exports.export_label_decisions"}),
    Role.REVIEWER: _DECIDE | _STANDINGS | _LICENCES,
    Role.SENIOR_REVIEWER: _DECIDE
    | _STANDINGS
    | _LICENCES
    | _TEXTS
    | {"review.decide_severe_case", "review.reassign_case"},
    Role.COMPLIANCE_OFFICER: _READ_CASES
    | _CONSENT_SEEN
    | _TRAINING_SEEN
    | _CASES_KEPT
    | _TEXTS
    | _VOICES
    | _REGISTER
    | _REFERENCES
    | _LICENCES
    | {
        "consent.add_consentevent",
        "training.release_modelversion",
        "policy.change_ruleset",
        "exports.export_all_decisions",
        "audit.view_event",
        "audit.view_checkpoint",
        "registry.manage_voices",
        "registry.hear_voice",
        "registry.ask_about_voice",
    },
    Role.TRAINING_ENGINEER: _TRAINING_SEEN
    | {"training.add_snapshot", "training.add_modelversion", "training.open_feature"},
    Role.ADMINISTRATOR: _READ_CASES
    | _CONSENT_SEEN
    | _TRAINING_SEEN
    | _CASES_SEEN
    | {"training.release_modelversion"}
    | _PEOPLE
    | _VOICES
    | _REGISTER
    | _REFERENCES
    | {
        "exports.export_all_decisions",
        "audit.view_event",
        "audit.view_checkpoint",
        "review.reassign_case",
        "accounts.delete_membership",
    },
}


def may(role: str, permission: str) -> bool:
    """Whether the role holds the permission; "app." asks for anything in that app."""
    held = PERMISSIONS.get(role, frozenset())
    if permission.endswith("."):
        return any(name.startswith(permission) for name in held)
    return permission in held
