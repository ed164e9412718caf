"""Terms that do not exist: the newest ones, with something changed and a later beginning."""

from datetime import UTC, datetime, timedelta

from apps.consent import terms_reading
from apps.consent.terms_reading import FOLDER, TermsVersion, read_terms

OLD = FOLDER / "2026-11-20.toml"
NO_RECIPIENTS = 'train software that makes new music."\nrecipients = []'


def wider_terms(begins: datetime) -> TermsVersion:
    """Music models are also shared with another company; so the epoch goes up."""
    text = OLD.read_text(encoding="utf-8").replace('version = "2026-11-20"', 'version = "next"')
    text = text.replace("epoch = 1", "epoch = 2").replace(
        NO_RECIPIENTS, NO_RECIPIENTS.replace("[]", '["Example Models Ltd"]')
    )
    return read_terms(_begins(text, begins))


def same_terms(begins: datetime) -> TermsVersion:
    """The same again, under another name."""
    text = OLD.read_text(encoding="utf-8").replace('version = "2026-11-20"', 'version = "next"')
    return read_terms(_begins(text, begins))


def publish(monkeypatch, terms: TermsVersion) -> None:
    """Puts it after those that there are."""
    found = (*terms_reading.all_terms(), terms)
    monkeypatch.setattr(terms_reading, "all_terms", lambda: found)


def in_days(days: int) -> datetime:
    return (datetime.now(UTC) + timedelta(days=days)).replace(hour=0, minute=0, microsecond=0)


def _begins(text: str, begins: datetime) -> str:
    told = begins.replace(tzinfo=None).isoformat(timespec="seconds")
    return text.replace('effective_from = "2026-11-20"', f'effective_from = "{told}"')
