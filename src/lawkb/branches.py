"""A compiled rule before it is written for an engine: joins over the tables of `lawkb.tables`, in the order in which they are made.

A rule is one branch, or several where a subject can be of several classes; it gives the rows of all of them. Writers turn
branches into statements (`lawkb.sql`) or into functions (`lawkb.loops`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lawkb.pattern import Call, is_variable

NOTHING = "NULL"  # what a row shows where a rule says nothing
Comparison = tuple[str, str, str]


@dataclass(frozen=True)
class Read:
    """One table of a join.

    Attributes:
        table: its name.
        columns: (column, term, sort) of what is read of it. A constant, and a variable of a table before it, must be equal; another variable is
            bound to what stands there.
        lacking: the columns in which a value may be missing; then a variable is not bound, and the row does not count.
    """

    table: str
    columns: tuple[Comparison, ...]
    lacking: frozenset[str]

    @property
    def variables(self) -> set[str]:
        """The variables of the table."""
        return {term for _, term, _ in self.columns if is_variable(term)}

    @property
    def terms(self) -> list[str]:
        """Its terms, column by column."""
        return [term for _, term, _ in self.columns]


@dataclass(frozen=True)
class Excluded:
    """A group with which no solution may agree on the variables that both have.

    Attributes:
        shared: these variables.
        reads: its tables, of which there is one at least.
        filters: its comparisons (operator, left, right).
    """

    shared: frozenset[str]
    reads: tuple[Read, ...]
    filters: tuple[Comparison, ...]


@dataclass(frozen=True)
class Branch:
    """One join.

    Attributes:
        reads: its tables.
        binds: (variable, expression), each after the variables that it reads.
        filters: comparisons (operator, left, right), all of which must hold.
        excluded: the groups that exclude.
        shown: the terms of a row, or `NOTHING`.
        repeats: whether the join may give a row more than once.
    """

    reads: tuple[Read, ...]
    binds: tuple[tuple[str, Call | str], ...]
    filters: tuple[Comparison, ...]
    excluded: tuple[Excluded, ...]
    shown: tuple[str, ...]
    repeats: bool

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Branch:
        """Take a branch as `stored` returns it."""
        return cls(_reads(stored["reads"]), tuple((variable, _expression(part)) for variable, part in stored["binds"]), _triples(stored["filters"]),
                   tuple(Excluded(frozenset(shared), _reads(reads), _triples(filters)) for shared, reads, filters in stored["excluded"]),
                   tuple(stored["shown"]), stored["repeats"])

    def stored(self) -> dict[str, Any]:
        """Return the branch in what JSON has."""
        return {"reads": _listed(self.reads), "binds": [(variable, _told(part)) for variable, part in self.binds], "filters": self.filters,
                "excluded": [(sorted(each.shared), _listed(each.reads), each.filters) for each in self.excluded],
                "shown": self.shown, "repeats": self.repeats}


def _listed(reads: tuple[Read, ...]) -> list[Any]:
    return [(each.table, each.columns, sorted(each.lacking)) for each in reads]


def _reads(stored: list[Any]) -> tuple[Read, ...]:
    return tuple(Read(table, _triples(columns), frozenset(lacking)) for table, columns, lacking in stored)


def _triples(stored: list[Any]) -> tuple[Comparison, ...]:
    return tuple((first, second, third) for first, second, third in stored)


def _told(part: Call | str) -> Any:
    return part if isinstance(part, str) else [part.name, *map(_told, part.arguments)]


def _expression(stored: Any) -> Call | str:
    return stored if isinstance(stored, str) else Call(stored[0], tuple(map(_expression, stored[1:])))
