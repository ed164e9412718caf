"""Reasons about voices, names, images and likenesses."""

from apps.policy.texts.shape import NONE, ReasonText

IDENTITY: dict[str, ReasonText] = {
    "voice_clone": ReasonText(
        "A cloned voice of a real person",
        "You told us that an AI voice on this track imitates a real person who did not agree. We "
        "cannot distribute that, not even as a tribute.",
        "Declared; nobody's voice is ever refused on a resemblance score.",
        "Sing it yourself, use a voice that is nobody's, or correct the answer if it is wrong.",
    ),
    "voice_consent_unread": ReasonText(
        "We read the consent for the voice",
        "You sent proof that the person whose voice is imitated agreed. A person reads it first.",
        "Read it: who agreed, to which use, until when. The policy does not except consent.",
        "Nothing more, unless we ask.",
    ),
    "voice_consent_missing": ReasonText(
        "Consent for the voice is missing",
        "You told us that the person whose voice is imitated agreed, and sent no proof.",
        "No proof attached. The policy does not except consent.",
        "Add a consent in writing that names the person, this use, and how long it holds.",
    ),
    "own_voice_clone": ReasonText(
        "We check that the cloned voice is yours",
        "The vocals were generated with a clone of your own voice. A person checks that it is.",
        "Compare with other recordings of the artist. The policy does not except one's own voice.",
        "Add a recording of you singing or speaking, without AI.",
    ),
    "no_voice_imitated": ReasonText(
        "No voice is imitated",
        "No AI voice on this track imitates a real person.",
        "Declared.",
        NONE,
    ),
    "own_voice": ReasonText(
        "Your own voice",
        "You sang this yourself; AI at most helped.",
        "Declared own voice without generated vocals.",
        NONE,
    ),
    "voice_consent_seen": ReasonText(
        "Consent for the voice was seen",
        "A person here has read the consent for the imitated voice.",
        "A reviewed fact; see who reviewed it.",
        NONE,
    ),
    "likeness_without_permission": ReasonText(
        "Somebody's name, image or likeness without permission",
        "You told us that the release uses a real person's name, image or likeness without their "
        "permission. We cannot distribute that.",
        "Declared.",
        "Take the name or image out, or send the permission.",
    ),
    "likeness_permission_unread": ReasonText(
        "We read the permission",
        "You sent a permission to use somebody's name, image or likeness. A person reads it first.",
        "Read it: who permits what, for which release.",
        "Nothing more, unless we ask.",
    ),
    "likeness_permission_missing": ReasonText(
        "The permission is missing",
        "You told us that you may use somebody's name, image or likeness, and sent no proof.",
        "No proof attached.",
        "Add the permission in writing.",
    ),
    "no_likeness": ReasonText(
        "Nobody else's name or image",
        "Nobody else's name, image or likeness is used.",
        "Declared.",
        NONE,
    ),
    "likeness_permission_seen": ReasonText(
        "The permission was seen",
        "A person here has read the permission to use the name, image or likeness.",
        "A reviewed fact; see who reviewed it.",
        NONE,
    ),
}
