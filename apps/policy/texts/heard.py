"""Reasons about what was heard in the sound and read in names: questions, never verdicts."""

from apps.policy.texts.shape import NONE, ReasonText

HEARD: dict[str, ReasonText] = {
    "generated_sound_undeclared": ReasonText(
        "We heard something that music generators leave in sound",
        "Music generators leave faint, perfectly even lines in the treble. We heard such lines "
        "all through this track, and you told us that AI made nothing on it. Some synthesisers, "
        "old game chips and mastering tools leave lines too, so this is a question, not a verdict.",
        "Finding generated_sound_likely. It says: passed through a neural decoder or a "
        "sample-exact renderer. It does not say who composed it. Look at the curves and listen.",
        "Tell us how the sound was made: declare the tool if there was one; if not, name the "
        "instruments and programs, and add a stem, an earlier mix or a picture of the session.",
    ),
    "generated_part_undeclared": ReasonText(
        "A part of the track sounds as if it was generated",
        "In a part of this track we heard the even lines that music generators leave in sound. "
        "You told us that AI made nothing on it.",
        "Finding generated_sound_part: the pattern holds in the marked stretch and not elsewhere.",
        "Listen to the marked seconds. Declare the tool if there was one; if not, tell us what "
        "plays there.",
    ),
    "generated_sound_unclear": ReasonText(
        "We are not sure how the sound was made",
        "We heard a weak pattern that can come from a music generator, and just as well from "
        "electronic instruments. A person listens before anything is decided.",
        "Finding generated_sound_inconclusive. Weak evidence: see the likelihood ratio beside it.",
        "Nothing you have to send. What you used to make the track helps us to decide quickly.",
    ),
    "generated_sound_declared": ReasonText(
        "What we heard fits what you told us",
        "We heard signs of generated sound, and you told us about it.",
        "Signs of generation, and generated sound is declared.",
        NONE,
    ),
    "no_sign_of_generation": ReasonText(
        "No sign of generated sound",
        "We heard nothing that music generators leave in sound.",
        "No sign found. It does not follow that no generator was used.",
        NONE,
    ),
    "not_listened": ReasonText(
        "We do not listen for generated sound here",
        "This service does not look for generated sound in recordings.",
        "Switched off by the operator (SYNTHETIC_AUDIO).",
        NONE,
    ),
    "protected_name_used": ReasonText(
        "This artist name is protected",
        "An artist name on this track is the name of an artist who is protected here, and we do "
        "not know yet that you are, or represent, that artist.",
        "Same name, look-alikes included. Namesakes exist: grant a standing where it is proven.",
        "If the name is yours, send an artist key or the address of your artist page. If you only "
        "share the name, tell us, and we note it once and for all.",
    ),
    "protected_name_pointed_at": ReasonText(
        "A title or name points at a protected artist",
        "A title or a name uses a protected artist's name together with words such as “AI cover” "
        "or “in the style of”, so listeners could take the track for theirs.",
        "See the name, the words beside it, and where they stand.",
        "Take the name out, or send the permission of the artist.",
    ),
    "protected_name_nearly": ReasonText(
        "This artist name is very close to a protected one",
        "An artist name on this track differs from a protected artist's name by a letter or two, "
        "or sounds the same.",
        "Spelling or sound is close. Many such names are honest: compare, then approve or ask.",
        "If it is your own name, tell us where you have used it before, and we note it once.",
    ),
    "guest_unconfirmed": ReasonText(
        "A protected artist is credited as a guest",
        "You credit an artist who is protected here. We ask them, or you, for a confirmation "
        "before the track goes out under their name.",
        "Featured or remixing artist by exact name, without a standing of this account.",
        "Send the artist's confirmation, or an artist key that they give you.",
    ),
    "protected_name_proven": ReasonText(
        "The protected name is yours to use",
        "It is proven that you may release under this name.",
        "A standing of this account covers every protected name that was found.",
        NONE,
    ),
    "no_protected_name": ReasonText(
        "No protected name",
        "No name on this track is that of a protected artist.",
        "No hit in the register of protected names.",
        NONE,
    ),
    "voice_resembles": ReasonText(
        "The voice is like that of a protected person",
        "A voice on this track is very like that of a person whose voice is protected here. "
        "Similar is not the same: a person listens, and nobody is refused for a resemblance.",
        "Similarity is not identity. It misses about 4 in 10 clones and, in singing, confuses "
        "similar voices. Listen to the pairs; ask for a vocal stem where the mix is dense.",
        "Tell us who sings. A vocal stem or a video of the session settles it quickly.",
    ),
    "voice_unclear": ReasonText(
        "We are not sure whose voice it is",
        "We compared a voice on this track with that of a person it names, and could not tell.",
        "Between the two thresholds, or a full mix, which is never more than inconclusive.",
        "Tell us who sings. A vocal stem without music helps most.",
    ),
    "voice_no_resemblance": ReasonText(
        "No protected voice recognised",
        "The voice is not like that of anybody it was compared with.",
        "No match found, which is not evidence of absence.",
        NONE,
    ),
    "voice_not_compared": ReasonText(
        "There was nobody to compare the voice with",
        "This track names nobody whose voice is protected here, and nobody asked.",
        "The register is off, or no enrolled person is named, declared or complained about.",
        NONE,
    ),
}
