"""Screening files from the command line: the same decoding, checks and rules, no rows."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils import timezone

from apps.catalogue.declaration import InvalidDeclaration, parse_declaration
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.matching import Match
from apps.pipeline.originals import limits
from apps.pipeline.report import report, report_error
from apps.pipeline.troubles import Spent, name_trouble
from apps.policy.decide import decide
from apps.policy.gather import gather
from apps.policy.law import Ruleset
from apps.policy.tool_terms import register_terms
from apps.registry.names.contract import Names
from apps.registry.voice.contract import Voices
from apps.screening.audio import UnusableAudio
from apps.screening.checks.base import Catalogue, Submission
from apps.screening.containers import ADTS, AIFF, CAF, FLAC, MP3, MP4, OGG, W64, WAV
from apps.screening.decoding import open_audio
from apps.screening.run import CheckOutcome, run_checks

CONTAINERS = (WAV, W64, AIFF, FLAC, MP3, ADTS, MP4, OGG, CAF)
SUFFIXES = frozenset(f".{name}" for container in CONTAINERS for name in container.extensions)
NO_AUDIO = "This folder holds no audio file. Name a file, or another folder."
WITH_NOTHING = "Compared with nothing, because --against-catalogue was not given."
MAX_DECLARATION_BYTES = 1 << 20


class Unreadable(Exception):
    """A file named on the command line cannot be used; the message is the sentence to print."""


@dataclass(frozen=True)
class Desk:
    """What every file of one command is judged with. `names`, `voices` None: not compared."""

    declaration: Mapping[str, Any] | None
    ruleset: Ruleset
    catalogue: Catalogue
    names: Names | None = None
    voices: Voices | None = None


class EmptyCatalogue:
    """Nothing to compare with: what `screen` uses unless it is given the catalogue."""

    def find(
        self,
        *,
        sha256: str,
        pcm_sha256: str,
        items: Sequence[int],
        duration_s: float,
        phases: Sequence[Sequence[int]] = (),
        peaks: Peaks | None = None,
    ) -> list[Match]:
        """Never anything."""
        return []


def screen_path(path: Path, desk: Desk) -> dict[str, Any]:
    """The line for one file; every trouble is in it, nothing is raised."""
    return answer(path, lambda: _screen(path, desk))


def answer(path: Path, screen: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `screen` says about a file, or the line that tells why it could not say anything."""
    try:
        if path.is_dir():
            raise UnusableAudio("no_audio_in_folder", NO_AUDIO)
        return screen()
    except UnusableAudio as error:
        code, text = error.code, error.text
    except FileNotFoundError:
        code, text = "no_such_file", "There is no file of this name."
    except PermissionError:
        code, text = "not_permitted", "This file may not be read. Change its permissions."
    except Exception as error:  # one file must not stop the others
        code, text = name_trouble(error).code, _trouble_with(path, error)
    return report_error(file=shown_name(path), code=code, text=text)


def _trouble_with(path: Path, error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and Path(error.filename) == path:
        return f"This file cannot be read: {error.strerror}."
    return f"Something of ours failed on this file: {type(error).__name__}: {error}"


def shown_name(path: Path) -> str:
    """The path as text that can be printed, whatever bytes it has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _screen(path: Path, desk: Desk) -> dict[str, Any]:
    spent = Spent()
    with open_audio(path, filename=path.name, limits=limits()) as audio:
        submission = Submission(
            desk.declaration, path.name, desk.catalogue, desk.names, desk.voices
        )
        outcomes = [_remark(outcome, desk) for outcome in run_checks(audio, submission)]
        found = [finding for outcome in outcomes for finding in outcome.findings]
        facts = gather(
            desk.declaration,
            found,
            {outcome.slug: outcome.status for outcome in outcomes},
            desk.ruleset,
            terms_of=register_terms(timezone.now().date()),
        )
        return report(
            file=shown_name(path),
            sha256=audio.sha256,
            duration_s=audio.duration_s,
            outcomes=outcomes,
            verdict=decide(facts, desk.ruleset),
            ruleset=desk.ruleset,
            cpu_s=spent.cpu_s,
            wall_s=spent.wall_s,
        )


def _remark(outcome: CheckOutcome, desk: Desk) -> CheckOutcome:
    """Says so where a comparison was with nothing."""
    compared = not isinstance(desk.catalogue, EmptyCatalogue) or outcome.slug != "fingerprint"
    return outcome if compared or outcome.note else replace(outcome, note=WITH_NOTHING)


def read_declaration(path: Path) -> dict[str, Any]:
    """The declaration in a JSON file; raises Unreadable with one sentence."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_DECLARATION_BYTES + 1)
        if len(text) > MAX_DECLARATION_BYTES:
            raise Unreadable(f"{path} is too large for a declaration (more than 1 MB).")
        return parse_declaration(json.loads(text))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path} is not JSON: {error}.") from error
    except InvalidDeclaration as error:
        raise Unreadable(f"{path}: {error}") from error


def expand(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as they are named; folders as the audio files in them, by name, deep.

    A folder without any is given back itself, so that somebody says so.
    """
    for path in paths:
        inside = _audio_in(path) if path.is_dir() else []
        yield from inside or [path]


def _audio_in(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in sorted(names) if _is_audio(name)]
    return found


def _is_audio(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
