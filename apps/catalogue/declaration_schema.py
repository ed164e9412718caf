"""The JSON Schema (2020-12) of the declaration: what an artist says about one track.

Nothing is required. A missing key says nothing (unknown); `"ai": []` says that no AI was used.
`null` in a text field means the same as a missing key.
"""

from typing import Any

from apps.catalogue.countries import COUNTRIES

MAX_TEXT = 500
MAX_ITEMS = 100
DESTINATIONS = (
    "spotify",
    "apple_music",
    "deezer",
    "youtube",
    "youtube_content_id",
    "tidal",
    "bandcamp",
)
PARTS = (
    "lyrics",
    "composition",
    "arrangement",
    "vocals",
    "instruments",
    "whole_recording",
    "mixing",
    "mastering",
    "stem_separation",
    "cleanup",
    "artwork",
)
ROLES = ("main", "featured", "composer", "lyricist", "producer", "remixer")
BORROWED_KINDS = ("cover", "remix", "sample", "beat", "interpolation")

Schema = dict[str, Any]


def _text(description: str) -> Schema:
    return {"type": ["string", "null"], "maxLength": MAX_TEXT, "description": description}


def _one_of(description: str, *values: str) -> Schema:
    return {"type": "string", "enum": list(values), "description": description}


def _flag(description: str) -> Schema:
    return {"type": ["boolean", "null"], "description": description}


def _year(description: str) -> Schema:
    kinds = ["integer", "null"]
    return {"type": kinds, "minimum": 1850, "maximum": 2100, "description": description}


def _many(description: str, item: Schema) -> Schema:
    return {"type": "array", "maxItems": MAX_ITEMS, "items": item, "description": description}


def _record(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "description": description,
    }


_PROOF = _text("Id of an uploaded proof: a licence, a contract, a consent.")

_ARTIST = _record(
    "One person or group, in one role. The same name may appear once per role.",
    name=_text("The name as it should appear."),
    role=_one_of("What they did.", *ROLES),
    isni=_text("ISNI, 16 characters, when known."),
    ipi=_text("IPI name number, 11 digits, when known."),
)

_AI = _record(
    "AI in one part of the track.",
    part=_one_of("Which part.", *PARTS),
    extent=_one_of(
        "assisted: a person made it with AI help. generated: the model made it.",
        "none",
        "assisted",
        "generated",
    ),
    tool=_text("Which program or service."),
    tool_version=_text("Its version or model name."),
    plan=_one_of("The plan in force when it was made.", "free", "paid", "unknown"),
    model_training=_one_of(
        "What the model was trained on.", "licensed_or_own", "unlicensed", "unknown"
    ),
    inputs=_one_of("What was fed into it.", "own_or_cleared", "not_cleared", "unknown"),
)

_VOICE = _record(
    "Whose voice an AI voice in this track imitates.",
    imitates=_one_of("", "nobody", "own_voice", "consenting_person", "real_person"),
    person=_text("Their name."),
    proof=_PROOF,
)

_LIKENESS = _record(
    "Use of a real person's name, image or voice.",
    person=_text("Their name."),
    use=_one_of("What is used.", "name", "image", "voice"),
    permission=_one_of("Whether they permit it.", "yes", "no", "unknown"),
    proof=_PROOF,
)

_BORROWED = _record(
    "One piece of somebody else's work in this track.",
    kind=_one_of("How it is used.", *BORROWED_KINDS),
    of=_text("Title and owner of the work or recording."),
    licence=_one_of("Whether you hold a licence.", "held", "not_held", "unknown"),
    exclusive=_flag("Whether the licence is exclusive (beats)."),
    proof=_PROOF,
    first_recorded_year=_year("Year of the first recording of a covered work."),
    earlier_performers=_many("Who performed earlier recordings of it.", _text("A name.")),
    film=_text("The film it comes from, if any."),
)

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Declaration",
    **_record(
        'What an artist declares about one track. Missing: unknown. "ai": [] means no AI.',
        title=_text("Title of the track, without version or featured artists."),
        version_title=_text("Version, such as Live or Acoustic."),
        language=_text("Language of the lyrics as a BCP 47 tag; zxx where nobody sings."),
        instrumental=_flag("Whether the track has no vocals."),
        artists=_many("Everybody credited.", _ARTIST),
        rights_in_result=_one_of(
            "Whether you hold every right in the result.", "all_held", "not_all_held"
        ),
        ai=_many("AI use, one entry per part. Empty: no AI was used.", _AI),
        voice=_VOICE,
        likeness=_many("Real persons whose name, image or voice is used.", _LIKENESS),
        borrowed=_many("Covers, remixes, samples, beats, interpolations.", _BORROWED),
        isrc=_text("ISRC of the recording, when it has one."),
        iswc=_text("ISWC of the work, when known."),
        upc=_text("UPC or EAN of the release, when it has one."),
        territories=_many(
            "Where it may be sold.",
            _one_of("A country code, or worldwide.", "worldwide", *sorted(COUNTRIES)),
        ),
        destinations=_many("Stores to deliver to.", _one_of("A store.", *DESTINATIONS)),
        parental_advisory=_one_of("The advisory flag.", "explicit", "clean", "none"),
        label_licensed=_flag("Whether a label licensed this recording to you."),
        previously_released=_flag("Whether this recording was released before."),
        original_release_year=_year("Year this recording was first released."),
    ),
}
