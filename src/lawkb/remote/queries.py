"""Runs a user's query on a server so that the answer is what the same query gives here.

Only SELECT and ASK are sent: their answers in JSON are seen to be whole or not. A CONSTRUCT is sent as the SELECT of its
solutions, and its triples are made of them here; some servers cut the answer of a CONSTRUCT and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lawkb.engine import Found, query_whole
from lawkb.errors import LawkbError
from lawkb.remote.address import MORE
from lawkb.remote.results import Table
from lawkb.remote.server import Server
from lawkb.rules import code_of


def found(server: Server, graphs: Sequence[str], query: str) -> Found:
    """Run a query over graphs of a server.

    Raises:
        SyntaxError: the text is not a SPARQL query.
        LawkbError: it is a DESCRIBE, or the server does not answer as it should.
    """
    form = query_whole((), query)  # over nothing: a bad query is told here, and is never sent
    if form.triples is None:
        table = server.select(query, graphs)
        return Found(table.columns, table.rows, table.holds)
    head, template, rest = _construct(query)
    table = server.select(f"{head}SELECT * {rest}", graphs)
    return query_whole((), f"{head}CONSTRUCT {{{template}}} WHERE {{ {_values(table)} }}")


def _construct(query: str) -> tuple[str, str, str]:
    """Cut a CONSTRUCT into what stands before it, its template, and what follows the template: the WHERE and what comes after."""
    code = code_of(query)
    word = re.search(r"\bCONSTRUCT\b", code, re.IGNORECASE)
    if not word:
        raise LawkbError("A DESCRIBE is answered by every server as it likes", "Say with CONSTRUCT which triples are wanted", MORE)
    begin = code.index("{", word.end())
    end = _closing(code, begin)
    short = re.search(r"\bWHERE\b", code[word.end():begin], re.IGNORECASE)  # CONSTRUCT WHERE { ... }: the template is the pattern
    return query[:word.start()], query[begin + 1:end], query[word.end():] if short else query[end + 1:]


def _closing(code: str, begin: int) -> int:
    depth = 0
    for brace in re.finditer(r"[{}]", code[begin:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return begin + brace.start()
    raise AssertionError  # pragma: no cover - the parser has counted them before


def _values(table: Table) -> str:
    """Return solutions as a VALUES block; blank nodes have no place there, and the knowledge base has none."""
    if any(term and term.startswith("_:") for row in table.rows for term in row):
        raise LawkbError("The query makes blank nodes in its solutions", "Name what it makes with IRI(...)", MORE)
    names = " ".join(f"?{name}" for name in table.columns)
    rows = "\n".join(f"({' '.join(term or 'UNDEF' for term in row)})" for row in table.rows)
    return f"VALUES ({names}) {{\n{rows}\n}}"
