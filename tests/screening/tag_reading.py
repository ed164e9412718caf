"""What the tests of tags share: reading bytes as a container, and what to look for."""

import io

from apps.screening.tags.child import list_tags
from apps.screening.tags.listing import Found, Listing, Octets

SUNO = "made with suno; created=2026-08-01T10:00:00Z; id=0d9f3c1e-5b1a-4a52-9b1e-2f3c4d5e6f70"
XMP = "<x:xmpmeta><rdf:RDF>trainedAlgorithmicMedia</rdf:RDF></x:xmpmeta>"


def read(data: bytes, container: str) -> Listing:
    return list_tags(Octets(io.BytesIO(data), len(data)), container)


def fields(listing: Listing) -> list[tuple[str, str]]:
    return [(tag.field, tag.value) for tag in listing.tags]


def only(listing: Listing, name: str) -> Found:
    (tag,) = [tag for tag in listing.tags if tag.field == name]
    return tag
