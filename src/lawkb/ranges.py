"""Of which classes the findings are that a property of findings names, drawn from the rules that make them.

A rule may read a finding without saying its class (`?condition law:of ?basis . ?basis law:onInstrument ?t`): whatever a
rule concludes there tells which classes it can be of.
"""

from __future__ import annotations

from lawkb.pattern import Construct, Group, is_variable
from lawkb.terms import RDF_TYPE

FACT = ""  # stands for everything that is no finding
UNKNOWN = "*"
Ranges = dict[tuple[str, str], set[str]]


def ranges_of(constructs: list[Construct], made: set[str]) -> Ranges:
    """Return (class, property) -> the classes of its values, for the classes of findings that rules make."""
    ranges: Ranges = {}
    adopted = _adopted(constructs, made)
    size = -1
    while size != sum(map(len, ranges.values())):
        size = sum(map(len, ranges.values()))
        for construct in constructs:
            known = classes_in(construct.where, ranges, made)
            kinds = [o[1:-1] for _, p, o in construct.template if p == RDF_TYPE]
            for _, predicate, obj in construct.template:
                if predicate != RDF_TYPE:
                    values = _classes(construct.where, obj, known)
                    for kind in kinds:
                        ranges.setdefault((kind, predicate), set()).update(adopted.get((kind, predicate), values) if values == {UNKNOWN} else values)
    return ranges


def _adopted(constructs: list[Construct], made: set[str]) -> Ranges:
    """Where a rule makes a finding of an IRI that another rule has minted as a value (`law:option ?option`), the value is of its class."""
    adopted: Ranges = {}
    for construct in constructs:
        typed = {s: o[1:-1] for s, p, o in construct.where.triples if p == RDF_TYPE and o[1:-1] in made}
        for subject, predicate, obj in construct.template:
            if predicate == RDF_TYPE:
                for s, p, o in construct.where.triples:
                    if o == subject and s in typed:
                        adopted.setdefault((typed[s], p), set()).add(obj[1:-1])
    return adopted


def classes_in(group: Group, ranges: Ranges, made: set[str], outer: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
    """Return the classes that a group's variables can be of, for those of which something tells them."""
    known = dict(outer or {})
    for subject, predicate, obj in group.triples:
        if predicate == RDF_TYPE:
            known[subject] = {obj[1:-1]} if obj[1:-1] in made else {FACT}
    changed = True
    while changed:
        changed = False
        for subject, predicate, obj in group.triples:
            if subject in known and is_variable(obj) and obj not in known:
                values = set().union(*(ranges.get((kind, predicate), set()) for kind in known[subject]))
                if values:
                    known[obj] = values
                    changed = True
    return known


def _classes(where: Group, term: str, known: dict[str, set[str]]) -> set[str]:
    if term in known:
        return known[term]
    if term in {variable for variable, expression in where.binds if not isinstance(expression, str)}:
        return {UNKNOWN}
    told_later = any(term == obj and subject in known and known[subject] - {FACT} for subject, _, obj in where.triples)
    return set() if told_later else {FACT}
