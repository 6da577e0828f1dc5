"""The tables in which a relational engine finds facts and findings.

What a rule says of one subject (a star of properties) is one table: a row for each subject that has them all, or several
where a property has several values. So a participation is one row, not seven joins. Where several properties have many
values, and a row for every combination of them would swell the table, each of these has a table of its own. Stars of the
same subjects share a table. Findings stand in one table for each class that rules conclude and read, with a column for each property that rules
read of findings. The facts of a case stand in narrow tables of their own.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from itertools import product

from lawkb.case import PROPERTIES
from lawkb.facts import Facts, law
from lawkb.infer import RESTS_ON
from lawkb.pattern import Construct, Group, is_variable
from lawkb.ranges import ranges_of
from lawkb.rules import STAGES, Rule
from lawkb.terms import CONCEPT, RDF_TYPE, curie
from lawkb.values import Value, encode, short, sort_of

CASE_CLASS = law("Case")
SUBJECT = "s"
Signature = tuple[frozenset[str], frozenset[str]]
Probe = tuple[str, tuple[str, ...]]


@dataclass
class Relation:
    """A star of facts as a table, with what a planner needs to know of it.

    Attributes:
        table: its name.
        properties: the properties that are its columns, behind the subject.
        sorts: the sorts of the values of each property.
        rows: its rows.
    """

    table: str
    properties: list[str]
    sorts: dict[str, set[str]]
    rows: list[tuple[Value, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = [SUBJECT, *map(column, self.properties)]
        self.counts = {name: Counter(row[place] for row in self.rows) for place, name in enumerate(self.columns)}
        self.single = len(self.counts[SUBJECT]) == len(self.rows)

    def sort(self, predicate: str) -> str:
        """Return the sort of a property's values: `any` where it has none, `mixed` where it has several sorts."""
        sorts = self.sorts[predicate]
        return "any" if not sorts else "mixed" if len(sorts) > 1 else min(sorts)

    def expected(self, known: dict[str, Value | None]) -> float:
        """Return how many rows to expect where these columns are known, some to hold a constant."""
        rows = float(len(self.rows))
        if not rows:
            return 0.0
        for name, constant in known.items():
            rows *= (self.counts[name][constant] if constant is not None else _usual(self.counts[name])) / len(self.rows)
        return rows


def _usual(counted: Counter[Value]) -> float:
    """The number of rows that a key has when keys come up as often as their rows: the root mean square weighs big keys in."""
    return math.sqrt(sum(n * n for n in counted.values()) / len(counted))


@dataclass
class Found:
    """A class of findings.

    Attributes:
        table: its name.
        properties: the properties that are its columns, behind the finding's IRI.
        stated, always: the properties that some rule states of it, and that every rule does that concludes it.
        stage: the first stage that concludes it.
        read: whether a rule reads it.
    """

    table: str
    properties: list[str]
    stated: set[str]
    always: set[str]
    stage: int
    read: bool = False

    def __post_init__(self) -> None:
        self.columns = [SUBJECT, *map(column, self.properties)]
        self.may_lack = {column(p) for p in self.properties if p not in self.always}


Part = tuple[frozenset[str], Relation]  # the properties of a star that stand in one table
_SWELLING = 2  # how many times the values of its properties a table may have rows


def column(predicate: str) -> str:
    """Return the column of a property, quoted."""
    return f'"{_name(predicate)}"'


class Catalogue:
    """All tables that a set of rules needs; `fill` lays facts into them."""

    def __init__(self, rules: dict[Rule, Construct]) -> None:
        self.rules = rules
        self.found = _findings(rules, {})
        self.ranges = ranges_of(list(rules.values()), set(self.found))
        names = {law(name) for name in PROPERTIES}
        self.case = {p: Relation(f"case_{_name(p)}", [p], {p: {"number"} if p.endswith(("Day", "Months")) else {"iri"}}) for p in sorted(names)}
        self.case[RDF_TYPE] = Relation("case_type", [RDF_TYPE], {RDF_TYPE: {"iri"}})
        self._wanted = {star for construct in rules.values() for group in construct.where.groups() for star in self._stars(group)}
        self.stars: dict[Signature, list[Part]] = {}
        self.used: set[str] = set()

    def fill(self, facts: Facts) -> Catalogue:
        """Lay facts into the tables, in place of those that were there."""
        self.stars = _Stars(facts).tables(self._wanted)
        return self

    def showing(self, shown: Mapping[str, Iterable[str]]) -> Catalogue:
        """Return the same tables of facts with wider tables of findings: these classes, with these properties, are kept although no rule reads them."""
        other = copy(self)
        other.found = _findings(self.rules, shown)
        for kind, found in other.found.items():
            found.read |= self.found[kind].read
        return other

    def _stars(self, group: Group) -> Iterator[Signature]:
        for triples in group.stars().values():
            predicates, classes = signature(triples)
            if not predicates & self.case.keys() and not classes & (self.found.keys() | {CASE_CLASS}):
                yield predicates, classes

    def star(self, predicates: frozenset[str], classes: frozenset[str]) -> list[Part]:
        """Return the tables of all subjects of some classes that have some properties: one, or several to be joined."""
        parts = self.stars[predicates, classes]
        self.used.update(relation.table for _, relation in parts)
        return parts

    def relations(self) -> list[Relation]:
        """Return the tables of facts that plans use, in order of name."""
        tables = {relation.table: relation for parts in self.stars.values() for _, relation in parts if relation.table in self.used}
        return [tables[name] for name in sorted(tables)]


def about(relations: Iterable[Relation], scheme: str) -> list[str]:
    """Return the tables that speak of the concepts of a scheme only, and so can be cut down to some of them."""
    start = short(f"{CONCEPT}{scheme}/")
    return [relation.table for relation in relations if relation.rows and all(str(row[0]).startswith(start) for row in relation.rows)]


def signature(triples: Iterable[tuple[str, str, str]]) -> Signature:
    """Return the properties and the classes that a rule asks of one subject."""
    listed = list(triples)
    return (frozenset(p for _, p, _ in listed if p != RDF_TYPE), frozenset(o[1:-1] for _, p, o in listed if p == RDF_TYPE and not is_variable(o)))


class _Stars:
    """Gathers facts into tables."""

    def __init__(self, facts: Facts) -> None:
        self.values: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.members: dict[str, set[str]] = defaultdict(set)
        for subject, block in facts.blocks.items():
            if not subject.startswith("_:"):
                for predicate, objects in block.items():
                    self.values[predicate][subject] = objects
                for kind in block.get(RDF_TYPE, ()):
                    self.members[kind[1:-1]].add(subject)

    def tables(self, signatures: set[Signature]) -> dict[Signature, list[Part]]:
        """Return the tables of each star."""
        parts = {each: self.parts(*each) for each in signatures}
        made = self.shared({part for listed in parts.values() for part in listed})
        return {each: [(part[0], made[part]) for part in listed] for each, listed in parts.items()}

    def parts(self, predicates: frozenset[str], classes: frozenset[str]) -> list[Signature]:
        """Return a star as it is, or in parts: the properties with many values one by one, if their combinations are far more than the values."""
        subjects = self.subjects(predicates, classes)
        counts = {p: [len(self.values[p][s]) for s in subjects] for p in predicates}
        several = sorted(p for p in predicates if max(counts[p], default=0) > 1)
        combined = sum(map(math.prod, zip(*counts.values(), strict=True)))
        if len(several) < 2 or combined <= _SWELLING * sum(sum(counts[p]) for p in several):
            return [(predicates, classes)]
        rest = predicates.difference(several)
        return [*([(rest, classes)] if rest or classes else ()), *((frozenset({p}), frozenset[str]()) for p in several)]

    def shared(self, signatures: set[Signature]) -> dict[Signature, Relation]:
        """Return a table for each star; a star takes the wider table of another where that has the same subjects, and no more rows for them."""
        made: dict[Signature, Relation] = {}
        subjects = {each: self.subjects(*each) for each in signatures}
        for each in sorted(signatures, key=lambda s: (-len(s[0]), sorted(s[0]), sorted(s[1]))):
            predicates, _ = each
            wider = next((other for other in made if len(predicates) > 1 and predicates < other[0] and subjects[other] == subjects[each]
                          and all(len(self.values[p][s]) == 1 for p in other[0] - predicates for s in subjects[each])), None)
            made[each] = made[wider] if wider else self.table(f"facts_{len(made):02}", sorted(predicates), sorted(subjects[each]))
        return made

    def subjects(self, predicates: frozenset[str], classes: frozenset[str]) -> set[str]:
        sets = [*(set(self.values[p]) for p in predicates), *(self.members[kind] for kind in classes)]
        return set.intersection(*sets)

    def table(self, number: str, predicates: list[str], subjects: list[str]) -> Relation:
        rows = [(short(s), *values) for s in subjects for values in product(*(map(encode, self.values[p][s]) for p in predicates))]
        sorts = {p: {sort_of(obj) for s in subjects for obj in self.values[p][s]} for p in predicates}
        return Relation(f"{number}_{_name(predicates[0])}" if len(predicates) == 1 else number, predicates, sorts, rows)


def _findings(rules: dict[Rule, Construct], shown: Mapping[str, Iterable[str]]) -> dict[str, Found]:
    """The classes that rules conclude, with the properties that rules read of findings, or that are to be shown."""
    triples = [triple for construct in rules.values() for group in construct.where.groups() for triple in group.triples]
    read = {p for _, p, _ in triples}
    made: dict[str, list[tuple[int, set[str]]]] = {}
    for rule, construct in rules.items():
        stated = {p for _, p, _ in construct.template} - {RDF_TYPE, RESTS_ON}
        for kind in concluded(construct):
            made.setdefault(kind, []).append((STAGES.index(rule.stage), stated))
    found = {}
    for kind, sets in made.items():
        stated = set.union(*(names for _, names in sets))
        always = set.intersection(*(names for _, names in sets))
        kept = stated & (read | set(shown.get(kind, ())))
        found[kind] = Found(f"found_{_name(kind)}", sorted(kept), stated, always, min(stage for stage, _ in sets), read=kind in shown)
    return found


def concluded(construct: Construct) -> list[str]:
    """Return the classes of the findings that a rule makes."""
    return [o[1:-1] for _, p, o in construct.template if p == RDF_TYPE]


def _name(iri: str) -> str:
    return re.sub(r"\W", "_", curie(iri).removeprefix("law:").strip("<>"))


def facts_schema(relations: Iterable[Relation], probes: set[Probe]) -> Iterator[str]:
    """Yield the statements that make the tables of facts, indexed for the look-ups that plans make."""
    for relation in relations:
        columns = ", ".join(relation.columns)
        yield f"CREATE TABLE {relation.table}({columns}, PRIMARY KEY({columns})) WITHOUT ROWID"
        yield from _indexes(relation.table, probes, "")


def case_schema(catalogue: Catalogue, probes: set[Probe]) -> Iterator[str]:
    """Yield the statements that make the tables of a question: the case, the findings that rules read, and a copy of what speaks of measures,
    which a question cuts down to those that it asks for."""
    for table in about(catalogue.relations(), "measure"):
        yield f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}"
        yield from _indexes(table, {*probes, (table, (SUBJECT,))}, "temp.")
    for relation in catalogue.case.values():
        yield f"CREATE TEMP TABLE {relation.table}({', '.join(relation.columns)})"
    for found in sorted(catalogue.found.values(), key=lambda each: each.table):
        if found.read:
            yield f"CREATE TEMP TABLE {found.table}({', '.join(found.columns)})"
            yield from _indexes(found.table, probes, "temp.")


def _indexes(table: str, probes: set[Probe], schema: str) -> Iterator[str]:
    """Yield as few indexes as serve all look-ups: one by (a, b) serves those by a alone."""
    wanted = {columns for name, columns in probes if name == table and (columns != (SUBJECT,) or schema)}
    made: list[list[str]] = []
    for columns in sorted(wanted, key=lambda each: (-len(each), each)):
        if not any(set(order[:len(columns)]) == set(columns) for order in made):
            order = sorted(columns, key=lambda name: (-sum(name in other for other in wanted if set(other) <= set(columns)), name))
            yield f"CREATE INDEX {schema}{table}_{len(made)} ON {table}({', '.join(order)})"
            made.append(order)
