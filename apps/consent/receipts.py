"""The receipt of an event: all that was said, in a form that other systems read too.

Shaped like a record of ISO/IEC TS 27560:2023 in the terms of the W3C's Data Privacy Vocabulary
(schema dpv-27560, a draft of its community group). The standard itself asks a receipt only for its
version and id; this one carries the whole record. `proof` says where the event stands in the log.
"""

from typing import Any

from django.conf import settings

from apps.audit.models import Checkpoint, Leaf
from apps.audit.payload import moment
from apps.audit.proofs import proof_of
from apps.consent.models import ConsentEvent, Role, Status
from apps.consent.permissions import agreed_words
from apps.consent.terms_reading import terms_called
from apps.consent.vocabulary import Permission, vocabulary

CONFORMS_TO = "https://w3id.org/dpv/schema/dpv-27560#receipt"
MEDIA_TYPE = "application/ld+json"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "ai": "https://w3id.org/dpv/ai#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "soundcheck": "https://soundcheck.invalid/ns#",
}
BASES = {
    "consent": "dpv:Consent",
    "contract": "dpv:Contract",
    "legitimate_interest": "dpv:LegitimateInterest",
    "legal_obligation": "dpv:LegalObligation",
}
PROCESSING = {"infer": "dpv:Infer", "train": "ai:ModelTraining", "share": "dpv:Share"}


def receipt_of(event: ConsentEvent) -> dict[str, Any]:
    """The receipt of one event, as JSON-LD. Holds pseudonyms, no names."""
    permission = vocabulary().by_code(event.permission) if event.use_case else None
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "@id": f"urn:uuid:{event.uid}",
        "dct:conformsTo": CONFORMS_TO,
        "dct:hasVersion": event.schema_version,
        "dpv:hasIdentifier": str(event.record_id),
        "dpv:hasDataSubject": event.subject_ref,
        "dpv:hasNotice": _notice(event),
        "dpv:hasPurpose": _purpose(event, permission),
        "dpv:hasJurisdiction": event.jurisdiction or None,
        "dpv:hasDataController": _controller(),
        "dpv:hasConsentStatus": _state(event),
        "dct:hasPart": [_happening(event)],
        "proof": proof_status(event),
    }


def proof_status(event: ConsentEvent) -> dict[str, Any]:
    """Where the event stands in the log; "pending" in its first seconds."""
    leaf = Leaf.objects.filter(uid=event.uid).first()
    told: dict[str, Any] = {"leaf_hash": bytes(event.leaf_hash).hex()}
    if leaf is None:
        return {"status": "pending", **told}
    newest = Checkpoint.objects.order_by("-size", "-id")[:1].get()
    return {
        "status": "in_the_log",
        "leaf_index": leaf.index,
        **told,
        "checkpoint": newest.note,
        "inclusion": proof_of(event.uid),
        "payload": event.payload,
    }


def _notice(event: ConsentEvent) -> dict[str, Any] | None:
    if not event.policy_version:
        return None
    terms = terms_called(event.policy_version)
    return {
        "@type": "dpv:Notice",
        "dct:title": terms.about[event.notice_language]["intro"],
        "dct:description": agreed_words(event),
        "dct:language": event.notice_language,
        "dct:hasVersion": event.policy_version,
        "soundcheck:epoch": event.policy_epoch,
        "soundcheck:sha256": event.notice_sha256,
        "soundcheck:termsSha256": terms.sha256,
    }


def _purpose(event: ConsentEvent, permission: Permission | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "dpv:Purpose",
        "dct:title": permission.title if permission else "No AI",
        "soundcheck:scope": {"type": event.scope_type, "id": event.scope_id},
        "soundcheck:rights": event.rights_layer,
        "dpv:hasWithdrawalMethod": f"{settings.SITE_URL}/permissions/",
        "dpv:hasPersonalData": "the recording, and what is computed from it",
    }
    if permission is None:
        return told
    told |= {
        "soundcheck:permission": permission.code,
        "dpv:isSubTypeOf": list(permission.dpv),
        "dpv:hasProcessing": PROCESSING[permission.verb],
        "dpv:hasLegalBasis": BASES[event.basis],
    }
    if event.policy_version:
        clause = terms_called(event.policy_version).clauses[permission.code]
        told["dpv:hasRecipient"] = list(clause.recipients)
        told["dpv:hasStorageCondition"] = {
            "dpv:hasLocation": settings.OPERATOR_STORAGE,
            "dpv:hasDuration": f"P{clause.keep_days}D" if clause.keep_days else None,
        }
    return told


def _controller() -> dict[str, str]:
    return {
        "@type": "dpv:DataController",
        "dpv:hasName": settings.OPERATOR_NAME,
        "dpv:hasAddress": settings.OPERATOR_ADDRESS,
        "dpv:hasContact": settings.OPERATOR_CONTACT,
    }


def _happening(event: ConsentEvent) -> dict[str, Any]:
    """The event itself: what, when, for how long, said by whom and how."""
    return {
        "@type": [_state(event), "dpv:ExplicitlyExpressedConsent"],
        "dct:date": moment(event.effective_from),
        "soundcheck:capturedAt": moment(event.captured_at),
        "soundcheck:recordedAt": moment(event.recorded_at),
        "soundcheck:until": moment(event.effective_to) if event.effective_to else None,
        "dpv:isIndicatedBy": {"role": event.grantor_role, "id": event.grantor_ref},
        "dpv:hasIndicationMethod": event.method,
        "soundcheck:status": event.status,
    }


def _state(event: ConsentEvent) -> str:
    """DPV tells withdrawal by the person from revocation by somebody else."""
    if event.status == Status.GRANTED:
        earlier = ConsentEvent.objects.filter(
            pk__lt=event.pk,
            grantor_ref=event.grantor_ref,
            scope_type=event.scope_type,
            scope_id=event.scope_id,
            use_case=event.use_case,
            verb=event.verb,
            status=Status.GRANTED,
        )
        return "dpv:RenewedConsentGiven" if earlier.exists() else "dpv:ConsentGiven"
    if event.status in (Status.REVOKED, Status.RESERVED, Status.OBJECTED):
        own = event.grantor_role in (Role.ARTIST, Role.LABEL)
        return "dpv:ConsentWithdrawn" if own else "dpv:ConsentRevoked"
    return {
        Status.DENIED: "dpv:ConsentRefused",
        Status.INVALIDATED: "dpv:ConsentInvalidated",
    }.get(Status(event.status), "dpv:ConsentUnknown")
