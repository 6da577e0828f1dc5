"""Refuses rules whose meaning would depend on the order in which they run.

Inside a stage rules run to a fixpoint, so a rule may negate (MINUS) only facts of the knowledge base and findings of
earlier stages, and may need positively only findings of its own or an earlier stage. Blank nodes, OPTIONAL,
FILTER NOT EXISTS and literal numbers are refused too: see `docs/rules.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lawkb.errors import LawkbError
from lawkb.rules import STAGES, Rule
from lawkb.terms import LAW, RDF_TYPE

_MORE = "docs/rules.md, section 'What a rule may say'"
_FORBIDDEN = {
    r"\bOPTIONAL\b": "OPTIONAL", r"\bNOT\s+EXISTS\b": "FILTER NOT EXISTS", r"\b(NOW|RAND|UUID|BNODE)\s*\(": "a function that differs from run to run",
    r"\bSERVICE\b": "SERVICE", r"\[\s*[\]\w:?]": "a blank node", r"(?<![\w\"-])\d+(?![\w\"-])": "a literal number",
}


def check(rules: list[Rule]) -> None:
    """Check every rule on its own and the set as a whole.

    Raises:
        LawkbError: names the rule, what is wrong with it, and how to mend it.
    """
    made = {}
    for rule in rules:
        for name in rule.concludes:
            made.setdefault(name, set()).add(STAGES.index(rule.stage))
    for rule in rules:
        _check_text(rule)
        _check_classes(rule, {name.replace("law:", LAW): stages for name, stages in made.items()})


def _check_text(rule: Rule) -> None:
    for pattern, name in _FORBIDDEN.items():
        if re.search(pattern, re.sub(r'"[^"]*"', '""', rule.body), re.IGNORECASE):
            raise _refused(rule, f"uses {name}", "Use basic patterns, MINUS, comparisons and minted IRIs; a number belongs to kb/ or ontology/concepts/")


def _check_classes(rule: Rule, made: dict[str, set[int]]) -> None:
    algebra = parse(rule)
    stage = STAGES.index(rule.stage)
    concluded = {o for _, p, o in algebra["template"] if p == RDF_TYPE}
    for name in rule.concludes:
        if name.replace("law:", LAW) not in concluded:
            raise _refused(rule, f"says that it concludes {name} but its CONSTRUCT makes no such finding", "Make header and CONSTRUCT agree")
    for negated, triples in algebra["where"]:
        for _, predicate, name in triples:
            stages = made.get(name, set()) if predicate == RDF_TYPE else set()
            if negated and stages and max(stages) >= stage:
                raise _refused(rule, f"negates {_short(name)}, which a rule of the same or a later stage concludes",
                               "Move the rule to a later stage, or negate a finding of an earlier one")
            if not negated and stages and min(stages) > stage:
                raise _refused(rule, f"needs {_short(name)}, which only a later stage concludes", "Move the rule to a later stage")


def parse(rule: Rule) -> dict:
    """Return the rule's CONSTRUCT template and its WHERE triples as `(negated, triples)` groups, IRIs and `?names` as text."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(rule.query)).algebra
    except Exception as error:  # rdflib raises many kinds of errors for a malformed query
        raise _refused(rule, f"is not SPARQL ({str(error).splitlines()[0]})", "Compare it with a neighbour in the same folder") from error
    if algebra.name != "ConstructQuery":
        raise _refused(rule, "is not a CONSTRUCT", "Write one CONSTRUCT { finding } WHERE { premises }")
    return {"template": [_plain(t) for t in algebra.template], "where": list(_groups(algebra.p, False))}


def _groups(part: object, negated: bool) -> Iterator[tuple[bool, list[tuple[str, str, str]]]]:
    name = getattr(part, "name", None)
    if name == "BGP":
        yield negated, [_plain(t) for t in part.triples]  # type: ignore[attr-defined]
    elif name == "Minus":
        yield from _groups(part.p1, negated)  # type: ignore[attr-defined]
        yield from _groups(part.p2, True)  # type: ignore[attr-defined]
    elif name:
        for child in ("p", "p1", "p2"):
            inner = part.get(child) if hasattr(part, "get") else None
            if inner is not None:
                yield from _groups(inner, negated)


def _plain(triple: tuple) -> tuple[str, str, str]:
    subject, predicate, obj = (f"?{t}" if type(t).__name__ == "Variable" else str(t) for t in triple)
    return subject, predicate, obj


def _short(iri: str) -> str:
    return iri.replace(LAW, "law:")


def _refused(rule: Rule, what: str, mend: str) -> LawkbError:
    return LawkbError(f"The rule {rule.stage}/{rule.name}.rq {what}", mend, _MORE)
