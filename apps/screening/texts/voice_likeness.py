"""What a comparison of voices says, and what to do about it."""

from apps.screening.finding_text import FindingText

LIMITS = (
    "Similarity is not identity: a recording of the person, a sound-alike and a licensed clone "
    "match too. The test misses about 4 in 10 clones, and 6 in 10 in singing, where it also "
    "confuses similar voices."
)
TELL_US = "Tell us who sings or speaks, and send the person's permission if it is a clone."

VOICE_LIKENESS_TEXTS: dict[str, FindingText] = {
    "voice_registry_off": FindingText(
        "Voices were not compared",
        "Comparing with protected voices is not in use here. Nothing was measured.",
        "The register of protected voices is off until a compliance officer turns it on.",
        "Nothing to do.",
    ),
    "voice_nobody_named": FindingText(
        "No protected voice to compare with",
        "Neither your texts nor your answers name anybody whose voice is protected here. Nothing "
        "was measured.",
        "Voices are compared with people who are named in the texts, declared, or asked about; "
        "nobody was. A clone that is not named is not looked for.",
        "Nothing to do. If the voice imitates somebody, declare it.",
    ),
    "voice_consistent": FindingText(
        "The voice is consistent with a protected one",
        "We heard a voice much like that of a protected person. That may have good reasons; tell "
        "us which.",
        f"{LIMITS} Score: how sure, if one in a hundred compared recordings were a clone. Listen "
        "to the pairs before you judge.",
        TELL_US,
    ),
    "voice_inconclusive": FindingText(
        "The voice may be like a protected one",
        "We heard a voice somewhat like that of a protected person. That alone says little.",
        f"{LIMITS} Between the thresholds, or a mix, of which more is never said. Score: how "
        "sure, if one in a hundred compared recordings were a clone.",
        f"{TELL_US} A vocal stem, the voice alone without music, lets us compare better.",
    ),
    "voice_no_match": FindingText(
        "No match with the protected voice",
        "We compared the voice with that of the person named, and found no match.",
        f"This is not evidence of absence. {LIMITS} Score: the share of clones that the test "
        "finds at all.",
        "Nothing to do. What you declared about the voice still counts.",
    ),
    "voice_ranking": FindingText(
        "Protected voices, nearest first",
        "A reviewer asked which protected voices come nearest. This is an order, not a finding "
        "about your track.",
        "Ranks only. Somebody is always first: the order says nothing about whether anyone "
        "matches, and a search of the whole register names the right person too rarely to rely on.",
        "Nothing to do.",
    ),
}
