"""In which order the tables of a compiled rule are joined, from what is known of the facts.

An engine's own planner knows nothing of findings, whose tables are empty when a statement is prepared; so the order is
settled here and forced on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lawkb.pattern import is_variable
from lawkb.tables import SUBJECT, Found, Relation
from lawkb.terms import LAW
from lawkb.values import encode

# How many findings a case has of a class, guessed (many where they are told apart by measure), and what part of them a further known column leaves.
_MANY, _FEW, _PART = 300.0, 60.0, 0.1
_LEAST = 0.5
_CASE = '"case"'
_TRIES = 3000


@dataclass
class Item:
    """One table of a join: (column, term, sort) of what is read of it, and where its facts or findings are described."""

    source: Relation | Found
    columns: list[tuple[str, str, str]]

    @property
    def variables(self) -> set[str]:
        """The variables of the item."""
        return {term for _, term, _ in self.columns if is_variable(term)}

    def known(self, bound: set[str]) -> set[str]:
        """Return the columns of which the value is known when these variables are bound."""
        return {column for column, term, _ in self.columns if not is_variable(term) or term in bound}

    def probe(self, bound: set[str]) -> tuple[str, ...]:
        """Return the columns by which the table is looked up, so that it can be indexed by them; none where it is read whole."""
        known = self.known(bound)
        return (SUBJECT,) if SUBJECT in known else tuple(sorted(known - {_CASE}))

    def rows(self, bound: set[str]) -> float:
        """Return how many rows to expect for each row so far."""
        if isinstance(self.source, Relation):
            if self.source.table.startswith("case_"):
                return 1.0
            return self.source.expected({column: None if is_variable(term) else encode(term) for column, term, _ in self.columns
                                         if not is_variable(term) or term in bound})
        known = self.known(bound)
        if SUBJECT in known:
            return 1.0 if len(known) == 1 else _LEAST
        guess = _MANY if f"{LAW}forMeasure" in self.source.properties else _FEW
        return max(guess * _PART ** len(known - {_CASE}), _LEAST)

    def single(self, bound: set[str]) -> bool:
        """Say whether the item can match only once for what is bound."""
        return isinstance(self.source, Relation) and SUBJECT in self.known(bound) and self.source.single


def ordered(items: list[Item], bound: set[str]) -> list[Item]:
    """Return the order with the fewest rows in between; only tables that share a variable with those before are tried, where there are any.

    The cheapest next table is tried first, so that the search may stop at any time.
    """
    best: tuple[float, list[Item]] = (float("inf"), items)
    tries = 0

    def extend(order: list[Item], left: list[Item], known: set[str], rows: float, total: float) -> None:
        nonlocal best, tries
        tries += 1
        if tries > _TRIES:
            return
        if not left:
            best = (total, order)
            return
        connected = [item for item in left if item.variables & known] or left
        for expected, place in sorted((item.rows(known), place) for place, item in enumerate(connected)):
            item, now = connected[place], rows * expected
            if total + now + len(left) < best[0]:  # each table still to come costs one row at least
                extend([*order, item], [other for other in left if other is not item], known | item.variables, now, total + now + 1)

    extend([], items, set(bound), 1.0, 0.0)
    return best[1]
