"""What matches with recordings that we know mean: "shares audio with", never more."""

from apps.screening.finding_text import FindingText

SEND = (
    "Send the licence for what is shared: a contract, a receipt or an e-mail that names the work, "
    "the use, the countries and how long it holds. If it is your own, say so and show it."
)

FINGERPRINT_TEXTS: dict[str, FindingText] = {
    "same_file": FindingText(
        "The same audio is already in the catalogue",
        "Somebody else has already submitted exactly this audio to us.",
        "Same bytes or same samples as a track of another account. Certain, not a resemblance.",
        "If the recording is yours, send proof: a licence, a contract, or who uploaded it for you.",
    ),
    "same_recording": FindingText(
        "This recording is known to us already",
        "This recording shares audio with one that somebody else submitted or holds rights in.",
        "Acoustic print or landmarks agree; re-encoding, trimming, level changes and noise do not "
        "hide it.",
        "If the recording is yours, or you may use it, send proof: a licence or a contract.",
    ),
    "same_recording_changed": FindingText(
        "This recording is known to us at another speed or pitch",
        "This recording shares audio with one that somebody else submitted or holds rights in; it "
        "was made faster, slower, higher or lower.",
        "The whole is shared, at another speed, pitch or tempo. A licence for the recording may or "
        "may not permit changing it.",
        "If the recording is yours, or you may change and use it, send proof: a licence or a "
        "contract.",
    ),
    "shares_audio": FindingText(
        "A part shares audio with another recording",
        "A part of your track is heard in a recording that somebody else submitted or holds rights "
        "in: a sample, a loop or a beat, perhaps. Licensed material is fine.",
        "The seconds stand beside both recordings: listen to both. A sample, a loop, a beat or a "
        "quotation can be licensed, and two recordings can share a third.",
        f"{SEND} Or take the part out.",
    ),
    "common_material": FindingText(
        "A part is common material",
        "A part of your track is heard in recordings of many others. It is probably a loop or a "
        "sample of a pack that anybody can buy.",
        "Found with many rights holders; they are told in one line. Which recording it was taken "
        "from cannot be said. A licence of the pack explains all of them.",
        "Tell us which pack or library it comes from, and send its receipt or licence.",
    ),
    "licensed_exclusively": FindingText(
        "Shared audio that you hold an exclusive licence for",
        "A part of your track is heard in another recording, and your licence for it is known.",
        "Explained by a licence in the register: it is valid today, for this account, these "
        "countries and this part. Exclusive.",
        "Nothing to send.",
    ),
    "licensed_to_many": FindingText(
        "Shared audio that you hold a licence for",
        "A part of your track is heard in another recording, and your licence for it is known. "
        "Others may hold the same licence, so some services cannot claim it for you.",
        "Explained by a licence in the register: it is valid today, for this account, these "
        "countries and this part. Not exclusive: Content ID leaves these seconds out.",
        "Nothing to send. If your licence is exclusive, send it and tell us.",
    ),
    "takedown_match": FindingText(
        "Shares audio with a recording that we had a notice about",
        "A rights holder has asked that a recording be taken down, and your track shares audio "
        "with it. A person looks at both.",
        "Read the notice and listen to both. A notice is a claim, not a judgement; only a licence "
        "that names this very recording explains the match.",
        SEND,
    ),
    "own_earlier_release": FindingText(
        "You have submitted this recording before",
        "This is your own recording from an earlier submission. That is not a duplicate.",
        "Same owner. A recording keeps its ISRC when it is released again.",
        "Use the ISRC that the recording already has.",
    ),
    "own_material_again": FindingText(
        "You use a part of your own recording again",
        "A part of this track is heard in another recording of yours. That is fine.",
        "Same owner, and a part only: another recording, with an ISRC of its own.",
        "Nothing to do.",
    ),
}
