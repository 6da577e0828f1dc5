"""Writes the branches of a rule as a Python function: loops over look-ups, one inside the other.

The text of a function holds names that are made here, and nothing else: tables and columns are asked for by number, and
constants are handed to it as values, so that nothing that was read from a file is ever run. What a loop finds of a table is
only what is needed further in; where nothing is, it only sees whether there is a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lawkb.branches import NOTHING, Branch, Comparison, Excluded, Read
from lawkb.pattern import Call, is_variable, variables_of
from lawkb.tables import SUBJECT
from lawkb.values import Value, encode

Row = tuple[Value | None, ...]
_OPERATORS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
CASE = '"case"'
_FACTS, _FOUND = "facts_", "found_"


@dataclass(frozen=True)
class Lookup:
    """What a loop asks of a table of facts.

    Attributes:
        table: its name.
        fixed: (column, value) of the rows that count.
        keys: the columns by which it is looked up: by the value of one, by a tuple of the values of several or none.
        gives: the columns whose values it gives: values of one, tuples of several, or whether there is a row where it is none.
    """

    table: str
    fixed: tuple[tuple[str, Value], ...]
    keys: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """What a loop asks of a table of the question: its rows by the value of one column, by a tuple of the values of several, or all of them."""

    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Loops:
    """A function as a text, with what it is to be given.

    Attributes:
        text: defines `rule`, which takes the look-ups of the question in the order of `indexes` and returns a list of rows.
        constants: the constants `k0`, `k1`, ... of the text.
        lookups: the look-ups of facts `f0`, `f1`, ... of the text.
        indexes: those of the question.
    """

    text: str
    constants: tuple[Value, ...]
    lookups: tuple[Lookup, ...]
    indexes: tuple[Index, ...]


def written(branches: Iterable[Branch], columns: Callable[[str], Sequence[str]]) -> Loops:
    """Return the function that gives the rows of all branches.

    Args:
        branches: the branches of a rule for which there is a statement too, so that nothing in them is without a translation.
        columns: gives the columns of a table of the question.
    """
    return _Writer(columns).written(list(branches))


class _Writer:
    def __init__(self, columns: Callable[[str], Sequence[str]]) -> None:
        self.columns = columns
        self.lines: list[str] = []
        self.constants: dict[tuple[type, Value], str] = {}
        self.lookups: dict[Lookup, str] = {}
        self.indexes: dict[Index, str] = {}
        self.made = 0

    def written(self, branches: list[Branch]) -> Loops:
        for branch in branches:
            self.branch(branch)
        given = [f"{name}={name}" for name in (*self.constants.values(), *self.lookups.values())]
        once = len(branches) > 1 or any(branch.repeats for branch in branches)
        text = "\n".join([f"def rule({', '.join([*self.indexes.values(), *given])}):", " out = []", " add = out.append", *self.lines,
                          f" return {'list(dict.fromkeys(out))' if once else 'out'}", ""])
        return Loops(text, tuple(value for _, value in self.constants), tuple(self.lookups), tuple(self.indexes))

    # names

    def name(self, kind: str = "v") -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def constant(self, value: Value) -> str:
        return self.constants.setdefault((type(value), value), f"k{len(self.constants)}")

    def say(self, depth: int, text: str) -> None:
        self.lines.append(" " * depth + text)

    # joins

    def branch(self, branch: Branch) -> None:
        env: dict[str, str] = {}
        wanted = {term for each in branch.filters for term in each[1:]} | {term for _, part in branch.binds for term in variables_of(part)}
        wanted |= {*branch.shown}.union(*(each.shared for each in branch.excluded))
        filters, excluded = list(branch.filters), list(branch.excluded)
        depth = 1
        for place, read in enumerate(branch.reads):
            later = wanted.union(*(other.variables for other in branch.reads[place + 1:]))
            depth, _ = self.read(depth, read, env, later)
            depth = self.tests(depth, env, filters, excluded)
        for variable, part in branch.binds:
            env[variable] = self.name()
            self.say(depth, f"{env[variable]} = {self.expression(depth, part, env)}")
        depth = self.tests(depth, env, filters, excluded)
        shown = ", ".join("None" if term == NOTHING else self.value(term, env) for term in branch.shown)
        self.say(depth, f"add(({shown},))")

    def tests(self, depth: int, env: dict[str, str], filters: list[Comparison], excluded: list[Excluded]) -> int:
        """Write the comparisons and the exclusions for which all is known by now, and strike them off their lists; return how deep the next line
        stands."""
        for each in [each for each in filters if all(term in env for term in each[1:] if is_variable(term))]:
            filters.remove(each)
            operator, left, right = each
            depth = self.where(depth, f"{self.value(left, env)} {_OPERATORS[operator]} {self.value(right, env)}")
        for group in [group for group in excluded if group.shared <= env.keys()]:
            excluded.remove(group)
            depth = self.absent(depth, group, env)
        return depth

    def where(self, depth: int, condition: str) -> int:
        self.say(depth, f"if {condition}:")
        return depth + 1

    def read(self, depth: int, read: Read, env: dict[str, str], later: set[str]) -> tuple[int, bool]:
        """Write the loop over a table, or the look whether it has a row; return how deep the next line stands, and whether it is a loop."""
        whether, each, loop, tests = (self.facts if read.table.startswith(_FACTS) else self.found)(read, env, later)
        if not each:
            return self.where(depth, whether), False
        self.say(depth, f"for {each.rstrip()} in {loop}:")
        depth += 1
        for test in tests:
            depth = self.where(depth, test)
        return depth, True

    def found(self, read: Read, env: dict[str, str], later: set[str]) -> tuple[str, str, str, list[str]]:
        """Return for a table of the question: whether it has a row, what a loop binds and over what, and what it tests of a row."""
        the_case = CASE if read.table.startswith(_FOUND) else SUBJECT
        columns = [each for each in read.columns if each[0] != the_case or each[1] not in env]  # there is one case: it need not be compared
        known = {column: self.value(term, env) for column, term, _ in columns if not is_variable(term) or term in env}
        keys = (SUBJECT,) if SUBJECT in known else tuple(sorted(known))
        names: dict[str, str] = {}
        tests = []
        for column, term, _ in columns:
            if column in known and column not in keys or term in env and column not in known:
                names[column] = self.name()
                tests.append(f"{names[column]} == {self.value(term, env)}")
            elif column not in known and (term in later or column in read.lacking or read.often(term)):
                names[column] = env[term] = self.name()
                if column in read.lacking:
                    tests.append(f"{names[column]} is not None")
        index = self.indexes.setdefault(Index(read.table, keys), f"i{len(self.indexes)}")
        key = _key([known[column] for column in keys])
        each = "".join(f"{names.get(column, '_')}, " for column in self.columns(read.table)) if names else ""
        return (f"{key} in {index}", each, f"{index}.get({key}, ())", tests) if keys else (index, each, index, tests)

    def facts(self, read: Read, env: dict[str, str], later: set[str]) -> tuple[str, str, str, list[str]]:
        """Return the same for a table of facts."""
        fixed = tuple(sorted((column, encode(term)) for column, term, _ in read.columns if not is_variable(term)))
        known = {column: env[term] for column, term, _ in read.columns if term in env}
        names: dict[str, str] = {}
        tests = []
        for column, term, _ in read.columns:
            if is_variable(term) and column not in known:
                if term in env:  # for the second time in this row
                    names[column] = self.name()
                    tests.append(f"{names[column]} == {env[term]}")
                elif term in later or read.often(term):
                    names[column] = env[term] = self.name()
        lookup = Lookup(read.table, fixed, tuple(sorted(known)), tuple(sorted(names)))
        rows = f"{self.lookups.setdefault(lookup, f'f{len(self.lookups)}')}[{_key([known[column] for column in lookup.keys])}]"
        return rows, ", ".join(names[column] for column in lookup.gives), rows, tests

    def absent(self, depth: int, group: Excluded, env: dict[str, str]) -> int:
        """Write that something agrees with a group that is excluded, and so the present row does not count."""
        inner = {variable: env[variable] for variable in group.shared}
        filters, gone, start, at, loops = list(group.filters), self.name("g"), len(self.lines), depth, []
        for place, read in enumerate(group.reads):
            later = {term for each in filters for term in each[1:]}.union(*(other.variables for other in group.reads[place + 1:]))
            below, looped = self.read(at, read, inner, later)
            loops += [at] if looped else []
            at = self.tests(below, inner, filters, [])
        if not loops:
            conditions = [line.strip().removeprefix("if ").removesuffix(":") for line in self.lines[start:]]
            del self.lines[start:]
            return self.where(depth, f"not ({' and '.join(conditions)})")
        self.lines.insert(start, " " * depth + f"{gone} = False")
        self.say(at, f"{gone} = True")
        self.say(at, "break")
        for inside in reversed(loops[1:]):
            self.say(inside, f"if {gone}: break")
        return self.where(depth, f"not {gone}")

    # expressions

    def value(self, term: str, env: dict[str, str]) -> str:
        return env[term] if is_variable(term) else self.constant(encode(term))

    def expression(self, depth: int, part: Call | str, env: dict[str, str]) -> str:
        if isinstance(part, str):
            return self.constant(_plain(part)) if part.startswith('"') else self.value(part, env)
        if part.name in ("IRI", "STR"):
            return self.expression(depth, part.arguments[0], env)
        if part.name == "CONCAT":
            return f'f"{self.pieces(depth, part, env)}"'
        whole, mark = part.arguments
        text = self.expression(depth, whole, env)
        if isinstance(mark, str):
            return f"{text}.partition({self.constant(_plain(mark))})[2]"
        head = self.name()
        self.say(depth, f"{head} = {self.expression(depth, mark, env)}")
        return f"behind({text}, {head})"

    def pieces(self, depth: int, part: Call | str, env: dict[str, str]) -> str:
        """Return a part of a text that is put together."""
        if isinstance(part, Call) and part.name == "CONCAT":
            return "".join(self.pieces(depth, each, env) for each in part.arguments)
        return f"{{{self.expression(depth, part, env)}}}"


def behind(text: str, head: str) -> str:
    """Return what stands behind the head of a text; nothing where it has another."""
    return text[len(head):] if text.startswith(head) else ""


def _key(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _plain(term: str) -> str:
    return term[1:term.rindex('"')]
