"""The rows of the consent ledger."""

from apps.consent.models.event import ConsentEvent, Method, Role, Status
from apps.consent.models.evidence import Evidence
from apps.consent.models.feature import DerivedFeature, FeatureParent
from apps.consent.models.party import Party
from apps.consent.models.state import ConsentRecord, ConsentState

__all__ = [
    "ConsentEvent",
    "ConsentRecord",
    "ConsentState",
    "DerivedFeature",
    "Evidence",
    "FeatureParent",
    "Method",
    "Party",
    "Role",
    "Status",
]
