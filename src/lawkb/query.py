"""Runs a SPARQL query over the whole compiled knowledge base: ontology, facts, and the participations derived from them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.facts import is_iri, ntriples, text
from lawkb.rules import code_of, with_prefixes
from lawkb.terms import XSD

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_TYPED = re.compile(r'.*"\^\^<([^>]+)>', re.DOTALL)
_TAGGED = re.compile(r'.*"@([A-Za-z0-9-]+)', re.DOTALL)


@dataclass(frozen=True)
class Result:
    """What a query found. `rows` holds N-Triples terms (None: unbound); `holds` answers an ASK; `turtle` is what a CONSTRUCT made."""

    columns: tuple[str, ...] = ()
    terms: tuple[tuple[str | None, ...], ...] = ()
    holds: bool | None = None
    turtle: str | None = None

    @property
    def found(self) -> bool:
        """Whether anything was found, or the ASK holds."""
        return bool(self.terms or self.holds or self.turtle)

    @property
    def rows(self) -> list[list[str]]:
        """The rows as plain texts and IRIs; an ASK has one cell."""
        if self.holds is not None:
            return [[str(self.holds).lower()]]
        return [["" if term is None else text(term) for term in row] for row in self.terms]

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the JSON form of the W3C (SPARQL 1.1 Query Results)."""
        if self.holds is not None:
            return {"head": {}, "boolean": self.holds}
        return {"head": {"vars": list(self.columns)},
                "results": {"bindings": [{name: _json(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
                                         for row in self.terms]}}


def run(base: Base, file: Path) -> Result:
    """Run the query in a file (`-`: standard input) over the whole knowledge base, here or on the server that it was opened with.

    Raises:
        LawkbError: the file cannot be read, is no SPARQL query (the line is named), or asks for another server.
    """
    query, shown = _read(file), "the query" if str(file) == "-" else str(file)
    if re.search(r"\bSERVICE\b", code_of(query), re.IGNORECASE):
        raise LawkbError(f"{shown} asks another server (SERVICE)", "lawkb asks no server but the one that --endpoint names")
    whole = with_prefixes(query)
    added = whole.count("\n") - query.count("\n")
    from lawkb.engine import query_whole  # the engine is loaded when it is needed

    try:
        found = base.elsewhere.query(whole) if base.elsewhere else query_whole((ntriples([(entry.iri, entry.block)]) for entry in base.every()), whole)
    except SyntaxError as error:
        raise _bad(shown, query, str(error), added) from error
    except ValueError as error:
        raise LawkbError(f"{shown} cannot be run: {error}", "Use the functions of SPARQL 1.1") from error
    if found.triples is None:
        return Result(found.columns, found.rows, found.holds)
    return Result(turtle=_turtle(found.triples))


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LawkbError(f"The query {file} cannot be read ({problem})",
                         "Give a file with one SPARQL query, as lawkb query parties.rq, or - for standard input") from error


def _bad(shown: str, query: str, message: str, added: int) -> LawkbError:
    match = _PLACE.match(message)
    if not query.strip():
        return LawkbError(f"{shown} is empty", "Write one query, as SELECT ?state WHERE { ?state a law:State }", "docs/model.md")
    if not match:
        return LawkbError(f"{shown} is not a SPARQL query: {message}", more="docs/model.md lists the terms")
    line, expected = max(int(match[1]) - added, 1), match[3]
    if "Prefix not found" in expected:
        said = query.splitlines()[line - 1][:int(match[2]) - 1].split()
        name = said[-1] if said else ""
        return LawkbError(f"{shown}, line {line}: the prefix of '{name}' is not known", "Declare it with PREFIX, or use one of ontology/prefixes.tsv")
    short = " ".join(expected.split())
    return LawkbError(f"{shown}, line {line}, is not SPARQL" + (f": expected {short}" if len(short) < 100 else ""),
                      "SELECT, ASK, CONSTRUCT and DESCRIBE are run; the knowledge base is not changed by a query", "docs/model.md lists the terms")


def _turtle(triples: tuple[tuple[str, str, str], ...]) -> str:
    from lawkb.turtle import parse, write

    return write(parse("".join(f"{s} {p} {o} .\n" for s, p, o in triples))) if triples else ""


def _json(term: str) -> dict[str, str]:
    if is_iri(term):
        return {"type": "uri", "value": text(term)}
    if term.startswith("_:"):
        return {"type": "bnode", "value": term[2:]}
    value = {"type": "literal", "value": text(term)}
    if tagged := _TAGGED.fullmatch(term):
        value["xml:lang"] = tagged[1]
    elif (typed := _TYPED.fullmatch(term)) and typed[1] != XSD + "string":
        value["datatype"] = typed[1]
    return value
