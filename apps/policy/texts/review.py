"""Reasons that reviewers give. Each may be given with some verbs only."""

from dataclasses import dataclass

from apps.policy.texts.shape import NONE, ReasonText

APPROVE, REFUSE, ASK = "approve", "refuse", "ask"


@dataclass(frozen=True)
class ReviewReason(ReasonText):
    """`verb`: approve, refuse or ask, with which it may be given. `cite`: what it rests on."""

    verb: str
    cite: tuple[str, ...] = ()


REVIEW: dict[str, ReviewReason] = {
    "licence_seen": ReviewReason(
        "The licence was read",
        "We have read your licence, and it covers this use.",
        "You read the licence: work, use, territory and term fit.",
        NONE,
        APPROVE,
        ("R10",),
    ),
    "consent_seen": ReviewReason(
        "The consent was read",
        "We have read the consent for the voice, name or image, and it covers this use.",
        "You read the consent: person, use and term fit.",
        NONE,
        APPROVE,
        ("R2", "R3"),
    ),
    "voice_is_own": ReviewReason(
        "The voice is the artist's own",
        "We have compared the voice, and it is yours.",
        "You compared it with other recordings of the artist.",
        NONE,
        APPROVE,
        ("R2",),
    ),
    "training_proven": ReviewReason(
        "The tool's licence was read",
        "We have read how your tool was trained and what your plan permits.",
        "You read the maker's statement and the plan's terms for this version.",
        NONE,
        APPROVE,
        ("R1", "R7"),
    ),
    "not_the_same_recording": ReviewReason(
        "Not the same recording",
        "We have listened: this is another recording than the one it resembles.",
        "You listened to both.",
        NONE,
        APPROVE,
        ("R8",),
    ),
    "rights_proven": ReviewReason(
        "The rights were shown",
        "We have seen that the rights in this recording are yours.",
        "You saw a contract, a transfer or an earlier release of the same owner.",
        NONE,
        APPROVE,
        ("R8",),
    ),
    "trace_explained": ReviewReason(
        "The trace is explained",
        "You told us why the trace is in the file, and your answers stand.",
        "The trace does not speak for an undeclared use; the declaration stands.",
        NONE,
        APPROVE,
        ("R11",),
    ),
    "copies_nothing": ReviewReason(
        "Copies nothing",
        "We have listened: the generated part copies no recording and no artist.",
        "You listened to the generated part.",
        NONE,
        APPROVE,
        ("R6",),
    ),
    "meant_to_be_so": ReviewReason(
        "Meant to be so",
        "We have looked, and this is how your track is meant to be.",
        "Silence, one-sided sound or spelling is intended.",
        NONE,
        APPROVE,
        ("R11",),
    ),
    "nothing_found": ReviewReason(
        "Nothing in the way",
        "A person has looked and listened, and found nothing in the way.",
        "You looked at every reason and found none that holds.",
        NONE,
        APPROVE,
        ("R7",),
    ),
    "refused_unlicensed_model": ReviewReason(
        "Made by a model trained without a licence",
        "This recording was made wholly or mainly by a model trained on other people's recordings "
        "without a licence.",
        "Say in the note how you know: declaration, tool, or the artist's own words.",
        "Replace the generated part, or show that the model was licensed.",
        REFUSE,
        ("R1",),
    ),
    "refused_voice_clone": ReviewReason(
        "A cloned voice",
        "The vocals imitate a real person's voice with AI.",
        "Say in the note whose voice, and what you compared.",
        "Sing it yourself, or use a voice that is nobody's.",
        REFUSE,
        ("R2",),
    ),
    "refused_likeness": ReviewReason(
        "Somebody's name, image or likeness without permission",
        "The release uses a real person's name, image or likeness without their permission.",
        "Say in the note whose, and where it stands.",
        "Take it out, or send the permission.",
        REFUSE,
        ("R3",),
    ),
    "refused_rights": ReviewReason(
        "The rights are not yours",
        "We could not see that you hold every right in this recording.",
        "Say in the note what was asked and what came.",
        "Get the missing rights and submit the track again.",
        REFUSE,
        ("R8",),
    ),
    "refused_borrowed": ReviewReason(
        "Borrowed material without a licence",
        "The track uses somebody else's work, and there is no licence that covers it.",
        "Say in the note which work, and from which second.",
        "Get the licence, or take the material out, and submit the track again.",
        REFUSE,
        ("R10",),
    ),
    "refused_duplicate": ReviewReason(
        "Somebody else's recording",
        "This recording belongs to another account.",
        "Say in the note which recording, and what you compared.",
        "If it is yours after all, object and send the proof.",
        REFUSE,
        ("R8", "R10"),
    ),
    "refused_dishonest": ReviewReason(
        "The declaration is not true",
        "What you declared does not fit what is in the recording.",
        "Say in the note what was declared and what you found.",
        "Submit the track again with answers that are true.",
        REFUSE,
        ("R11",),
    ),
    "ask_licence": ReviewReason(
        "Please send the licence",
        "We need the licence for what you borrowed.",
        "Name the work and the seconds in the note.",
        "Add the contract, the receipt, or an e-mail that names the work and the use.",
        ASK,
        ("R10",),
    ),
    "ask_consent": ReviewReason(
        "Please send the consent",
        "We need the consent of the person whose voice, name or image is used.",
        "Name the person in the note.",
        "Add a consent in writing that names the person, the use, and how long it holds.",
        ASK,
        ("R2", "R3"),
    ),
    "ask_declaration": ReviewReason(
        "Please correct your answers",
        "Your answers do not fit what we found.",
        "Say in the note which answer, and what was found.",
        "Look at the answers again and submit the track once more.",
        ASK,
        ("R11",),
    ),
    "ask_training": ReviewReason(
        "Please show how the tool was trained",
        "We need to know how the tool's model was trained, and what your plan permits.",
        "Name the tool in the note.",
        "Add the receipt of your plan and the page where the maker says how the model was trained.",
        ASK,
        ("R1",),
    ),
    "ask_rights": ReviewReason(
        "Please show your rights",
        "We need to see that the rights in this recording are yours.",
        "Say in the note what would do.",
        "Add a contract, a transfer, or the earlier release.",
        ASK,
        ("R8",),
    ),
    "ask_better_file": ReviewReason(
        "Please send a better file",
        "The file is damaged, or stores will not take it.",
        "Name the seconds in the note.",
        "Export the track again and upload the new file.",
        ASK,
        ("deliverable",),
    ),
    "ask_isrc": ReviewReason(
        "Please check the ISRC",
        "The ISRC does not belong to this recording, or the earlier one is missing.",
        "Name the expected ISRC in the note.",
        "Enter the ISRC that the recording already has.",
        ASK,
        ("isrc",),
    ),
    "ask_metadata": ReviewReason(
        "Please correct titles or names",
        "A title or a name has to change before stores take the track.",
        "Name the field in the note.",
        "Change the field and submit the track once more.",
        ASK,
        ("R11",),
    ),
}
