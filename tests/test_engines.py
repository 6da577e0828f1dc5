"""The engines find the same: rule by rule over the small dossiers of tests/rules, and case by case over the knowledge base."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import QueryTriples, RdfFormat, Store, parse

from engines.agree import differences
from engines.ordered import in_order
from engines.sample import RARE, sample
from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.case import PROPERTIES, Case
from lawkb.errors import LawkbError
from lawkb.facts import Block, Facts, law, ntriples, text
from lawkb.infer import CompiledRule, Finding, Plan, TripleFindings
from lawkb.joins import Item
from lawkb.pattern import Construct
from lawkb.pattern import parse as parse_rule
from lawkb.plan import Compiled, compile_rule, compile_rules
from lawkb.relational import RelationalEngine, Row, RowFindings, combined
from lawkb.rules import Rule, load_rules
from lawkb.tables import Catalogue, case_schema, facts_schema
from lawkb.terms import CASE, ID, RDF_TYPE
from lawkb.values import encode, short
from lawkb.warm import Library, Tables

pytestmark = pytest.mark.slow  # left out of `make check`

CASES = Path(__file__).resolve().parent / "rules"
DOSSIERS = sorted(path.relative_to(CASES).as_posix() for path in CASES.glob("*/*/*.ttl") if path.stem != "out")

# the same findings, case by case

def test_engines_find_the_same_on_a_sample_in_which_every_rule_fires_that_ever_does(kb: KnowledgeBase) -> None:
    cases, fired = sample(kb.base)
    assert len(cases) >= 60
    assert len(fired) >= len(kb.base.rules) * 0.85, "too few rules fire in the sample: add cases to RARE"
    ordered = in_order(kb.base)
    for case, question in cases:
        expected = conclude(kb.base, case, question, engine="oxigraph")
        for engine in ("relational", "loops"):
            found = conclude(kb.base, case, question, engine=engine)
            assert not (unlike := differences(found, expected, (engine, "oxigraph"))), f"{case.key} {question}\n" + "\n".join(unlike[:3])
            assert {kind: list(listed) for kind, listed in found.by_kind.items()} == dict(expected.by_kind)
        assert not (unlike := differences(ordered(case, question), expected, ("in order", "as written"))), f"{case.key} {question}\n" + "\n".join(unlike[:3])


def test_a_question_leaves_nothing_behind_for_the_next_one(kb: KnowledgeBase) -> None:
    first = Case.of_iri(f"{CASE}{RARE[2]}")
    alone = conclude(kb.base, first)
    conclude(kb.base, Case.of_iri(f"{CASE}{RARE[3]}"))
    assert not differences(conclude(kb.base, first), alone)


def test_two_questions_may_be_open_at_once(kb: KnowledgeBase) -> None:
    one, other = (Case.of_iri(f"{CASE}{name}") for name in RARE[2:4])
    expected = {case: conclude(kb.base, case) for case in (one, other)}
    with kb.base.question() as first, kb.base.question() as second:
        engines = {one: RelationalEngine(first, one), other: RelationalEngine(second, other)}
        for rule in sorted((rule for rule in kb.base.rules if rule.stage < "8"), key=lambda rule: (rule.stage, rule.plan.turn)):
            for engine in engines.values():
                engine.apply(rule)
    for case, engine in engines.items():
        assert not differences(engine.findings, expected[case])


# the same findings, rule by rule

@cache
def _parsed() -> dict[Rule, Construct]:
    return {rule: parse_rule(rule) for rule in load_rules()}


@cache
def _catalogue() -> Catalogue:
    catalogue = Catalogue(_parsed()).fill(Facts())
    compile_rules(_parsed(), catalogue)
    return catalogue


def _blocks(*paths: Path) -> dict[str, Block]:
    """The blocks of files; what a later file says of a property replaces what an earlier one says."""
    facts: dict[str, Block] = {}
    for path in paths:
        read = Facts()
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            read.add(quad.subject.value, quad.predicate.value, str(quad.object))
        for subject, block in read.blocks.items():
            facts.setdefault(subject, {}).update(block)
    return facts


def _run(rule: Rule, construct: Construct, catalogue: Catalogue, blocks: dict[str, Block]) -> dict[str, Finding]:
    """Run the plan of one rule over a dossier that holds facts, the case and findings of earlier rules."""
    case_properties = {law(name) for name in PROPERTIES}
    cases = {s for s, block in blocks.items() if case_properties & block.keys() or f"<{law('Case')}>" in block.get(RDF_TYPE, ())}
    made = {f"<{kind}>" for kind in catalogue.found}
    typed = {s for s, block in blocks.items() if made.intersection(block.get(RDF_TYPE, ()))}
    findings = typed | {s for s in blocks.keys() - cases if s.startswith(CASE)}
    catalogue.fill(Facts({s: block for s, block in blocks.items() if s not in cases and not (s in typed and s.startswith(CASE))}))
    compiled = compile_rule(rule, construct, catalogue)
    base = sqlite3.connect(":memory:")
    for statement in facts_schema(catalogue.relations(), set(compiled.probes)):
        base.execute(statement)
    for relation in catalogue.relations():
        base.executemany(f"INSERT INTO {relation.table} VALUES ({','.join('?' for _ in relation.columns)})", relation.rows)
    base.executescript(";".join(case_schema(catalogue, set(compiled.probes))))
    for subject in cases:
        for predicate, relation in catalogue.case.items():
            base.executemany(f"INSERT INTO {relation.table} VALUES (?,?)", [(short(subject), encode(obj)) for obj in blocks[subject].get(predicate, ())])
    for subject in findings:
        block = blocks[subject]
        named = {text(kind) for kind in block.get(RDF_TYPE, ())}
        for kind, found in catalogue.found.items():
            if found.read and (kind in named or (not named and block.keys() <= found.stated)):
                rows: list[list[object]] = [[short(subject)]]
                for name in found.properties:
                    rows = [[*row, value] for row in rows for value in (map(encode, block[name]) if name in block else [None])]
                base.executemany(f"INSERT INTO {found.table} VALUES ({','.join('?' for _ in rows[0])})", rows)
    taken = RowFindings()
    rows = base.execute(compiled.plan.sql).fetchall()
    ran = CompiledRule(rule.iri, rule.stage, rule.title, rule.law, rule.concludes, rule.says, rule.dates, rule.query, Plan.of(asdict(compiled.plan)))
    taken.take(ran, rows)
    assert sorted(map(str, rows)) == sorted(map(str, _looped(rule, compiled, catalogue, base))), "as a function the rule finds otherwise"
    return dict(taken.by_iri)


def _looped(rule: Rule, compiled: Compiled, catalogue: Catalogue, base: sqlite3.Connection) -> set[Row]:
    """Run a rule as a function over the same tables."""
    tables = catalogue.question_tables()
    library = Library(base.execute, {rule.iri: json.dumps([branch.stored() for branch in compiled.branches])}, tables)
    function, indexes = library.functions.rule(rule.iri)
    laid = Tables(library.indexes, {table: base.execute(f"SELECT * FROM {table}").fetchall() for table in tables})
    return set(function(*[laid[number] for number in indexes]))


def _by_oxigraph(rule: Rule, blocks: dict[str, Block]) -> dict[str, Finding]:
    store = Store()
    store.load(ntriples(blocks.items()), format=RdfFormat.N_TRIPLES)
    found = TripleFindings()
    triples = store.query(rule.query)
    assert isinstance(triples, QueryTriples)
    found.add(((t.subject.value, t.predicate.value, str(t.object)) for t in triples), rule.iri)
    found.close()
    return found.by_iri


@pytest.mark.parametrize("dossier", DOSSIERS)
def test_plan_of_a_rule_finds_in_its_dossier_what_the_rule_finds(dossier: str) -> None:
    path = CASES / dossier
    rule = next(rule for rule in _parsed() if path.parent == CASES / rule.stage / rule.name)
    blocks = _blocks(path.parent / "in.ttl", *([path] if path.stem != "in" else []))
    assert _run(rule, _parsed()[rule], _catalogue(), blocks) == _by_oxigraph(rule, blocks)


# the compiler

CLAIM = "?f a law:Claim ; law:case ?case ; law:onInstrument ?t ; law:restsOn ?part ."
PART = "?case law:side ?p ; law:onDay ?day . ?part law:party ?p ; law:instrument ?t ; law:surelyFromDay ?from ."
NAME = 'BIND(IRI(CONCAT(STR(?case), "/claim/", STRAFTER(STR(?t), "/instrument/"))) AS ?f)'


def _rule(where: str, template: str = CLAIM, name: str = "probe") -> Rule:
    return Rule("1-bonds", name, "A probe", "VCLT art. 26", ("law:Claim",), (), "A probe.", ("on",), f"CONSTRUCT {{ {template} }} WHERE {{ {where} }}", Path())


def _concluded(where: str, facts: str, template: str = CLAIM, *before: Rule) -> dict[str, Finding]:
    rules = {rule: parse_rule(rule) for rule in (*before, _rule(where, template))}
    rule = list(rules)[-1]
    read = Facts()
    prefixes = "".join(f"PREFIX {p}: <https://w3id.org/lawkb/{n}>\n" for p, n in (("law", "ns#"), ("j", "id/jur/"), ("i", "id/instrument/"), ("case", "case/"),
                                                                               ("p", "id/participation/")))
    for quad in parse((prefixes + facts).encode(), format=RdfFormat.TURTLE):
        read.add(quad.subject.value, quad.predicate.value, str(quad.object))
    return _run(rule, rules[rule], Catalogue(rules), read.blocks)


FACTS = """case:q law:side j:A , j:B ; law:onDay 10 .
p:1 law:party j:A ; law:instrument i:one ; law:surelyFromDay 5 .
p:2 law:party j:B ; law:instrument i:two ; law:surelyFromDay 10 .
p:3 law:party j:C ; law:instrument i:three ; law:surelyFromDay 1 .
"""


def _claims(found: dict[str, Finding]) -> list[str]:
    return sorted(iri.rpartition("/")[2] for iri in found)


def test_a_plan_joins_facts_of_the_sides_only_and_mints_the_name() -> None:
    found = _concluded(f"{PART} {NAME}", FACTS)
    assert _claims(found) == ["one", "two"]
    claim = found[f"{CASE}q/claim/one"]
    assert claim == Finding(f"{CASE}q/claim/one", ["Claim"], {"case": [f"{CASE}q"], "instrument": ["https://w3id.org/lawkb/id/instrument/one"]},
                            ["https://w3id.org/lawkb/rule/1-bonds/probe"], ["https://w3id.org/lawkb/id/participation/1"])


def test_a_plan_filters_by_numbers_and_by_terms() -> None:
    assert _claims(_concluded(f"{PART} FILTER(?from < ?day) {NAME}", FACTS)) == ["one"]
    assert _claims(_concluded(f"{PART} ?case law:side ?q . FILTER(?from <= ?day && ?p != ?q) {NAME}", FACTS)) == ["one", "two"]


def test_minus_removes_what_agrees_on_the_shared_variables_only() -> None:
    bars = FACTS + "p:9 law:bars i:one ; law:untilDay 7 . p:8 law:bars i:two ; law:untilDay 7 . p:8 law:party j:B ."
    assert _claims(_concluded(f"{PART} MINUS {{ ?bar law:bars ?t . }} {NAME}", bars)) == []
    assert _claims(_concluded(f"{PART} MINUS {{ ?bar law:bars ?t ; law:party ?p . }} {NAME}", bars)) == ["one"]
    assert _claims(_concluded(f"{PART} MINUS {{ ?bar law:bars ?t ; law:untilDay ?end . FILTER(?end < ?end) }} {NAME}", bars)) == ["one", "two"]


def test_a_variable_of_a_minus_is_another_one_when_a_later_pattern_uses_its_name() -> None:
    bars = FACTS + "p:9 law:bars i:one ; law:kind i:one . i:two law:kind i:one ."
    assert _claims(_concluded(f"{PART} MINUS {{ ?bar law:bars ?t ; law:kind ?k . }} ?t law:kind ?k . {NAME}", bars)) == ["two"]


def test_a_value_stated_twice_and_a_subject_that_is_its_own_value() -> None:
    assert _claims(_concluded(f"{PART} ?part law:party ?other . FILTER(?other != ?p) {NAME}", FACTS + "p:1 law:party j:Z .")) == ["one"]
    assert _claims(_concluded(f"{PART} ?t law:kind ?t . {NAME}", FACTS + "i:one law:kind i:one . i:two law:kind i:one .")) == ["one"]


def test_many_values_of_several_properties_are_found_together_but_not_laid_out_in_every_combination() -> None:
    where = f"{PART} ?t law:act ?a ; law:means ?m ; law:purpose ?a ; law:kind ?p . {NAME}"
    many = " , ".join(f"i:v{n}" for n in range(30))
    facts = FACTS + f"i:one law:act {many} ; law:means {many} ; law:purpose i:v7 , i:w ; law:kind j:A . i:two law:act {many} ; law:means i:w ."
    assert _claims(_concluded(where, facts)) == ["one"]
    assert _claims(_concluded(where, facts.replace("i:v7 , i:w ; law:kind", "i:w , i:u ; law:kind"))) == []
    rules = {_rule(where): parse_rule(_rule(where))}
    read = Facts()
    for place in range(30):
        for name in ("act", "means", "purpose"):
            read.add(f"{ID}instrument/one", law(name), f"<{ID}instrument/v{place}>")
        read.add(f"{ID}instrument/one", law("kind"), f"<{ID}jur/A>")
    catalogue = Catalogue(rules).fill(read)
    compile_rules(rules, catalogue)
    assert max(len(relation.rows) for relation in catalogue.relations()) == 30


def test_text_before_the_mark_gives_an_empty_text_and_booleans_are_no_texts() -> None:
    found = _concluded(f'{PART} ?t law:flag true . {NAME.replace("/instrument/", "/nowhere/")}', FACTS + 'i:one law:flag true . i:two law:flag "true" .')
    assert list(found) == [f"{CASE}q/claim/"]
    assert found[f"{CASE}q/claim/"].premises == ["https://w3id.org/lawkb/id/participation/1"]


def test_values_that_several_rules_give_a_finding_are_read_in_every_combination() -> None:
    kept: list[Row] = [("f", "x1", None), ("g", "x", "y")]
    kept += combined(kept, [("f", None, "y1"), ("f", None, "y2"), ("f", "x2", None), ("h", "x", None)])
    assert len(kept) == len(set(kept))
    assert {row for row in kept if None not in row} == {("g", "x", "y"), *(("f", left, right) for left in ("x1", "x2") for right in ("y1", "y2"))}
    assert combined(kept, [("f", "x1", "y1"), ("g", "x", "y")]) == []


def test_a_finding_without_its_class_is_read_from_each_class_that_it_can_be_of() -> None:
    mark = 'BIND(IRI(CONCAT(STR(?of), "/mark")) AS ?f)'
    bases = [_rule(f"{PART} {NAME.replace('/claim/', f'/{kind}/')}", f"?f a law:{kind} ; law:case ?case ; law:onInstrument ?t .", kind)
             for kind in ("Left", "Right")]
    marks = [_rule(f"?of a law:{kind} ; law:case ?case . {mark}", "?f a law:Mark ; law:case ?case ; law:of ?of .", f"Mark{kind}") for kind in ("Left", "Right")]
    found = _concluded(f"?mark a law:Mark ; law:case ?case ; law:of ?of . ?of law:onInstrument ?t . BIND(?t AS ?part) {NAME}",
                       "case:q law:side j:A . case:m1 a law:Mark ; law:case case:q ; law:of case:l1 . case:m2 a law:Mark ; law:case case:q ; law:of case:r1 ."
                       "case:l1 a law:Left ; law:onInstrument i:one . case:r1 a law:Right ; law:onInstrument i:two .", CLAIM, *bases, *marks)
    assert _claims(found) == ["one", "two"]


@pytest.mark.parametrize(("where", "construct"), [
    (f"{PART} OPTIONAL {{ ?t law:kind ?k }} {NAME}", "OPTIONAL"),
    (f"{{ {PART} }} UNION {{ {PART} }} {NAME}", "UNION"),
    (f"{PART} VALUES ?t {{ law:x }} {NAME}", "VALUES"),
    (f"{PART} {{ SELECT ?t (COUNT(?x) AS ?n) WHERE {{ ?x law:instrument ?t }} GROUP BY ?t }} {NAME}", "sub-select"),
    (f"{PART} ?t law:broader+ ?k . {NAME}", "property path"),
    (f"{PART} ?t ?how ?k . {NAME}", "variable as a property"),
    (f"{PART} FILTER(?from < ?day || ?from = ?day) {NAME}", "||"),
    (f"{PART} FILTER(STRLEN(STR(?t)) > 3) {NAME}", "STRLEN"),
    (f"{PART} FILTER NOT EXISTS {{ ?t law:kind ?k }} {NAME}", "NOT EXISTS"),
    (f"{PART} FILTER(?p < ?t) {NAME}", "compares ?p < ?t"),
    (f"{PART} FILTER(?nobody < ?day) {NAME}", "?nobody"),
    (f"{PART} MINUS {{ ?x law:kind ?y . }} {NAME}", "shares no variable"),
    (f"{PART} MINUS {{ ?t law:kind ?y . MINUS {{ ?t law:kind ?z . }} }} {NAME}", "MINUS inside a MINUS"),
    (f"{PART} ?x law:kind ?day . {NAME}", "joins on ?day"),
    (f"{PART} ?c law:onInstrument ?t . {NAME}", "of which class ?c is"),
    (f'{PART} BIND(IRI(CONCAT("https://example.org/", STR(?t))) AS ?f)', "does not begin with STR"),
    (f'{PART} BIND(IRI(CONCAT(STR(?case), "/claim/", STRAFTER(STR(?t), "lawkb"))) AS ?f)', "may stand in its root"),
    (f"{PART} ?case law:kind ?k . {NAME}", "which is the case"),
    (f"{PART} ?t law:of ?case . {NAME}", "is the case"),
    (f"{PART} MINUS {{ ?bar law:bars ?t ; law:of ?case . }} {NAME}", "is the case"),
    (f"{PART} {' '.join(f'?t law:kind ?k{n} . ?k{n} law:kind ?l{n} .' for n in range(20))} {NAME}", "joins 43 tables"),
])
def test_what_has_no_translation_is_refused_with_the_rule_and_the_construct(where: str, construct: str) -> None:
    with pytest.raises(LawkbError) as refusal:
        _concluded(where, FACTS + "p:9 law:kind i:one .")
    assert "1-bonds/probe.rq" in refusal.value.problem
    assert construct in refusal.value.problem


def test_a_finding_is_of_the_case_that_its_rule_matches() -> None:
    with pytest.raises(LawkbError, match="which it does not match as the case"):
        _concluded(f"{PART} {NAME}", FACTS, CLAIM.replace("law:case ?case", "law:case ?t"))


def test_makers_of_a_class_run_before_its_readers() -> None:
    reader = _rule(f"?x a law:Made ; law:case ?case ; law:onInstrument ?t . BIND(?t AS ?part) {NAME}", name="a-reader")
    maker = _rule(f"{PART} {NAME}", CLAIM.replace("Claim", "Made"), "z-maker")  # its header says Claim: what counts is what its CONSTRUCT makes
    rules = {rule: parse_rule(rule) for rule in (reader, maker)}
    plans = compile_rules(rules, Catalogue(rules).fill(Facts()))
    assert plans[maker].plan.turn < plans[reader].plan.turn
    assert plans[reader].plan.reads == ("Made",)
    assert plans[maker].plan.reads == ()


def test_a_table_is_looked_up_by_what_is_known() -> None:
    catalogue = Catalogue(_parsed()).fill(Facts())
    item = Item(catalogue.found[law("Option")], [("s", "?o", "iri"), ('"case"', "?case", "iri"), ('"forMeasure"', "?m", "iri")])
    assert item.probe({"?o", "?m"}) == ("s",)
    assert item.probe({"?case", "?m"}) == ('"forMeasure"',)
    assert item.probe(set()) == ()
