"""Small rulesets for tests, and the shipped one."""

from typing import Any

from apps.policy.facts import Fact
from apps.policy.law import Ruleset
from apps.policy.ruleset import load_ruleset

SMALL = """
id = "small"
title = "A small law"
effective_from = 2026-11-20
unknown_cite = ["R9"]

[citations.R1]
text = "Red is refused."
source = "here"
[citations.R9]
text = "Unknown is held."
source = "here"

[facts.colour]
kind = "declared"
label = "the colour"
question = "Which colour?"
[facts.colour.values]
white = "it is white"
grey = "it is grey"
red = "it is red"

[facts.size]
kind = "declared"
label = "the size"
[facts.size.values]
small = "it is small"
large = "it is large"

[facts.crack]
kind = "detected"
label = "whether it is cracked"
checks = ["look"]
clean = "none"
measured = true
[facts.crack.values]
none = "there is no crack"
fine = "there is a fine crack"
deep = "there is a deep crack"

[[signals]]
code = "crack"
at_least = 0.3
fact = "crack"
value = "fine"

[[signals]]
code = "crack"
at_least = 0.8
fact = "crack"
value = "deep"

[[conflicts]]
code = "paint"
at_least = 0.5
fact = "colour"
contradicts = ["white"]

[[advice]]
why = "Good to know."
codes = ["dust"]

[tables.paint]
title = "Paint"

[[tables.paint.rules]]
id = "N1"
when = { colour = ["red"] }
outcome = "not_allowed"
reason = "voice_clone"
cite = ["R1"]

[[tables.paint.rules]]
id = "U1"
when = { colour = ["grey"], size = ["large"] }
outcome = "needs_review"
reason = "contradictory_answers"
cite = ["R1"]

[[tables.paint.rules]]
id = "A1"
when = { colour = ["white"] }
outcome = "allowed"
reason = "rights_held"
cite = ["R1"]

[[tables.paint.rules]]
id = "A2"
when = { colour = ["grey"], size = ["small"] }
outcome = "allowed"
reason = "own_voice"
cite = ["R1"]

[tables.cracks]
title = "Cracks"

[[tables.cracks.rules]]
id = "U1"
when = { crack = ["deep"] }
outcome = "needs_review"
reason = "audio_damaged"
cite = ["R1"]

[[tables.cracks.rules]]
id = "A1"
when = { crack = ["none", "fine"] }
outcome = "allowed"
reason = "audio_sound"
cite = ["R1"]

[destinations.shop]
name = "Shop"
sources = ["the shop"]
checked_on = 2026-11-20

[[destinations.shop.rules]]
id = "X1"
when = { colour = ["grey", "red"], size = ["large"] }
verdict = "refused"
reason = "bandcamp_no_ai"
cite = ["R1"]

[[destinations.shop.rules]]
id = "L1"
when = { colour = ["grey", "red"], size = ["small"] }
verdict = "deliver_with_label"
reason = "apple_track"
cite = ["R1"]

[[destinations.shop.rules]]
id = "D1"
when = { colour = ["white"] }
verdict = "deliver"
reason = "delivered"
cite = ["R1"]
"""


def small() -> Ruleset:
    """A law of two tables and one shop."""
    return load_ruleset(SMALL)


def facts(**values: Any) -> dict[str, Fact]:
    """Declared facts with these values."""
    return {name: Fact(value, "declared") for name, value in values.items()}
