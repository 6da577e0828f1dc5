"""SPARQL over the whole knowledge base: what is found, in which form, and what a bad query is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError
from lawkb.query import Result, run


def _ask(tiny: KnowledgeBase, tmp_path: Path, query: str) -> Result:
    file = tmp_path / "query.rq"
    file.write_text(query, encoding="utf-8")
    return run(tiny.base, file)


def test_participations_are_there_and_prefixes_need_not_be_declared(tiny: KnowledgeBase, tmp_path: Path) -> None:
    query = "SELECT ?who ?from { ?p a law:Participation ; law:instrument instrument:pact ; law:party ?who ; law:fromOn ?from }"
    result = _ask(tiny, tmp_path, f"# who\n{query} ORDER BY ?who")
    assert result.columns == ("who", "from")
    assert [(who.rsplit("/", 1)[1], day) for who, day in result.rows] == [("XXA", "2010-04-01"), ("XXB", "2015-06-09"), ("XXC", "2012-05-01")]


def test_a_select_is_written_in_the_json_of_the_w3c(tiny: KnowledgeBase, tmp_path: Path) -> None:
    result = _ask(tiny, tmp_path, "SELECT ?label ?count ?none { jur:XXA rdfs:label ?label . coverage:pact law:expectedCount ?count }")
    assert result.to_dict() == {"head": {"vars": ["label", "count", "none"]}, "results": {"bindings": [{
        "label": {"type": "literal", "value": "Avonia", "xml:lang": "en"},
        "count": {"type": "literal", "value": "2", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}]}}


def test_an_ask_is_answered(tiny: KnowledgeBase, tmp_path: Path) -> None:
    assert _ask(tiny, tmp_path, "ASK { jur:XXA a law:State }").to_dict() == {"head": {}, "boolean": True}
    assert not _ask(tiny, tmp_path, "ASK { jur:XXC a law:State }").found


def test_a_construct_gives_canonical_turtle(tiny: KnowledgeBase, tmp_path: Path) -> None:
    result = _ask(tiny, tmp_path, "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a law:Territory ; rdfs:label ?l }")
    assert result.turtle is not None
    assert result.turtle.endswith('jur:XXC\n    rdfs:label "Cape Avonia"@en ;\n.\n')


@pytest.mark.parametrize(("query", "message"), [
    ("SELECT ?x\nWHERE { ?x law:party }", r"line 2, is not SPARQL"),
    ("SELECT ?x\nWHERE { ?x nowhere:party ?y }", r"line 2: the prefix of 'nowhere:party' is not known"),
    ("", "is empty"),
    ("DELETE WHERE { ?s ?p ?o }", "line 1, is not SPARQL.*not changed by a query"),
    ("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }", "asks another server"),
    ("SELECT (<http://x/f>(1) AS ?z) {}", "cannot be run"),
])
def test_a_bad_query_is_told_with_its_line(tiny: KnowledgeBase, tmp_path: Path, query: str, message: str) -> None:
    with pytest.raises(LawkbError, match=message):
        _ask(tiny, tmp_path, query)


def test_a_text_that_only_speaks_of_a_service_is_run(tiny: KnowledgeBase, tmp_path: Path) -> None:
    assert not _ask(tiny, tmp_path, 'ASK { ?s rdfs:label "service" } # no SERVICE').found


def test_a_file_that_is_not_there_is_told(tiny: KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(LawkbError, match="cannot be read"):
        run(tiny.base, tmp_path / "none.rq")
