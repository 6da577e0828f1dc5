"""Engines over a handful of facts and rules in memory, without a snapshot: what the shrinker tries again and again."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import RdfFormat
from pyoxigraph import parse as triples_of

from engines.ordered import Counts, Ordered
from lawkb.base import Base
from lawkb.case import Case
from lawkb.engine import OxigraphEngine
from lawkb.facts import Facts, ntriples
from lawkb.infer import CompiledRule, Findings, Plan, infer
from lawkb.pattern import Construct
from lawkb.plan import Compiled, compile_rules
from lawkb.relational import RelationalEngine
from lawkb.rules import Rule
from lawkb.snapshot import FORMAT, _fill
from lawkb.tables import Catalogue, case_schema, facts_schema
from lawkb.warm import Library

Triple = tuple[str, str, str]
Spoil = Callable[[CompiledRule], CompiledRule]


@dataclass(frozen=True)
class Dossier:
    """Facts about a case, without the case itself: (subject IRI, predicate IRI, N-Triples object)."""

    triples: list[Triple]
    case: Case

    @classmethod
    def of(cls, texts: Iterable[str], case: Case) -> Dossier:
        """Read the N-Triples of a dossier."""
        read = (quad for quad in triples_of("".join(texts).encode(), format=RdfFormat.N_TRIPLES) if quad.subject.value != case.iri)
        return cls(sorted({(q.subject.value, q.predicate.value, str(q.object)) for q in read}), case)

    @cached_property
    def subjects(self) -> list[str]:
        """What the facts are about."""
        return sorted({s for s, _, _ in self.triples})

    def only(self, subjects: Iterable[str] | None = None, triples: Iterable[Triple] | None = None) -> Dossier:
        """Return a part of the dossier."""
        kept = set(subjects) if subjects is not None else None
        return Dossier([t for t in (self.triples if triples is None else triples) if kept is None or t[0] in kept], self.case)

    def facts(self) -> Facts:
        """Return the facts as blocks."""
        facts = Facts()
        for triple in self.triples:
            facts.add(*triple)
        return facts


def over_tables(dossier: Dossier, rules: dict[Rule, Construct], spoil: Spoil | None = None) -> Findings:
    """Run rules, compiled for these facts, on tables in memory; `spoil` changes a compiled rule, to see whether that is noticed."""
    catalogue = Catalogue(rules).fill(dossier.facts())
    compiled = compile_rules(rules, catalogue)
    ready = [_compiled(rule, Plan.of(asdict(each.plan))) for rule, each in compiled.items()]
    return infer(RelationalEngine(_laid(catalogue, compiled), dossier.case), [spoil(rule) for rule in ready] if spoil else ready)


def _laid(catalogue: Catalogue, compiled: dict[Rule, Compiled]) -> sqlite3.Connection:
    """Return a database with the tables of facts, and the empty ones of a question."""
    probes = {probe for each in compiled.values() for probe in each.probes}
    base = sqlite3.connect(":memory:")
    for statement in facts_schema(catalogue.relations(), probes):
        base.execute(statement)
    for relation in catalogue.relations():
        base.executemany(f"INSERT INTO {relation.table} VALUES ({','.join('?' for _ in relation.columns)})", relation.rows)
    base.executescript(";".join(case_schema(catalogue, probes)))
    return base


def over_loops(dossier: Dossier, rules: dict[Rule, Construct]) -> Findings:
    """Run rules as functions over the same tables."""
    catalogue = Catalogue(rules).fill(dossier.facts())
    compiled = compile_rules(rules, catalogue)
    branches = {rule.iri: json.dumps([branch.stored() for branch in each.branches]) for rule, each in compiled.items()}
    library = Library(_laid(catalogue, compiled).execute, branches, catalogue.question_tables())
    return infer(library.engine(dossier.case), [_compiled(rule, Plan.of(asdict(each.plan))) for rule, each in compiled.items()])


def over_oxigraph(dossier: Dossier, rules: dict[Rule, Construct]) -> Findings:
    """Run rules as they are written over the facts; what is made before what is told by the rules' plans, as always."""
    plans = compile_rules(rules, Catalogue(rules).fill(Facts()))
    texts = [ntriples(dossier.facts().blocks.items()), ntriples([(dossier.case.iri, dossier.case.block())])]
    return infer(OxigraphEngine(texts), [_compiled(rule, Plan.of(asdict(plans[rule].plan))) for rule in rules])


def over_oxigraph_in_order(dossier: Dossier, rules: dict[Rule, Construct]) -> Findings:
    """Run rules in an order of joins made for these facts (`engines.ordered`)."""
    plans = compile_rules(rules, Catalogue(rules).fill(Facts()))
    ready = Ordered(((_compiled(rule, Plan.of(asdict(plans[rule].plan))), construct) for rule, construct in rules.items()),
                    Counts((s, p, o) for s, p, o in dossier.triples))
    return ready.over([ntriples(dossier.facts().blocks.items()), ntriples([(dossier.case.iri, dossier.case.block())])]).findings()


def over_snapshot(dossier: Dossier, rules: dict[Rule, Construct], folder: Path) -> Base:
    """Lay facts and rules into a snapshot of their own, without anything that a snapshot of the sources would derive once more."""
    path = folder / "small.sqlite"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as base:
        _fill(base, dossier.facts(), rules, {"format": FORMAT})
    return Base(path)


def _compiled(rule: Rule, plan: Plan) -> CompiledRule:
    return CompiledRule(rule.iri, rule.stage, rule.title, rule.law, rule.concludes, rule.says, rule.dates, rule.query, plan)
