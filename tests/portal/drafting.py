"""A draft that may be submitted, and the forms that a browser would send for it."""

from uuid import uuid4

from apps.catalogue.terms import CURRENT
from tests.factories import TrackFactory

CLEAN = {
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "rights_in_result": "all_held",
}
JSON = {"HTTP_ACCEPT": "application/json"}


def ready_track(release, title):
    track = TrackFactory(
        release=release, title=title, answers=CLEAN, parental_advisory="none", artist="Asha Rao"
    )
    track.contributors.create(name="Asha Rao", role="composer", position=1)
    track.contributors.create(name="Asha Rao", role="lyricist", position=2)
    return track


def fields(response, form="form"):
    """The values that a browser would send back from this form."""
    bound = response.context[form]
    values = {name: bound[name].value() for name in bound.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def track_data(track, **changed):
    people = [(one.name, one.role) for one in track.contributors.all()]
    return {
        "revision": track.revision,
        "title": track.title,
        "version_title": track.version_title,
        "language": track.language,
        "isrc": track.isrc,
        "parental_advisory": track.parental_advisory,
        "original_release_year": track.original_release_year or "",
        "credit_name": [name for name, _role in people],
        "credit_role": [role for _name, role in people],
        **changed,
    }


def submission(**changed):
    return {"accepted": "on", "terms_version": CURRENT, "submission_key": uuid4().hex, **changed}
