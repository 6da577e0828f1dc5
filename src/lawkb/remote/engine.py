"""The remote engine: a SPARQL server gathers the dossier of a case into a graph of its own and runs the rules over that graph.

What leaves this machine is the case itself (the sides, the days, who is linked to what) and the rules; the facts are there
already. The rules of a stage go in one request, each CONSTRUCT as the INSERT that adds what it concludes. At the end the
findings are read back, and the graph is dropped whatever happened.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import slices_of
from lawkb.errors import LawkbError
from lawkb.facts import iri, ntriples, ref
from lawkb.infer import CONCLUDED_BY, CompiledRule, TripleFindings
from lawkb.remote.address import MORE
from lawkb.remote.graphs import SLICE, Version, of_server, question_graph
from lawkb.remote.server import Server

if TYPE_CHECKING:
    from lawkb.engine import Found

PAGE = 8000  # rows; Virtuoso gives 10,000 at most as it is installed, and says so only in a header
# What a server must be told to run rules as fast as it can. Virtuoso plans anew for every graph, at times so that a rule takes
# minutes; this has it join in the order in which the rule is written, which begins with the case and goes from few to many.
HINTS = {"Virtuoso": 'DEFINE sql:select-option "order"\n'}
_RULE = re.compile(r"\bCONSTRUCT\s*\{(?P<template>\s*(?P<finding>\?\w+)[^{}]*)\}\s*WHERE\b")


class Remote:
    """A knowledge base together with the server that holds it too."""

    def __init__(self, base: Base, server: Server, notice: Callable[[str], None] | None = None) -> None:
        self.base, self.server, self.notice = base, server, notice or (lambda _: None)

    @cached_property
    def _there(self) -> tuple[Version, str]:
        """The graphs of this knowledge base on the server, and what the server must be told before a rule; asked for once."""
        version, by = of_server(self.server, self.base)
        return version, HINTS.get(by.partition("/")[0], "")

    @contextlib.contextmanager
    def question(self, case: Case) -> Iterator[RemoteEngine]:
        """Lend an engine for one case; its graph is dropped at the end, also after a failure or an interruption.

        Raises:
            LawkbError: the server does not answer, or does not hold the dossier of the case.
        """
        version, hint = self._there
        graph = question_graph(dt.datetime.now(dt.UTC))
        try:
            self._lay(version, graph, case)
            yield RemoteEngine(self.server, graph, case, hint)
        except BaseException:
            with contextlib.suppress(LawkbError):
                self.server.update(_drop(graph))
            raise
        try:
            self.server.update(_drop(graph))
        except LawkbError as error:
            self.notice(f"The findings could not be removed from the server: {error} They lie in the graph {graph}; the next lawkb publish removes them.")

    def query(self, text: str) -> Found:
        """Run a SPARQL query over the published ontology, facts and participations.

        Raises:
            LawkbError: the server does not answer, or the query is one that servers answer differently.
            SyntaxError: the text is not a SPARQL query.
        """
        from lawkb.remote.queries import found

        return found(self.server, self._there[0].readable, text)

    def _lay(self, version: Version, graph: str, case: Case) -> None:
        """Copy the slices of the dossier into the graph of the question, and make sure that all of them are there."""
        slices = slices_of(self.base, case)
        told = ntriples([(case.iri, case.block())])
        names = " ".join(slice_name(jurisdiction, instrument) for jurisdiction, instrument, _ in slices)
        self.server.update(
            f"INSERT DATA {{ GRAPH <{graph}> {{ {told} }} }} ;\n"
            f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{version.graph('dossiers')}> "
            f"{{ VALUES ?slice {{ {names} }} ?s <{SLICE}> ?slice . ?s ?p ?o . FILTER(?p != <{SLICE}>) }} }}")
        there = self.server.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").number()
        wanted = len({line for _, _, triples in slices for line in triples.splitlines()} | set(told.splitlines()))
        if there != wanted:
            raise LawkbError(f"The server at {self.server.address.query} gives {there} facts for this case, not the {wanted} that were published",
                             f"Publish the knowledge base again: lawkb publish {self.server.address.query}", MORE)


class RemoteEngine:
    """Runs rules over the graph of one question."""

    name = "remote"

    def __init__(self, server: Server, graph: str, case: Case, hint: str = "") -> None:
        self.server, self.graph, self.case, self.hint = server, graph, case, hint

    def apply(self, rule: CompiledRule) -> bool:
        """Add what a rule concludes to the graph, and say whether any of it is new."""
        before = self._size()
        self._run([rule])
        return self._size() > before

    def apply_all(self, rules: Sequence[CompiledRule]) -> list[bool]:
        """Run rules one after the other in one request; each reads what those before it have concluded.

        Whether they found anything new is asked only where it matters: where one of them reads what it or a later one concludes.
        """
        circular = any(set(rule.plan.reads) & {kind for later in rules[place:] for kind in later.plan.kinds} for place, rule in enumerate(rules))
        before = self._size() if circular else 0
        self._run(rules)
        return [not circular or self._size() > before] * len(rules)

    def _run(self, rules: Sequence[CompiledRule]) -> None:
        known: dict[str, None] = {}
        inserts = []
        for rule in rules:
            prefixes, insert = as_insert(rule, self.graph)
            known.update(dict.fromkeys(prefixes))
            inserts.append(insert)
        self.server.update(self.hint + "\n".join(sorted(known)) + "\n" + " ;\n".join(inserts))

    def _size(self) -> int:
        return self.server.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{self.graph}> {{ ?s ?p ?o }} }}").number()

    @cached_property
    def findings(self) -> TripleFindings:
        """All findings, read from the server when they are first asked for: after the last rule.

        Raises:
            LawkbError: the server does not give all of them.
        """
        findings = TripleFindings()
        findings.add(self._rows())
        return findings

    def _rows(self) -> list[tuple[str, str, str]]:
        """The triples of findings, page by page in order of the finding: an answer is never longer than servers give.

        The IRIs of findings begin with that of the case and a slash, which comes before 0.
        """
        low, high = f"{self.case.iri}/", f"{self.case.iri}0"
        where = f"GRAPH <{self.graph}> {{ ?s ?p ?o . FILTER(STR(?s) > \"%s\" && STR(?s) < \"{high}\") }}"
        wanted = self.server.select(f"SELECT (COUNT(*) AS ?n) {{ {where % low} }}").number()
        found: list[tuple[str, str, str]] = []
        while len(found) < wanted:
            page = [(iri(s or ""), iri(p or ""), o or "") for s, p, o in
                    self.server.select(f"SELECT ?s ?p ?o {{ {where % low} }} ORDER BY STR(?s) LIMIT {PAGE}").rows]
            if len(found) + len(page) < wanted and page:  # the last finding may go on
                page = [row for row in page if row[0] != page[-1][0]]
            if not page:
                break
            found += page
            low = page[-1][0]
        if len(found) != wanted:
            raise LawkbError(f"The server at {self.server.address.query} gives {len(found)} of {wanted} triples of the findings",
                             "Its limit on the size of answers is too low, or somebody else changes this graph", MORE)
        return found


def slice_name(jurisdiction: str, instrument: str) -> str:
    """Return the name of a slice, as a literal."""
    return f'"{jurisdiction} {instrument}"'


def as_insert(rule: CompiledRule, graph: str) -> tuple[list[str], str]:
    """Return a rule as the INSERT that adds its findings to a graph, read and written, with its name at each; its prefixes come apart."""
    found = _RULE.search(rule.query)
    if not found:
        raise LawkbError(f"The rule {rule.iri} is not one CONSTRUCT of one finding", "docs/add-a-rule.md")
    template = found["template"].strip().removesuffix(".")
    return rule.query[:found.start()].splitlines(), (
        f"INSERT {{ GRAPH <{graph}> {{ {template} . {found['finding']} {ref(CONCLUDED_BY)} {ref(rule.iri)} }} }} USING <{graph}> "
        f"WHERE{rule.query[found.end():].rstrip()}")


def _drop(graph: str) -> str:
    return f"DROP SILENT GRAPH <{graph}>"
