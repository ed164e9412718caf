"""What the lines of decoders mean, and what to do about them. They never say who made the music."""

from apps.screening.finding_text import FindingText

SYNTHETIC_AUDIO_TEXTS: dict[str, FindingText] = {
    "generated_sound_likely": FindingText(
        "We heard the pattern of a sound generator",
        "We heard faint, evenly spaced tones all through this track, of the kind that AI sound "
        "generators and some AI mastering or separation tools leave. It may have another cause.",
        "Passed through a neural decoder or a sample-exact renderer: never “composed by AI”. "
        "Look at the spacing, the lines and their persistence, and listen. Electronic music with "
        "exact periods, block renderers and mains hum can leave the same. The score is the chance "
        "at even odds, from the likelihood ratio.",
        "If AI made or changed any of the sound, tell us which part and with which tool. If not, "
        "tell us how the track was made; a stem or an earlier mix settles it fastest.",
    ),
    "generated_sound_part": FindingText(
        "We heard the pattern of a sound generator in a part",
        "We heard faint, evenly spaced tones in a part of this track, of the kind that AI sound "
        "generators leave; the rest has none. It may have another cause.",
        "The spans are windows of 30 s, so their ends are no sharper than that. A sample, a "
        "generated intro or one processed stem is enough. Otherwise as for the whole track.",
        "Listen to the seconds that we name. If AI made or changed them, tell us with which tool; "
        "if they are somebody else's recording, add where they come from.",
    ),
    "generated_sound_inconclusive": FindingText(
        "We may have heard the pattern of a sound generator",
        "We heard evenly spaced tones, but too weak, or too much like the music itself, to say "
        "anything about them.",
        "Weak lines, or lines as strong as notes: chip music, trackers, exact loops and held "
        "electronic tones make them by themselves. It proves nothing either way.",
        "If your answers about AI are complete, there is nothing to do.",
    ),
    "synthetic_audio_off": FindingText(
        "Not listened to for generated sound",
        "Listening for sound generators is switched off on this site.",
        "The setting SYNTHETIC_AUDIO is off. Nothing was looked for, so nothing follows from it.",
        "Nothing to fix.",
    ),
}
