"""What the file itself says: length, damage, name, format. No samples are looked at."""

from pathlib import PurePosixPath

from apps.screening.audio import Audio, Source
from apps.screening.checks.base import Evidence, Finding

MISSING_S, MISSING_SHARE = 1.0, 0.02
DAMAGED = 10  # decoder complaints that make the score 1.0
SHORT_S = 30.0
LEAST_RATE, LEAST_BITS = 44_100, 16
FULL_TRAILING = 1 << 20


def file_findings(audio: Audio, filename: str) -> list[Finding]:
    """Findings about the file: what it claims against what was decoded, and its format.

    Scores: 1.0 where it is a plain fact; decoder complaints over ten; trailing bytes over 1 MiB.
    """
    source = audio.source
    return [
        *_truncated(source, audio.duration_s),
        *_damaged(source),
        *_misnamed(source, filename),
        *_trailing(source),
        *_short(audio.duration_s),
        *_format(source),
    ]


def _truncated(source: Source, duration_s: float) -> list[Finding]:
    claimed = source.claimed_s
    if claimed is None or claimed - duration_s <= max(MISSING_S, MISSING_SHARE * claimed):
        return []
    detail = {"claimed_s": round(claimed, 2), "decoded_s": round(duration_s, 2)}
    summary = f"The file says {clock(claimed)}, but the audio stops at {clock(duration_s)}."
    return [Finding("truncated", 1.0, summary, (Evidence("audio", duration_s, None, detail),))]


def _damaged(source: Source) -> list[Finding]:
    errors = source.decode_errors
    if errors == 0:
        return []
    summary = f"The decoder stumbled over {errors} damaged place(s)."
    evidence = (Evidence("measure", detail={"decode_errors": errors}),)
    return [Finding("decode_errors", min(1.0, errors / DAMAGED), summary, evidence)]


def _misnamed(source: Source, filename: str) -> list[Finding]:
    suffix = PurePosixPath(filename).suffix.lower().removeprefix(".")
    if not suffix or suffix == source.extension_expected:
        return []
    detail = {"named": suffix, "expected": source.extension_expected, "codec": source.codec}
    summary = f"Named .{suffix}, but the content is {source.container} ({source.codec})."
    return [Finding("extension_mismatch", 1.0, summary, (Evidence("measure", detail=detail),))]


def _trailing(source: Source) -> list[Finding]:
    size = source.trailing_bytes
    if size <= 0:
        return []
    summary = f"The file goes on for {size:,} bytes after the audio."
    evidence = (Evidence("measure", detail={"trailing_bytes": size}),)
    return [Finding("trailing_data", min(1.0, size / FULL_TRAILING), summary, evidence)]


def _short(duration_s: float) -> list[Finding]:
    if duration_s >= SHORT_S:
        return []
    evidence = (Evidence("measure", detail={"duration_s": round(duration_s, 2)}),)
    return [Finding("short_recording", 1.0, f"The track lasts {duration_s:.1f} s.", evidence)]


def _format(source: Source) -> list[Finding]:
    findings = []
    if source.sample_rate < LEAST_RATE:
        summary = f"The sample rate is {source.sample_rate:,} Hz."
        findings.append(_fact("low_sample_rate", summary, sample_rate=source.sample_rate))
    if source.lossless and source.bit_depth is not None and source.bit_depth < LEAST_BITS:
        summary = f"The samples have {source.bit_depth} bits."
        findings.append(_fact("low_bit_depth", summary, bit_depth=source.bit_depth))
    if source.channels > 2:
        summary = f"The file has {source.channels} channels."
        findings.append(_fact("not_stereo", summary, channels=source.channels))
    return findings


def _fact(code: str, summary: str, **detail: int) -> Finding:
    return Finding(code, 1.0, summary, (Evidence("measure", detail=detail),))


def clock(seconds: float) -> str:
    """Minutes and seconds, as players show them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
