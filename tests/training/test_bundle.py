"""A bundle verifies without this product, and not one byte of it can change unseen."""

import base64
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apps.audit import keys, merkle
from apps.audit.notes import new_signer, verify_proof
from apps.training.bundle import KEY, MANIFEST, SCRIPT, verify_bundle, write_bundle
from apps.training.dsse import open_statement, sign_statement
from apps.training.errors import BundleBroken, FolderTaken, NotProven
from apps.training.lines import asset_ref
from apps.training.proofs import prove_track
from apps.training.storing import drop_files
from tests.training.listing import GENERATE, cleared_track, open_track
from tests.training.making import registered, sealed

pytestmark = pytest.mark.django_db
SMALL = 1200  # bytes: of such files every byte is tried


@pytest.fixture
def tracks(prove):
    return [open_track(GENERATE, "DE", "FR") for _ in range(5)]


@pytest.fixture
def snapshot(officer, tracks):
    return sealed(officer, "generative_music", "DE", "FR")


@pytest.fixture
def model(officer, snapshot):
    return registered(officer, snapshot)


@pytest.fixture
def bundle(model, tmp_path) -> Path:
    write_bundle(model, tmp_path / "bundle")
    return tmp_path / "bundle"


def alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The script by itself: outside the repository, without our settings."""
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, *map(str, arguments)],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def is_broken(folder: Path) -> bool:
    try:
        verify_bundle(folder)
    except BundleBroken:
        return True
    return False


def test_it_verifies_alone(bundle, snapshot, tracks) -> None:
    found = alone(bundle)
    assert (found.returncode, found.stdout) == (0, "verified: genaudio/v2026.04.3, 5 tracks\n")
    vkey = keys.signer().verifier.vkey
    assert alone(bundle, "--key", vkey).returncode == 0
    there = asset_ref(bytes(snapshot.ref_key), tracks[0].pk)
    assert f"{there} is IN members.jsonl" in alone(bundle, "--asset", there).stdout
    elsewhere = asset_ref(bytes(snapshot.ref_key), cleared_track().pk)
    told = alone(bundle, "--asset", elsewhere).stdout
    refs = sorted(asset_ref(bytes(snapshot.ref_key), one.pk) for one in tracks)
    near = (
        [ref for ref in refs if ref < elsewhere][-1:],
        [ref for ref in refs if ref > elsewhere][:1],
    )
    assert f"NOT in members.jsonl; before it: {near[0]}, after it: {near[1]}" in told


def test_the_script_is_short_and_needs_nothing_of_ours() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 80
    assert "django" not in text
    assert "apps" not in text


def test_a_byte_changed_anywhere_is_found(bundle) -> None:
    unseen = []
    for file in sorted(bundle.iterdir()):
        data = file.read_bytes()
        step = 1 if len(data) <= SMALL else len(data) // 150
        for at in [*range(0, len(data), step), len(data) - 1]:
            for flip in (0x01, 0x20, 0x80) if len(data) <= SMALL else (1 << at % 8,):
                file.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
                if not is_broken(bundle):
                    unseen.append((file.name, at, flip))
        file.write_bytes(data)
    assert unseen == []
    assert not is_broken(bundle)


def test_what_is_cut_off_added_or_missing_is_found(bundle) -> None:
    for file in sorted(bundle.iterdir()):
        data = file.read_bytes()
        lines = data.splitlines(keepends=True)
        changed = [b"", data[:-1], data[: len(data) // 2], data + b"\n", data + data]
        changed += [b"".join(lines[1:]), b"".join([*lines, lines[-1]]), b"".join(lines[::-1])]
        for one in changed:
            if one != data:
                file.write_bytes(one)
                assert is_broken(bundle), (file.name, one[:40])
        file.unlink()
        assert is_broken(bundle), file.name
        file.write_bytes(data)
    (bundle / "more.txt").write_text("more")
    assert is_broken(bundle)
    (bundle / "more.txt").unlink()
    (bundle / "folder").mkdir()
    assert is_broken(bundle)


def test_a_manifest_signed_anew_with_another_key_is_found(bundle, model) -> None:
    """Whoever signs everything anew has another key: compare it with one from elsewhere."""
    ours = (bundle / KEY).read_text()
    thief = new_signer(keys.signer().name)
    statement = open_statement(model.manifest, keys.verifiers())
    statement["predicate"]["model"]["version"] = "v9"
    (bundle / MANIFEST).write_text(sign_statement(statement, thief))
    assert alone(bundle).returncode == 1
    (bundle / KEY).write_text(thief.verifier.vkey + "\n")
    assert alone(bundle, "--key", ours).stderr.startswith(
        "NOT verified: it was signed with another"
    )
    assert alone(bundle).returncode == 1  # the checkpoint is ours still


def resigned(bundle: Path, model, change) -> str:
    """The fault that is found where our own key signs a manifest that says something else."""
    statement = open_statement(model.manifest, keys.verifiers())
    change(statement["predicate"])
    (bundle / MANIFEST).write_text(sign_statement(statement, keys.signer()))
    found = alone(bundle)
    assert found.returncode == 1, found.stdout
    return found.stderr


def test_a_signed_manifest_that_contradicts_itself_is_found(bundle, model) -> None:
    def set_of(said):
        return said["datasets"][0]

    changes = {
        "count or root": lambda said: set_of(said).update(asset_count=6),
        "a yes of": lambda said: set_of(said).update(ledger_size=1),
        "the checkpoint is older": lambda said: set_of(said).update(ledger_size=10**6),
        "the checkpoint is another": lambda said: said["consent_ledger"].update(tree_size=10**6),
        "is missing": lambda said: set_of(said)["terms"].update(jurisdictions=["DE", "FR", "US"]),
        "order or terms": lambda said: set_of(said)["terms"].update(by_policy_version={"x": 5}),
        "a file is missing": lambda said: said.update(policies=[]),
    }
    for words, change in changes.items():
        assert words in resigned(bundle, model, change)
    assert "a yes of" in resigned(
        bundle, model, lambda said: set_of(said)["terms"].update(policy_versions=["2027"])
    )


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"payload": 3}', "[" * 100_000, "\x00"])
def test_nonsense_is_one_line(bundle, text) -> None:
    (bundle / MANIFEST).write_text(text)
    found = alone(bundle)
    assert found.returncode == 1
    assert found.stderr.startswith("NOT verified: ")
    assert len(found.stderr.splitlines()) == 1
    with pytest.raises(BundleBroken):
        verify_bundle(bundle)


def test_no_folder_is_no_bundle(tmp_path) -> None:
    assert alone(tmp_path / "nowhere").returncode == 1
    assert alone(tmp_path).returncode == 1


def test_a_bundle_is_written_whole_or_not_at_all(model, snapshot, tmp_path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(FolderTaken):
        write_bundle(model, tmp_path / "there")
    drop_files(snapshot)
    with pytest.raises(NotProven):
        write_bundle(model, tmp_path / "new")
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


def test_two_datasets_and_a_copy_elsewhere(officer, snapshot, tmp_path) -> None:
    second = sealed(officer, "generative_music", "DE", "FR")
    model = registered(officer, snapshot, second, version="v3")
    names = write_bundle(model, tmp_path / "bundle")
    assert {"members.jsonl", "members-2.jsonl", "croissant-2.json"} <= set(names)
    shutil.copytree(tmp_path / "bundle", tmp_path / "copy")
    assert "10 tracks" in alone(tmp_path / "copy").stdout


def test_one_track_is_proven_in_or_out(model, snapshot, tracks) -> None:
    [present] = prove_track(model, tracks[2])["datasets"]
    assert (present["present"], present["root"]) == (True, snapshot.merkle_root)
    check_lines(present)
    assert json.loads(present["lines"][0]["line"])["asset_ref"] == present["asset_ref"]
    leaves = {yes["leaf_hash"] for yes in json.loads(present["lines"][0]["line"])["consents"]}
    assert {one["leaf_hash"] for one in present["consents"]} == leaves
    for one in present["consents"]:
        leaf = merkle.leaf_hash(one["payload"].encode())
        assert leaf.hex() == one["leaf_hash"]
        verify_proof(one["proof"], leaf, keys.verifiers())
    [absent] = prove_track(model, cleared_track())["datasets"]
    assert (absent["present"], absent["consents"]) == (False, [])
    check_lines(absent)
    refs = [json.loads(one["line"])["asset_ref"] for one in absent["lines"]]
    indexes = [one["index"] for one in absent["lines"]]
    assert refs == sorted(refs)
    assert absent["asset_ref"] not in refs
    assert indexes == [indexes[0] + n for n in range(len(indexes))]


def check_lines(proof) -> None:
    for one in proof["lines"]:
        path = [bytes.fromhex(part) for part in one["path"]]
        leaf = merkle.leaf_hash(one["line"].encode())
        top = bytes.fromhex(proof["root"])
        merkle.verify_inclusion(leaf, one["index"], proof["tree_size"], path, top)


def test_the_key_in_the_bundle_is_the_key_of_the_log(bundle) -> None:
    name, key_id, coded = (bundle / KEY).read_text().strip().split("+", 2)
    assert name == "soundcheck/ledger"
    assert len(base64.b64decode(coded)) == 33
    assert key_id == keys.signer().verifier.key_id.hex()


def test_the_script_builds_the_same_tree_as_the_log() -> None:
    spec = importlib.util.spec_from_file_location("verify_bundle", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for size in range(1, 70):
        hashes = [merkle.leaf_hash(bytes([n])) for n in range(size)]
        assert module.root(hashes) == merkle.root_of(hashes)


def test_a_folder_that_holds_no_bundle_is_told_in_a_sentence(tmp_path) -> None:
    told = f"{tmp_path / KEY} cannot be read"
    assert alone(tmp_path).stderr.strip() == f"NOT verified: {told}"
    with pytest.raises(BundleBroken) as caught:
        verify_bundle(tmp_path)
    assert told in str(caught.value)
    assert "Errno" not in str(caught.value)
