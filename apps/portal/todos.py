"""What is left to finish, each with its place on the page: problems, gaps, doubts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalogue.metadata_rules import MetadataProblem, find_release_problems
from apps.catalogue.models import Release, Track
from apps.screening.codes import TEXTS

# Where a problem at this path of the declaration can be mended: the id of a field on the page.
TRACK_FIELDS = {
    "title": "track_title",
    "version_title": "track_version_title",
    "language": "track_language",
    "artists": "track_credits",
    "isrc": "track_isrc",
    "parental_advisory": "track_parental_advisory",
    "original_release_year": "track_original_release_year",
}
_RELEASE_FIELDS = {
    "title": "release_title",
    "version_title": "release_version_title",
    "upc": "release_upc",
    "territories": "release_countries",
    "destinations": "release_destinations",
}
_MISSING_FIELDS = {"no_title": "track_title"}
QUESTIONS = "made"


@dataclass(frozen=True)
class Todo:
    """One thing to finish. `field`: the id of the element; `blocks`: not to be submitted before.

    What does not block is a doubt: the track may be submitted, and a person will look at it; or,
    where it `refuses`, the track will be refused.
    """

    field: str
    text: str
    blocks: bool
    url: str = ""
    about: str = ""
    refuses: bool = False


def release_todos(release: Release, tracks: Sequence[Track]) -> list[Todo]:
    """What is wrong with what the tracks share."""
    document = {
        "title": release.title,
        "version_title": release.version_title,
        "upc": release.upc,
        "tracks": [
            {"title": one.title, "version_title": one.version_title, "isrc": one.isrc}
            for one in tracks
        ],
    }
    page = reverse("release", args=[release.pk])
    listed: list[Todo | None] = []
    if not release.destinations:
        listed.append(Todo("release_destinations", _("Choose where it should go."), blocks=True))
    if not release.territories:
        listed.append(Todo("release_countries", _("Say where it may be sold."), blocks=True))
    if not release.artwork_ai:
        listed.append(Todo("release_artwork_ai", _("Say how the artwork was made."), blocks=True))
    listed += [
        problem_todo(problem, _RELEASE_FIELDS) for problem in find_release_problems(document)
    ]
    return [
        replace(todo, url=f"{page}#{todo.field}", about=_("Release")) for todo in listed if todo
    ]


def missing_todo(code: str, text: str, track: Track) -> Todo:
    """The sentence without the track's name, which the page shows beside it."""
    return Todo(
        _MISSING_FIELDS.get(code, "track_audio" if "audio" in code else QUESTIONS),
        text.removeprefix(f"{track}: "),
        blocks=True,
    )


def problem_todo(problem: MetadataProblem, fields: dict[str, str]) -> Todo | None:
    """What a problem asks the artist to do, at its field; None where nobody has words for it."""
    text = TEXTS.get(problem.code)
    root = problem.path.split("[")[0].split(".")[0]
    if text is None:
        return None
    field = fields.get(root, QUESTIONS)
    return Todo(field, f"{_(text.meaning)} {_(text.fix)}", blocks=False)
