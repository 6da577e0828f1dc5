"""Refuses rules whose meaning would depend on the order in which they run.

Inside a stage rules run to a fixpoint, so a rule may negate (MINUS) only facts of the knowledge base and findings of
earlier stages, and may need positively only findings of its own or an earlier stage. Blank nodes, OPTIONAL,
FILTER NOT EXISTS and literal numbers are refused too: see `docs/rules.md`.
"""

from __future__ import annotations

import re

from lawkb.pattern import Construct, refused
from lawkb.rules import STAGES, Rule
from lawkb.terms import LAW, RDF_TYPE

_FORBIDDEN = {
    r"\bOPTIONAL\b": "OPTIONAL", r"\bNOT\s+EXISTS\b": "FILTER NOT EXISTS", r"\b(NOW|RAND|UUID|BNODE)\s*\(": "a function that differs from run to run",
    r"\bSERVICE\b": "SERVICE", r"\[\s*[\]\w:?]": "a blank node", r"(?<![\w\"-])\d+(?![\w\"-])": "a literal number",
}


def check(rules: dict[Rule, Construct]) -> None:
    """Check every rule on its own and the set as a whole.

    Raises:
        LawkbError: names the rule, what is wrong with it, and how to mend it.
    """
    made: dict[str, set[int]] = {}
    for rule, construct in rules.items():
        for _, predicate, obj in construct.template:  # a header may leave out the broader class that a finding also has
            if predicate == RDF_TYPE:
                made.setdefault(obj[1:-1], set()).add(STAGES.index(rule.stage))
    for rule, construct in rules.items():
        check_text(rule)
        _check_classes(rule, construct, made)


def check_text(rule: Rule) -> None:
    """Refuse a rule whose text uses what rules may not say."""
    for pattern, name in _FORBIDDEN.items():
        if re.search(pattern, re.sub(r'"[^"]*"', '""', rule.body), re.IGNORECASE):
            raise refused(rule, f"uses {name}", "Use basic patterns, MINUS, comparisons and minted IRIs; a number belongs to kb/ or ontology/concepts/")


def _check_classes(rule: Rule, construct: Construct, made: dict[str, set[int]]) -> None:
    stage = STAGES.index(rule.stage)
    concluded = {o[1:-1] for _, p, o in construct.template if p == RDF_TYPE}
    for name in rule.concludes:
        if name.replace("law:", LAW) not in concluded:
            raise refused(rule, f"says that it concludes {name} but its CONSTRUCT makes no such finding", "Make header and CONSTRUCT agree")
    for iri in sorted(concluded - {name.replace("law:", LAW) for name in rule.concludes}):
        raise refused(rule, f"concludes {_short(iri)}, which its header does not say",
                      f"Add {_short(iri)} to '# Concludes:', by which it is known who must run again")
    for number, group in enumerate(construct.where.groups()):
        negated = number > 0
        for _, predicate, obj in group.triples:
            name = obj[1:-1]
            stages = made.get(name, set()) if predicate == RDF_TYPE else set()
            if negated and stages and max(stages) >= stage:
                raise refused(rule, f"negates {_short(name)}, which a rule of the same or a later stage concludes",
                               "Move the rule to a later stage, or negate a finding of an earlier one")
            if not negated and stages and min(stages) > stage:
                raise refused(rule, f"needs {_short(name)}, which only a later stage concludes", "Move the rule to a later stage")


def _short(iri: str) -> str:
    return iri.replace(LAW, "law:")
