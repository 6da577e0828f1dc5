"""Lays the tables and the plans of the relational engine into a snapshot."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from lawkb.facts import Facts
from lawkb.minting import Names, coded
from lawkb.pattern import Construct
from lawkb.plan import compile_rules
from lawkb.ranges import FACT
from lawkb.ranking import SHOWN
from lawkb.rules import STAGES_OF, Rule
from lawkb.setwise import statement as many_cases
from lawkb.tables import Catalogue, about, case_schema, column, facts_schema

SCHEMA = "question_schema"
TABLES = "question_tables"
MEASURES = "measure_tables"
WORLD = "world"


def lay(base: sqlite3.Connection, rules: dict[Rule, Construct], facts: Facts) -> dict[Rule, tuple[str, str, str | None]]:
    """Write the tables of facts that rules read, and how the tables of a question are made; return for each rule as JSON: the whole
    plan for a question, its branches and, for what all pairs are asked at once, a lean plan.

    Raises:
        LawkbError: a rule lies outside the subset that has a translation.
    """
    catalogue = Catalogue(rules).fill(facts)
    compiled = compile_rules(rules, catalogue)
    probes = {probe for each in compiled.values() for probe in each.probes}
    for statement in facts_schema(catalogue.relations(), probes):
        base.execute(statement)
    for relation in catalogue.relations():
        base.executemany(f"INSERT INTO {relation.table} VALUES ({','.join('?' for _ in relation.columns)})", relation.rows)
    base.execute("INSERT INTO meta VALUES (?,?)", (SCHEMA, ";\n".join(case_schema(catalogue, probes))))
    base.execute("INSERT INTO meta VALUES (?,?)", (TABLES, json.dumps(catalogue.question_tables())))
    base.execute("INSERT INTO meta VALUES (?,?)", (MEASURES, json.dumps(about(catalogue.relations(), "measure"))))
    many, names = catalogue.showing(SHOWN), Names()
    channels = {rule: construct for rule, construct in rules.items() if rule.stage in STAGES_OF["channels"]}
    write = coded(names)
    found = {each.table: {column(p): FACT not in many.ranges.get((kind, p), {FACT}) for p in each.properties} for kind, each in many.found.items()}
    lean = compile_rules(channels, many, lambda branches, refuse: many_cases(branches, write, refuse, found))
    tables = {found.table: found.columns for found in sorted(many.found.values(), key=lambda each: each.table) if found.read}
    for rule, each in lean.items():
        for branch in each.branches:
            names.follow(rule.iri, branch, write, each.plan.keeps, tables)
    numbers = {relation.table: [False, *(relation.sort(p) == "number" for p in relation.properties)] for relation in catalogue.relations()}
    base.execute("INSERT INTO meta VALUES (?,?)", (WORLD, json.dumps({"tables": tables, "numbers": numbers, "names": names.stored()})))
    return {rule: (json.dumps(asdict(each.plan)), json.dumps([branch.stored() for branch in each.branches]),
                   json.dumps(asdict(lean[rule].plan)) if rule in lean else None) for rule, each in compiled.items()}
