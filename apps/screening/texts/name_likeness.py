"""What a protected name in a title or credit means, and what to do about it."""

from apps.screening.finding_text import FindingText

_IF_IT_IS_YOU = (
    "If you are this artist, or represent them, open “Names” in your account: enter the artist key "
    "that they gave you, or send their Spotify or Apple Music artist id. If you only share the "
    "name, say so there. Otherwise use a name of your own."
)
_KINDS = (
    "Score 1.0: the same but for case, accents and spacing. 0.95 and 0.98: looks the same (other "
    "scripts, hidden characters, digits for letters). "
)

NAME_TEXTS: dict[str, FindingText] = {
    "protected_name": FindingText(
        "The name of a protected artist",
        "This name belongs to an artist who is protected here, or looks exactly like it. We do not "
        "know yet that you are this artist.",
        _KINDS + "Times 0.9: one of several names in the field. The table shows each character "
        "that differs, with its Unicode name.",
        _IF_IT_IS_YOU,
    ),
    "near_name": FindingText(
        "Close to the name of a protected artist",
        "This name is almost that of an artist who is protected here. That may be chance.",
        "Score 0.9: one edit in ten letters and more. 0.8: one edit in six to nine. 0.75: two "
        "edits of similar sound. 0.7: sounds the same. 0.6: a slip in four or five letters. About "
        "one in 500 ordinary artist names comes this close to one of 1,000 protected ones.",
        "If the name is yours, tell us so in the message to the reviewer, with a link to a profile "
        "or earlier release. If you mistyped it, correct it.",
    ),
    "protected_name_cued": FindingText(
        "A protected artist, named as a model",
        "A title or name says that this is an AI version, a voice, a type of beat, a tribute or a "
        "karaoke version of an artist who is protected here.",
        "The class of the phrase is in the evidence: ai_likeness, style (stores call it misleading "
        "metadata), or tribute (tribute and karaoke acts; stores have rules of their own). Names "
        "near the phrase count when they are an edit away, with a lower score.",
        "Take the name out of title and artist. If the artist agreed to this, send what they "
        "signed as a proof, and declare the voice or likeness that you used.",
    ),
    "protected_name_in_title": FindingText(
        "The title holds the name of a protected artist",
        "The title names an artist who is protected here. Songs may be about people: nothing to "
        "worry about if yours is.",
        "The whole name stands among the words of the title, without a phrase such as “AI cover” "
        "and without being an ordinary word. By itself no reason to hold the track.",
        "If the artist takes part, credit them as an artist instead of naming them in the title.",
    ),
    "protected_name_featured": FindingText(
        "A protected artist is credited",
        "An artist who is protected here is credited as a guest, remixer, producer or writer. They "
        "must confirm it.",
        "A credit by exact name, or “feat.” in a title. Score 0.5: as composer or lyricist, where "
        "covers must name who wrote the song.",
        "Ask the artist for an artist key, or send their agreement as a proof. If they do not take "
        "part, remove the credit.",
    ),
    "name_confirmed": FindingText(
        "The name is confirmed",
        "You are, or represent, this artist: that is known here.",
        "The account has a standing “represents” for this person; which says why.",
        "Nothing to fix.",
    ),
    "same_name_artist": FindingText(
        "Another artist of the same name",
        "You share your name with a protected artist; that is known here.",
        "The account has a standing “same name”. Make sure that the track goes to the right artist "
        "page in the stores.",
        "Give your own artist ids, so that stores do not mix you up.",
    ),
}
