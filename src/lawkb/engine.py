"""The embedded engine: an Oxigraph store in memory that holds one dossier and runs the rules over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from pyoxigraph import Quad, QueryBoolean, QueryTriples, RdfFormat, Store, parse, serialize

from lawkb.infer import CompiledRule, TripleFindings

Triple = tuple[str, str, str]


class OxigraphEngine:
    """Runs SPARQL over one dossier. Terms go in and come out in N-Triples form."""

    name = "oxigraph"

    def __init__(self, ntriples: Iterable[str]) -> None:
        self.store = Store()
        self.findings = TripleFindings()
        for text in ntriples:
            self.store.load(text, format=RdfFormat.N_TRIPLES)

    def apply(self, rule: CompiledRule) -> bool:
        """Run a rule, add what it finds to the findings and to the store, and say whether any of it is new."""
        found = [Quad(t.subject, t.predicate, t.object) for t in cast(QueryTriples, self.store.query(rule.query))]
        new = any(quad not in self.store for quad in found)  # the store counts its quads one by one, so it is not asked for how many it has
        self.store.extend(found)
        self.findings.add(((str(q.subject)[1:-1], q.predicate.value, str(q.object)) for q in found), rule.iri)
        return new


@dataclass(frozen=True)
class Found:
    """What a query found: rows of a SELECT (N-Triples terms, None where unbound), the answer of an ASK, or triples."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    holds: bool | None = None
    triples: tuple[Triple, ...] | None = None


def query_whole(ntriples: Iterable[str], query: str) -> Found:
    """Run any SPARQL query over all facts, laid into one store in memory.

    Raises:
        SyntaxError: the text is not a SPARQL query.
        ValueError: the query asks for what the engine does not have.
    """
    store = Store()
    try:
        store.query(query)  # a bad query is told at once, not after all facts were loaded
        store.bulk_load("".join(ntriples).encode(), format=RdfFormat.N_TRIPLES)
        result = store.query(query)
        if isinstance(result, QueryBoolean):
            return Found(holds=bool(result))
        if isinstance(result, QueryTriples):
            return Found(triples=tuple(sorted((str(t.subject), str(t.predicate), str(t.object)) for t in result)))
        columns = tuple(variable.value for variable in result.variables)
        return Found(columns, tuple(tuple(None if term is None else str(term) for term in row) for row in result))
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def serialized(quads: Iterable[tuple[str, str, str, str]], form: str, prefixes: dict[str, str]) -> bytes:
    """Return facts as `trig` or `jsonld`; each is (subject, predicate, object, graph), the graph empty for the default one.

    Subject, predicate and graph are IRIs, the object is an N-Triples term.
    """
    lines = "".join(f"<{s}> <{p}> {o}{f' <{g}>' if g else ''} .\n" for s, p, o, g in quads)
    forms = {"trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD}
    return serialize(parse(lines.encode(), format=RdfFormat.N_QUADS), format=forms[form], prefixes=prefixes) or b""
