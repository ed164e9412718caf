"""What the log refuses, and what to do then. Each error has a code and a sentence."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class LedgerError(Refusal):
    """Something that the log cannot vouch for. Nothing was signed."""

    code = "ledger"


class NoKey(LedgerError):
    """There is no key to sign with."""

    code = "no_key"
    text = _(
        "There is no signing key: neither LEDGER_KEY nor the file %(file)s. Put back the key from "
        "its backup; on a new installation run `manage.py prepare`, which makes one."
    )


class UnreadableKey(LedgerError):
    """The key is not one."""

    code = "unreadable_key"
    text = _("The signing key cannot be read: %(why)s Put back the key from its backup.")


class WrongOrigin(LedgerError):
    """Key and settings name different logs."""

    code = "wrong_origin"
    text = _(
        "The signing key belongs to the log %(key)s, LEDGER_ORIGIN says %(origin)s. Set "
        "LEDGER_ORIGIN to the name in the key, or put back the right key."
    )


class WrongKey(LedgerError):
    """The last checkpoint was signed by another key."""

    code = "wrong_key"
    text = _(
        "The last checkpoint was not signed by this key: %(why)s Put back the key that signed it. "
        "A log that goes on under a new key and a new origin needs the old one in "
        "LEDGER_RETIRED_KEYS."
    )


class UnreadableHead(LedgerError):
    """The head outside the database is no checkpoint of ours."""

    code = "unreadable_head"
    text = _(
        "The head in %(file)s is not a checkpoint signed by this log: %(why)s Put it back from "
        "its backup, or from the newest checkpoint that somebody outside kept."
    )


class HeadMissing(LedgerError):
    """Nothing outside the database says how far the log had come."""

    code = "head_missing"
    text = _(
        "The log has checkpoints, but its head outside the database, %(file)s, is missing. "
        "Without it nobody can tell whether the database is an old copy. Put it back from its "
        "backup, or from the newest checkpoint that somebody outside kept."
    )


class DatabaseBehind(LedgerError):
    """The database knows less than was signed."""

    code = "database_behind"
    text = _(
        "%(head)s leaves were signed, the database has a checkpoint of %(size)s: it is older than "
        "its log, as after restoring a backup. Restore up to the newest change. If that is lost, "
        "see `docs/operations.md`, “After a restore”."
    )


class Forked(LedgerError):
    """The database tells another history than was signed."""

    code = "forked"
    text = _(
        "The database does not continue what was signed (%(why)s). Run `manage.py audit verify`, "
        "keep the head and the database as they are, and find out who changed it."
    )


class GuardsDown(LedgerError):
    """Triggers that refuse changes are not as they should be."""

    code = "guards_down"
    text = _(
        "Guards of the ledger are missing or changed: %(names)s. `manage.py migrate --skip-checks` "
        "puts them up again; then run `manage.py audit verify`."
    )


class NotInTheLog(LedgerError):
    """Nothing with this uid was ever queued."""

    code = "not_in_the_log"
    text = _("No row with the uid %(uid)s is in the log.")


class StillWaiting(LedgerError):
    """The row has no leaf yet."""

    code = "still_waiting"
    text = _("The row %(uid)s still waits for its leaf. Ask again in a few seconds.")
