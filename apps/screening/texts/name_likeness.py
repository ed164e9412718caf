"""What the comparison with protected names means."""

from apps.screening.finding_text import FindingText

PROVE = (
    "If the name is yours, or you work for the artist, prove it under Names: with an artist key, "
    "or the address of the artist's page. If you only share the name, tell us; we note it once."
)

NAME_LIKENESS_TEXTS: dict[str, FindingText] = {
    "protected_name": FindingText(
        "This artist name is protected",
        "An artist name is that of an artist who is protected here, or looks like it.",
        "The same name, or the same to the eye (other scripts, hidden characters, digits). "
        "Namesakes exist: grant a standing where that is proven.",
        PROVE,
    ),
    "near_name": FindingText(
        "This artist name is very close to a protected one",
        "An artist name differs from that of a protected artist by a letter or two, or sounds the "
        "same. Many such names are honest.",
        "An edit or two away, or the same by sound. Weaker than the same name.",
        PROVE,
    ),
    "protected_name_cued": FindingText(
        "A title or name points at a protected artist",
        "A protected artist's name stands beside words such as “AI cover” or “in the style of”, "
        "so listeners could take the track for theirs.",
        "Name and phrase stand side by side; the class of the phrase is in the evidence.",
        "Take the name out, or send the artist's permission.",
    ),
    "protected_name_in_title": FindingText(
        "A protected name is mentioned",
        "A title or a writer's credit mentions an artist who is protected here.",
        "No phrase that points at imitation: often a song about somebody, or a cover's writer.",
        "Nothing to do, if it is right as it stands.",
    ),
    "protected_name_featured": FindingText(
        "A protected artist is credited as a guest",
        "You credit an artist who is protected here as a guest or remixer.",
        "Featured or remixing artist by name. Needs the artist's confirmation.",
        "Send the artist's confirmation, or enter an artist key that they give you under Names.",
    ),
    "name_confirmed": FindingText(
        "A protected name that you may use",
        "It is proven that you are, or represent, this artist.",
        "A standing of the account covers it.",
        "Nothing to do.",
    ),
    "same_name_artist": FindingText(
        "You share a name with a protected artist",
        "We have noted that you are another artist of the same name.",
        "A standing “same name, different artist” covers it. It covers no phrase beside the name.",
        "Nothing to do.",
    ),
}
