"""Text as tags hold it: four encodings, ended by nothing, one zero or two."""

ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


def decode(data: bytes, encoding: int) -> str:
    """Text in an ID3v2 encoding (0 to 3); what cannot be decoded becomes a replacement mark."""
    name = ENCODINGS.get(encoding, "latin-1")
    if name == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16-le"  # many writers leave the byte-order mark out
    return data.decode(name, "replace").strip("\0\ufeff")


def split(data: bytes, encoding: int) -> tuple[bytes, bytes]:
    """What stands before the first terminator of an encoding, and what stands after it."""
    if encoding not in (1, 2):
        first, _, rest = data.partition(b"\0")
        return first, rest
    for at in range(0, len(data) - 1, 2):
        if data[at : at + 2] == b"\0\0":
            return data[:at], data[at + 2 :]
    return data, b""


def decode_values(data: bytes, encoding: int) -> list[str]:
    """The texts of a frame that holds several, separated by terminators."""
    values = []
    while data:
        first, data = split(data, encoding)
        values.append(decode(first, encoding))
    return values


def guess(data: bytes) -> str:
    """Text that states no encoding: UTF-8 when it is valid, otherwise Latin-1."""
    data = data.strip(b"\0")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
