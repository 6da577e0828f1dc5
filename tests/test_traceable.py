"""Every sentence of an answer can be traced: the findings that JSON names are those that `lawkb explain` proves, down to facts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from lawkb.api import KnowledgeBase
from lawkb.case import Case
from lawkb.explain import concluded, explain
from lawkb.terms import CASE

if TYPE_CHECKING:
    from conftest import Invoke

DAY = ("--on", "2026-11-23", "--format", "json")
ASKED = {
    "channels": ("channels", "ITA", "NGA", *DAY), "a measure": ("channels", "DEU", "GBR", "--measure", "surrender", *DAY),
    "criminality": ("criminality", "ITA", "NGA", *DAY),
    "criminality with facts": ("criminality", "ITA", "IND", "--elements", "recruitment,none,sexual-exploitation", *DAY),
    "treaties": ("treaties", "AZE", "ARM", *DAY), "rights": ("rights", "ITA", *DAY), "obligations": ("obligations", "NGA", *DAY),
    "request": ("request", "ITA", "NGA", "--measure", "mla-search-seizure", *DAY), "matrix": ("matrix", "ITA", "NGA", "--channel", "mla", *DAY),
    "prosecute": ("prosecute", "--facts", "docs/examples/case.yaml", "--format", "json"),
    "compare": ("compare", "ITA", "NGA", "--on", "cooperation", "--date", "2026-11-23", "--format", "json"),
}


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[name] for name in ("finding",) if isinstance(value.get(name), str))
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


@pytest.mark.parametrize("case", ASKED)
def test_the_findings_that_an_answer_names_are_proved(case: str, invoke: Invoke, kb: KnowledgeBase) -> None:
    done = invoke(*ASKED[case])
    named = [iri for iri in dict.fromkeys(_named(json.loads(done.out))) if iri.startswith(CASE)]
    if case != "compare":
        assert named, done.out[:400]
    by_case: dict[str, Any] = {}
    for iri in named:
        key = Case.of_iri(iri).iri
        if key not in by_case or iri not in by_case[key].by_iri:
            by_case[key] = concluded(kb.base, iri)[1]
        assert iri in by_case[key].by_iri
    for iri in named[:1] + named[-1:]:
        proof = explain(kb.base, iri)
        assert not isinstance(proof, dict)
        assert proof.rule
        assert proof.law


def test_a_finding_on_the_facts_is_explained_by_its_name(invoke: Invoke) -> None:
    answer = json.loads(invoke(*ASKED["criminality with facts"]).out)
    tested = [test for pair in answer["comparisons"] for test in pair["tests"]]
    assert tested
    page = invoke("explain", tested[0]["finding"])
    assert page.code == 0, page.err
    assert "UNTOC art. 16(1)" in page.out
