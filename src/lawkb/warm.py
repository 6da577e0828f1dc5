"""The engine of a process that is asked again and again: the rules as functions (`lawkb.loops`) over tables in memory.

Functions are made when they are first run, and look facts up in the snapshot: a small table is read whole at its first
look-up, of a large one what was looked up is remembered. Both are of all questions; what a rule finds is of one.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from lawkb.branches import Branch
from lawkb.case import Case
from lawkb.infer import CompiledRule
from lawkb.loops import Index, Lookup, behind, written
from lawkb.relational import Row, TableEngine, case_rows
from lawkb.values import Value

WHOLE = 2000  # rows up to which a table of facts is read at once
REMEMBERED = 100_000  # look-ups and rows of large tables that are kept, some 20 MB

Execute = Callable[[str, tuple[Value, ...]], Iterable[Row]]
Rule = Callable[..., list[Row]]
Use = tuple[int, str, Callable[[Row], Any] | None]  # an index of the question: its number, its table, what gives the key of a row


class Library:
    """The rules as functions, and the facts that they have looked up; safe to share between threads.

    Two threads may make the same function or look up the same fact at once, to no harm: the one or the other stays.
    """

    def __init__(self, execute: Execute, branches: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> None:
        """Take what a snapshot holds.

        Args:
            execute: runs a statement on the tables of facts.
            branches: IRI of a rule -> its branches, as JSON.
            columns: table of a question -> its columns.
        """
        self.branches, self.columns = branches, columns
        self.facts = Facts(execute)
        self._functions: dict[str, tuple[Rule, list[Use]]] = {}
        self._numbers: dict[Index, int] = {}

    def engine(self, case: Case) -> LoopEngine:
        """Return an engine for one case."""
        return LoopEngine(self, case)

    def function(self, rule: str) -> tuple[Rule, list[Use]]:
        """Return the function of a rule, with the indexes that it takes."""
        known = self._functions.get(rule)
        if known is None:
            known = self._functions[rule] = self._made(rule)
        return known

    def _made(self, rule: str) -> tuple[Rule, list[Use]]:
        loops = written([Branch.of(stored) for stored in json.loads(self.branches[rule])], self.columns.__getitem__)
        names: dict[str, Any] = {"behind": behind}
        names.update((f"k{number}", value) for number, value in enumerate(loops.constants))
        names.update((f"f{number}", self.facts.lookup(lookup)) for number, lookup in enumerate(loops.lookups))
        exec(compile(loops.text, rule, "exec"), names)
        return names["rule"], [self._use(index) for index in loops.indexes]

    def _use(self, index: Index) -> Use:
        places = [self.columns[index.table].index(column) for column in index.keys]
        return self._numbers.setdefault(index, len(self._numbers)), index.table, itemgetter(*places) if places else None


class LoopEngine(TableEngine):
    """Runs the rules for one case."""

    name = "loops"

    def __init__(self, library: Library, case: Case) -> None:
        super().__init__()
        self.library = library
        self.tables: defaultdict[str, list[Row]] = defaultdict(list, case_rows(case))
        self._indexes: dict[int, tuple[dict[Any, list[Row]], list[int]]] = {}

    def rows(self, rule: CompiledRule) -> list[Row]:
        """Run a rule: return its rows, none twice."""
        function, uses = self.library.function(rule.iri)
        return function(*[self._index(*use) for use in uses])

    def store(self, table: str, rows: list[Row]) -> None:
        """Add rows to a table that rules read."""
        self.tables[table] += rows

    def _index(self, number: int, table: str, key: Callable[[Row], Any] | None) -> dict[Any, list[Row]] | list[Row]:
        """Return an index that has all rows of its table by now."""
        rows = self.tables[table]
        if key is None:
            return rows
        if number not in self._indexes:
            self._indexes[number] = defaultdict(list), [0]
        index, done = self._indexes[number]
        if done[0] < len(rows):
            for row in rows[done[0]:]:
                index[key(row)].append(row)
            done[0] = len(rows)
        return index


class Facts:
    """Look-ups of facts."""

    def __init__(self, execute: Execute) -> None:
        self.execute = execute
        self.lookups: dict[Lookup, dict[Any, Any]] = {}
        self.remembered = 0

    def lookup(self, wanted: Lookup) -> dict[Any, Any]:
        """Return a mapping from the keys of a look-up to what it gives for them; where there is no row, nothing or False."""
        if wanted not in self.lookups:
            self.lookups[wanted] = self._made(wanted)
        return self.lookups[wanted]

    def _made(self, wanted: Lookup) -> dict[Any, Any]:
        for name in (wanted.table, *wanted.keys, *wanted.gives, *(column for column, _ in wanted.fixed)):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name} is no name of a table or column")
        where = [f"{column}=?" for column, _ in wanted.fixed]
        fixed = tuple(value for _, value in wanted.fixed)
        columns = ", ".join((*wanted.keys, *wanted.gives)) or "1"
        whole = f"SELECT DISTINCT {columns} FROM {wanted.table}{' WHERE ' if where else ''}{' AND '.join(where)}"
        rows = list(self.execute(f"{whole} LIMIT {WHOLE + 1}", fixed))
        width = len(wanted.keys)
        if len(rows) <= WHOLE:
            return _Whole(rows, width, len(wanted.gives))
        where += [f"{column}=?" for column in wanted.keys]
        part = f"SELECT {'DISTINCT ' if wanted.gives else ''}{', '.join(wanted.gives) or '1'} FROM {wanted.table} WHERE {' AND '.join(where)}"
        return _Part(self, part if wanted.gives else f"{part} LIMIT 1", fixed, width, len(wanted.gives))

    def remember(self, count: int) -> None:
        """Count what is remembered, and forget all of it when it is too much."""
        self.remembered += count
        if self.remembered > REMEMBERED:
            self.remembered = 0
            for lookup in list(self.lookups.values()):
                if isinstance(lookup, _Part):
                    lookup.clear()


_NAME = re.compile(r'\w+|"\w+"')


class _Whole(dict[Any, Any]):
    """All that a look-up gives, by key."""

    def __init__(self, rows: list[Row], width: int, gives: int) -> None:
        super().__init__()
        self.nothing: Any = () if gives else False
        grouped: dict[Any, list[Row]] = defaultdict(list)
        for row in map(_interned, rows):
            grouped[row[0] if width == 1 else row[:width]].append(row[width:])
        self.update((key, _given(found, gives)) for key, found in grouped.items())

    def __missing__(self, key: Any) -> Any:
        return self.nothing


class _Part(dict[Any, Any]):
    """What was asked for of a look-up, by key."""

    def __init__(self, facts: Facts, statement: str, fixed: tuple[Value, ...], width: int, gives: int) -> None:
        super().__init__()
        self.facts, self.statement, self.fixed, self.width, self.gives = facts, statement, fixed, width, gives

    def __missing__(self, key: Any) -> Any:
        rows = list(map(_interned, self.facts.execute(self.statement, (*self.fixed, key) if self.width == 1 else (*self.fixed, *key))))
        found = self[key] = _given(rows, self.gives)
        self.facts.remember(len(rows) + 1)
        return found


def _given(rows: list[Row], gives: int) -> Any:
    """Return the values of one column, the rows of several, or whether there is a row."""
    return tuple(rows) if gives > 1 else tuple(row[0] for row in rows) if gives else bool(rows)


def _interned(row: Row) -> Row:
    """Return a row whose texts are those of other rows: they are kept once, and compared at once."""
    return tuple(sys.intern(value) if isinstance(value, str) else value for value in row)
