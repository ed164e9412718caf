"""One of everything, and one person of every kind: the ground on which access is tried."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.audit import keys
from apps.audit.models import Checkpoint
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.consent.choices import record_consent, revoke_consent
from apps.consent.models import ConsentEvent, ConsentRecord
from apps.consent.parties import find_ref
from apps.consent.projection import settle
from apps.exports.tokens import issue_token
from apps.fingerprints.licences import Covered, Terms, register_licence
from apps.fingerprints.models import MaterialLicence, Reference
from apps.fingerprints.references import Heard, add_reference
from apps.fingerprints.sounds import Sounds, keep_sounds
from apps.policy.publish import publish_shipped_ruleset
from apps.screening.links import reference_url, rendition_url
from apps.screening.models import Rendition
from apps.training.models import CaseTrack, Notification, Obligation, RevocationCase
from apps.training.revocation.recipients import disclose
from tests.factories import (
    ArtistKeyFactory,
    CannedReplyFactory,
    CaseFactory,
    ClaimFactory,
    DecisionFactory,
    DeclarationFactory,
    EventFactory,
    LabelFactory,
    MembershipFactory,
    ProofFactory,
    ReleaseFactory,
    RenditionFactory,
    ReviewerFactory,
    ScreeningRunFactory,
    StandingFactory,
    TrackFactory,
    UploadFactory,
    UserFactory,
)
from tests.training.revoking import recipient
from tests.training.rows import model_of, snapshot_of

PEOPLE = (
    "visitor",
    "owner",  # the artist whose things these are
    "artist",  # another one
    "reviewer",
    "senior",
    "label",  # staff of the label of the release
    "other_label",
    "compliance",
    "engineer",
    "admin",
)
_ROLES = {
    "owner": Role.ARTIST,
    "artist": Role.ARTIST,
    "reviewer": Role.REVIEWER,
    "senior": Role.SENIOR_REVIEWER,
    "label": Role.LABEL_STAFF,
    "other_label": Role.LABEL_STAFF,
    "compliance": Role.COMPLIANCE_OFFICER,
    "engineer": Role.TRAINING_ENGINEER,
    "admin": Role.ADMINISTRATOR,
}


@dataclass
class Everybody:
    """The people by name, the ids that stand in addresses, and the rendition to be heard."""

    users: dict[str, User]
    ids: dict[str, str]
    rendition: Rendition
    models: dict[str, str] = field(default_factory=dict)  # "app/model" and the id of one row

    def values(self, who: str) -> dict[str, str]:
        """What stands for each part of an address; a media link is made for who follows it."""
        if who == "visitor":
            return {**self.ids, "token": "nobody.0:x:y", "sound": "nobody.0:x:y"}
        user, reference = self.users[who], Reference.objects.get()
        links = {
            "token": rendition_url(self.rendition, user=user),
            "sound": reference_url(reference, "preview", user=user),
        }
        return self.ids | {name: url.rstrip("/").rsplit("/", 1)[1] for name, url in links.items()}


def make_everybody() -> Everybody:
    """A held track with everything about it: declared, decided, in review, with proof and sound."""
    ruleset = publish_shipped_ruleset()
    users = {name: UserFactory(role=role, name=name) for name, role in _ROLES.items()}
    label = LabelFactory()
    membership = MembershipFactory(user=users["label"], label=label)
    MembershipFactory(user=users["other_label"])
    track = TrackFactory(
        release=ReleaseFactory(owner=users["owner"], label=label), state=TrackState.HELD
    )
    decision = DecisionFactory(declaration=DeclarationFactory(track=track), reasons=[])
    case = CaseFactory(decision=decision, track=track)
    proof = ProofFactory(track=track)
    token, _text = issue_token(user=users["label"], name="sync", label=label)
    standing = StandingFactory()
    event = EventFactory()
    reference = add_reference(
        heard=Heard("file", "samples", [], 60.0), by=None, title="From outside"
    )
    keep_sounds(reference_id=reference.pk, sounds=Sounds(b"\xff\xfb\x90sound", b"{}"))
    said = record_consent(
        by=users["owner"],
        of=track,
        use_case="recommendation",
        verb="infer",
        granted=True,
        jurisdiction="DE",
        terms_version="2026-11-20",
    )
    no = revoke_consent(by=users["owner"], of=track, use_case="recommendation", verb="infer")
    keys.make_key()
    sequence_pending()
    settle()
    model = model_of(snapshot_of([track]))
    taken_back = closed_case(track, no)
    told = Notification.objects.create(
        case=taken_back, recipient=recipient(), due_at=timezone.now(), sent_at=timezone.now()
    )
    handed = disclose(by=users["compliance"], recipient=told.recipient, what="A stem", track=track)
    owed = Obligation.objects.create(case=taken_back, model_version=model, due_at=timezone.now())
    ids = {
        "uid": event.uid,
        "reference_id": reference.pk,
        "event_uid": said.uid,
        "release_id": track.release_id,
        "track_id": track.pk,
        "upload_id": UploadFactory(release=track.release).pk,
        "proof_id": proof.pk,
        "token_id": token.pk,
        "pk": case.pk,
        "proof": proof.pk,
        "case_id": taken_back.pk,
        "notice": told.token,
        "feature_id": taken_back.pk,  # of none
        "what": "nothing",
        "name": model.name,
        "version": model.version,
        "snapshot_uid": model.inputs.get().snapshot.uid,
    }
    models = {
        "accounts/user": users["owner"].pk,
        "accounts/label": label.pk,
        "accounts/membership": membership.pk,
        "audit/event": event.pk,
        "audit/checkpoint": Checkpoint.objects.get().pk,
        "consent/consentevent": said.pk,
        "consent/consentrecord": ConsentRecord.objects.get(jurisdiction="DE").pk,
        "catalogue/release": track.release_id,
        "catalogue/track": track.pk,
        "fingerprints/reference": reference.pk,
        "fingerprints/materiallicence": a_licence().pk,
        "policy/ruleset": ruleset.pk,
        "policy/decision": decision.pk,
        "registry/person": standing.person_id,
        "registry/standing": standing.pk,
        "registry/claim": ClaimFactory().pk,
        "registry/artistkey": ArtistKeyFactory().pk,
        "screening/screeningrun": ScreeningRunFactory().pk,
        "review/cannedreply": CannedReplyFactory().pk,
        "training/revocationcase": taken_back.pk,
        "training/obligation": owed.pk,
        "training/recipient": told.recipient_id,
        "training/disclosure": handed.pk,
        "training/notification": told.pk,
    }
    return Everybody(
        users=users,
        ids={name: str(value) for name, value in ids.items()},
        rendition=RenditionFactory(audio=track.audio),
        models={name: str(value) for name, value in models.items()},
    )


def closed_case(track: Track, because: ConsentEvent) -> RevocationCase:
    """A permission of the track that was taken back, and all that was done because of it."""
    now = timezone.now()
    case = RevocationCase.objects.create(
        kind=RevocationCase.Kind.REVOKED,
        trigger=because.uid,
        subject_ref=find_ref(track.release.owner),
        began_at=now,
        closed_at=now,
        receipt="a receipt",
    )
    CaseTrack.objects.create(case=case, track_id=track.pk)
    return case


def all_routes() -> list[str]:
    """Every address of the site as its pattern, in order."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern)


def a_licence() -> MaterialLicence:
    return register_licence(
        licensor="Beat House",
        account=None,
        covers=Covered(owner="Pack One"),
        terms=Terms(date(2026, 1, 1)),
        note="Invoice 12",
        by=ReviewerFactory(),
    )
