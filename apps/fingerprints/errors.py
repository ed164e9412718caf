"""What the register of references refuses, and what to do then."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class ReferenceRefusal(Refusal):
    """Nothing was written. The message says why and what to do next."""


class NotAReference(ReferenceRefusal):
    """No such reference."""

    text = _("There is no reference %(given)s. `references stats` tells how many there are.")


class UnknownSource(ReferenceRefusal):
    """Not one of the places where references come from."""

    text = _("A reference cannot come from “%(given)s”. It can come from: %(allowed)s.")


class ReferenceWithoutTitle(ReferenceRefusal):
    """Nobody could tell what was found."""

    text = _("A reference needs a title, so that people know what was found.")


class TextTooLong(ReferenceRefusal):
    """A field that holds less."""

    text = _("%(field)s is too long: at most %(most)s characters. Shorten it.")


class IsrcInvalid(ReferenceRefusal):
    """Not an ISRC."""

    text = _("“%(given)s” is no ISRC. %(why)s")


class IndexBusy(ReferenceRefusal):
    """Another process has been making the index for minutes."""

    text = _("The index of prints is being made again. Try once more in a few minutes.")


class ShardSilent(IndexBusy):
    """A part of the index that lies on another host does not answer."""

    text = _(
        "Parts of the index of prints do not answer: %(shards)s. See whether their workers run."
    )
