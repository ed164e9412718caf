"""Demo accounts and a demo release, for a site on one's own machine only."""

import json
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.accounts.models import Label, Membership, User
from apps.accounts.roles import Role

LABEL = "Harbour Lights"
DOMAIN = "demo.invalid"  # a domain that can never exist, so that no mail leaves
NAMES = {
    Role.ARTIST: "Asha Demo",
    Role.REVIEWER: "Rafael Demo",
    Role.SENIOR_REVIEWER: "Sunniva Demo",
    Role.LABEL_STAFF: "Lena Demo",
    Role.COMPLIANCE_OFFICER: "Chidi Demo",
    Role.TRAINING_ENGINEER: "Tomas Demo",
    Role.ADMINISTRATOR: "Ama Demo",
}
OF_THE_LABEL = (Role.ARTIST, Role.LABEL_STAFF)
WORDS = (
    "amber birch cedar delta ember fjord grove heron juniper kelp lagoon maple nectar opal pebble "
    "quartz reed saffron tide umber violet willow yarrow zephyr basalt clover drift fern"
)


class NotHere(Exception):
    """Demo accounts do not belong on this site."""

    def __init__(self) -> None:
        super().__init__(
            "Demo accounts are made on a site of your own only (EMBEDDED=1). Nothing was made."
        )


def address(role: str) -> str:
    """The e-mail address of the demo account with this role."""
    return f"{role.replace('_', '.')}@{DOMAIN}"


def account_lines() -> list[str]:
    """One line per demo account, with its password; empty where there are none."""
    kept = _passwords()
    if not settings.EMBEDDED or not kept:
        return []
    rows = [f"{NAMES[role]:<14}{address(role):<34}{kept[role]}" for role in NAMES if role in kept]
    return ["Demo accounts (name, e-mail, password):", *rows, ""]


@transaction.atomic
def make_accounts() -> dict[str, User]:
    """One account per role, by role; the ones that are there are left as they are.

    Passwords are drawn here, once per site, and kept in its data folder. Raises NotHere.
    """
    if not settings.EMBEDDED:
        raise NotHere
    label, _ = Label.objects.get_or_create(name=LABEL)
    passwords = _passwords()
    accounts = {}
    for role, name in NAMES.items():
        user = User.objects.filter(email=address(role)).first()
        if user is None or role not in passwords:
            passwords[role] = _password()
            user = user or User(email=address(role), name=name, role=role)
            user.set_password(passwords[role])
            user.save()
        accounts[str(role)] = user
        if role in OF_THE_LABEL:
            Membership.objects.get_or_create(user=user, label=label)
    _keep(passwords)
    return accounts


def _password() -> str:
    words = [secrets.choice(WORDS.split()) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(900) + 100)])


def _file() -> Path:
    return Path(settings.DATA_DIR) / "demo-accounts.json"


def _passwords() -> dict[str, str]:
    try:
        return dict(json.loads(_file().read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _keep(passwords: dict[str, str]) -> None:
    path = _file()
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords, indent=1), "utf-8")
