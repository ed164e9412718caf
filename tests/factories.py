"""Rows for tests: one factory per model, each making a row that the database accepts.

ReviewerFactory()                       an account that may decide
TrackFactory(state=TrackState.HELD)     with release, audio and an artist
DecisionFactory(track=…, outcome=…)     supersedes the track's latest one by itself
CaseFactory(reasons=["…"])              a held track with its run, findings and decision
"""

import hashlib
import io
import json
import wave
from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.accounts.models import Label, Membership, User
from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.audit.record import described, save_described
from apps.catalogue.models import (
    AudioFile,
    Contributor,
    Declaration,
    Proof,
    Release,
    Track,
    Upload,
)
from apps.catalogue.states import TrackState
from apps.policy.models import Decision, Outcome, Ruleset
from apps.policy.publish import publish_shipped_ruleset
from apps.registry.models import ArtistKey, Claim, Person, Standing
from apps.review.models import CannedReply, Case, CaseReason, Proposal, Verb
from apps.screening.models import CheckResult, Finding, Rendition, ScreeningRun

PASSWORD = "a quiet river 41"


class UserFactory(DjangoModelFactory):
    """An artist unless `role` says otherwise; everybody's password is PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.ARTIST

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        return User.objects.create_user(password=password, **kwargs)


ArtistFactory = UserFactory


class ReviewerFactory(UserFactory):
    role = Role.REVIEWER


class SeniorReviewerFactory(UserFactory):
    role = Role.SENIOR_REVIEWER


class LabelStaffFactory(UserFactory):
    role = Role.LABEL_STAFF


class ComplianceOfficerFactory(UserFactory):
    role = Role.COMPLIANCE_OFFICER


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    name = factory.Sequence(lambda n: f"Label {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(LabelStaffFactory)
    label = factory.SubFactory(LabelFactory)


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = Release

    owner = factory.SubFactory(ArtistFactory)
    title = factory.Sequence(lambda n: f"Release {n}")
    territories = ["worldwide"]
    destinations = ["spotify", "apple_music"]


def short_wav(seconds: float = 0.25, rate: int = 8000) -> bytes:
    """A square wave, 8 bit, mono: small, and every decoder takes it."""
    period = bytes([96] * 10 + [160] * 10)
    frames = (period * (int(seconds * rate) // len(period) + 1))[: int(seconds * rate)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 1, rate, len(frames), "NONE", "not compressed"))
        file.writeframes(frames)
    return buffer.getvalue()


def as_source(duration_s: float, size_bytes: int) -> dict[str, Any]:
    """What inspection would say about `short_wav`, with the lengths that the row claims."""
    return {
        **{"container": "wav", "codec": "pcm_u8", "extension_expected": "wav", "lossless": True},
        **{"sample_rate": 8000, "channels": 1, "bit_depth": 8, "bit_rate": 64000},
        **{"claimed_s": duration_s, "size_bytes": size_bytes},
        **{"decode_errors": 0, "trailing_bytes": 0},
    }


class AudioFileFactory(DjangoModelFactory):
    """An inspected original. `data` are its bytes; `duration_s` is only what the row says."""

    class Meta:
        model = AudioFile

    class Params:
        data = factory.LazyFunction(short_wav)

    owner = factory.SubFactory(ArtistFactory)
    original_name = factory.Sequence(lambda n: f"take-{n}.wav")
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name="original"))
    size_bytes = factory.LazyAttribute(lambda made: len(made.data))
    state = AudioFile.State.READY
    duration_s = 183.2
    sha256 = factory.LazyAttribute(lambda made: hashlib.sha256(made.data).hexdigest())
    source = factory.LazyAttribute(lambda made: as_source(made.duration_s, made.size_bytes))
    inspected_at = factory.LazyFunction(timezone.now)


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    release = factory.SubFactory(ReleaseFactory)
    owner = factory.SelfAttribute("release.owner")
    original_name = "take.wav"
    length = 1000
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class TrackFactory(DjangoModelFactory):
    """A draft with audio. `artist="…"` names its main artist, `artist=False` leaves it out."""

    class Meta:
        model = Track
        skip_postgeneration_save = True

    release = factory.SubFactory(ReleaseFactory)
    position = factory.LazyAttribute(lambda made: made.release.tracks.count() + 1)
    title = factory.Sequence(lambda n: f"Track {n}")
    language = "en"
    audio = factory.SubFactory(AudioFileFactory, owner=factory.SelfAttribute("..release.owner"))

    @factory.post_generation
    def artist(self: Track, create: bool, name: str | bool | None, **kwargs: Any) -> None:
        if create and name is not False:
            ContributorFactory(track=self, name=name or "A. Artist")


class ContributorFactory(DjangoModelFactory):
    class Meta:
        model = Contributor

    track = factory.SubFactory(TrackFactory)
    name = "A. Artist"
    role = Contributor.Role.MAIN


class ProofFactory(DjangoModelFactory):
    class Meta:
        model = Proof

    class Params:
        data = b"A licence."

    track = factory.SubFactory(TrackFactory)
    concerns = "borrowed.0"
    original_name = "licence.pdf"
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name="proof"))
    size_bytes = factory.LazyAttribute(lambda made: len(made.data))
    sha256 = factory.LazyAttribute(lambda made: hashlib.sha256(made.data).hexdigest())


class DeclarationFactory(DjangoModelFactory):
    """What was declared: no AI, nobody's voice, nothing borrowed, unless `document` says else."""

    class Meta:
        model = Declaration
        skip_postgeneration_save = True

    track = factory.SubFactory(TrackFactory)
    audio = factory.SelfAttribute("track.audio")
    document = factory.LazyAttribute(
        lambda made: {
            "title": made.track.title,
            "artists": [{"name": "A. Artist", "role": "main"}],
            "rights_in_result": "all_held",
            "ai": [],
            "voice": {"imitates": "nobody", "person": None, "proof": None},
            "likeness": [],
            "borrowed": [],
            "territories": ["worldwide"],
            "destinations": ["spotify", "apple_music"],
        }
    )
    sha256 = factory.LazyAttribute(
        lambda made: hashlib.sha256(json.dumps(made.document).encode()).hexdigest()
    )
    terms_version = "1"
    accepted_at = factory.LazyFunction(timezone.now)
    made_by = factory.SelfAttribute("track.release.owner")
    submission_key = factory.Sequence(lambda n: f"submission-{n}")

    @factory.post_generation
    def attached(self: Declaration, create: bool, value: bool | None, **kwargs: Any) -> None:
        """The track points at its newest declaration; `attached=False` leaves it."""
        if create and value is not False:
            self.track.declaration = self
            self.track.save(update_fields=["declaration"])


class ScreeningRunFactory(DjangoModelFactory):
    """A finished run."""

    class Meta:
        model = ScreeningRun

    declaration = factory.SubFactory(DeclarationFactory)
    track = factory.SelfAttribute("declaration.track")
    audio = factory.SelfAttribute("declaration.audio")
    state = ScreeningRun.State.DONE
    attempts = 1
    cpu_s = 3.9
    wall_s = 2.4
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyFunction(timezone.now)


class CheckResultFactory(DjangoModelFactory):
    class Meta:
        model = CheckResult

    run = factory.SubFactory(ScreeningRunFactory)
    slug = "provenance"
    version = "1"
    status = CheckResult.Status.OK
    cpu_s = 0.02
    wall_s = 0.03


class FindingFactory(DjangoModelFactory):
    """Something that a check found; `evidence` is a list as `checks.base.Evidence` holds it."""

    class Meta:
        model = Finding

    result = factory.SubFactory(CheckResultFactory)
    position = factory.LazyAttribute(lambda made: made.result.findings.count())
    code = "generator_tag"
    score = 1.0
    summary = "The file names a generator."
    evidence = factory.LazyFunction(
        lambda: [
            {
                "kind": "tag",
                "start_s": None,
                "end_s": None,
                "detail": {"field": "COMM", "value": "made with suno", "offset": 128},
            }
        ]
    )


class RenditionFactory(DjangoModelFactory):
    class Meta:
        model = Rendition

    class Params:
        data = factory.LazyFunction(short_wav)

    audio = factory.SubFactory(AudioFileFactory)
    kind = Rendition.Kind.PREVIEW
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name=made.kind))


class RulesetFactory(DjangoModelFactory):
    """The newest shipped ruleset, in force."""

    class Meta:
        model = Ruleset

    @classmethod
    def _create(cls, model_class: type[Ruleset], *args: Any, **kwargs: Any) -> Ruleset:
        return publish_shipped_ruleset()


def reason(code: str = "evidence_contradicts", rule: str = "disclosure.D1") -> dict[str, Any]:
    """One reason as a decision records it."""
    return {"rule": rule, "code": code, "text": f"Because of {code}.", "fix": "", "cite": "R11"}


class DecisionFactory(DjangoModelFactory):
    """A machine's decision; with `made_by` a person's. Supersedes the track's latest one."""

    class Meta:
        model = Decision

    declaration = factory.SubFactory(DeclarationFactory)
    track = factory.SelfAttribute("declaration.track")
    audio = factory.SelfAttribute("declaration.audio")
    ruleset = factory.SubFactory(RulesetFactory)
    ruleset_sha256 = factory.SelfAttribute("ruleset.sha256")
    engine_version = "1"
    facts: dict[str, Any] = {}
    outcome = Outcome.NEEDS_REVIEW
    reasons = factory.LazyFunction(lambda: [reason()])
    needed_facts: list[str] = []
    destinations = factory.LazyFunction(
        lambda: {"spotify": {"verdict": "undecided", "reasons": []}}
    )
    automated_detection = True
    made_by = None
    automated_decision = factory.LazyAttribute(lambda made: made.made_by is None)
    ruling = factory.LazyAttribute(
        lambda made: (
            None
            if made.made_by is None
            else {"outcome": made.outcome, "reason_codes": [item["code"] for item in made.reasons]}
        )
    )
    supersedes = factory.LazyAttribute(
        lambda made: made.track.decisions.order_by("created_at").last()
    )


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


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    kind = "track.submitted"
    subject_type = "catalogue.track"
    subject_id = "0"
    actor = None
    data: dict[str, object] = {}

    @classmethod
    def _create(cls, model_class, *args, **told):
        return save_described(described(**told))


class PersonFactory(DjangoModelFactory):
    """A protected person, as `add_person` makes them, without an audit event."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Protected Person {n}")
    source = "tests"


class StandingFactory(DjangoModelFactory):
    class Meta:
        model = Standing

    account = factory.SubFactory(UserFactory)
    person = factory.SubFactory(PersonFactory)
    relation = "represents"
    proof_kind = "document"
    proof = "a contract of 2026"
    granted_by = factory.SubFactory(ReviewerFactory)
    granted_at = factory.LazyFunction(timezone.now)


class ClaimFactory(DjangoModelFactory):
    class Meta:
        model = Claim

    account = factory.SubFactory(UserFactory)
    person = factory.SubFactory(PersonFactory)
    relation = "represents"
    proof_kind = "spotify_artist_id"
    proof = "0123456789abcdefABCDEF"


class ArtistKeyFactory(DjangoModelFactory):
    class Meta:
        model = ArtistKey

    person = factory.SubFactory(PersonFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    prefix = "AAAAA"
    made_by = factory.SubFactory(ComplianceOfficerFactory)
    made_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
