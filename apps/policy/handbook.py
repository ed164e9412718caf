"""A ruleset as it reads aloud: Markdown made from the data alone. Pure, no Django."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from apps.policy.golden import GoldenCase, judge_case
from apps.policy.law import Citation, Destination, Grid, Rule, Ruleset
from apps.policy.reasons import REASONS, REVIEW_REASONS

WORDS = {
    "allowed": "Cleared",
    "needs_review": "Held",
    "not_allowed": "Refused",
    "deliver": "Delivered",
    "deliver_with_label": "Delivered with a label",
    "restricted": "Delivered, but restricted there",
    "refused": "Refused there",
    "undecided": "Not decided yet",
}


def handbook(ruleset: Ruleset, golden: Sequence[GoldenCase]) -> str:
    """The whole ruleset: quick guide, tables, destinations, doubtful texts, reasons, sources."""
    parts = [
        f"*Ruleset {ruleset.id}, in force from {ruleset.effective_from}, sha256 {ruleset.sha256}.*",
        *_quick_guide(ruleset, golden),
        "## The tables",
        *(line for table in ruleset.tables for line in _table(table, ruleset)),
        "## The destinations",
        *(line for store in ruleset.destinations for line in _destination(store, ruleset)),
        *_doubts(ruleset),
        *_signals(ruleset),
        *_reasons(),
        *_sources(ruleset.citations.values()),
    ]
    return "\n\n".join(parts) + "\n"


def read_rule(rule: Rule, ruleset: Ruleset) -> str:
    """One rule as a sentence."""
    conditions = [_either(name, when, ruleset) for name, when in rule.when]
    when = f"when {'; and '.join(conditions)}" if conditions else "in every other case"
    cite = ", ".join(rule.cite)
    mark = " ⚑" if rule.flagged else ""
    title = REASONS[rule.reason].title if rule.reason in REASONS else rule.reason
    return f"- **{WORDS[rule.level]}** {when}. *{title}* (`{rule.id}`; {cite}){mark}"


def _either(name: str, values: Collection[str], ruleset: Ruleset) -> str:
    spec = ruleset.facts[name]
    words = [spec.words[value] for value in spec.values if value in values]
    return words[0] if len(words) == 1 else f"either {', or '.join(words)}"


def _quick_guide(ruleset: Ruleset, golden: Sequence[GoldenCase]) -> Iterator[str]:
    yield "## Quick guide"
    yield "\n".join(
        [
            "| Scenario | Outcome |",
            "|---|---|",
            *(
                f"| {case.name} | {WORDS[judge_case(case, ruleset).outcome].lower()} |"
                for case in golden
            ),
        ]
    )


def _table(table: Grid, ruleset: Ruleset) -> Iterator[str]:
    yield f"### {table.title}"
    if table.about:
        yield table.about
    yield "\n".join(read_rule(rule, ruleset) for rule in table.rules)


def _destination(store: Destination, ruleset: Ruleset) -> Iterator[str]:
    yield from _table(store, ruleset)
    yield f"Read on {store.checked_on} in: {'; '.join(store.sources)}."


def _doubts(ruleset: Ruleset) -> Iterator[str]:
    yield "## Where the source text can be read in two ways"
    yield "\n".join(
        f"- `{rule.id}`: {rule.flagged}"
        for grid in ruleset.grids
        for rule in grid.rules
        if rule.flagged
    )


def _signals(ruleset: Ruleset) -> Iterator[str]:
    yield "## From findings to facts"
    yield "\n".join(
        f"- `{one.code}` from {one.at_least:g}: {ruleset.facts[one.fact].words[one.value]}."
        + (f" {one.error_rate}" if one.error_rate else "")
        for one in ruleset.signals
    )
    yield "A finding contradicts what was declared:"
    yield "\n".join(
        f"- `{one.code}` from {one.at_least:g}, where "
        + f"{_either(one.fact, one.contradicts, ruleset)}."
        + (f" {one.error_rate}" if one.error_rate else "")
        for one in ruleset.conflicts
    )


def _reasons() -> Iterator[str]:
    yield "## Reasons"
    for code, words in {**REASONS, **REVIEW_REASONS}.items():
        anchor = f'<a id="reason-{code.replace("_", "-")}"></a>'
        yield f"{anchor}**{words.title}** (`{code}`). {words.text} *{words.fix}*"


def _sources(citations: Iterable[Citation]) -> Iterator[str]:
    yield "## What the rules rest on"
    yield "\n".join(f"- **{one.key}**: {one.text} {one.source}." for one in citations)
