"""Rows for tests: one factory per model, each making a row that the database accepts.

ReviewerFactory()                       an account that may decide
TrackFactory(state=TrackState.HELD)     with release, audio and an artist
DecisionFactory(track=…, outcome=…)     supersedes the track's latest one by itself
CaseFactory(reasons=["…"])              a held track with its run, findings and decision
"""

from tests.factories.accounts import (
    PASSWORD,
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    LabelFactory,
    LabelStaffFactory,
    MembershipFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
    TrainingEngineerFactory,
    UserFactory,
)
from tests.factories.audit import EventFactory
from tests.factories.catalogue import (
    AudioFileFactory,
    ContributorFactory,
    DeclarationFactory,
    ProofFactory,
    ReleaseFactory,
    TrackFactory,
    UploadFactory,
    short_wav,
)
from tests.factories.policy import DecisionFactory, RulesetFactory, cleared_track, reason
from tests.factories.registry import ArtistKeyFactory, ClaimFactory, PersonFactory, StandingFactory
from tests.factories.review import CannedReplyFactory, CaseFactory, ProposalFactory
from tests.factories.screening import (
    CheckResultFactory,
    FindingFactory,
    RenditionFactory,
    ScreeningRunFactory,
)

__all__ = [
    "PASSWORD",
    "AdministratorFactory",
    "ArtistFactory",
    "ArtistKeyFactory",
    "AudioFileFactory",
    "CannedReplyFactory",
    "CaseFactory",
    "CheckResultFactory",
    "ClaimFactory",
    "ComplianceOfficerFactory",
    "ContributorFactory",
    "DecisionFactory",
    "DeclarationFactory",
    "EventFactory",
    "FindingFactory",
    "LabelFactory",
    "LabelStaffFactory",
    "MembershipFactory",
    "PersonFactory",
    "ProofFactory",
    "ProposalFactory",
    "ReleaseFactory",
    "RenditionFactory",
    "ReviewerFactory",
    "RulesetFactory",
    "ScreeningRunFactory",
    "SeniorReviewerFactory",
    "StandingFactory",
    "TrackFactory",
    "TrainingEngineerFactory",
    "UploadFactory",
    "UserFactory",
    "cleared_track",
    "reason",
    "short_wav",
]
