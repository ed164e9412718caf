"""What a match with a known recording is called, and what is said of it. Pure, no Django.

A match says that audio is shared, and never more. Who owns what, what is licensed and what is
common is known to the register (`fingerprints`), which has written it on the match.
"""

from collections.abc import Sequence

from apps.fingerprints.matching import Match

TAKEDOWN = "takedown"
CODES = {
    "same_file": "same_file",
    "same_samples": "same_file",
    "same_recording": "same_recording",
    "same_recording_modified": "same_recording_changed",
    "partial": "shares_audio",
}
MOST_NAMED = 3  # recordings named in the one line about common material


def code_of(match: Match) -> str:
    """The finding code of a match that stands alone."""
    if match.same_owner:
        return "own_material_again" if match.relation == "partial" else "own_earlier_release"
    if match.licence is not None:
        return "licensed_exclusively" if match.licence.exclusive else "licensed_to_many"
    if match.source == TAKEDOWN:
        return "takedown_match"
    return CODES.get(match.relation, "shares_audio")


def is_common(match: Match) -> bool:
    """Whether it is told in the one line about common material, and not by itself.

    A whole recording is no loop; what is one's own, licensed or named in a notice has a line.
    """
    return match.common > 0 and code_of(match) == "shares_audio"


def named(match: Match) -> str:
    """The other recording in words: title, artist, and of an own one the ISRC to use again."""
    other = f"“{match.title}”" + (f" by {match.artist}" if match.artist else "")
    if match.same_owner and match.isrc and match.relation != "partial":
        other += f", ISRC {match.isrc}"
    return other


def licence_words(match: Match) -> str:
    """What explains the match, or would have, as the end of a sentence; "" where nothing does."""
    if match.licence is None:
        return f"; {match.lapsed}" if match.lapsed else ""
    licence = match.licence
    until = f", until {licence.until}" if licence.until else ""
    kind = "exclusive" if licence.exclusive else "not exclusive"
    return f"; licence {licence.number} of {licence.licensor}, {kind}{until}"


def common_words(matches: Sequence[Match]) -> str:
    """The one line about all that is common."""
    holders = max(match.common for match in matches)
    names = list(dict.fromkeys(named(match) for match in matches))
    others = f"; {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (
        f"A part is heard in recordings of {holders} rights holders, such as "
        f"{', '.join(names[:MOST_NAMED])}{others}: common material."
    )
