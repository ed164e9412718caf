"""Reads a ruleset from TOML and checks all that hangs together in it. Pure, no Django."""

from collections.abc import Mapping
from hashlib import sha256
from math import prod
from typing import cast

from apps.policy.law import (
    KINDS,
    OUTCOMES,
    VERDICTS,
    Citation,
    Conflict,
    Destination,
    FactSpec,
    Grid,
    Kind,
    Rule,
    Ruleset,
    Signal,
)
from apps.policy.ruleset_reading import InvalidRuleset, Node, Problem, Reading

__all__ = ["InvalidRuleset", "Problem", "Ruleset", "load_ruleset"]

# Trying every completion of every unknown must stay cheap: a table may not have more combinations.
MAX_COMBINATIONS = 10_000


def load_ruleset(text: str) -> Ruleset:
    """The ruleset written in this TOML text; raises InvalidRuleset with every problem found."""
    reading = Reading(text)
    root = reading.root()
    root.only(
        "id", "title", "effective_from", "facts", "signals", "conflicts", "advice", "tables",
        "destinations", "citations", "unknown_cite",
    )  # fmt: skip
    facts = {name: _fact(name, node) for name, node in root.nodes("facts").items()}
    citations = {key: _citation(key, node) for key, node in root.nodes("citations").items()}
    ruleset = Ruleset(
        id=root.text("id"),
        sha256=sha256(text.encode()).hexdigest(),
        title=root.text("title"),
        effective_from=root.day("effective_from"),
        facts=facts,
        signals=tuple(_signal(node, facts) for node in root.rows("signals")),
        conflicts=tuple(_conflict(node, facts) for node in root.rows("conflicts")),
        advice=_advice(root.rows("advice")),
        tables=tuple(
            _table(name, node, facts, citations) for name, node in root.nodes("tables").items()
        ),
        destinations=tuple(
            _destination(slug, node, facts, citations)
            for slug, node in root.nodes("destinations").items()
        ),
        citations=citations,
        unknown_cite=_cited(root, "unknown_cite", citations),
    )
    if not ruleset.tables:
        reading.report("tables", "A ruleset needs at least one decision table.")
    reading.finish()
    return ruleset


def _fact(name: str, node: Node) -> FactSpec:
    node.only("kind", "values", "label", "question", "checks", "clean", "measured")
    kind = _one_of(node, "kind", KINDS)
    words = node.node("values")
    values = tuple(words.value)
    spec = FactSpec(
        name=name,
        kind=cast(Kind, kind),
        values=values,
        label=node.text("label"),
        question=node.text("question", default=""),
        words={value: words.text(value) for value in values},
        checks=node.texts("checks", may_lack=kind != "detected"),
        clean=_one_of(node, "clean", values) if kind == "detected" else None,
        measured=node.flag("measured"),
    )
    if len(values) < 2:
        node.reading.report(node.at("values"), "A fact needs at least two values.")
    if kind == "detected" and values and spec.clean != values[0]:
        node.reading.report(node.at("clean"), "The clean value stands first among the values.")
    return spec


def _signal(node: Node, facts: Mapping[str, FactSpec]) -> Signal:
    node.only("code", "at_least", "fact", "value", "error_rate")
    fact = _one_of(node, "fact", [name for name, f in facts.items() if f.kind == "detected"])
    values = facts[fact].values if fact in facts else ()
    return Signal(
        code=node.text("code"),
        at_least=node.share("at_least"),
        fact=fact,
        value=_one_of(node, "value", values) if values else "",
        error_rate=node.text("error_rate", default=""),
    )


def _conflict(node: Node, facts: Mapping[str, FactSpec]) -> Conflict:
    node.only("code", "at_least", "fact", "contradicts", "error_rate")
    fact = _one_of(node, "fact", [name for name, f in facts.items() if f.kind == "declared"])
    contradicts = node.texts("contradicts")
    for value in contradicts:
        if fact in facts and value not in facts[fact].values:
            listed = ", ".join(facts[fact].values)
            node.reading.report(node.at("contradicts"), f'"{value}" is not one of: {listed}.')
    rate = node.text("error_rate", default="")
    return Conflict(node.text("code"), node.share("at_least"), fact, contradicts, rate)


def _advice(rows: list[Node]) -> dict[str, str]:
    advice: dict[str, str] = {}
    for row in rows:
        row.only("why", "codes")
        advice |= dict.fromkeys(row.texts("codes"), row.text("why"))
    return advice


def _citation(key: str, node: Node) -> Citation:
    node.only("text", "source")
    return Citation(key, node.text("text"), node.text("source"))


def _table(
    name: str, node: Node, facts: Mapping[str, FactSpec], citations: Mapping[str, Citation]
) -> Grid:
    node.only("title", "about", "rules")
    rules = _rules(name, node, facts, citations, OUTCOMES)
    names, domains = _span(node, rules, facts)
    title, about = node.text("title"), node.text("about", default="")
    return Grid(name, title, about, names, domains, rules, OUTCOMES)


def _destination(
    slug: str, node: Node, facts: Mapping[str, FactSpec], citations: Mapping[str, Citation]
) -> Destination:
    node.only("name", "about", "sources", "checked_on", "rules")
    rules = _rules(slug, node, facts, citations, VERDICTS)
    names, domains = _span(node, rules, facts)
    title, about = node.text("name"), node.text("about", default="")
    sources, day = node.texts("sources"), node.day("checked_on")
    return Destination(slug, title, about, names, domains, rules, VERDICTS, sources, day)


def _rules(
    grid: str,
    node: Node,
    facts: Mapping[str, FactSpec],
    citations: Mapping[str, Citation],
    levels: tuple[str, ...],
) -> tuple[Rule, ...]:
    rows = node.rows("rules")
    if not rows:
        node.reading.report(node.at("rules"), "A table needs at least one rule.")
    rules = [_rule(grid, row, facts, citations, levels) for row in rows]
    seen: set[str] = set()
    for row, rule in zip(rows, rules, strict=True):
        if rule.id in seen:
            row.reading.report(row.at("id"), f"Two rules are called {rule.id}.")
        seen.add(rule.id)
    return tuple(sorted(rules, key=lambda rule: -levels.index(rule.level)))


def _rule(
    grid: str,
    node: Node,
    facts: Mapping[str, FactSpec],
    citations: Mapping[str, Citation],
    levels: tuple[str, ...],
) -> Rule:
    level_key = "outcome" if levels is OUTCOMES else "verdict"
    node.only("id", "when", level_key, "reason", "cite", "flagged")
    return Rule(
        id=f"{grid}.{node.text('id')}",
        when=_when(node.node("when"), facts),
        level=_one_of(node, level_key, levels),
        reason=node.text("reason"),
        cite=_cited(node, "cite", citations),
        flagged=node.text("flagged", default=""),
    )


def _cited(node: Node, key: str, citations: Mapping[str, Citation]) -> tuple[str, ...]:
    cite = node.texts(key)
    for name in cite:
        if name not in citations:
            node.reading.report(node.at(key), f'No citation is called "{name}".')
    return cite


def _when(node: Node, facts: Mapping[str, FactSpec]) -> tuple[tuple[str, frozenset[str]], ...]:
    conditions = []
    for name in node.value:
        values = node.texts(name)
        if name not in facts:
            node.reading.report(node.at(name), f'No fact is called "{name}".')
            continue
        for value in values:
            if value not in facts[name].values:
                listed = ", ".join(facts[name].values)
                node.reading.report(node.at(name), f'"{value}" is not one of: {listed}.')
        conditions.append((name, frozenset(values)))
    return tuple(conditions)


def _span(
    node: Node, rules: tuple[Rule, ...], facts: Mapping[str, FactSpec]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    used = {name for rule in rules for name, _ in rule.when}
    names = tuple(name for name in facts if name in used)
    domains = tuple(facts[name].values for name in names)
    if (count := prod(len(domain) for domain in domains)) > MAX_COMBINATIONS:
        text = f"{count} combinations of facts; at most {MAX_COMBINATIONS}. Split the table."
        node.reading.report(node.path, text)
    return names, domains


def _one_of(node: Node, key: str, allowed: "tuple[str, ...] | list[str]") -> str:
    value = node.text(key)
    if value and value not in allowed:
        node.reading.report(node.at(key), f'"{value}" is not one of: {", ".join(allowed)}.')
    return value if value in allowed else (allowed[0] if allowed else "")
