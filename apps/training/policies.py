"""The exact terms and envelopes as files: what a manifest pins by hash and a bundle hands out."""

import tomllib
from hashlib import sha256

from apps.audit.canonical import canonical
from apps.consent import envelopes_reading, terms_reading
from apps.consent.envelopes_reading import Envelope
from apps.consent.terms_reading import TermsVersion, terms_called


def policy_json(version: str) -> bytes:
    """All that a version of the terms says; its SHA-256 is the version's own hash."""
    file = terms_reading.FOLDER / f"{terms_called(version).version}.toml"
    return canonical(tomllib.loads(file.read_text(encoding="utf-8")))


def policy_markdown(version: str) -> bytes:
    """The same for people: every sentence, in every language."""
    terms = terms_called(version)
    parts = [f"# Terms {terms.version}\n", f"Epoch {terms.epoch}. SHA-256: `{terms.sha256}`\n"]
    for language in terms.languages:
        parts += _in_words(terms, language)
    return "\n".join(parts).encode()


def envelope_json(envelope: Envelope) -> bytes:
    """All that an envelope says; its SHA-256 is the envelope's own hash."""
    file = envelopes_reading.FOLDER / f"{envelope.name}.toml"
    return canonical(tomllib.loads(file.read_text(encoding="utf-8")))


def pinned(name: str, data: bytes) -> dict[str, object]:
    """A file as a manifest names it."""
    return {"name": name, "digest": {"sha256": sha256(data).hexdigest()}}


def _in_words(terms: TermsVersion, language: str) -> list[str]:
    about = terms.about[language]
    parts = [f"## {language}\n", *(f"{text}\n" for _, text in sorted(about.items()))]
    for code, clause in terms.clauses.items():
        recipients = ", ".join(clause.recipients) or "-"
        parts.append(f"- `{code}`: {clause.words[language]} ")
        parts.append(
            f"  Recipients: {recipients}. Kept {clause.keep_days} days. "
            f"A yes lasts {clause.lasts_days} days.\n"
        )
    return parts
