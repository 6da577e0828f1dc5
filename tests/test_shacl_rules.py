"""The rules as SHACL rules: generated from the `.rq` files alone, and found by pySHACL to mean the same."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import QueryTriples, RdfFormat, Store, parse

from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import PROPERTIES, Case
from lawkb.dossier import dossier
from lawkb.errors import LawkbError
from lawkb.export import export
from lawkb.facts import Facts, law, ntriples, text
from lawkb.infer import CompiledRule, Finding, Findings, Plan, TripleFindings
from lawkb.reference import by_shacl, loaded
from lawkb.rules import STAGES, STAGES_OF, Rule, load_rules
from lawkb.shacl_rules import SHACL, shapes
from lawkb.terms import CASE, RDF_TYPE, RULE

CASES = Path(__file__).resolve().parent / "rules"
RULES = {f"{rule.stage}/{rule.name}": rule for rule in load_rules()}


def _compiled(rule: Rule) -> CompiledRule:
    plan = Plan(sql="", turn=0, reads=(), needs=(), kinds=(), values=(), premises=(), keeps=())
    return CompiledRule(rule.iri, rule.stage, rule.title, rule.law, rule.concludes, rule.says, rule.dates, rule.query, plan)


@cache
def _blocks(path: Path) -> dict[str, dict[str, list[str]]]:
    facts = Facts()
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        facts.add(quad.subject.value, quad.predicate.value, str(quad.object))
    return facts.blocks


def _found(findings: Findings) -> dict[str, Finding]:
    return dict(findings.by_iri.items())


def _as_written(rule: Rule, facts: str) -> dict[str, Finding]:
    store = Store()
    store.load(facts, format=RdfFormat.N_TRIPLES)
    findings = TripleFindings()
    triples = store.query(rule.query)
    assert isinstance(triples, QueryTriples)
    findings.add(((t.subject.value, t.predicate.value, str(t.object)) for t in triples), rule.iri)
    findings.close()
    return _found(findings)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RULES))
def test_pyshacl_finds_in_the_dossiers_of_a_rule_what_the_rule_finds(name: str) -> None:
    rule, folder = RULES[name], CASES / name
    for path in [folder / "in.ttl", *sorted(folder.glob("silent*.ttl"))[:2]]:
        blocks = {subject: dict(block) for subject, block in _blocks(folder / "in.ttl").items()}
        for subject, block in _blocks(path).items():
            blocks.setdefault(subject, {}).update(block)
        cases = [s for s, block in blocks.items() if f"<{law('Case')}>" in block.get(RDF_TYPE, ()) or {law(p) for p in PROPERTIES} & block.keys()]
        case = next(iter(cases), f"{CASE}q")
        facts = ntriples(blocks.items())
        assert _found(by_shacl(loaded([facts]), [_compiled(rule)], case)) == _as_written(rule, facts), path.name


def test_every_rule_is_a_shacl_rule_with_its_law_its_text_and_its_name(tiny: KnowledgeBase) -> None:
    blocks = shapes(tiny.base.rules)
    for rule in tiny.base.rules:
        block = blocks[rule.iri]
        construct = text(block[SHACL + "construct"][0])
        assert text(block["http://www.w3.org/2000/01/rdf-schema#comment"][0]) == rule.law
        body = rule.query[rule.query.index("CONSTRUCT {") + len("CONSTRUCT {"):].strip()
        assert construct.rstrip().endswith(body), "the text of the rule stays as it is"
        assert construct.count(rule.iri) == 1
        assert f"<{rule.iri}>" in blocks[f"{RULE}{rule.stage}"][SHACL + "rule"]
    assert sum(len(block.get(SHACL + "rule", ())) for block in blocks.values()) == len(tiny.base.rules)


def test_shapes_come_in_the_order_of_the_stages(tiny: KnowledgeBase) -> None:
    blocks = shapes(tiny.base.rules)
    orders = [int(text(blocks[f"{RULE}{stage}"][SHACL + "order"][0])) for stage in STAGES]
    assert orders == sorted(set(orders))


def test_a_rule_that_is_not_one_construct_about_a_finding_is_refused() -> None:
    rule = next(iter(RULES.values()))
    for query in ("SELECT ?f WHERE { ?f a ?k }", "CONSTRUCT { <urn:x> a ?k } WHERE { ?f a ?k }"):
        odd = CompiledRule(rule.iri, rule.stage, "", "", (), "", (), query, _compiled(rule).plan)
        with pytest.raises(ValueError, match="not one CONSTRUCT"):
            shapes([odd])


def _question(base: Base) -> tuple[Case, list[CompiledRule]]:
    return Case.of_iri(f"{CASE}XXA.XXB.2016-01-01"), [rule for rule in base.rules if rule.stage in STAGES_OF["request"]]


@pytest.mark.parametrize("store", [pytest.param("default", marks=pytest.mark.slow), "Oxigraph"])
def test_pyshacl_answers_a_question_like_the_embedded_engine(tiny: KnowledgeBase, store: str) -> None:
    case, rules = _question(tiny.base)
    if store == "default":  # the join of all sides with all concepts of the later stages takes rdflib's own store too long
        rules = [rule for rule in rules if rule.stage in ("0-parties", "1-bonds")]
    expected = {iri: finding for iri, finding in _found(conclude(tiny.base, case, "request")).items()
                if {rule.iri for rule in rules}.issuperset(finding.rules)}
    assert len(expected) > 5
    assert _found(by_shacl(loaded(dossier(tiny.base, case), store), rules, case.iri)) == expected


def test_an_engine_that_is_not_there_is_refused_with_those_that_are(tiny: KnowledgeBase) -> None:
    with pytest.raises(LawkbError) as refusal:
        conclude(tiny.base, Case.of_iri(f"{CASE}XXA.2016-01-01"), engine="jena")
    assert "'jena'" in refusal.value.problem
    assert "pyshacl" in refusal.value.expected


@pytest.mark.slow
def test_exported_shapes_aim_at_every_case(tiny: KnowledgeBase, tmp_path: Path) -> None:
    import pyshacl
    from rdflib import Graph, URIRef

    export(tiny.base, "shacl-rules", tmp_path / "rules.ttl")
    case, rules = _question(tiny.base)
    graph = loaded(dossier(tiny.base, case), "Oxigraph")
    pyshacl.shacl_rules(graph, shacl_graph=Graph().parse(tmp_path / "rules.ttl"), iterate_rules=True, inplace=True)
    named = {rule.iri for rule in rules}
    by = {str(s): str(o) for s, o in graph.subject_objects(URIRef(law("concludedBy"))) if str(o) in named}
    assert by.keys() == _found(conclude(tiny.base, case, "request")).keys()
