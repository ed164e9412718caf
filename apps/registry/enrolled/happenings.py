"""What was done with an enrolled voice, in words: who did it, who looked, who listened."""

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "voice.started": _("begun"),
    "voice.identity_verified": _("identity verified"),
    "voice.rights_verified": _("right to the voice verified"),
    "voice.consented": _("release signed"),
    "voice.challenge_issued": _("phrase given"),
    "voice.challenge_taken": _("phrase recorded"),
    "voice.challenge_attested": _("phrase attested"),
    "voice.stem_added": _("stem sent"),
    "voice.stems_sent": _("sent to be listened to"),
    "voice.active": _("voice enrolled"),
    "voice.suspended": _("suspended"),
    "voice.renewed": _("renewed"),
    "voice.reminded": _("reminded of the end"),
    "voice.expired": _("expired and deleted"),
    "voice.withdrawn": _("withdrawn and deleted"),
    "voice.compared": _("compared with a track"),
    "voice.heard": _("a clip was heard"),
}


def words_of(kind: str) -> str:
    """An event in words; one without words as it is called."""
    return str(WORDS.get(kind, kind))
