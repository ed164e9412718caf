"""The words that titles and names are checked for, and how they must stand there.

Patterns are narrow on purpose: most look only inside brackets or after a dash, where versions and
credits are written, because almost every word of a title can be a title. "Live and Let Die",
"Under Cover of Darkness", "Karaoke", "Six Ft. Under" and "Ai No Corrida" must pass.
"""

import re
from collections.abc import Iterator

_BRACKETS = re.compile(r"[(\[{（【［]([^()\[\]{}（）【】［］]*)[)\]}）】］]")
_DASH = re.compile(r"\s[-–—~|]\s+([^()\[\]]+?)\s*$")


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Whole content of a bracket, or what follows the last dash. First match wins.
VERSION_WORDS = _any(
    r"live", r"live (?:at|in|from|on|session|sessions|version|acoustic|performance)\b.*",
    r"(?:.*\s)?unplugged", r"acoustic", r"acoustic (?:version|live|mix|session|remix)",
    r"(?:.*\s)?remix(?:ed)?(?:\s.*)?", r"(?:.*\s)?(?:re-?)?edit", r".*\bmix", r".*\bdub",
    r".*\b(?:version|rework|bootleg|mashup)", r"demo", r"extended", r"instrumental",
    r"(?:\d{4}\s+)?(?:digital\s+)?re-?master(?:ed)?(?:\s+\d{4})?",
    r"re-?record(?:ed|ing)(?:\s.*)?", r"a ?cap?pella", r"karaoke(?:\s.*)?", r"bonus track",
    r"sped[ -]up(?:\s.*)?", r"slowed(?:\s.*)?", r"nightcore", r"8d(?: audio)?", r"reverb",
    r"orchestral", r"stripped(?: down)?",
)  # fmt: skip
NEEDLESS_VERSION = _any(r"(?:original|album|main|standard|full)(?: mix| version)")
ADVISORY_WORDS = _any(r"(?:explicit|clean|dirty|uncensored|censored)(?: version| edit| mix)?")
FORMAT_WORDS = _any(
    r"single|e\.?p\.?|album|lp|mp3|wav|flac|hd|hq|4k|\d+\s?kbps|cd|vinyl|ringtone|audio",
    r"(?:official\s+)?(?:music\s+)?video(?:\s+clip)?", r"(?:official\s+)?lyrics?(?:\s+video)?",
    r"official(?:\s+\w+){0,2}", r"visuali[sz]er", r"digital download",
)  # fmt: skip
PROMO_WORDS = _any(
    r"exclusive(?: \w+)?", r"limited edition", r"free(?: download| dl| beat)?", r"out now",
    r"new(?: song| single)?(?: \d{4})?", r"viral", r"prod(?:uction)? library", r"no copyright",
    r"royalty[- ]free",
)  # fmt: skip
NOT_A_VERSION = _any(r".*\bin the mix")
COVER_BRACKET = _any(r"cover(?:ed)?(?:\s+(?:version|song|by|of)\b.*)?", r".*\bcover(?: version)?")
NOT_A_COVER = _any(
    r"(?:.*\s)?(?:take|took|run(?:ning)? for|break|blow|duck and|seek|under|from|to|dust|album"
    r"|front|back|hard|land|cloud|snow|ground) cover"
)
KARAOKE = _any(r"karaoke(?:\s.*)?", r".*\bkaraoke(?: version| track)?")

# Anywhere in a title or a name.
TYPE_BEAT = re.compile(r"\btype[\s-]+beats?\b", re.IGNORECASE)
KARAOKE_PHRASE = re.compile(r"\bkaraoke\s+(?:version|track|instrumental|backing)\b", re.IGNORECASE)
NAME_DROP = re.compile(
    r"\b(?:in the style of|(?:originally|as|first) (?:performed|recorded|sung) by"
    r"|(?:as )?made (?:famous|popular) by|(?:a )?tribute to|sounds? (?:just )?like)\s+(\S.*)",
    re.IGNORECASE,
)
AI_VERSION = re.compile(r"\b(?:AI|A\.I\.)[\s-](?i:cover|version|voice|vocals?|clone|remix)\b")
AI_NAME = re.compile(r"(?:^|[(\[\-–:]\s*)AI\s+([A-Z][\w.'’$-]+(?:\s+[A-Z][\w.'’$-]+)*)")
FEATURED = re.compile(
    r"\S.*[\s(\[](?:feat|ft)\.?\s+(\S.*)|[(\[]\s*(?:featuring|w/)\s*(\S.*)|\sfeaturing\s+(\S.*)",
    re.IGNORECASE,
)
NUMBER_BEFORE_FEET = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred"
    r"|thousand|sq|cu))[\s(\[]*ft\.?\s",
    re.IGNORECASE,
)
PRODUCER = re.compile(
    r"[(\[]\s*prod\b|\bprod\.\s*(?:by\s)?\S|\bprod(?:uced)? by\s+\S", re.IGNORECASE
)
URL = re.compile(
    r"https?://|\bwww\.|\b[\w-]{2,}\.(?:com|net|org|io|co|fm|tv|app|ly|de|uk|in|ru|fr|info)(?=$|[\s/)\]])",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?:^|\s)@[A-Za-z_]\w{2,}")
STORES = re.compile(
    r"\b(?:spotify|apple music|itunes|tiktok|tik tok|youtube|soundcloud|amazon music|instagram)\b",
    re.IGNORECASE,
)
FILE_NAME = re.compile(
    r"\.(?:wav|mp3|flac|aiff?|m4a|ogg|opus|als|logicx|flp)$|^track\s*\d+$|^audio\s*track\b"
    r"|_\w*(?:master|mix|final|v\d)|\bfinal\s+final\b|\b(?:final|master|mixdown|bounce)[\s_-]*v?\d+$"
    r"|\bfinal[\s_-]+(?:master|mix|mixdown|version)\b|\bmixdown$",
    re.IGNORECASE,
)
PART_NUMBER = re.compile(r"\b(part|pt|volume|vol)\.?\s*(\d+|[IVX]+)\b(?=$|[)\]:])", re.IGNORECASE)
PART_NUMBER_STYLE = re.compile(r"\b(?:Pt|Vol)\. (?:\d+|[IVX]+)")
FROM_FILM = re.compile(
    r"[(\[]\s*(?:from|film|movie|theme (?:of|from)|title (?:song|track) (?:of|from))\b[\s:]*"
    r"(?:the\s+(?:film|movie)\s+)?[\"'“”‘’«]?\s*([^()\[\]]+)",
    re.IGNORECASE,
)


def asides(title: str) -> Iterator[str]:
    """What stands in brackets or after the last dash: versions, credits, promotion."""
    for found in _BRACKETS.finditer(title):
        yield found.group(1).strip()
    dashed = _DASH.search(_BRACKETS.sub("", title).rstrip())
    if dashed:
        yield dashed.group(1).strip()


def main_part(title: str) -> str:
    """The title without its brackets."""
    return " ".join(_BRACKETS.sub(" ", title).split())
