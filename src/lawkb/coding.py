"""Numbers for the values and the names in tables, for an engine that holds the findings of thousands of cases at once.

A value of a fact is numbered by its place among all values in order, so that those of one kind lie together. A name that a
rule mints is a number too: that of its case, and behind it the place of the name among all that rules could mint from these
facts. Each form of a name (`/option/<measure>/<instrument>`) has a range of places of its own, and in it the parts of a name
give its place as day, month and year do in a calendar. So different names have different numbers, and a number can be
spelled out again, without a list of the names that there are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

from lawkb.errors import LawkbError
from lawkb.minting import CASE, CUT, MINTED, NAME, TEXT, Maker, Part
from lawkb.values import Value

_BITS = 63  # of a number that is not wide
_MARK = re.compile(r"«(\w)(\d+)(?:_(\d+))?(?: ([^«»]*))?»")


@dataclass(frozen=True)
class _Range:
    """The numbers that a part of a name can have.

    Attributes:
        size: how many.
        low, high: the first and the last one.
        names: whether they are those of names.
        sure: whether all values that stand in its columns lie in it; the others have no text behind the mark, and place 0.
    """

    size: int
    low: int
    names: bool
    high: int = 0
    sure: bool = True


class Codes:
    """The number of each value and of each name.

    Attributes:
        values: the values in order; the number of a value is its place.
        code: value -> number.
        shift: how many bits stand behind the number of the case. Cases are numbered from 1, so that no name has the number of a value.
    """

    def __init__(self, columns: Mapping[str, Iterable[Value]], names: dict[str, Any]) -> None:
        """`columns` (`table.column`) are all those of facts and cases whose values are to be numbered; `names` is what `Names.stored` gave."""
        listed = {value for values in columns.values() for value in values}.union(names["constants"])
        self.values: list[Value] = [*sorted(v for v in listed if isinstance(v, str)), *sorted(v for v in listed if isinstance(v, int))]
        self.code = {value: number for number, value in enumerate(self.values)}
        self.constants = names["constants"]
        numbers = {column: list(map(self.code.__getitem__, values)) for column, values in columns.items()}
        self._spans = {column: (min(listed), max(listed)) if listed else (0, -1) for column, listed in numbers.items()}
        self.forms = [tuple(Part(*part) for part in form) for form in names["forms"]]
        self.origins: list[list[list[str]]] = names["origins"]
        self.flows: dict[str, list[str]] = names["flows"]
        self._marks: dict[str, tuple[int, int]] = {}
        self._known: dict[str, tuple[set[int], set[str]]] = {}
        self.makers = {table: [Maker(rule, form, tuple(told)) for rule, form, told in makers] for table, makers in names["makers"].items()}
        self.ranges: dict[int, list[_Range | None]] = {}
        self.starts: dict[int, int] = {}
        end = len(self.values)
        for form in self._order():
            self.ranges[form] = [self._range(form, place) for place in range(len(self.forms[form]))]
            self.starts[form] = end
            end += self._size(form)
        self.end = end
        self.shift = end.bit_length()
        self.by_start = sorted((start, form) for form, start in self.starts.items())

    def kind(self, cases: int) -> str:
        """Return the SQL type of names for so many cases at once."""
        return "BIGINT" if self.shift + (cases + 1).bit_length() <= _BITS else "HUGEINT"

    def holds_names(self, column: str) -> bool:
        """Say whether a column of findings (`table.column`) may hold minted names."""
        return bool(self._sources(column)[0])

    def repeated(self, table: str, rules: Container[str]) -> bool:
        """Say whether two of these rules may add the same finding to a table."""
        forms: dict[int | None, set[str]] = {}
        for maker in self.makers.get(table, ()):
            if maker.rule in rules:
                forms.setdefault(maker.form, set()).add(maker.rule)
        return any(len(each) > 1 for each in forms.values()) or (None in forms and len(forms) > 1)

    def untold(self, table: str, rules: Container[str]) -> list[int]:
        """Return the columns behind the finding's name, by place, of which the name does not tell the value for all that these rules add."""
        makers = [maker for maker in self.makers.get(table, ()) if maker.rule in rules]
        found = []
        for place, told in enumerate(zip(*(maker.told for maker in makers), strict=True)):
            by_form: dict[int | None, set[int | str | None]] = {}
            for maker, how in zip(makers, told, strict=True):
                by_form.setdefault(maker.form, set()).add(how if self._tells(maker.form, how) else None)
            if any(None in each or len(each) > 1 for each in by_form.values()):
                found.append(place)
        return found

    def written(self, sql: str, kind: str) -> str:
        """Return a statement with numbers in place of its marks."""
        while _MARK.search(sql):
            sql = _MARK.sub(lambda mark: self._written(mark, kind), sql)
        return sql

    def spelled(self, number: int) -> str:
        """Return the value of a number, or the name of one from behind its case on."""
        if number < len(self.values):
            return str(self.values[number])
        start, form = self.by_start[bisect_right(self.by_start, (number, len(self.forms))) - 1]
        left, told = number - start, []
        for part, each in zip(reversed(self.forms[form]), reversed(self.ranges[form]), strict=True):
            if each is None:
                told.append(part.text)
            else:
                left, place = divmod(left, each.size)
                told.append(self._told(part, each, place))
        return "".join(reversed(told))

    # forms and their ranges

    def _order(self) -> list[int]:
        """The forms, those from which others are made before these, and those side by side that stand in the same columns."""
        columns: dict[int, list[str]] = {form: [] for form in range(len(self.forms))}
        for column in sorted(self.flows):
            for form in self._sources(column)[0]:
                columns[form].append(column)
        depths: dict[int, int] = {}

        def depth(form: int, above: tuple[int, ...]) -> int:
            if form in above:
                raise LawkbError(f"The rules mint names from names without end: {''.join(part.text or '...' for part in self.forms[form])}",
                                 "Have a rule make its name from the case and from facts", "docs/rules.md")
            if form not in depths:
                sources = {other for origins in self.origins[form] for origin in origins for other in self._sources(origin)[0]}
                depths[form] = 1 + max((depth(other, (*above, form)) for other in sources), default=0)
            return depths[form]

        return sorted(columns, key=lambda form: (depth(form, ()), columns[form], form))

    def _sources(self, origin: str) -> tuple[set[int], set[str]]:
        """The forms of the names that come from a column, and the columns of facts whose values do."""
        if origin not in self._known:
            forms: set[int] = set()
            facts: set[str] = set()
            seen: set[str] = set()
            left = [origin]
            while left:
                if (each := left.pop()) not in seen:
                    seen.add(each)
                    if each.startswith(MINTED):
                        forms.add(int(each.removeprefix(MINTED)))
                    elif each.startswith("found_"):
                        left += self.flows.get(each, ())
                    else:
                        facts.add(each)
            self._known[origin] = forms, facts
        return self._known[origin]

    def _range(self, form: int, place: int) -> _Range | None:
        part = self.forms[form][place]
        if part.kind in (CASE, TEXT):
            return None
        found = [self._sources(origin) for origin in self.origins[form][place]]
        forms = set().union(*(each for each, _ in found))
        if not forms and part.kind == CUT:
            low, high = self._marked(part.text)
            spans = [self._spans.get(column) for _, facts in found for column in facts]
            return _Range(high - low + 2, low, False, high, all(span and (span[0] > span[1] or low <= span[0] <= span[1] <= high) for span in spans))
        low = 0 if not forms or any(facts for _, facts in found) else min(self.starts[each] for each in forms)
        return _Range(max((self.starts[each] + self._size(each) for each in forms), default=1) - low, low, True)

    def _marked(self, mark: str) -> tuple[int, int]:
        """The first and the last value that has a mark, where these and no others lie between them and differ behind it; else of all values."""
        if mark not in self._marks:
            found = [number for number, value in enumerate(self.values) if mark in str(value)]
            alone = all(b == a + 1 for a, b in pairwise(found)) and len({str(self.values[n]).partition(mark)[2] for n in found}) == len(found)
            self._marks[mark] = (found[0], found[-1]) if found and alone else (0, len(self.values) - 1) if found else (0, -1)
        return self._marks[mark]

    def _tells(self, form: int | None, how: int | str | None) -> bool:
        """Say whether a part of a name of this form, or a constant, tells a value: a part does if all that it may be taken from lies in its range."""
        if form is None or how is None or isinstance(how, str):
            return form is not None and how is not None
        each = self.ranges[form][how]
        return each is None or each.sure

    def _size(self, form: int) -> int:
        return prod(each.size for each in self.ranges[form] if each)

    # statements and names

    def _written(self, mark: re.Match[str], kind: str) -> str:
        sort, number, place, inner = mark.groups()
        if sort == "c":
            return str(self.code[self.constants[int(number)]])
        form, at = int(number), int(place or 0)
        step = prod(each.size for each in self.ranges[form][at + 1:] if each)
        each = self.ranges[form][at]
        if sort == "h":
            if each is None:  # the case
                return f"({inner}::{kind} * {1 << self.shift} + {self.starts[form]})"
            if step == 1:
                return f"({inner} + {self.starts[form] - each.low})"
            return f"({inner} + (({inner} & {self.mask}) - {each.low}) * {step - 1} + {self.starts[form] - each.low})"
        if each is None:
            raise ValueError(f"the part {at} of the form {form} has no range")
        if each.names:
            return f"((({inner} & {self.mask}) - {each.low}) * {step})"
        if each.sure:
            return f"(({inner} - {each.low - 1})::{kind} * {step})"
        return f"((CASE WHEN {inner} BETWEEN {each.low} AND {each.high} THEN {inner} - {each.low - 1} ELSE 0 END)::{kind} * {step})"

    @property
    def mask(self) -> int:
        """The bits behind the number of the case."""
        return (1 << self.shift) - 1

    def _told(self, part: Part, each: _Range, place: int) -> str:
        if not each.names:
            return str(self.values[each.low + place - 1]).partition(part.text)[2] if place else ""
        told = self.spelled(each.low + place)
        return told if part.kind == NAME else told.partition(part.text)[2] if part.text else told[1:]
