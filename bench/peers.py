"""Engines that run the same rule files over the same case, each from the facts as it takes them to all findings.

Every peer gets the rules' own SPARQL and the driver of `lawkb.infer` (stages, fixpoint), so that only the engine differs;
the first two get what was compiled from the same texts.
"""

from __future__ import annotations

from collections.abc import Callable

from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.infer import Finding, infer
from lawkb.reference import RdflibEngine, loaded
from lawkb.rules import STAGES_OF

Found = dict[str, Finding]
Run = Callable[[Base, Case], Found]

NOTES = {
    "loops": "what `lawkb` uses from the third question of a process on: the joins of the compiled rules as Python functions; what they looked up "
             "of the facts stays in memory",
    "relational": "what `lawkb` uses for the first questions: the same joins as SQL; facts stay in indexed tables of the snapshot, the question's own "
                  "tables are in memory; nothing is loaded for a question. It makes findings when they are first asked for, as the first one does; "
                  "here all of them are asked for",
    "pyoxigraph": "an Oxigraph store in memory; loads the dossier, then runs the SPARQL",
    "rdflib + oxrdflib": "an rdflib graph over an Oxigraph store in memory; loads the dossier with the store's own parser, then runs the SPARQL in the store",
    "rdflib": "an rdflib graph in its own memory store; loads the dossier; each query is parsed once, before the clock starts",
}


def peers(base: Base) -> dict[str, Run]:
    """Return the engines, by name; the first is the one that `lawkb` uses."""
    from rdflib.plugins.sparql import prepareQuery

    rules = [rule for rule in base.rules if rule.stage in STAGES_OF["channels"]]
    prepared = {rule.iri: prepareQuery(rule.query) for rule in rules}
    return {
        "loops": lambda base, case: dict(conclude(base, case, engine="loops").by_iri.items()),
        "relational": lambda base, case: dict(conclude(base, case, engine="relational").by_iri.items()),
        "pyoxigraph": lambda base, case: dict(conclude(base, case, engine="oxigraph").by_iri.items()),
        "rdflib + oxrdflib": lambda base, case: dict(infer(RdflibEngine(loaded(dossier(base, case), "Oxigraph")), rules).by_iri.items()),
        "rdflib": lambda base, case: dict(infer(RdflibEngine(loaded(dossier(base, case)), prepared), rules).by_iri.items()),
    }


def same(one: Found, other: Found) -> bool:
    """Say whether two engines found the same: IRIs, classes, values, rules and premises."""
    return plain(one) == plain(other)


def plain(found: Found) -> dict[str, object]:
    """Return findings in a form that can be compared."""
    return {iri: (sorted(f.kinds), {name: sorted(values) for name, values in f.values.items()}, sorted(f.rules), sorted(f.premises))
            for iri, f in found.items()}
