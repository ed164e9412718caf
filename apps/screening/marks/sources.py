"""IPTC digital source types: what a file says of its own making, and what that comes to.

Vocabulary: cv.iptc.org/newscodes/digitalsourcetype, used by C2PA and XMP alike. Any other value is
tolerated and says nothing.
"""

import re

_LAST_PART = re.compile(r"(?:digitalsourcetype[/:#]?|^\s*)([a-z]+)/?\s*$", re.IGNORECASE)

# all: generated as a whole · partly: generated parts · maybe: parts of any kind ·
# tool: improved by a model, nothing made · person: recorded or made by a person.
CLAIMS = {
    "trainedalgorithmicmedia": "all",
    "compositewithtrainedalgorithmicmedia": "partly",
    "compositesynthetic": "partly",
    "composite": "maybe",
    "virtualrecording": "maybe",
    "algorithmicallyenhanced": "tool",
    "digitalcapture": "person",
    "humanedits": "person",
    "digitalcreation": "person",
}


def claim_of(source_type: object) -> str | None:
    """The claim behind a digital source type, as a URI or its last part; None when it has none."""
    found = _LAST_PART.search(source_type) if isinstance(source_type, str) else None
    return CLAIMS.get(found.group(1).lower()) if found else None
