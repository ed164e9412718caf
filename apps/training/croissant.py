"""The description of a snapshot in Croissant 1.1 (JSON-LD), for tools. The lines are the proof."""

from typing import Any

from django.conf import settings

from apps.consent.envelopes_reading import Envelope
from apps.training.models import Snapshot
from apps.training.sorting import Written

CROISSANT = "http://mlcommons.org/croissant/"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": CROISSANT,
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
FIELDS = {
    "asset_ref": "The track, blinded: HMAC-SHA256 under a key of this snapshot.",
    "content_sha256": "SHA-256 of the recording's bytes.",
    "consents": "For each permission and country: the status, and the leaf of the yes in the log.",
    "rights_decision": "The decision that cleared the recording, and the hash of its trace.",
}


def describe(snapshot: Snapshot, envelope: Envelope, members: Written) -> dict[str, Any]:
    """The description of a snapshot that is about to be sealed."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "@id": f"urn:uuid:{snapshot.uid}",
        "name": snapshot.name,
        "description": snapshot.filter_text,
        "version": "1.0.0",
        "url": f"{settings.SITE_URL}/datasets/{snapshot.uid}",
        "license": "Only what the consents in its lines allow; no other use.",
        "creator": {
            "@type": "sc:Organization",
            "name": settings.OPERATOR_NAME,
            "url": settings.SITE_URL,
        },
        "datePublished": snapshot.valid_at.isoformat(),
        "isLiveDataset": False,
        "usageInfo": _offer(snapshot, envelope),
        "prov:wasDerivedFrom": {
            "@type": "prov:Entity",
            "sc:name": settings.LEDGER_ORIGIN,
            "sc:description": "The log of consent that every line points into.",
        },
        "rai:dataCollection": "Uploads of artists who said yes, as each line proves.",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "members.jsonl",
                "name": "members.jsonl",
                "description": f"{members.count} lines of canonical JSON (RFC 8785), sorted.",
                "contentUrl": "members.jsonl",
                "encodingFormat": "application/jsonlines",
                "sha256": members.sha256,
            }
        ],
        "recordSet": [_records()],
    }


def _records() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "members",
        "name": "members",
        "key": {"@id": "members/asset_ref"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"members/{name}",
                "name": name,
                "description": text,
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": "members.jsonl"}, "extract": {"column": name}},
            }
            for name, text in FIELDS.items()
        ],
    }


def _offer(snapshot: Snapshot, envelope: Envelope) -> dict[str, Any]:
    """Who may do what with it, where and how long, in ODRL."""
    return {
        "@type": "odrl:Offer",
        "odrl:permission": [
            {
                "odrl:action": one.code,
                "odrl:constraint": [
                    _constraint("odrl:purpose", "odrl:eq", snapshot.model_class),
                    _constraint("odrl:spatial", "odrl:isAnyOf", list(snapshot.countries)),
                    _constraint("odrl:dateTime", "odrl:lteq", snapshot.retention_until.isoformat()),
                ],
            }
            for one in envelope.requires
        ],
        "odrl:prohibition": [{"odrl:action": "odrl:distribute"}],
    }


def _constraint(left: str, operator: str, right: object) -> dict[str, Any]:
    return {
        "@type": "odrl:Constraint",
        "odrl:leftOperand": left,
        "odrl:operator": operator,
        "odrl:rightOperand": right,
    }
