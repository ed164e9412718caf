"""With whom the voice of a case can be compared."""

from apps.accounts.models import User
from apps.registry.enrolled.questions import ASK
from apps.registry.enrolled.voices import voices_for
from apps.registry.models import Person, VoiceEnrolment, VoiceState
from apps.review.models import Case


def enrolled_people(case: Case, user: User) -> list[Person]:
    """With whom this person may have the voice compared; [] where the register is off."""
    may_ask = user.has_perm(ASK) and case.state == Case.State.OPEN
    if not may_ask or not voices_for(None).is_on:
        return []
    active = VoiceEnrolment.objects.filter(state=VoiceState.ACTIVE)
    return list(Person.objects.filter(pk__in=active.values("person")).order_by("name"))
