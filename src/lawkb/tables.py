"""The tables in which a relational engine finds facts and findings, and how a term stands in them.

Facts stand in narrow tables, one for each property and each class that rules read. Findings stand in one table for each
class that rules conclude and read, with a column for each property that rules read of it. The facts of a case stand in
narrow tables of their own. Whole numbers are numbers; an IRI of ours is its text from the root on, so that it begins
with a slash; every other term is its N-Triples text.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lawkb.case import PROPERTIES
from lawkb.facts import Facts, law
from lawkb.infer import RESTS_ON
from lawkb.pattern import Construct, is_variable
from lawkb.rules import STAGES, Rule
from lawkb.terms import LAW, RDF_TYPE, ROOT, XSD, curie

Value = str | int
_INTEGER = re.compile(rf'^"(0|-?[1-9]\d{{0,17}})"\^\^<{re.escape(XSD)}integer>$')
CASE_CLASS = law("Case")
_CASE = frozenset(law(name) for name in PROPERTIES)


def encode(term: str) -> Value:
    """Return an N-Triples term as it stands in a table."""
    if term.startswith("<"):
        return short(term[1:-1])
    whole = _INTEGER.match(term)
    return int(whole.group(1)) if whole else term


def short(iri: str) -> str:
    """Return an IRI as it stands in a table: one of ours from the root on."""
    return iri.removeprefix(ROOT) if iri.startswith(ROOT + "/") else iri


def sort_of(term: str) -> str:
    """Return what kind of value a term is in a table: `iri`, `number` or `literal`."""
    return "iri" if term.startswith("<") else "number" if _INTEGER.match(term) else "literal"


@dataclass
class Relation:
    """A property or a class as a narrow table, with what a planner needs to know of it.

    Attributes:
        table: its name.
        sorts: the sorts of its objects (none for a class).
        rows, subjects, objects: how many rows, and how many of each subject and object.
    """

    table: str
    sorts: set[str] = field(default_factory=set)
    rows: list[tuple[Value, ...]] = field(default_factory=list)
    subjects: Counter[Value] = field(default_factory=Counter)
    objects: Counter[Value] = field(default_factory=Counter)

    def add(self, subject: str, obj: str | None = None) -> None:
        """Add a triple, or a member of a class."""
        row = (short(subject),) if obj is None else (short(subject), encode(obj))
        self.rows.append(row)
        self.subjects[row[0]] += 1
        if obj is not None:
            self.sorts.add(sort_of(obj))
            self.objects[row[1]] += 1

    def fan_out(self, subject: bool, obj: bool, constant: Value | None = None) -> float:
        """Return how many rows to expect where the subject or the object is known, a constant object by its own number."""
        if constant is not None and not subject:
            return float(self.objects[constant])
        if subject:
            return _usual(self.subjects) * (0.3 if obj or not self.objects else 1.0)
        return _usual(self.objects) if obj else float(len(self.rows))

    @property
    def single(self) -> bool:
        """Whether no subject stands in it more than once."""
        return len(self.subjects) == len(self.rows)


def _usual(counted: Counter[Value]) -> float:
    """The number of rows that a key has when keys come up as often as their rows: the root mean square weighs big keys in."""
    return math.sqrt(sum(n * n for n in counted.values()) / len(counted)) if counted else 0.0


@dataclass
class Found:
    """A class of findings: its table, the properties that are its columns, those that each of its rules states, and its first stage."""

    table: str
    columns: list[str]
    stated: set[str]
    always: set[str]
    stage: int

    def column(self, predicate: str) -> str:
        """Return the column of a property, quoted."""
        return f'"{predicate.removeprefix(LAW)}"'


class Catalogue:
    """All tables that a set of rules needs over a set of facts."""

    def __init__(self, rules: dict[Rule, Construct], facts: Facts) -> None:
        self.found = _findings(rules)
        read = {(s, p, o) for construct in rules.values() for _, triples in construct.where.within() for s, p, o in triples}
        self.kinds = {o[1:-1]: Relation("kind_" + _name(o[1:-1])) for _, p, o in read
                      if p == RDF_TYPE and not is_variable(o) and o[1:-1] not in self.found and o[1:-1] != CASE_CLASS}
        self.facts = {p: Relation("fact_" + _name(p)) for _, p, _ in read if p not in _CASE and p != RDF_TYPE}
        self.case = {p: Relation("case_" + _name(p), {"number"} if p.endswith("Day") else {"iri"}) for p in sorted(_CASE)}
        self.case[RDF_TYPE] = Relation("case_type")
        self._fill(facts)

    def _fill(self, facts: Facts) -> None:
        for subject, block in facts.blocks.items():
            if subject.startswith("_:"):
                continue
            for predicate in self.facts.keys() & block.keys():
                for obj in block[predicate]:
                    self.facts[predicate].add(subject, obj)
            for obj in block.get(RDF_TYPE, ()):
                if (relation := self.kinds.get(obj[1:-1])) is not None:
                    relation.add(subject)

    def relations(self) -> Iterator[Relation]:
        """Yield the tables of facts, in order of name."""
        yield from sorted([*self.facts.values(), *self.kinds.values()], key=lambda relation: relation.table)


def _findings(rules: dict[Rule, Construct]) -> dict[str, Found]:
    """The classes that rules conclude, with the properties that rules read of findings."""
    read = {p for construct in rules.values() for _, triples in construct.where.within() for _, p, _ in triples}
    made: dict[str, list[tuple[int, set[str]]]] = {}
    for rule, construct in rules.items():
        stated = {p for _, p, _ in construct.template} - {RDF_TYPE, RESTS_ON}
        for kind in concluded(construct):
            made.setdefault(kind, []).append((STAGES.index(rule.stage), stated))
    found = {}
    for kind, sets in made.items():
        stated = set.union(*(names for _, names in sets))
        always = set.intersection(*(names for _, names in sets))
        found[kind] = Found("found_" + _name(kind), sorted(stated & read), stated, always, min(stage for stage, _ in sets))
    return found


def concluded(construct: Construct) -> list[str]:
    """Return the classes of the findings that a rule makes."""
    return [o[1:-1] for _, p, o in construct.template if p == RDF_TYPE]


def classes_read(construct: Construct, catalogue: Catalogue) -> set[str]:
    """Return the classes of findings that a rule reads."""
    return {o[1:-1] for _, triples in construct.where.within() for _, p, o in triples if p == RDF_TYPE} & catalogue.found.keys()


def _name(iri: str) -> str:
    return re.sub(r"\W", "_", curie(iri).removeprefix("law:").strip("<>"))


def facts_schema(relations: Iterable[Relation], probed: set[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Yield the statements that make the tables of facts; a table is indexed by object only where a plan looks it up so."""
    for relation in relations:
        if relation.objects or relation.table.startswith("fact_"):
            yield f"CREATE TABLE {relation.table}(s, o, PRIMARY KEY(s, o)) WITHOUT ROWID"
            if (relation.table, ("o",)) in probed:
                yield f"CREATE INDEX {relation.table}_o ON {relation.table}(o, s)"
        else:
            yield f"CREATE TABLE {relation.table}(s PRIMARY KEY) WITHOUT ROWID"


def case_schema(catalogue: Catalogue, probed: set[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Yield the statements that make the tables of a question: the case, and the findings that rules read."""
    for relation in catalogue.case.values():
        yield f"CREATE TEMP TABLE {relation.table}(s, o)"
    for found in sorted(catalogue.found.values(), key=lambda each: each.table):
        indexes = sorted(columns for table, columns in probed if table == found.table)
        columns = ", ".join(["iri", *(found.column(p) for p in found.columns)])
        yield f"CREATE TEMP TABLE {found.table}({columns})"
        for number, probe in enumerate(indexes):
            yield f"CREATE INDEX temp.{found.table}_{number} ON {found.table}({', '.join(probe)})"
