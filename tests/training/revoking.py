"""The short forms in which tests take things back and let the cases work."""

from typing import Any

from apps.training.models import Recipient, RevocationCase, RevocationStep
from apps.training.revocation.opening import open_cases
from apps.training.revocation.steps import do_step, waiting_steps

RANK = ("recommendation", "train")
GENERATE = ("generative_music", "train")


def read_log(prove) -> list[RevocationCase]:
    """What was said gets its leaves; the cases that opened because of it, oldest first."""
    before = set(RevocationCase.objects.values_list("pk", flat=True))
    prove()
    open_cases()
    return list(RevocationCase.objects.exclude(pk__in=before).order_by("opened_at"))


def one_case(prove) -> RevocationCase:
    [case] = read_log(prove)
    return case


def work_off() -> None:
    """Every step that can be done, one after another, as workers do."""
    while done := [key for key in waiting_steps().values_list("pk", flat=True) if do_step(key)]:
        assert done


def step_of(case: RevocationCase, kind: str) -> RevocationStep:
    return RevocationStep.objects.get(case=case, kind=kind)


def proof_of(case: RevocationCase, kind: str) -> dict[str, Any]:
    step = step_of(case, kind)
    assert step.done_at, step.error
    return step.proof


def recipient(name: str = "Sync House") -> Recipient:
    return Recipient.objects.create(
        name=name, email="data@sync.example", country="DE", contract="Contract 7"
    )
