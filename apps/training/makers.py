"""Who makes datasets and registers models, and who releases them."""

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.training.errors import NotAllowedToRelease, NotStaff

MAKERS = frozenset({Role.TRAINING_ENGINEER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})
RELEASERS = frozenset({Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})


def require_maker(by: User) -> None:
    """Raises NotStaff."""
    if not by.is_active or by.role not in MAKERS:
        raise NotStaff


def require_releaser(by: User) -> None:
    """Raises NotAllowedToRelease."""
    if not by.is_active or by.role not in RELEASERS:
        raise NotAllowedToRelease
