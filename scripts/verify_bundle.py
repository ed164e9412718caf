#!/usr/bin/env python3
"""Verifies a training bundle, alone: verify_bundle.py DIR [--key VKEY] [--asset REF]"""
import argparse, base64, json, sys
from hashlib import sha256
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
MANIFEST, KEY, KIND = "training-manifest.dsse.json", "verifier-key.txt", "application/vnd.in-toto+json"
def need(holds, what):
    if not holds:
        raise ValueError(what)
def decode(text):  # one spelling only, in base64 as in JSON: not one byte can change unseen
    need(base64.b64encode(raw := base64.b64decode(text)).decode() == text, "the base64 is not clean")
    return raw
def load(data):
    made = json.dumps(value := json.loads(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    need(made.encode() == data, "the manifest is not canonical JSON")
    return value
def root(hashes):  # RFC 9162: the left side is the largest power of two that is smaller than all
    left = (1 << (len(hashes) - 1).bit_length()) >> 1
    return sha256(b"\1" + root(hashes[:left]) + root(hashes[left:])).digest() if left else hashes[0]

def check_note(note, name, key_id, key, ledger):  # C2SP checkpoint: origin, size, root, and our signature
    text, _, signed = note.rpartition("\n\n")
    [raw] = [decode(line.split()[-1]) for line in signed.splitlines() if line.startswith(f"— {name} ")]
    key.verify(raw[4:] if raw[:4].hex() == key_id else b"", f"{text}\n".encode())
    found = [*text.split("\n")[:2], decode(text.split("\n")[2]).hex()]
    need(found == [name, str(ledger["tree_size"]), ledger["root"]] and ledger["origin"] == name, "the checkpoint is another")
def check_members(lines, data, cleared, asset):  # hash, count, root, strict order, and every yes
    refs, leaves, versions, whole, terms = [], [], {}, sha256(), data["terms"]
    asked = {(use, place) for use in terms["required_use_cases"] for place in terms["jurisdictions"]}
    for line in lines:
        refs.append((one := json.loads(line))["asset_ref"])
        for yes in one["consents"]:
            free = (yes["status"], yes["ledger_index"], yes["policy_version"]) == ("default", None, "")
            good = yes["status"] == "granted" and yes["policy_version"] in terms["policy_versions"] and yes["leaf_hash"]
            need(free or (good and 0 <= yes["ledger_index"] < data["ledger_size"]), f"a yes of {refs[-1]}")
        need(asked == {(yes["permission"], yes["jurisdiction"]) for yes in one["consents"]}, f"a yes of {refs[-1]} is missing")
        need(not cleared or one["rights_decision"]["outcome"] == "allowed", f"{refs[-1]} was not cleared")
        leaves.append(sha256(b"\0" + line.removesuffix(b"\n")).digest())
        versions[name] = versions.get(name := one["consents"][0]["policy_version"] or "default", 0) + 1
        whole.update(line)
    need(whole.hexdigest() == data["members"]["digest"]["sha256"], f"{data['members']['name']} is not the file that was signed")
    need(refs == sorted(set(refs)) and versions == terms["by_policy_version"], "order or terms of the members")
    need([len(refs), root(leaves).hex()] == [data["asset_count"], data["members"]["merkle"]["root"]], "count or root of the members")
    before, after = [ref for ref in refs if ref < asset][-1:], [ref for ref in refs if ref > asset][:1]
    return f"{asset} is {'IN' if asset in refs else 'NOT in'} {data['members']['name']}; before it: {before}, after it: {after}"

def verify(folder, key="", asset=""):
    """What the bundle proves, in lines; raises where the first thing does not hold."""
    name, key_id, coded = (text := ((folder := Path(folder)) / KEY).read_bytes().decode())[:-1].split("+", 2)
    need(sha256(f"{name}\n".encode() + decode(coded)).hexdigest()[:8] == key_id and text[-1] == "\n", "the id of the key")
    need(key.strip() in ("", text.strip()), "it was signed with another key than the one you expect")
    key, envelope = Ed25519PublicKey.from_public_bytes(decode(coded)[1:]), load((folder / MANIFEST).read_bytes())
    payload, [signed] = decode(envelope["payload"]), envelope["signatures"]
    need((envelope["payloadType"], signed["keyid"]) == (KIND, key_id), "the kind or the key of the manifest")
    key.verify(decode(signed["sig"]), f"DSSEv1 {len(KIND)} {KIND} {len(payload)} ".encode() + payload)
    said = (statement := load(payload))["predicate"]
    ledger, sets, told = said["consent_ledger"], said["datasets"], [f"verified: {statement['subject'][0]['name']}, {said['asset_count']} tracks"]
    pins = [ledger["checkpoint"], *(one[kind] for one in said["policies"] for kind in ("json", "md")), *(one["descriptor"] for one in sets), *(one["terms"]["envelope"] for one in sets)]
    for pin in pins:
        need(sha256((folder / pin["name"]).read_bytes()).hexdigest() == pin["digest"]["sha256"], f"{pin['name']} is not the file that was signed")
    listed = {MANIFEST, KEY, *(pin["name"] for pin in [*pins, *(one["members"] for one in sets)])}
    need({one.name for one in folder.iterdir()} == listed, "a file is missing, or there is one too many")
    check_note((folder / ledger["checkpoint"]["name"]).read_bytes().decode(), name, key_id, key, ledger)
    for one in sets:
        need(one["ledger_size"] <= ledger["tree_size"], "the checkpoint is older than the dataset")
        envelope = json.loads((folder / one["terms"]["envelope"]["name"]).read_bytes())
        with (folder / one["members"]["name"]).open("rb") as lines:
            told.append(check_members(lines, one, envelope["needs_clearance"], asset))
    return told if asset else told[:1]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("folder", "--key", "--asset"):
        parser.add_argument(option, default="")
    try:
        print("\n".join(verify(**vars(parser.parse_args()))))
    except Exception as error:
        sys.exit(f"NOT verified: {f'{error.filename} cannot be read' if isinstance(error, OSError) else error or type(error).__name__}")
