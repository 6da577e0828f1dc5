"""Reads SPARQL results in the JSON of the W3C into terms as the code has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lawkb.facts import text
from lawkb.terms import XSD

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_BOOLEAN = {"1": "true", "0": "false"}


@dataclass(frozen=True)
class Table:
    """Rows of N-Triples terms (None where unbound) under the names of their variables; `holds` answers an ASK; `by` is how the server names itself."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    holds: bool | None = None
    by: str = ""

    def number(self) -> int:
        """Return the one whole number of the table: what a COUNT gives.

        Raises:
            ValueError: there is none.
        """
        ((found,),) = self.rows
        return int(text(found or ""))


def table(read: Any, by: str = "") -> Table:
    """Return a SPARQL result in JSON as a table; `by` is how the server names itself.

    Raises:
        ValueError: it is not of the form of the W3C.
    """
    try:
        if "boolean" in read:
            return Table(holds=bool(read["boolean"]), by=by)
        columns = tuple(read["head"]["vars"])
        rows = tuple(tuple(term(binding[name]) if name in binding else None for name in columns) for binding in read["results"]["bindings"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no SPARQL result: {error}") from error
    if columns == ("__ASK_RETVAL",):  # how Virtuoso 7 answers an ASK
        return Table(holds=bool(rows and text(rows[0][0] or '""') in ("1", "true")), by=by)
    return Table(columns, rows, by=by)


def term(told: dict[str, str]) -> str:
    """Return one term of a result as an N-Triples term; a boolean in its usual spelling, which Virtuoso does not keep."""
    kind, value = told["type"], told["value"]
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value.removeprefix('_:').removeprefix('nodeID://')}"
    datatype, language = told.get("datatype"), told.get("xml:lang")
    if datatype == f"{XSD}boolean":
        value = _BOOLEAN.get(value, value)
    quoted = f'"{value.translate(_ESCAPES)}"'
    if language:
        return f"{quoted}@{language}"
    return quoted if not datatype or datatype == f"{XSD}string" else f"{quoted}^^<{datatype}>"
