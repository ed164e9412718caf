"""Why a feature is not made, kept or opened. Each refusal has a code and a sentence."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.consent.errors import ConsentError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class FeatureRefused(ConsentError):
    """A feature is not registered; nothing was written."""

    code = "feature_refused"


class NoSuchEnvelope(FeatureRefused):
    """Not one of the published envelopes."""

    code = "unknown_envelope"
    is_usage = True
    text = _("%(given)s is no envelope in force. `manage.py consent envelopes` lists them.")


class ForeignKind(FeatureRefused):
    """The envelope does not allow this kind of feature."""

    code = "foreign_kind"
    text = _("%(envelope)s may not compute %(kind)s. It may compute: %(allowed)s.")


class MissingParent(FeatureRefused):
    """A feature comes from something, and all of it is still there."""

    code = "missing_parent"
    text = _(
        "A feature names every track and feature that it is made of, and all of them are here: "
        "%(what)s. Compute it again from what is there."
    )


class OtherZone(FeatureRefused):
    """A feature of one zone never goes into another."""

    code = "other_zone"
    text = _(
        "What was made in the zone “%(theirs)s” never goes into “%(ours)s”. Compute it again from "
        "the recording, for %(envelope)s."
    )


class OtherEnvelope(FeatureRefused):
    """A feature is computed for one envelope and no other."""

    code = "other_envelope"
    text = _("What was made for %(theirs)s may not be used for %(ours)s. Compute it again for it.")


class NotPermitted(FeatureRefused):
    """A parent may not be used for this envelope now, anywhere that all of them may."""

    code = "not_permitted"
    text = _(
        "There is no country where all that this is made of may be used for %(envelope)s now. "
        "Leave out %(tracks)s, or ask for the permission first."
    )


class Undescribed(FeatureRefused):
    """What it is, who made it or how is missing or too long."""

    code = "undescribed"
    is_usage = True
    text = _("A feature needs %(what)s.")


class ZoneClosed(ConsentError):
    """This process was not given the zone's key."""

    code = "zone_closed"
    text = _(
        "The zone “%(zone)s” is closed here: this process has no %(setting)s of %(letters)s "
        "letters or more. Run it where the key is, or leave this work to those who have it."
    )


class OtherKey(ConsentError):
    """Features of a zone were sealed with a key that nobody named."""

    code = "other_key"
    text = _(
        "Features in the zone “%(zone)s” were sealed with another key. Name it in "
        "%(setting)s_FALLBACKS and run this again."
    )


CLOSED = {
    "not_allowed": _("This account may not open features. A training engineer can."),
    "token_invalid": _("This is no purpose of ours. Ask for one with `purpose_token`."),
    "token_expired": _(
        "The purpose was given more than %(minutes)s minutes ago. Ask for a new one."
    ),
    "unknown_envelope": _(
        "No such envelope is in force, or it was changed. Ask for a new purpose."
    ),
    "country_left_out": _("Models of this class are not made for %(jurisdiction)s."),
    "unknown_feature": _("There is no such feature. What nobody registered is not opened."),
    "purged": _("This feature was purged. Compute it again where that is permitted."),
    "other_envelope": _("This feature was made for %(theirs)s and is opened for nothing else."),
    "other_zone": _("This feature lies in another zone than its envelope names."),
    "zone_closed": _("This process has no key for the zone “%(zone)s”."),
    "ledger_behind": _("The log has fewer entries than when the purpose was given. Find out why."),
    "ledger_late": _(
        "Something waits for the log for more than %(seconds)s seconds, so nobody knows what "
        "counts. Start the clock (`manage.py sweep`) and try again."
    ),
    "parent_gone": _("Something that this feature was made of is gone. Purge the feature."),
    "not_permitted": _("A track that this was made of may not be used so today. %(reason)s"),
    "in_a_table": _("This feature is a row of %(table)s; those who own it read it there."),
    "bytes_missing": _("The bytes of this feature are not in its storage. Compute it again."),
    "bytes_changed": _("The bytes of this feature are not those that were registered."),
}


class GateClosed(ConsentError):
    """A feature is not opened. `code` is one of CLOSED."""

    def __init__(self, code: str, **told: Any) -> None:
        text: _StrPromise = CLOSED[code]
        super().__init__(text, **told)
        self.code = code
        self.told = told
