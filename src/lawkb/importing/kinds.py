"""The kinds of table that the CSV door knows. A module of tables registers each with `@kind(...)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.rows import Row

Restate = Callable[[Row, Context], list[Block]]


@dataclass(frozen=True)
class Kind:
    """One kind of table: its columns, the columns that tell its rows apart, and how a row becomes blocks.

    Every kind may also have `note`, `row_key` (how the ledger names the row, if not by its key columns) and `leave_out` (a
    reason for which the row is not restated).
    """

    name: str
    required: frozenset[str]
    known: frozenset[str]
    key: tuple[str, ...]
    restate: Restate

    def row_key(self, row: Row) -> str:
        """Return the name of a row in the ledger."""
        return row.get("row_key") or "/".join(row.get(column) for column in self.key)


KINDS: dict[str, Kind] = {}


def kind(name: str, key: str, needs: str, knows: str = "") -> Callable[[Restate], Restate]:
    """Register the function that restates the rows of a kind; columns are given as names with blanks between them."""

    def register(restate: Restate) -> Restate:
        required = frozenset(needs.split())
        known = required | frozenset(knows.split()) | {"source_id", "confidence", "note", "row_key", "leave_out"}
        KINDS[name] = Kind(name, required, known, tuple(key.split()), restate)
        return restate

    return register
