"""Ways to write a known name so that a person reads it and a program does not. Seeded.

Each takes a name and a random source and gives another spelling, or None where the way does not
apply (a name without a letter to double). The look-alike data is Unicode's, by the package
confusable_homoglyphs; the rest is written down here.
"""

import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from random import Random

from confusable_homoglyphs.confusables import confusables_data

Attack = Callable[[str, Random], str | None]
_LEET = {
    "a": "4@",
    "b": "8",
    "e": "3",
    "g": "9",
    "i": "1!",
    "l": "1",
    "o": "0",
    "s": "5$",
    "t": "7",
}
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2063\u3164"
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327\u0323"
_TO_CYRILLIC = {
    "shch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "ya": "я", "yu": "ю", "ts": "ц", "kh": "х",
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и",
    "j": "дж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р",
    "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс", "y": "й", "z": "з",
}  # fmt: skip
# Spellings that are read alike in English: what stands left may be written as what stands right.
_SOUNDS = (
    (r"ph", "f"), (r"f(?!f)", "ph"), (r"ck", "k"), (r"c(?=[aou])", "k"), (r"k(?=[aeiou])", "c k"),
    (r"x", "ks"), (r"qu", "kw"), (r"ee", "ea ie"), (r"ea", "ee"), (r"oo", "ou u"), (r"ie\b", "y"),
    (r"y\b", "ie ey"), (r"(?<=\w)y(?=\w)", "i"), (r"i(?=\w)", "y"), (r"s(?=[aeiou])", "c z"),
    (r"z", "s"), (r"c(?=[eiy])", "s"), (r"j", "g"), (r"g(?=[eiy])", "j"), (r"ai", "ay ei"),
    (r"ay", "ai ey"), (r"ei", "ai"), (r"ou", "ow"), (r"ow", "ou"), (r"au", "aw"), (r"aw", "au"),
    (r"([bdfglmnprst])\1", r"\1"), (r"(?<=[aeiou])([dlmnprt])(?=[aeiou])", r"\1\1"),
    (r"th", "t"), (r"wh", "w"), (r"kn", "n"), (r"e\b", ""), (r"v", "w"), (r"ch", "tch"),
    (r"er\b", "a ur"), (r"gh", "g"), (r"sch", "sh"), (r"mb\b", "m"), (r"u(?=\w)", "oo"),
)  # fmt: skip


def homoglyph(name: str, rng: Random) -> str | None:
    """About half of the letters, at least one, as letters of other scripts that look the same."""
    table = _lookalikes()
    places = [n for n, char in enumerate(name) if char in table]
    if not places:
        return None
    chosen = [n for n in places if rng.random() < 0.5] or [rng.choice(places)]
    chars = list(name)
    for place in chosen:
        chars[place] = rng.choice(table[chars[place]])
    return "".join(chars)


def everyday_homoglyph(name: str, rng: Random) -> str | None:
    """The letters that have a Cyrillic or Greek twin on an ordinary keyboard, all of them."""
    twins = dict(zip("aceopxyijsABCEHIKMOPTXYS", "асеорхуіјѕАВСЕНІКМОРТХУЅ", strict=True))
    changed = "".join(twins.get(char, char) for char in name)
    return changed if changed != name else None


def styled(name: str, rng: Random) -> str | None:
    """Mathematical bold, script, double-struck or full-width letters."""
    start = rng.choice((0x1D400, 0x1D4D0, 0x1D5D4, 0x1D670, 0xFF21))
    small = start + (32 if start == 0xFF21 else 26)
    chars = (_styled(char, start, small) for char in name)
    changed = "".join(chars)
    return changed if changed != name else None


def zero_width(name: str, rng: Random) -> str | None:
    """One to three characters that nobody sees, between the letters."""
    for _ in range(rng.randint(1, 3)):
        place = rng.randint(1, max(1, len(name) - 1))
        name = name[:place] + rng.choice(_ZERO_WIDTH) + name[place:]
    return name


def leet(name: str, rng: Random) -> str | None:
    """Digits and signs for half of the letters that have one, at least one."""
    places = [n for n, char in enumerate(name) if char.lower() in _LEET]
    if not places:
        return None
    chosen = [n for n in places if rng.random() < 0.5] or [rng.choice(places)]
    chars = list(name)
    for place in chosen:
        chars[place] = rng.choice(_LEET[chars[place].lower()])
    return "".join(chars)


def diacritic(name: str, rng: Random) -> str | None:
    """Accents on half of the letters."""
    chars = (c + rng.choice(_MARKS) if c.isalpha() and rng.random() < 0.5 else c for c in name)
    return unicodedata.normalize("NFC", "".join(chars))


def spacing(name: str, rng: Random) -> str | None:
    """Spaces between the letters, or none where they belong."""
    if " " in name and rng.random() < 0.3:
        return name.replace(" ", "")
    if rng.random() < 0.5:
        return " ".join(name.replace(" ", ""))
    place = rng.randint(1, max(1, len(name) - 1))
    return name[:place] + " " + name[place:]


def punctuation(name: str, rng: Random) -> str | None:
    """Dots, dashes or underscores between the letters."""
    sign = rng.choice("._-·'~")
    if rng.random() < 0.5:
        return sign.join(name)
    place = rng.randint(1, max(1, len(name) - 1))
    return name[:place] + sign + name[place:]


def typo(name: str, rng: Random) -> str | None:
    """One letter left out, put in, changed, or changed with its neighbour."""
    places = [n for n, char in enumerate(name) if char.isalpha()]
    if len(places) < 2:
        return None
    place, letter = rng.choice(places), rng.choice(string.ascii_lowercase)
    match rng.randrange(4):
        case 0:
            return name[:place] + name[place + 1 :]
        case 1:
            return name[:place] + letter + name[place:]
        case 2:
            return name[:place] + letter + name[place + 1 :]
    place = min(place, len(name) - 2)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def doubled(name: str, rng: Random) -> str | None:
    """One letter twice."""
    places = [n for n, char in enumerate(name) if char.isalpha()]
    if not places:
        return None
    place = rng.choice(places)
    return name[:place] + name[place] + name[place:]


def phonetic(name: str, rng: Random) -> str | None:
    """One or two spellings that English reads alike."""
    before = name.lower()
    for _ in range(rng.randint(1, 2)):
        rules = [rule for rule in _SOUNDS if re.search(rule[0], name, re.IGNORECASE)]
        if not rules:
            break
        pattern, written = rng.choice(rules)
        found = rng.choice(list(re.finditer(pattern, name, re.IGNORECASE)))
        chosen = found.expand(rng.choice(written.split(" ")))
        name = name[: found.start()] + chosen + name[found.end() :]
    return name if name.lower() != before else None


def cyrillic(name: str, rng: Random) -> str | None:
    """Written in Cyrillic letter by letter, as Russian passports would."""
    if not name.isascii():
        return None
    pattern = "|".join(sorted(_TO_CYRILLIC, key=len, reverse=True))
    changed = re.sub(pattern, lambda found: _TO_CYRILLIC[found[0]], name.lower())
    return changed if changed != name.lower() else None


ATTACKS: dict[str, Attack] = {
    "homoglyph": homoglyph,
    "everyday_homoglyph": everyday_homoglyph,
    "styled": styled,
    "zero_width": zero_width,
    "leet": leet,
    "diacritic": diacritic,
    "spacing": spacing,
    "punctuation": punctuation,
    "typo": typo,
    "doubled": doubled,
    "phonetic": phonetic,
    "cyrillic": cyrillic,
}


def attacked(names: list[str], attack: Attack, seed: int = 7) -> list[tuple[str, str]]:
    """(name, its other spelling) of each name that the attack applies to and changes."""
    rng = Random(seed)  # noqa: S311
    pairs = ((name, attack(name, rng)) for name in names)
    return [(name, text) for name, text in pairs if text and text.casefold() != name.casefold()]


def _styled(char: str, start: int, small: int) -> str:
    if "A" <= char <= "Z":
        return chr(start + ord(char) - 65)
    return chr(small + ord(char) - 97) if "a" <= char <= "z" else char


@cache
def _lookalikes() -> dict[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for letter in string.ascii_letters:
        for pair in confusables_data.get(letter, ()):
            if len(pair["c"]) == 1 and not pair["c"].isascii():
                table[letter].append(pair["c"])
    return dict(table)
