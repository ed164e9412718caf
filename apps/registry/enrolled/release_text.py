"""The written release that is signed before a voice is heard, by version. Texts never change."""

RELEASES = {
    "1": (
        "I am of age and agree that {site} makes a mathematical description of my voice "
        "(a voiceprint) from recordings that I choose, and keeps it with short extracts of them, "
        "encrypted. Purpose: to find recordings sent to {site} that may imitate my voice. "
        "It is compared with recordings that name me or about which somebody complains; people "
        "decide, never the comparison alone. Reviewers and compliance officers of {site} see the "
        "result and may hear the extracts; nobody else does. It is not sold, leased or given "
        "away, and no model is trained with it unless I agree to that separately. It is kept for "
        "one year at most; I am asked before that whether I wish to renew. I may withdraw at any "
        "time, without a reason; the voiceprint, the extracts and their key are then deleted at "
        "once and I receive a receipt."
    ),
}
VERSION = "1"


def release_text(version: str, site: str) -> str | None:
    """The exact text of a version for this site; None where there is no such version."""
    text = RELEASES.get(version)
    return text.format(site=site) if text else None
