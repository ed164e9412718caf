"""Reasons about what the checks found."""

from apps.policy.texts.shape import NONE, ReasonText

FOUND: dict[str, ReasonText] = {
    "check_unfinished": ReasonText(
        "A check could not be finished",
        "We could not finish checking your track. That is not your fault; a person looks at it.",
        "At least one check failed, was not assessable or did not run; see the list of checks.",
        "Nothing to send. If the reason given for the check names your file, send a better one.",
    ),
    "checks_finished": ReasonText(
        "Every check was finished", "We checked everything that we check.", "All checks ran.", NONE
    ),
    "audio_damaged": ReasonText(
        "Part of the recording is missing or damaged",
        "The file stops early, or parts of it cannot be read.",
        "Findings truncated or decode_errors.",
        "Export the track again, listen to it to the end, and upload the new file.",
    ),
    "audio_silent": ReasonText(
        "There is nothing to hear",
        "The whole recording is silent.",
        "Finding silent_recording.",
        "Check the export of your session and upload the track again.",
    ),
    "audio_one_sided": ReasonText(
        "One side is silent",
        "The recording is heard in one ear only.",
        "Finding one_sided at 0.95 or more: a silent side, or 57 dB between the sides.",
        "Check cables and panning and export again, or tell us that it is meant to be so.",
    ),
    "audio_format_unfit": ReasonText(
        "Stores do not take this format",
        "The file has more than two channels. Stores expect mono or stereo.",
        "Finding not_stereo.",
        "Export a stereo mix and upload it.",
    ),
    "audio_sound": ReasonText(
        "The audio is sound", "The recording can be heard from start to end.", "No signal.", NONE
    ),
    "same_file_elsewhere": ReasonText(
        "Another account has submitted this very audio",
        "Exactly this audio is in our catalogue already, from another account.",
        "Same bytes or same samples as a recording of another account. Ask both before deciding.",
        "Tell us how that came about: a contract, a move from another distributor, or who "
        "uploaded it for you.",
    ),
    "same_recording_elsewhere": ReasonText(
        "Another account has submitted this recording",
        "This recording matches one in our catalogue that belongs to another account.",
        "Acoustic print agrees. A licensed beat can look the same; listen to both.",
        "If it is yours, or you hold a licence for what is shared, send the proof.",
    ),
    "changed_recording_elsewhere": ReasonText(
        "Another's recording at another speed or pitch",
        "This recording matches one of another rights holder, made faster, slower, higher or "
        "lower.",
        "The whole is shared, changed. Listen to both; ask for a licence that permits the change.",
        "If it is yours, or your licence permits it, send the proof.",
    ),
    "audio_shared_elsewhere": ReasonText(
        "A part is heard in another's recording",
        "The seconds below are heard in a recording of somebody else, too. If you licensed them, "
        "that is fine: show us the licence, and we remember it.",
        "Shares audio, no more is said. Listen to both. The licence goes into the register, which "
        "explains the next match as well.",
        "Send the licence or clearance for these seconds: it names the work, the use, the "
        "countries and the term. Or tell us why both have them, or take them out.",
    ),
    "common_material": ReasonText(
        "A part that very many recordings have",
        "The seconds below are heard in recordings of many others: probably a loop or a sample of "
        "a pack. Tell us which, and we remember it.",
        "Found with many rights holders, told in one line. Ask for the receipt of the pack.",
        "Send the receipt or licence of the pack or library, or take the part out.",
    ),
    "takedown_names_it": ReasonText(
        "A takedown notice names a recording that this one shares audio with",
        "A rights holder has sent us a notice about a recording, and yours shares audio with it. "
        "A person looks at both before anything is decided.",
        "The notice is a claim. Read it, listen to both, ask both sides. A second person confirms "
        "an approval.",
        "Send what shows that you may use it: a licence, a contract, or that you made it first.",
    ),
    "shared_audio_licensed": ReasonText(
        "What is shared is licensed",
        "A part is heard elsewhere, and your licence for it is known to us.",
        "A licence in the register explains every match; its number stands in the finding.",
        NONE,
    ),
    "own_earlier_recording": ReasonText(
        "Your own earlier recording",
        "You have submitted this recording before. That is fine: use the ISRC that it has.",
        "Same account. Advice only.",
        "Use the ISRC of the earlier submission.",
    ),
    "recording_is_new": ReasonText(
        "New to us", "This recording is not in our catalogue yet.", "No match.", NONE
    ),
    "evidence_contradicts": ReasonText(
        "We found something that you did not tell us about",
        "What we found in the file does not fit what you told us.",
        "A finding contradicts a declared fact, which counts as unknown until somebody settles it.",
        "Change the answer, or tell us why the trace is there.",
    ),
    "evidence_agrees": ReasonText(
        "Nothing speaks against your answers",
        "What we found fits what you told us.",
        "No finding contradicts the declaration. A clean file proves nothing by itself.",
        NONE,
    ),
    "points_at_other_artist": ReasonText(
        "A title or name points at another artist",
        "A title or an artist name uses the name of another artist, so listeners could take your "
        "track for theirs.",
        "See the metadata findings.",
        "Take the name out, or send the permission of the artist.",
    ),
    "text_disguised": ReasonText(
        "Hidden or look-alike characters",
        "A title or a name contains characters that nobody sees, or letters of two alphabets in "
        "one word.",
        "See the metadata findings. Real names can be spelt so; then approve.",
        "Type the text again, or tell us that it is meant to look so.",
    ),
    "text_stores_refuse": ReasonText(
        "Stores refuse this title or name",
        "Stores refuse addresses, advertising, store names and search terms in titles and names.",
        "See the metadata findings.",
        "Change the title or the name.",
    ),
    "number_wrong": ReasonText(
        "A number cannot be right",
        "The ISRC or UPC cannot be right, or the ISRC of the earlier release is missing.",
        "See the metadata findings.",
        "Correct the number, or leave it empty if the recording has never been released.",
    ),
    "borrowing_undeclared": ReasonText(
        "The title says cover or mashup; nothing is declared",
        "The title names borrowed material that you did not declare.",
        "Finding borrowing_undeclared at 0.8 or more.",
        "Declare what was borrowed, or correct the title.",
    ),
    "answers_contradict": ReasonText(
        "Two answers contradict each other",
        "Two of your answers cannot both be true; see the fields beside.",
        "See the metadata findings.",
        "Change whichever of the two is wrong.",
    ),
    "metadata_honest": ReasonText(
        "Titles, names and numbers are in order",
        "Nothing in titles, names or numbers is in the way.",
        "No holding metadata finding; advice may stand beside the fields.",
        NONE,
    ),
    "india_cover_breaks": ReasonText(
        "A cover that Indian law does not permit yet",
        "In India a cover waits five calendar years, and names neither an earlier performer nor "
        "the film.",
        "Copyright Act 1957, s. 31C. The owner's own licence lifts it.",
        "Take the name out, leave India out of the territories, or send the owner's licence.",
    ),
    "india_cover_unclear": ReasonText(
        "A cover sold in India: we need to know more",
        "For a cover sold in India we need the year of the first recording and who performed it.",
        "Year or earlier performers were not declared, and no licence is proven.",
        "Enter the year and the performers, or send the owner's licence.",
    ),
    "india_cover_keeps": ReasonText(
        "No Indian cover rule is in the way",
        "It is no cover sold in India, or it keeps the rules there.",
        "No signal.",
        NONE,
    ),
    "india_cover_licensed": ReasonText(
        "The cover is licensed",
        "You sent the licence for this cover, so the Indian waiting time does not bind you.",
        "Flagged reading: the proven licence is taken to be the owner's.",
        NONE,
    ),
}
