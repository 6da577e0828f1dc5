"""The Turtle of an answer says what the rules say: the same properties, with values of the types that the ontology declares."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.dossier import dossier
from lawkb.engine import OxigraphEngine
from lawkb.explain import answer_turtle, explain_turtle
from lawkb.facts import text
from lawkb.infer import infer, predicate_of, value_name
from lawkb.reason import reason
from lawkb.rules import load_rules
from lawkb.terms import LAW, ROOT, XSD

PROV = "http://www.w3.org/ns/prov#"
ASKED = {
    "a house search under a directive": ("FRA", "DEU", "mla-search-seizure", "provision"),
    "what a treaty of its kind typically holds": ("ITA", "USA", "mla-search-seizure", "typical"),
    "a treaty of which no article is recorded": ("ALB", "CHE", "police-information", "unrecorded"),
}


def _turtle(kb: KnowledgeBase, requesting: str, requested: str, measure: str) -> list[Quad]:
    answer = kb.channels(requesting, requested, measure=measure, on="2026-11-23")
    return list(parse(answer_turtle(kb.base, answer).encode(), format=RdfFormat.TURTLE))


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_the_turtle_of_an_answer_holds_the_triples_that_the_rules_construct(kb: KnowledgeBase, asked: tuple[str, str, str, str]) -> None:
    requesting, requested, measure, telling = asked
    case = kb.case(requesting, requested, "2026-11-23")
    engine = OxigraphEngine(dossier(kb.base, case))
    infer(engine, [rule for rule in kb.base.rules if rule.stage < "8"])
    written = _turtle(kb, requesting, requested, measure)
    subjects = {quad.subject for quad in written} - {NamedNode(case.iri)}
    own = {str(quad) for quad in written if quad.subject in subjects and quad.predicate.value.startswith(LAW) and quad.predicate.value != LAW + "concludedBy"}
    concluded = {str(quad) for subject in subjects for quad in engine.store.quads_for_pattern(subject, None, None)
                 if quad.predicate.value.startswith(LAW) and quad.predicate.value != LAW + "restsOn"}
    assert own == concluded
    assert any(f"{LAW}{telling}>" in line for line in own), f"the example shows no {telling} any more"


def test_the_turtle_of_an_answer_names_what_it_was_made_from(kb: KnowledgeBase) -> None:
    used = {quad.object.value for quad in _turtle(kb, "ITA", "NGA", "extradition") if quad.predicate.value == f"{PROV}used"}
    assert used == {f"{ROOT}/kb/{kb.base.meta['kb_version']}", f"{ROOT}/rules/{kb.base.meta['rules_version']}"}


def test_a_clock_of_a_request_is_a_number(kb: KnowledgeBase) -> None:
    clocks = [quad for quad in parse(explain_turtle(kb.base, _clock(kb)).encode(), format=RdfFormat.TURTLE) if quad.predicate.value == f"{LAW}timeLimitDays"]
    assert [(quad.object.value.isdigit(), quad.object.datatype.value) for quad in clocks] == [(True, f"{XSD}integer")]


def _clock(kb: KnowledgeBase) -> str:
    """A finding that says within how many days a request is to be answered."""
    case = kb.case("FRA", "DEU", "2026-11-23")
    return next(finding.iri for finding in conclude(kb.base, case, "request").by_iri.values() if finding.get("timeLimitDays"))


def test_no_rule_states_what_findings_keep_under_the_name_of_another_property() -> None:
    """Else the Turtle could not tell the two apart."""
    stated = {name for rule in load_rules() for name in re.findall(r"law:(\w+)", rule.body.partition("WHERE")[0])}
    assert not [name for name in stated if predicate_of(name) != LAW + name]
    assert [name for name in stated if value_name(LAW + name) != name]


def test_every_literal_of_a_finding_has_a_declared_type(kb: KnowledgeBase) -> None:
    for requesting, requested, measure, _ in ASKED.values():
        for quad in _turtle(kb, requesting, requested, measure):
            declared = kb.base.entry(quad.predicate.value)
            if declared and isinstance(quad.object, Literal):
                (typed,) = declared.block["http://www.w3.org/2000/01/rdf-schema#range"]
                assert quad.object.datatype.value == text(typed), str(quad)


@pytest.mark.slow
@pytest.mark.java
def test_the_findings_of_an_answer_are_consistent_with_the_ontology(kb: KnowledgeBase, tmp_path: Path) -> None:
    """HermiT holds the classes and properties of findings to their domains, ranges and disjointness."""
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java")
    for number, (requesting, requested, measure, _) in enumerate(ASKED.values()):
        answer = kb.channels(requesting, requested, measure=measure, on="2026-11-23")
        (tmp_path / f"{number}.ttl").write_text(answer_turtle(kb.base, answer), encoding="utf-8")
    report = reason(also=[tmp_path])
    assert report.sound, report.causes
    assert report.individuals > 500
