"""What programs leave in files: tags, workflow graphs, content credentials, labels."""

from typing import ClassVar

from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Finding, Submission, Unfinished
from apps.screening.marks.credentials import find_credential_marks
from apps.screening.marks.graphs import find_graph_marks
from apps.screening.marks.labels import find_label_marks
from apps.screening.marks.mark import as_findings
from apps.screening.marks.tags import find_tag_marks


class UnreadTags(Unfinished):
    """The tags could not be read completely, so that none was found proves nothing."""


class ProvenanceCheck(Check):
    """Positive evidence only: a mark says how a file was made; its absence says nothing.

    Sees: statements and addresses in comment and address fields, field names of Suno's helpers,
    ComfyUI graphs, C2PA manifests, IPTC digital source types in XMP, the Chinese AIGC label, and
    (weak) marks of recording programs. Patterns match whole fields; titles, artists, albums,
    genres and lyrics are never looked at.
    Cannot see: marks that were removed, which takes seconds and which many sites do; marks that
    were forged, which takes no longer; watermarks in the sound.
    Measured on 2026-11-21 on files of others: 0 of 34 pieces made by people, 0 of 7 passed through
    neural codecs and 0 of 92 voice clips carry a mark; 4 of 4 Suno files do, and 0 of 20 files of
    other generators, whose makers leave none or whose pages re-encoded them. What each kind of
    mark is worth stands in `screening/marks`.
    """

    slug: ClassVar[str] = "provenance"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Marks in the file"
    needs: ClassVar[frozenset[str]] = frozenset({"audio"})

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding per kind of mark and tool; raises UnreadTags when tags may be missing."""
        findings = [
            *as_findings(find_credential_marks(audio.c2pa, audio.tags)),
            *as_findings(find_tag_marks(audio.tags)),
            *as_findings(find_graph_marks(audio.tags)),
            *as_findings(find_label_marks(audio.tags)),
        ]
        if audio.tags_error is not None:
            seen = " ".join(finding.summary for finding in findings) or "Nothing so far."
            raise UnreadTags(f"{audio.tags_error} Found before that: {seen}")
        return findings
