"""The engine of a process that is asked again and again: the rules as functions (`lawkb.loops`) over tables in memory.

Functions are made when they are first run, and look facts up in the snapshot: a small table is read whole at its first
look-up, of a large one what was looked up is remembered. Both are of all questions; what a rule finds is of one.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import CodeType
from typing import Any

from lawkb.branches import Branch
from lawkb.case import Case
from lawkb.infer import CompiledRule
from lawkb.loops import Index, Lookup, Loops, written
from lawkb.relational import Row, TableEngine, case_rows
from lawkb.tables import SUBJECT
from lawkb.terms import CONCEPT
from lawkb.values import Value, short

WHOLE = 10_000  # rows up to which a table of facts is read at once, when a part of them has been asked for one by one
SMALL = 200  # rows up to which it is read at its first look-up
FIRST = 32  # look-ups after which the whole is considered again, each time
REMEMBERED = 100_000  # what is remembered of look-ups and chains, in rows: some 20 MB
MEASURES = 8  # for which alone functions are kept

Execute = Callable[[str, tuple[Value, ...]], Iterable[Row]]
Rule = Callable[..., list[Row]]


class Library:
    """The rules as functions, and the facts that they have looked up; safe to share between threads.

    Two threads may look up the same fact at once, to no harm: the one or the other answer stays.
    """

    def __init__(self, execute: Execute, branches: Mapping[str, str], columns: Mapping[str, Sequence[str]], about_measures: Iterable[str] = ()) -> None:
        """Take what a snapshot holds.

        Args:
            execute: runs a statement on the tables of facts.
            branches: IRI of a rule -> its branches, as JSON.
            columns: table of a question -> its columns.
            about_measures: the tables of facts that speak of measures only.
        """
        self.execute, self.branches, self.columns, self.about_measures = execute, branches, columns, frozenset(about_measures)
        self.indexes: list[tuple[str, tuple[int, ...]]] = []  # those that functions take, by their numbers: table and places of the columns of the key
        self._numbers: dict[Index, int] = {}
        self._loops: dict[str, Loops] = {}
        self._codes: dict[str, CodeType] = {}
        self.guard = threading.RLock()
        self.functions = Functions(self)
        self._narrowed: OrderedDict[str, Functions] = OrderedDict()

    def engine(self, case: Case, measure: str | None = None) -> LoopEngine:
        """Return an engine for one case; with the code of a measure, it finds nothing on others."""
        if measure is None:
            return LoopEngine(self.functions, case)
        measure = short(f"{CONCEPT}measure/{measure}")
        with self.guard:
            functions = self._narrowed.pop(measure, None) or Functions(self, measure)
            self._narrowed[measure] = functions
            if len(self._narrowed) > MEASURES:
                self._narrowed.popitem(last=False)
        return LoopEngine(functions, case)

    def loops(self, rule: str) -> Loops:
        """Return the loops of a rule."""
        if rule not in self._loops:
            self._loops[rule] = written([Branch.of(stored) for stored in json.loads(self.branches[rule])], self.columns.__getitem__)
        return self._loops[rule]

    def code(self, text: str) -> CodeType:
        """Return the code of a function."""
        if text not in self._codes:
            self._codes[text] = compile(text, "<rule>", "exec")
        return self._codes[text]

    def number(self, index: Index) -> int:
        """Return the number of an index."""
        if index not in self._numbers:
            columns = self.columns[index.table]
            self.indexes.append((index.table, tuple(map(columns.index, index.keys))))
            self._numbers[index] = len(self.indexes) - 1
        return self._numbers[index]


class Functions:
    """The rules as functions on all measures, or on one, and what they ask of facts: mappings from keys to what look-ups and chains give for them."""

    def __init__(self, library: Library, measure: str | None = None) -> None:
        self.library, self.measure = library, measure  # the value of the measure in tables
        self.answers: dict[Lookup | Loops, _Remembered] = {}
        self.remembered = 0
        self._rules: dict[str, tuple[Rule, list[int]]] = {}

    def rule(self, iri: str) -> tuple[Rule, list[int]]:
        """Return the function of a rule, with the numbers of the indexes that it takes."""
        known = self._rules.get(iri)
        if known is None:
            with self.library.guard:
                loops = self.library.loops(iri)
                known = self._rules[iri] = self.function(loops), list(map(self.library.number, loops.indexes))
        return known

    def function(self, loops: Loops) -> Callable[..., Any]:
        """Return a function with the constants and the facts that it is to be given."""
        names: dict[str, Any] = {f"k{number}": value for number, value in enumerate(loops.constants)}
        names.update((f"f{number}", self.answer(wanted)) for number, wanted in enumerate(loops.facts))
        exec(self.library.code(loops.text), names)
        made: Callable[..., Any] = names["rule"]
        return made

    def answer(self, wanted: Lookup | Loops) -> _Remembered:
        """Return the mapping for a look-up or a chain; what has nothing to do with measures is shared by all."""
        known = self.answers.get(wanted)
        if known is None:
            if self.measure is not None and self.library.about_measures.isdisjoint(wanted.tables()):
                known = self.library.functions.answer(wanted)
            else:
                known = _Chain(self, wanted) if isinstance(wanted, Loops) else Looked(self, wanted)
            self.answers[wanted] = known
        return known

    def remember(self, count: int) -> None:
        """Count what is remembered, and forget all of it when it is too much."""
        self.remembered += count
        if self.remembered > REMEMBERED:
            with self.library.guard:
                self.remembered = 0
                for answer in self.answers.values():
                    answer.forget()


class LoopEngine(TableEngine):
    """Runs the rules for one case."""

    name = "loops"

    def __init__(self, functions: Functions, case: Case) -> None:
        super().__init__()
        self.functions = functions
        self.tables = Tables(functions.library.indexes, case_rows(case))

    def rows(self, rule: CompiledRule) -> list[Row]:
        """Run a rule: return its rows, some maybe more than once."""
        function, numbers = self.functions.rule(rule.iri)
        tables = self.tables
        return function(*[tables[number] for number in numbers])

    def store(self, table: str, rows: list[Row], width: int) -> None:
        """Add rows to a table that rules read."""
        self.tables.add(table, rows)


class Tables(dict[int, Any]):
    """The tables of a question: number of an index -> the rows by key, or all rows; made when it is first asked for, and kept up."""

    def __init__(self, indexes: Sequence[tuple[str, tuple[int, ...]]], rows: dict[str, list[Row]]) -> None:
        super().__init__()
        self.indexes = indexes
        self.listed: defaultdict[str, list[Row]] = defaultdict(list, rows)
        self.made: defaultdict[str, list[tuple[dict[Any, list[Row]], tuple[int, ...]]]] = defaultdict(list)

    def __missing__(self, number: int) -> Any:
        table, places = self.indexes[number]
        if not places:
            self[number] = self.listed[table]
        else:
            index = self[number] = defaultdict(list)
            _group(index, places, self.listed[table])
            self.made[table].append((index, places))
        return self[number]

    def add(self, table: str, rows: list[Row]) -> None:
        """Add rows to a table, and to its indexes."""
        self.listed[table] += rows
        for index, places in self.made[table]:
            _group(index, places, rows)


def _group(index: dict[Any, list[Row]], places: tuple[int, ...], rows: list[Row]) -> None:
    """Add rows to an index by what they have in some places."""
    if len(places) == 1:
        place, = places
        for row in rows:
            index[row[place]].append(row)
    else:
        key = itemgetter(*places)
        for row in rows:
            index[key(row)].append(row)


class _Remembered(dict[Any, Any]):
    """What was found for keys."""

    def __init__(self, functions: Functions) -> None:
        super().__init__()
        self.functions = functions

    def forget(self) -> None:
        self.clear()


class _Chain(_Remembered):
    """What a function of facts gave."""

    def __init__(self, functions: Functions, loops: Loops) -> None:
        super().__init__(functions)
        self.function = functions.function(loops)
        self.one = loops.takes == 1

    def __missing__(self, key: Any) -> Any:
        found = self[key] = self.function(key) if self.one else self.function(*key)
        self.functions.remember(1 + len(found) if isinstance(found, tuple) else 1)
        return found


class Looked(_Remembered):
    """What a table gave; when much of a table of moderate size has been asked for, the rest is read too."""

    def __init__(self, functions: Functions, wanted: Lookup) -> None:
        super().__init__(functions)
        for name in (wanted.table, *wanted.keys, *(column for column, _ in (*wanted.gives, *wanted.fixed))):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name} is no name of a table or column")
        fixed = list(wanted.fixed)
        if functions.measure is not None and wanted.table in functions.library.about_measures:
            fixed.append((SUBJECT, functions.measure))
        self.width, self.marks, self.fixed = len(wanted.keys), [mark for _, mark in wanted.gives], tuple(value for _, value in fixed)
        self.execute = functions.library.execute
        where = [f"{column}=?" for column, _ in fixed]
        gives = [column for column, _ in wanted.gives]
        self.count = f"SELECT 1 FROM {wanted.table}{' WHERE ' if where else ''}{' AND '.join(where)}"
        self.all = _select((*wanted.keys, *gives), wanted.table, where)
        self.part = _select(gives, wanted.table, [*where, *(f"{column}=?" for column in wanted.keys)])
        self.nothing: Any = () if gives else False
        self.size: Any = None  # how many rows it has, as far as that was counted
        self.asked = 0
        self.whole = False

    def __missing__(self, key: Any) -> Any:
        if self.whole:
            return self.nothing
        self.asked += 1
        if (self.asked == 1 or self.asked % FIRST == 0) and self.read():
            return self.get(key, self.nothing)
        rows = list(self.execute(self.part, (*self.fixed, key) if self.width == 1 else (*self.fixed, *key)))
        found = self[key] = self.given(rows)
        self.functions.remember(len(rows) + 1)
        return found

    def read(self) -> bool:
        """Read the whole table, if it is small or that costs less than what was asked of it by now; not if it is large."""
        if self.size is None:
            (self.size,), = self.execute(f"SELECT count(*) FROM ({self.count} LIMIT {WHOLE + 1})", self.fixed)
        if self.size > min(WHOLE, max(SMALL, 3 * self.asked)):
            return False
        width = self.width
        grouped: dict[Any, list[Row]] = defaultdict(list)
        for row in self.execute(self.all, self.fixed):
            grouped[row[0] if width == 1 else row[:width]].append(row[width:])
        with self.functions.library.guard:  # lest what is read is forgotten by another thread, and then taken for all there is
            self.update((key, self.given(found)) for key, found in grouped.items())
            self.whole = True
        return True

    def given(self, rows: list[Row]) -> Any:
        """Return the values of one column, the rows of several, or whether there is a row."""
        if not rows or not self.marks:
            return self.nothing if not rows else True
        if len(self.marks) == 1:
            return tuple([_piece(row[0], self.marks[0]) for row in rows])
        return tuple([tuple([_piece(value, mark) for value, mark in zip(row, self.marks, strict=True)]) for row in rows])

    def forget(self) -> None:
        if not self.whole:
            self.clear()


_NAME = re.compile(r'\w+|"\w+"')


def _select(columns: Sequence[str], table: str, where: Sequence[str]) -> str:
    return f"SELECT {'DISTINCT ' if columns else ''}{', '.join(columns) or '1'} FROM {table}{' WHERE ' if where else ''}{' AND '.join(where)}"


def _piece(value: Value | None, mark: str) -> Value | None:
    """Return a value, or what stands in it behind a mark. Texts are kept once, so that they are compared at once."""
    return (sys.intern(value.partition(mark)[2]) if mark else sys.intern(value)) if isinstance(value, str) else value
