"""Reasons of the destinations."""

from apps.policy.texts.shape import NONE, ReasonText

CREDIT = "Nothing to send. We deliver the credit with the track."

DESTINATIONS: dict[str, ReasonText] = {
    "delivered": ReasonText(
        "Delivered as it is", "This store takes the track as it is.", "No rule applies.", NONE
    ),
    "spotify_persona": ReasonText(
        "Left out of recommendations",
        "Spotify marks artists that are AI personas and leaves them out of its recommendations.",
        "Expected wherever AI made most of the recording.",
        NONE,
    ),
    "spotify_instrumentals": ReasonText(
        "Credit: AI instrumentals",
        "Spotify shows an AI credit for instrumentals.",
        "AI credit, role Instrumentals.",
        CREDIT,
    ),
    "spotify_vocals": ReasonText(
        "Credit: AI vocals",
        "Spotify shows an AI credit for vocals.",
        "AI credit, role Vocals.",
        CREDIT,
    ),
    "spotify_lyrics": ReasonText(
        "Credit: AI lyrics",
        "Spotify shows an AI credit for the writing.",
        "AI credit, role Lyrics; there is none for composition.",
        CREDIT,
    ),
    "apple_track": ReasonText(
        "Tag: track",
        "Apple Music wants the transparency tag “Track”.",
        "Transparency tag Track, at track level.",
        CREDIT,
    ),
    "apple_composition": ReasonText(
        "Tag: composition",
        "Apple Music wants the transparency tag “Composition”, which includes lyrics.",
        "Transparency tag Composition.",
        CREDIT,
    ),
    "apple_artwork": ReasonText(
        "Tag: artwork",
        "Apple Music wants the transparency tag “Artwork” on the release.",
        "Transparency tag Artwork, at album level.",
        CREDIT,
    ),
    "deezer_no_recommendation": ReasonText(
        "Left out of recommendations",
        "Deezer leaves recordings made by AI out of recommendations and editorial playlists.",
        "Deezer's own detector decides; our declaration is sent along.",
        NONE,
    ),
    "deezer_tag": ReasonText(
        "Tagged as AI",
        "Deezer is likely to show an AI tag on this track.",
        "Deezer's own detector decides.",
        NONE,
    ),
    "youtube_synthetic": ReasonText(
        "Disclosed as synthetic",
        "YouTube wants realistic synthetic content disclosed.",
        "Altered or synthetic content disclosure.",
        "Nothing to send. We deliver the disclosure with the track.",
    ),
    "content_id_cover": ReasonText(
        "No Content ID for covers",
        "Content ID takes no covers: other recordings of the song would be claimed.",
        "Not eligible.",
        NONE,
    ),
    "content_id_remix": ReasonText(
        "No Content ID for remixes",
        "Content ID takes no remixes: the original recording would be claimed.",
        "Not eligible.",
        NONE,
    ),
    "content_id_sample": ReasonText(
        "No Content ID with samples",
        "Content ID takes no recording with samples: others may use them too.",
        "Not eligible.",
        NONE,
    ),
    "content_id_beat": ReasonText(
        "No Content ID for shared beats",
        "The beat may be licensed to others, so Content ID would claim their recordings.",
        "Not eligible: non-exclusive beat.",
        "If your licence is exclusive, correct the answer and add the licence.",
    ),
    "content_id_shared": ReasonText(
        "Content ID without the shared part",
        "A part of the recording may be licensed to others too. It is left out of what is claimed, "
        "so that nobody loses money for using what they licensed.",
        "Exclude the seconds of the finding from the reference. A licence in the register explains "
        "the match and is not exclusive.",
        "If your licence is exclusive, send it and tell us.",
    ),
    "content_id_part": ReasonText(
        "Content ID without the part that others have",
        "A part of the recording is heard in others, too. It is left out of what is claimed.",
        "Exclude the seconds of the finding from the reference. No licence is in the register.",
        "If you hold an exclusive licence for the part, send it.",
    ),
    "content_id_generated": ReasonText(
        "No Content ID for generated recordings",
        "Content ID needs exclusive rights, and those are not certain in what a model made.",
        "Flagged reading: ownership of generated recordings is unsettled.",
        NONE,
    ),
    "tidal_unpaid": ReasonText(
        "Not paid",
        "TIDAL takes the track with a badge and pays nothing for recordings made wholly by AI.",
        "Demonetised from 2026-06-29.",
        NONE,
    ),
    "tidal_badge": ReasonText(
        "AI badge",
        "TIDAL shows an AI badge on this track.",
        "TIDAL expects distributors to label.",
        CREDIT,
    ),
    "bandcamp_no_ai": ReasonText(
        "Bandcamp takes no generated audio",
        "Bandcamp does not take music that AI generated wholly or in substantial part.",
        "Would be removed there.",
        "Leave Bandcamp out for this track.",
    ),
    "bandcamp_imitation": ReasonText(
        "Bandcamp takes no imitated voices",
        "Bandcamp does not take AI that imitates other artists, whether or not they agreed.",
        "Would be removed there.",
        "Leave Bandcamp out for this track.",
    ),
}
