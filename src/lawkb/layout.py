"""Lays the tables and the plans of the relational engine into a snapshot."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from lawkb.coding import Codes, coded
from lawkb.facts import Facts
from lawkb.pattern import Construct
from lawkb.plan import compile_rules
from lawkb.ranking import SHOWN
from lawkb.rules import STAGES_OF, Rule
from lawkb.tables import Catalogue, about, case_schema, facts_schema

SCHEMA = "question_schema"
WORLD = "world_tables"
MEASURES = "measure_tables"


def lay(base: sqlite3.Connection, rules: dict[Rule, Construct], facts: Facts) -> dict[Rule, tuple[str, str | None]]:
    """Write the tables of facts that rules read, and how the tables of a question are made; return two plans of each rule as JSON:
    the whole one for a question and, for what all pairs are asked at once, a lean one.

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
    base.execute("INSERT INTO meta VALUES (?,?)", (MEASURES, json.dumps(about(catalogue.relations(), "measure"))))
    many = catalogue.showing(SHOWN)
    codes = Codes(sorted({value for relation in catalogue.relations() for row in relation.rows for value in row if isinstance(value, str)}))
    channels = {rule: construct for rule, construct in rules.items() if rule.stage in STAGES_OF["channels"]}
    lean = compile_rules(channels, many, coded(codes))
    base.executemany("INSERT INTO word VALUES (?,?)", ((code, value) for value, code in codes.codes.items()))
    base.executemany("INSERT INTO tag VALUES (?,?)", ((tag, text) for text, tag in codes.tags.items()))
    tables = {found.table: found.columns for found in sorted(many.found.values(), key=lambda each: each.table) if found.read}
    base.execute("INSERT INTO meta VALUES (?,?)", (WORLD, json.dumps(tables)))
    return {rule: (json.dumps(asdict(compiled[rule].plan)), json.dumps(asdict(lean[rule].plan)) if rule in lean else None) for rule in rules}
