"""The embedded engine: an Oxigraph store in memory that holds one dossier and runs the rules over it."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Store

Triple = tuple[str, str, str]


class OxigraphEngine:
    """Runs SPARQL over one dossier. Terms go in and come out in N-Triples form."""

    name = "oxigraph"

    def __init__(self, ntriples: Iterable[str]) -> None:
        self.store = Store()
        for text in ntriples:
            self.store.load(text, format=RdfFormat.N_TRIPLES)

    def construct(self, query: str) -> tuple[list[Triple], bool]:
        """Run a CONSTRUCT, keep what it finds in the store; return its triples and whether any of them is new."""
        found = [Quad(t.subject, t.predicate, t.object) for t in self.store.query(query)]
        before = len(self.store)
        self.store.extend(found)
        return [(q.subject.value, q.predicate.value, str(q.object)) for q in found], len(self.store) > before
