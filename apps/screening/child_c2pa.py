"""Reads the C2PA manifest store of one file and prints it as JSON. Runs as a limited child.

Nothing is ever fetched: a manifest kept elsewhere is named, not followed, and the child has no
network either where the system lets us cut it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import c2pa

# No certificate list is shipped: a good signature is "Valid", never "Trusted".
SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
    "core": {"allowed_network_hosts": []},
}
LONGEST = 1 << 20


def read_store(path: Path, mime_type: str) -> dict[str, Any]:
    """{"store": manifest store or None}, or {"error": text} when one is there but unreadable."""
    context = c2pa.Context.from_dict(SETTINGS)
    try:
        with path.open("rb") as file:
            reader = c2pa.Reader.try_create(mime_type, file, context=context)
            text = "null" if reader is None else reader.json()
    except c2pa.C2paError as problem:
        elsewhere = str(problem).startswith("Remote")
        said = "is kept elsewhere and was not fetched" if elsewhere else "cannot be read"
        return {"error": f"The manifest {said}: {problem}"[:500]}
    if len(text) > LONGEST:
        return {"error": f"The manifest is too long to read: {len(text):,} characters"}
    return {"store": json.loads(text)}


def main() -> None:
    """Prints the report for MIME_TYPE PATH; exit status 3 when memory runs out."""
    mime_type, path = sys.argv[1:3]
    try:
        report = read_store(Path(path), mime_type)
    except MemoryError:
        sys.exit(3)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
