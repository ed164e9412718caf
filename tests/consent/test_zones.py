"""Nothing but the gate reads what lies in the zones: proven on the sources."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*ROOT.glob("apps/**/*.py"), *ROOT.glob("config/*.py")]
ZONES = ROOT / "apps/consent/zones.py"
PRODUCTION = {"EMBEDDED": "0", "SECRET_KEY": "x" * 60, "LEDGER_PSEUDONYM_KEY": "y" * 40}
# Who may name a storage by a variable, and why: its names are literals beside it.
BY_VARIABLE = {"apps/consent/zones.py", "apps/pipeline/orphans.py"}
LISTING = "apps/pipeline/orphans.py"  # which compares names with rows, and opens nothing
# Who may touch the bytes of a feature, and with what.
USERS = {
    "apps/consent/gate.py": {"read", "zone_key", "BytesMissing"},
    "apps/consent/feature_registering.py": {"put", "drop"},
    "apps/consent/feature_purging.py": {"drop"},
    "apps/consent/feature_rewrapping.py": {"rewrapped", "zone_key", "setting_of"},
    "apps/consent/checks.py": {"setting_of", "place_of"},
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def nodes(kind: type) -> Iterator[tuple[str, ast.AST]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kind):
                yield name_of(path), node


def test_only_one_module_names_the_storages_of_features() -> None:
    naming = {
        name
        for name, node in nodes(ast.Constant)
        if isinstance(node.value, str) and re.match(r"features[_-](ops|gen|share|$)", node.value)
    }
    assert naming == {"apps/consent/zones.py", "config/settings.py", LISTING}
    used = {node.attr for name, node in nodes(ast.Attribute) if name == LISTING}
    assert not used & {"open", "read", "path", "url", "save", "delete", "wrapped_key"}


def test_every_other_storage_is_named_in_plain_letters() -> None:
    loose = {
        name
        for name, node in nodes(ast.Subscript)
        if isinstance(node.value, ast.Name | ast.Attribute)
        and getattr(node.value, "id", getattr(node.value, "attr", "")) == "storages"
        and not isinstance(node.slice, ast.Constant)
    }
    assert loose == BY_VARIABLE
    others = {
        name
        for name, node in nodes(ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "storages"
    }
    assert others == set()


def test_only_the_gate_reads_and_only_registering_and_purging_write() -> None:
    used: dict[str, set[str]] = {}
    for name, node in nodes(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "zones":
            used.setdefault(name, set()).add(node.attr)
    assert used == USERS
    importing = {
        name
        for name, node in nodes(ast.ImportFrom)
        if (node.module == "apps.consent" and any(one.name == "zones" for one in node.names))
        or node.module == "apps.consent.zones"
    }
    assert importing == set(USERS)
    imported_whole = {
        name
        for name, node in nodes(ast.Import)
        if any(one.name.startswith("apps.consent.zones") for one in node.names)
    }
    assert imported_whole == set()


def test_the_wrapped_key_is_touched_by_nobody_else() -> None:
    touching = {
        name
        for name, node in nodes(ast.Attribute)
        if node.attr == "wrapped_key" and "migrations" not in name
    }
    allowed = {
        "apps/consent/zones.py",
        "apps/consent/gate.py",
        "apps/consent/feature_registering.py",
        "apps/consent/feature_rewrapping.py",
    }
    assert touching <= allowed


def test_a_process_is_given_the_zones_that_it_works_in_and_no_other() -> None:
    script = (
        "import django; django.setup(); from apps.consent import zones\n"
        "for zone in ('ops', 'gen', 'share'):\n"
        "    try: zones.zone_key(zone); print(zone)\n"
        "    except zones.ZoneClosed as error: print(error.code)"
    )
    with_keys = {f"FEATURE_KEY_{zone}": "a long random text of one zone" * 2 for zone in ("GEN",)}
    for told, opened in (
        ({"FEATURE_ZONES": "gen"}, ["zone_closed", "gen", "zone_closed"]),
        ({"FEATURE_ZONES": ""}, ["zone_closed"] * 3),
        ({}, ["ops", "gen", "share"]),
        (PRODUCTION, ["zone_closed"] * 3),
        ({**PRODUCTION, **with_keys}, ["zone_closed", "gen", "zone_closed"]),
        ({**PRODUCTION, **with_keys, "FEATURE_ZONES": "ops"}, ["zone_closed"] * 3),
    ):
        settings = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PATH": "/usr/bin:/bin",
            "SOUNDCHECK_DATA": os.environ["SOUNDCHECK_DATA"],
        }
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=settings | told,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == opened
