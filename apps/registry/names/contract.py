"""What a register of protected names answers. Types only."""

from dataclasses import dataclass
from typing import Literal, Protocol

NameKind = Literal["exact", "lookalike", "near", "phonetic"]
Cue = Literal["ai_likeness", "style", "tribute", "featuring"]
Standing = Literal["represents", "same_name"]


@dataclass(frozen=True)
class NameHit:
    """A protected name found in a text.

    `person` is the id of the protected person, `name` their name in the register, `matched` the
    name or alias that agreed. `kind`: "exact" (the same but for case, accents and spacing),
    "lookalike" (the same to the eye: other scripts, hidden characters, digits for letters),
    "near" (an edit or two away) or "phonetic". `score` in 0..1 is how sure. `start` and `end`
    bound the words in the text, in code points. `cue` is the class of the phrase that points at
    somebody else's work ("AI cover", "in the style of"), `cue_text` its words. `is_word`: the name
    is an ordinary word too, so that alone it says nothing.
    """

    person: str
    name: str
    matched: str
    kind: NameKind
    score: float
    start: int
    end: int
    cue: Cue | None = None
    cue_text: str = ""
    is_word: bool = False


class Names(Protocol):
    """The register, as one account meets it."""

    def find(self, text: str, *, whole: bool) -> list[NameHit]:
        """Protected names in a text, surest first. `whole`: the text is one artist's name, and is
        compared as such too; otherwise it is a title, and names are looked for among its words."""

    def standing(self, person: str) -> Standing | None:
        """What is proven between this account and the person; None where nothing is."""
