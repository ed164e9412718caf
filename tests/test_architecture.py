"""The rules of the house, as far as a machine can see them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.screening.checks import CHECKS
from apps.screening.codes import TEXTS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    path
    for path in [*ROOT.glob("apps/**/*.py"), *ROOT.glob("config/*.py")]
    if "migrations" not in path.parts
]
FIVE_FILES = [
    "apps/pipeline/steps.py",
    "apps/catalogue/states.py",
    "apps/screening/checks/__init__.py",
    "apps/review/actions.py",
]
VAGUE_NAMES = {"utils.py", "helpers.py", "services.py", "manager.py", "misc.py", "common.py"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_is_short_says_what_it_is_and_has_a_name_of_its_own(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert path.name not in VAGUE_NAMES
    assert not text or ast.get_docstring(ast.parse(text)) or path.name == "__init__.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    hidden = [
        f"{function.name}, line {node.lineno}"
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_test_file_is_long() -> None:
    lengths = {name_of(p): len(p.read_text().splitlines()) for p in ROOT.glob("tests/**/*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_functions_are_short() -> None:
    lengths = sorted(
        function.end_lineno - function.lineno + 1
        for path in SOURCES
        for function in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


@pytest.mark.parametrize("name", FIVE_FILES)
def test_the_five_files_can_be_read_in_one_go(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= 150


def test_public_functions_of_the_domain_say_what_they_do() -> None:
    silent = [
        f"{name_of(path)}: {function.name}"
        for path in SOURCES
        if path.parts[-2] not in ("migrations", "commands")
        for function in _top_level(path)
        if not function.name.startswith("_") and not ast.get_docstring(function)
    ]
    assert silent == []


def _top_level(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]


def test_checks_have_names_of_their_own() -> None:
    slugs = [check.slug for check in CHECKS]
    assert len(set(slugs)) == len(slugs)
    assert all(check.version and check.title and check.__doc__ for check in CHECKS)


def test_every_finding_has_all_four_texts() -> None:
    short = [
        code
        for code, text in TEXTS.items()
        if not all((text.title, text.meaning, text.detail, text.fix))
    ]
    assert short == []


def test_the_web_process_does_not_load_the_audio_libraries() -> None:
    """librosa costs seconds and half a gigabyte; only workers pay."""
    script = (
        "import django, sys; django.setup(); import config.urls; from django.urls import resolve;"
        "resolve('/'); print([m for m in ('librosa', 'numba', 'c2pa') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == "[]"


def test_texts_have_no_blaming_words() -> None:
    pages = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    blaming = re.compile(r"\b(violation|violated|flagged|suspicious|illegal)\b", re.IGNORECASE)
    assert [name_of(page) for page in pages if blaming.search(words_of(page))] == []


def words_of(page: Path) -> str:
    """The page without its template tags."""
    return re.sub(r"{[{%#].*?[}%#]}", "", page.read_text(), flags=re.DOTALL)


def test_pages_have_no_inline_code() -> None:
    inline = re.compile(r"<style|style=|<script(?![^>]*\bsrc=)|\son[a-z]+=", re.IGNORECASE)
    pages = list(ROOT.glob("templates/**/*.html"))
    assert [name_of(page) for page in pages if inline.search(words_of(page))] == []
