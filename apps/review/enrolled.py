"""With whom the voice of a case can be compared."""

from apps.accounts.models import User
from apps.registry.enrolled.questions import ASK
from apps.registry.models import Person, VoiceEnrolment, VoiceState
from apps.review.models import Case


def enrolled_people(case: Case, user: User) -> list[Person]:
    """With whom this person may have the voice compared; [] where the register is off."""
    is_on = bool(getattr(case, "voices_on", False))  # `queue.whole` adds it
    if not is_on or case.state != Case.State.OPEN or not user.has_perm(ASK):
        return []
    active = VoiceEnrolment.objects.filter(state=VoiceState.ACTIVE)
    return list(Person.objects.filter(pk__in=active.values("person")).order_by("name"))
