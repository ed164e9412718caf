"""Cases, proposals, canned replies."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.catalogue.states import TrackState
from apps.review.models import CannedReply, Case, CaseReason, Proposal, Verb
from tests.factories.accounts import ReviewerFactory
from tests.factories.policy import DecisionFactory


class CaseFactory(DjangoModelFactory):
    """An open case of a held track, due in two days. `reasons=["…"]` are its reason codes."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    decision = factory.SubFactory(
        DecisionFactory, declaration__track__state=TrackState.HELD, run=None
    )
    track = factory.SelfAttribute("decision.track")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))

    @factory.post_generation
    def reasons(self: Case, create: bool, codes: list[str] | None, **kwargs: Any) -> None:
        if codes is None:
            codes = list(dict.fromkeys(item["code"] for item in self.decision.reasons))
        CaseReason.objects.bulk_create(
            CaseReason(case=self, code=code, position=n) for n, code in enumerate(codes)
        )


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    case = factory.SubFactory(CaseFactory)
    verb = Verb.APPROVE
    reason_codes = factory.LazyFunction(lambda: ["rights_proven"])
    made_by = factory.SubFactory(ReviewerFactory)


class CannedReplyFactory(DjangoModelFactory):
    class Meta:
        model = CannedReply

    reason_code = "evidence_contradicts"
    title = factory.Sequence(lambda n: f"Reply {n}")
    text = "Please tell us how {title} was made."
