"""What the questions about a track say, and what each answer means for its release."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One answer. `consequence`: what it means for release, in one line.

    `sets` replaces keys of the declaration; `adds` is one entry more for the list at the
    question's path. Where both are empty, `value` itself is written at the path.
    """

    value: str | bool
    label: str
    consequence: str
    sets: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionText:
    """A question and its answers. `kind`: "one" of the choices, "several" of them (each becomes
    an entry of the list), or "tool" (name, version and plan are typed)."""

    kind: str
    text: str
    help: str
    choices: tuple[Choice, ...] = ()


EVERYWHERE = "Fine: allowed everywhere."
HELD = "A person will look before release."

PART_LABELS: dict[str, str] = {
    "lyrics": "the lyrics",
    "composition": "the melody or the chords",
    "arrangement": "the arrangement",
    "vocals": "the vocals",
    "instruments": "instruments or sounds",
    "whole_recording": "the whole recording",
    "mixing": "the mix",
    "mastering": "the master",
    "stem_separation": "separating stems",
    "cleanup": "cleaning up noise",
    "artwork": "the artwork",
}
BORROWED_LABELS: dict[str, str] = {
    "cover": "the song you cover",
    "remix": "the recording you remix",
    "sample": "the sample",
    "beat": "the beat",
    "interpolation": "the melody or words you replay",
}

_TOOL = "Fine: on your own recording this is allowed everywhere."
_PART_MEANS: dict[str, str] = {
    "lyrics": "Help with your own song is allowed everywhere.",
    "composition": "Help with your own song is allowed everywhere.",
    "arrangement": "Help with your own song is allowed everywhere.",
    "vocals": "Help is allowed. For generated vocals we ask which tool, and whose voice.",
    "instruments": "Help is allowed. For generated parts we ask how the tool was trained.",
    "whole_recording": "We ask how the tool was trained; some stores refuse such recordings.",
    "mixing": _TOOL,
    "mastering": _TOOL,
    "stem_separation": _TOOL,
    "cleanup": _TOOL,
    "artwork": "Allowed. Apple Music wants a tag for generated artwork.",
}

AI_USED = QuestionText(
    "one",
    "Did any AI tool make or change what people hear or read?",
    "Lyrics, music, voices, mixing, mastering, artwork: anything. A plain synthesiser, a drum "
    "machine or an equaliser is not AI.",
    (
        Choice(
            "no",
            "No, and no voice was imitated",
            EVERYWHERE,
            sets={"ai": [], "voice": {"imitates": "nobody"}},
        ),
        Choice("yes", "Yes", "We ask where, and how much.", sets={"ai": [{}]}),
    ),
)
AI_PARTS = QuestionText(
    "several",
    "Where was AI used?",
    "Choose every part that applies.",
    tuple(
        Choice(part, label.capitalize(), _PART_MEANS[part], adds={"part": part})
        for part, label in PART_LABELS.items()
    ),
)
EXTENT_OF_SOUND = QuestionText(
    "one",
    "Did AI make this, or help you make it?",
    "Help: you played or sang, and AI tuned, changed or extended it. Made: the sound itself came "
    "out of the tool.",
    (
        Choice("assisted", "It helped", "Fine: your own performance with help is allowed."),
        Choice("generated", "It made it", "Allowed if the tool was trained with a licence."),
        Choice("none", "Neither", EVERYWHERE),
    ),
)
EXTENT_OF_WHOLE = QuestionText(
    "one",
    "Did AI make the whole recording, or help all through it?",
    "Made: most of what people hear came out of the tool.",
    (
        Choice("assisted", "It helped", "Allowed if the tool was trained with a licence."),
        Choice(
            "generated",
            "It made it",
            "Refused if the tool was trained without a licence; held otherwise.",
        ),
        Choice("none", "Neither", EVERYWHERE),
    ),
)
EXTENT_OF_WRITING = QuestionText(
    "one",
    "Did AI write this, or help you write it?",
    "Help: ideas, suggestions, corrections to a song that you finished.",
    (
        Choice("assisted", "It helped", "Fine: your own song with help is allowed everywhere."),
        Choice("generated", "It wrote it", "Allowed if the tool was trained with a licence."),
        Choice("none", "Neither", EVERYWHERE),
    ),
)
EXTENT_OF_OTHER = QuestionText(
    "one",
    "Did AI make this, or help you make it?",
    "Help: you made it and AI improved it.",
    (
        Choice("assisted", "It helped", EVERYWHERE),
        Choice("generated", "It made it", "Allowed; some stores want it labelled."),
        Choice("none", "Neither", EVERYWHERE),
    ),
)
ALL_OF_IT = QuestionText(
    "one",
    "Is anything on this instrumental played or programmed by a person?",
    "If the generated parts are all there is, the recording as a whole was made by AI.",
    (
        Choice(
            "yes",
            "Yes, people made the rest",
            "Allowed if the tool was trained with a licence.",
            adds={"part": "whole_recording", "extent": "none"},
        ),
        Choice(
            "no",
            "No, that is all there is",
            "Refused if the tool was trained without a licence; held otherwise.",
            adds={"part": "whole_recording", "extent": "generated"},
        ),
    ),
)
AI_TOOL = QuestionText(
    "tool",
    "Which tool was it, in which version and plan?",
    "We keep a list of tools and how they were trained, so this may answer the next question.",
)
AI_PLAN = QuestionText(
    "one",
    "Which plan did you have when you made it?",
    "The plan decides whether you may sell what the tool made.",
    (
        Choice("free", "Free", "Held if the free plan does not permit selling the result."),
        Choice("paid", "Paid", "Fine if the plan permits selling the result."),
        Choice("unknown", "I do not know", HELD),
    ),
)
AI_TRAINING = QuestionText(
    "one",
    "Was the tool's model trained with a licence?",
    "The maker's site usually says so. “Trained on licensed music” is a yes; silence is not.",
    (
        Choice("licensed_or_own", "Yes, on licensed or its maker's own music", "Fine."),
        Choice(
            "unlicensed",
            "No, on other people's music without a licence",
            "Refused if it made most of the recording; held otherwise.",
        ),
        Choice("unknown", "I do not know", HELD),
    ),
)
AI_INPUTS = QuestionText(
    "one",
    "What you fed into the tool: was all of it your own, or cleared?",
    "Recordings, stems, lyrics, reference tracks. A short text that you typed is your own.",
    (
        Choice("own_or_cleared", "Yes, all of it", "Fine."),
        Choice("not_cleared", "No", "Held: until the input is cleared, the result is not."),
        Choice("unknown", "I am not sure", "Held: unsure counts as not cleared."),
    ),
)
VOICE = QuestionText(
    "one",
    "Does an AI voice on this track sound like a real person?",
    "Only voices made or changed by AI count. A person who sings in somebody's manner does not.",
    (
        Choice("nobody", "No", EVERYWHERE),
        Choice("own_voice", "It is my own voice", "Fine where you sang; held where it is a clone."),
        Choice(
            "consenting_person",
            "Yes, of somebody who agreed",
            "Held until a person has read the consent.",
        ),
        Choice(
            "real_person",
            "Yes, of somebody who did not agree",
            "Refused everywhere, even as a tribute.",
        ),
    ),
)
LIKENESS = QuestionText(
    "one",
    "Does the release use the name, image or likeness of somebody who is not on it?",
    "In a title, in the artwork, in an artist name.",
    (
        Choice("no", "No", EVERYWHERE, sets={"likeness": []}),
        Choice("yes", "Yes", "We ask for the permission.", sets={"likeness": [{}]}),
    ),
)
PERMISSION = QuestionText(
    "one",
    "Did this person permit it?",
    "Name the person and add the permission, so that we can read it.",
    (
        Choice("yes", "Yes", "Held until a person has read the permission."),
        Choice("no", "No", "Refused everywhere."),
        Choice("unknown", "I do not know", HELD),
    ),
)
BORROWED = QuestionText(
    "several",
    "Is anything in this track somebody else's?",
    "A song you cover, a recording you remix or sample, a beat you bought, a melody you replay.",
    (
        Choice("none", "No, nothing", EVERYWHERE, sets={"borrowed": []}),
        *(
            Choice(
                kind,
                label.capitalize(),
                "Fine with the licence; held without it.",
                adds={"kind": kind},
            )
            for kind, label in BORROWED_LABELS.items()
        ),
    ),
)
LICENCE = QuestionText(
    "one",
    "Do you hold a licence for it?",
    "Add the contract, the receipt, or an e-mail that names the work and the use.",
    (
        Choice("held", "Yes", "Fine with the proof; held until you add it."),
        Choice("not_held", "No", "Held until there is a licence."),
        Choice("unknown", "I do not know", HELD),
    ),
)
EXCLUSIVE = QuestionText(
    "one",
    "Is the beat yours alone?",
    "Exclusive: nobody else may use it. Most beats sold online are not.",
    (
        Choice(True, "Yes, exclusive", "Fine."),
        Choice(False, "No, others may use it too", "Fine, but not for YouTube Content ID."),
    ),
)
RIGHTS = QuestionText(
    "one",
    "Do you hold, or have you cleared, every right in the final recording?",
    "You answer for all of it. “The AI made it” is no defence.",
    (
        Choice("all_held", "Yes, every right", "Fine."),
        Choice("not_all_held", "No", "Refused until you hold them."),
    ),
)
