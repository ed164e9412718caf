"""What is vendored is what its makers published: version, licence and hash stand beside it."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "vendor.json").read_text())


@pytest.mark.parametrize("name", PACKAGES)
def test_every_file_has_the_hash_that_is_written_down(name):
    package = PACKAGES[name]
    assert package["version"]
    assert package["licence"]
    assert "LICENSE" in package["sha512"]
    for file, digest in package["sha512"].items():
        assert hashlib.sha512((VENDOR / name / file).read_bytes()).hexdigest() == digest, file


def test_nothing_else_is_vendored():
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    known = {f"{name}/{file}" for name, package in PACKAGES.items() for file in package["sha512"]}
    assert files == known | {"vendor.json"}


@pytest.mark.parametrize("path", sorted(VENDOR.rglob("*.js")), ids=lambda path: path.name)
def test_no_script_needs_what_our_policy_forbids(path):
    text = path.read_text()
    assert "eval(" not in text
    assert "new Function" not in text
