"""What the matches with the catalogue mean."""

from apps.screening.finding_text import FindingText

FINGERPRINT_TEXTS: dict[str, FindingText] = {
    "same_file": FindingText(
        "The same audio is already in the catalogue",
        "Somebody else has already submitted exactly this audio to us.",
        "Same bytes or same samples as a track of another account. Certain, not a resemblance.",
        "If the recording is yours, send proof: a licence, a contract, or who uploaded it for you.",
    ),
    "same_recording": FindingText(
        "This recording, or a part of it, is known to us already",
        "This recording shares audio with one that somebody else submitted or holds rights in.",
        "Acoustic print agrees; re-encoding, trimming and level changes do not hide it. “Partial” "
        "means that a piece is shared: a sample, a loop or a quotation can be licensed.",
        "If the recording is yours, or you may use the part, send proof: a licence or a contract.",
    ),
    "own_earlier_release": FindingText(
        "You have submitted this recording before",
        "This is your own recording from an earlier submission. That is not a duplicate.",
        "Same owner. A recording keeps its ISRC when it is released again.",
        "Use the ISRC that the recording already has.",
    ),
}
