"""Engines that run the same rule files over the same case, each from the facts as it takes them to all findings.

Every peer gets the rules' own SPARQL and the driver of `lawkb.infer` (stages, fixpoint), so that only the engine differs;
the relational engine gets the plans that were compiled from the same texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.engine import OxigraphEngine
from lawkb.infer import CompiledRule, Findings, infer

Run = Callable[[Base, Case], Findings]

NOTES = {
    "relational": "what `lawkb` uses: rules compiled to SQL when the knowledge base is compiled; facts stay in indexed tables of the snapshot, "
                  "the question's own tables are in memory; nothing is loaded for a question",
    "pyoxigraph": "an Oxigraph store in memory; loads the dossier, then runs the SPARQL",
    "rdflib + oxrdflib": "an rdflib graph over an Oxigraph store in memory; loads the dossier, then runs the SPARQL natively in the store",
    "rdflib": "an rdflib graph in its own memory store; loads the dossier; each query is parsed once, before the clock starts",
}


class RdflibEngine:
    """Runs the rules on an rdflib graph."""

    def __init__(self, ntriples: list[str], store: str, prepared: dict[str, Any] | None = None) -> None:
        from rdflib import Graph

        self.graph = Graph(store=store)
        self.prepared = prepared or {}
        self.graph.parse(data="".join(ntriples), format="nt")

    def apply(self, rule: CompiledRule, findings: Findings) -> bool:
        """Run a rule, add what it finds, and say whether any of it is new."""
        found = list(self.graph.query(self.prepared.get(rule.iri, rule.query)))
        before = len(self.graph)
        for triple in found:
            self.graph.add(triple)
        findings.add(((str(s), str(p), o.n3()) for s, p, o in found), rule.iri)
        return len(self.graph) > before


def peers(base: Base) -> dict[str, Run]:
    """Return the engines that can be had here, by name; the first is the one that `lawkb` uses."""
    found: dict[str, Run] = {}
    try:
        from lawkb.relational import RelationalEngine

        def relational(base: Base, case: Case) -> Findings:
            with base.question() as connection:
                return infer(RelationalEngine(connection, case), base.rules)

        found["relational"] = relational
    except ImportError:
        pass
    found["pyoxigraph"] = lambda base, case: infer(OxigraphEngine(dossier(base, case)), base.rules)
    try:
        from rdflib.plugins.sparql import prepareQuery

        prepared = {rule.iri: prepareQuery(rule.query) for rule in base.rules}
        found["rdflib + oxrdflib"] = lambda base, case: infer(RdflibEngine(dossier(base, case), "Oxigraph"), base.rules)
        found["rdflib"] = lambda base, case: infer(RdflibEngine(dossier(base, case), "default", prepared), base.rules)
    except ImportError:
        pass
    return found


def same(one: Findings, other: Findings) -> bool:
    """Say whether two engines found the same: IRIs, classes, values, rules and premises."""
    def plain(findings: Findings) -> dict[str, object]:
        return {iri: (sorted(f.kinds), {name: sorted(values) for name, values in f.values.items()}, sorted(f.rules), sorted(f.premises))
                for iri, f in findings.by_iri.items()}

    return plain(one) == plain(other)
