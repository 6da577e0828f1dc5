"""Engines on rdflib, to hold the embedded ones to: the rules as they are written, and the rules as SHACL rules under pySHACL.

Each runs on rdflib's own store in memory or on an Oxigraph store behind rdflib. They take no part in answers: rdflib's own
store is slow on joins, and over the dossier of two states with many treaties it does not come to an end in useful time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lawkb.errors import LawkbError
from lawkb.facts import ntriples
from lawkb.infer import CONCLUDED_BY, CompiledRule, Findings, TripleFindings, infer
from lawkb.shacl_rules import shapes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.query import Query

# name of an engine -> whether pySHACL drives it, and the store of rdflib that holds the dossier
ENGINES = {"rdflib": (False, "default"), "oxrdflib": (False, "Oxigraph"), "pyshacl-rdflib": (True, "default"), "pyshacl": (True, "Oxigraph")}


def conclude(engine: str, dossier: Iterable[str], rules: Iterable[CompiledRule], case: str) -> Findings:
    """Run rules over a dossier.

    Args:
        engine: a name of `ENGINES`.
        dossier: the facts as N-Triples texts.
        rules: which rules to run.
        case: the IRI of the case.

    Raises:
        LawkbError: there is no such engine.
    """
    if engine not in ENGINES:
        raise LawkbError(f"There is no engine '{engine}'", f"Engines are relational, loops, oxigraph, {', '.join(ENGINES)}", "docs/how-an-answer-is-made.md")
    shacl, store = ENGINES[engine]
    graph = loaded(dossier, store)
    return by_shacl(graph, rules, case) if shacl else infer(RdflibEngine(graph), rules)


def loaded(dossier: Iterable[str], store: str = "default") -> Graph:
    """Return facts in a graph of rdflib; `store` is `default` or `Oxigraph`."""
    from rdflib import Graph

    graph = Graph(store=store)
    graph.parse(data="".join(dossier), format="ox-nt" if store == "Oxigraph" else "nt")
    return graph


def by_shacl(graph: Graph, rules: Iterable[CompiledRule], case: str) -> Findings:
    """Let pySHACL run rules as SHACL rules over a graph, which then holds the findings too, and return the findings."""
    import pyshacl
    from rdflib import URIRef

    listed = list(rules)
    known = set(graph)
    pyshacl.shacl_rules(graph, shacl_graph=loaded([ntriples(shapes(listed, case).items())]), iterate_rules=True, inplace=True)
    findings = TripleFindings()
    for subject in {subject for rule in listed for subject in graph.subjects(URIRef(CONCLUDED_BY), URIRef(rule.iri))}:
        findings.add((str(s), str(p), o.n3()) for s, p, o in set(graph.triples((subject, None, None))) - known)
    findings.close()
    return findings


class RdflibEngine:
    """Runs the rules as they are written on a graph of rdflib; `prepared` holds queries that were parsed before, by rule."""

    def __init__(self, graph: Graph, prepared: Mapping[str, Query] | None = None) -> None:
        self.graph = graph
        self.prepared = prepared or {}
        self.findings = TripleFindings()

    def apply(self, rule: CompiledRule) -> bool:
        """Run a rule, add what it finds, and say whether any of it is new."""
        found = list(self.graph.query(self.prepared.get(rule.iri, rule.query)).graph or ())
        new = [triple for triple in found if triple not in self.graph]
        for triple in new:
            self.graph.add(triple)
        self.findings.add(((str(s), str(p), o.n3()) for s, p, o in found), rule.iri)
        return bool(new)
