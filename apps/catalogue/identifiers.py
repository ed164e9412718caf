"""Identifiers of recordings, works, products and people: check and write in one form.

Every `check_…` returns the identifier in its normal form, or raises InvalidIdentifier with a
sentence that says which character was expected. A right check digit proves a well-typed code, not
that the code exists; and ISWC and IPI base, whose weights share factors with ten, miss one wrong
digit in eleven. Pure, no Django.

Sources: ISRC ISO 3901 · GTIN GS1 General Specifications 7.9 · GRid IFPI GRid Standard and DPID
DDEX (both ISO 7064 MOD 37,36) · ISWC ISO 15707 · IPI CISAC · ISNI ISO 27729 (ISO 7064 MOD 11-2).
"""

import re
from string import ascii_uppercase, digits

_ALPHANUMERIC = digits + ascii_uppercase
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", re.ASCII)
_GRID = re.compile(r"A1[A-Z0-9]{16}", re.ASCII)
_ISWC = re.compile(r"T\d{10}", re.ASCII)
_IPI_BASE = re.compile(r"I\d{10}", re.ASCII)
_ISNI = re.compile(r"\d{15}[0-9X]", re.ASCII)
_DPID = re.compile(r"PADPIDA\d{10}[0-9A-Z]", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_GTIN_LENGTHS = (8, 12, 13, 14)


class InvalidIdentifier(Exception):
    """`text` is not a `kind`; `why` is the sentence for the person who typed it.

    `sentence` is its plain English message id and `values` fill it, for whoever translates it.
    """

    def __init__(self, kind: str, text: str, sentence: str, **values: str | int) -> None:
        self.kind = kind
        self.text = text
        self.sentence = sentence
        self.values = values
        super().__init__(f"{kind}: {self.why}")

    @property
    def why(self) -> str:
        """The sentence in English."""
        return self.sentence % self.values if self.values else self.sentence


def check_isrc(text: str) -> str:
    """Twelve characters such as USRC17607839. An ISRC has no check digit."""
    code = _compact(text, "ISRC")
    _require_length("ISRC", text, code, 12)
    if not _ISRC.fullmatch(code):
        sentence, found = _isrc_problem(code)
        raise InvalidIdentifier("ISRC", text, sentence, found=found)
    return code


def check_gtin(text: str, kind: str = "UPC or EAN") -> str:
    """8, 12 (UPC), 13 (EAN) or 14 digits, the last one a check digit; digits only."""
    code = _compact(text)
    if not _DIGITS.fullmatch(code):
        raise InvalidIdentifier(kind, text, "It has digits only. Copy it from the barcode.")
    if len(code) not in _GTIN_LENGTHS:
        sentence = "It has 8, 12, 13 or 14 digits; this one has %(found)d."
        raise InvalidIdentifier(kind, text, sentence, found=len(code))
    weighted = sum(int(d) * (3, 1)[place % 2] for place, d in enumerate(reversed(code[:-1])))
    _compare_end(kind, text, code, str(-weighted % 10))
    return code


def check_grid(text: str) -> str:
    """Eighteen characters such as A12425GABC1234002M (GRid of a release)."""
    code = _compact(text, "GRID")
    _require_length("GRid", text, code, 18)
    if not _GRID.fullmatch(code):
        raise InvalidIdentifier("GRid", text, "It is A1, then letters and digits only.")
    _compare_end("GRid", text, code, _mod_37_36(code[:-1]))
    return code


def check_iswc(text: str) -> str:
    """T and ten digits, such as T0345246801 (ISWC of a work)."""
    code = _compact(text, "ISWC")
    if not _ISWC.fullmatch(code):
        raise InvalidIdentifier("ISWC", text, "It is T and ten digits, such as T-034.524.680-1.")
    _compare_end("ISWC", text, code, _weighted_mod_10(code[1:-1], start=1))
    return code


def check_ipi_base(text: str) -> str:
    """I and ten digits, such as I0010681306 (IPI base number of a person or company)."""
    code = _compact(text, "IPI")
    if not _IPI_BASE.fullmatch(code):
        raise InvalidIdentifier(
            "IPI base number", text, "It is I and ten digits, such as I-001068130-6."
        )
    _compare_end("IPI base number", text, code, _weighted_mod_10(code[1:-1], start=2))
    return code


def check_ipi_name(text: str) -> str:
    """Eleven digits, leading zeros restored, such as 00014107338 (IPI name number)."""
    code = _compact(text, "IPI")
    if not _DIGITS.fullmatch(code) or not 9 <= len(code) <= 11:
        raise InvalidIdentifier(
            "IPI name number", text, "It is eleven digits, such as 00014107338."
        )
    code = code.zfill(11)
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(code[:9])) % 101
    expected = f"{(101 - total) % 100 if total else 0:02d}"
    _compare_end("IPI name number", text, code, expected)
    return code


def check_isni(text: str) -> str:
    """Sixteen characters such as 0000000121032683; the last may be X."""
    code = _compact(text, "ISNI")
    _require_length("ISNI", text, code, 16)
    if not _ISNI.fullmatch(code):
        raise InvalidIdentifier("ISNI", text, "It is sixteen digits; only the last may be X.")
    _compare_end("ISNI", text, code, _mod_11_2(code[:-1]))
    return code


def check_dpid(text: str) -> str:
    """PADPIDA, ten digits and a check character, such as PADPIDA2007050901U (DDEX party)."""
    code = _compact(text)
    if not _DPID.fullmatch(code):
        why = "It is PADPIDA, ten digits and one more character."
        raise InvalidIdentifier("DPID", text, why)
    _compare_end("DPID", text, code, _mod_37_36(code[:-1]))
    return code


def _compact(text: str, label: str = "") -> str:
    """Upper case without spaces, dots and hyphens, and without a label in front such as ISRC:.

    Only a label set off by a space or colon: an Icelandic ISRC may itself start with ISRC.
    """
    bare = re.sub(rf"^\s*{label}[\s:]+", "", text, flags=re.IGNORECASE) if label else text
    return _SEPARATORS.sub("", bare).upper()


def _require_length(kind: str, text: str, code: str, length: int) -> None:
    if len(code) != length:
        sentence = "It has %(wanted)d characters; this one has %(found)d."
        raise InvalidIdentifier(kind, text, sentence, wanted=length, found=len(code))


def _isrc_problem(code: str) -> tuple[str, str]:
    """The sentence, and the part of the code that it is about."""
    if not re.fullmatch(r"[A-Z]{2}", code[:2], re.ASCII):
        return "It starts with two letters, not %(found)s. An example: US-RC1-76-07839.", code[:2]
    if not _DIGITS.fullmatch(code[5:]):
        return "Its last seven characters are digits, not %(found)s.", code[5:]
    return "It has only letters and digits; this one has %(found)s.", code[2:5]


def _compare_end(kind: str, text: str, code: str, expected: str) -> None:
    found = code[-len(expected) :]
    if found != expected:
        sentence = "It should end in %(expected)s, not %(found)s. Check every character."
        raise InvalidIdentifier(kind, text, sentence, expected=expected, found=found)


def _weighted_mod_10(numbers: str, start: int) -> str:
    total = start + sum(place * int(digit) for place, digit in enumerate(numbers, 1))
    return str(-total % 10)


def _mod_37_36(code: str) -> str:
    """Check character of ISO 7064 MOD 37,36 (hybrid system) over digits and capital letters."""
    remainder = 36
    for char in code:
        remainder = (remainder + _ALPHANUMERIC.index(char)) % 36 or 36
        remainder = remainder * 2 % 37
    return _ALPHANUMERIC[(37 - remainder) % 36]


def _mod_11_2(code: str) -> str:
    """Check character of ISO 7064 MOD 11-2 (pure system) over digits; X stands for ten."""
    total = 0
    for digit in code:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]
