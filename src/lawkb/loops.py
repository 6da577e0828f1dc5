"""Writes the branches of a rule as Python functions: loops over look-ups, one inside the other.

Tables of facts that are joined with one another, and with nothing of the question in between, make a chain: a function of its
own, whose results hold for all questions and so can be remembered. What a loop takes of a table or a chain is only what is
needed further in; where nothing is, it only sees whether there is a row.

The texts hold names that are made here, and nothing else: tables and columns are asked for by what `Loops` lists, and
constants are handed over as values, so that nothing that was read from a file is ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lawkb.branches import NOTHING, Branch, Comparison, Excluded, Read
from lawkb.pattern import Call, is_variable
from lawkb.tables import SUBJECT
from lawkb.values import Value, encode

_OPERATORS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CASE = '"case"'
_FACTS, _FOUND = "facts_", "found_"
Piece = tuple[str, str]  # a variable and a mark: what stands in its value behind the mark; without a mark the value itself
Names = dict[Piece, str]
Step = Read | Comparison | Excluded


@dataclass(frozen=True)
class Lookup:
    """What a loop asks of a table of facts.

    Attributes:
        table: its name.
        fixed: (column, value) of the rows that count.
        keys: the columns by which it is looked up: by the value of one, by a tuple of the values of several or none.
        gives: (column, mark) of what it gives, of a text only what stands behind the mark: values of one, tuples of several, or whether there
            is a row where it is none.
    """

    table: str
    fixed: tuple[tuple[str, Value], ...]
    keys: tuple[str, ...]
    gives: tuple[Piece, ...]

    def tables(self) -> Iterator[str]:
        """Yield the table."""
        yield self.table


@dataclass(frozen=True)
class Index:
    """What a loop asks of a table of the question: its rows by the value of one column, by a tuple of the values of several, or all of them."""

    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Loops:
    """A function as a text, with what it is to be given.

    Attributes:
        text: defines `rule`. That of a rule takes the look-ups of the question in the order of `indexes` and returns a list of rows; that of a
            chain takes its keys and returns what a `Lookup` gives.
        constants: the constants `k0`, `k1`, ... of the text.
        facts: the look-ups and chains `f0`, `f1`, ... of the text, each a mapping from keys to what they give.
        indexes: what it looks up of the question.
        takes: how many arguments it takes.
    """

    text: str
    constants: tuple[Value, ...]
    facts: tuple[Lookup | Loops, ...]
    indexes: tuple[Index, ...]
    takes: int

    def tables(self) -> Iterator[str]:
        """Yield the tables of facts that it reads."""
        for each in self.facts:
            yield from each.tables()


def written(branches: Iterable[Branch], columns: Callable[[str], Sequence[str]]) -> Loops:
    """Return the function that gives the rows of all branches, some maybe more than once.

    Args:
        branches: the branches of a rule for which there is a statement too, so that nothing in them is without a translation.
        columns: gives the columns of a table of the question.
    """
    function, listed = _Function(columns), list(branches)
    for branch in listed:
        function.branch(branch)
    return function.made([*function.indexes.values()], "out")


class _Function:
    """Gathers the lines of a function, and what it is to be given."""

    def __init__(self, columns: Callable[[str], Sequence[str]]) -> None:
        self.columns = columns
        self.lines: list[str] = []
        self.constants: dict[tuple[type, Value], str] = {}
        self.facts: dict[Lookup | Loops, str] = {}
        self.indexes: dict[Index, str] = {}
        self.names = 0

    def made(self, takes: Sequence[str], gives: str) -> Loops:
        given = [f"{name}={name}" for name in (*self.constants.values(), *self.facts.values())]
        text = "\n".join([f"def rule({', '.join([*takes, *given])}):", " out = []", " add = out.append", *self.lines, f" return {gives}", ""])
        return Loops(text, tuple(value for _, value in self.constants), tuple(self.facts), tuple(self.indexes), len(takes))

    def name(self, kind: str = "v") -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def say(self, depth: int, text: str) -> None:
        self.lines.append(" " * depth + text)

    def where(self, depth: int, condition: str) -> int:
        """Write a condition; return how deep stands what holds under it, as all that write loops and conditions do."""
        self.say(depth, f"if {condition}:")
        return depth + 1

    # joins

    def branch(self, branch: Branch) -> None:
        env: Names = {}
        bound = set[str]().union(*(read.variables for read in branch.reads))
        tests: list[Step] = [*branch.filters, *branch.excluded]
        named = [each for each in tests if not {variable for variable, _ in _needs(each)} <= bound]  # what a BIND names is known last
        wanted = {(term, "") for term in branch.shown if is_variable(term)}.union(*map(_needs, named), *(_pieces(part) for _, part in branch.binds))
        depth = self.joined(1, _steps(branch.reads, [each for each in tests if each not in named], set()), env, wanted)
        for variable, part in branch.binds:
            text = self.expression(depth, part, env)
            env[variable, ""] = self.name()
            self.say(depth, f"{env[variable, '']} = {text}")
        for each in named:
            depth = self.step(depth, each, env, set())
        shown = "".join("None, " if term == NOTHING else f"{self.value(term, env)}, " for term in branch.shown)
        self.say(depth, f"add(({shown.rstrip()}))")

    def joined(self, depth: int, steps: list[Step], env: Names, wanted: set[Piece]) -> int:
        """Write steps, of which these pieces are wanted in the end."""
        wanted_after = _wanted_after(steps, wanted)
        for _, numbered in groupby(enumerate(steps), _Links(env)):
            places, group = zip(*numbered, strict=True)
            tables = sum(len(step.reads) if isinstance(step, Excluded) else isinstance(step, Read) for step in group)
            if _of_facts(group[0]) and (tables > 1 or len(group) > 1):
                depth = self.chain(depth, group, env, wanted_after[places[-1]])
            else:
                for place, step in zip(places, group, strict=True):
                    depth = self.step(depth, step, env, wanted_after[place])
        return depth

    def step(self, depth: int, step: Step, env: Names, later: set[Piece]) -> int:
        if isinstance(step, Read):
            return self.read(depth, step, env, later)[0]
        if isinstance(step, Excluded):
            return self.absent(depth, step, env)
        operator, left, right = step
        return self.where(depth, f"{self.value(left, env)} {_OPERATORS[operator]} {self.value(right, env)}")

    def chain(self, depth: int, group: Sequence[Step], env: Names, later: set[Piece]) -> int:
        """Write the loop over a chain of facts, as a function of its own."""
        needed = [piece for step in group for piece in sorted(_needs(step))]
        takes = list(dict.fromkeys(piece for piece in needed if piece in env))
        gives = list(dict.fromkeys(piece for step in group if isinstance(step, Read) for term in step.terms for piece in sorted(later)
                                   if piece[0] == term and (term, "") not in env))
        inner = _Function(self.columns)
        names = {piece: inner.name() for piece in takes}
        inputs, below = list(names.values()), 1
        for step, after in zip(group, _wanted_after(group, {*gives}), strict=True):
            below = inner.step(below, step, names, after)
        given = ", ".join(inner.piece(piece, names) for piece in gives)
        inner.say(below, f"add({given if len(gives) == 1 else f'({given})'})" if gives else "return True")
        rows = self.asked(inner.made(inputs, "tuple(dict.fromkeys(out))" if gives else "False"), [env[piece] for piece in takes])
        if not gives:
            return self.where(depth, rows)
        for piece in gives:
            env[piece] = self.name()
        self.say(depth, f"for {', '.join(env[piece] for piece in gives)} in {rows}:")
        return depth + 1

    def asked(self, what: Lookup | Loops, keys: list[str]) -> str:
        return f"{self.facts.setdefault(what, f'f{len(self.facts)}')}[{_key(keys)}]"

    def read(self, depth: int, read: Read, env: Names, later: set[Piece]) -> tuple[int, bool]:
        """Write the loop over a table, or the look whether it has a row; say also which of these it is."""
        whether, each, loop, takes, tests = (self.of_facts if _of_facts(read) else self.of_question)(read, env, later)
        if not each:
            return self.where(depth, whether), False
        self.say(depth, f"for {each} in {loop}:")
        depth += 1
        if takes:
            self.say(depth, takes)
        for test in tests:
            depth = self.where(depth, test)
        return depth, True

    def of_question(self, read: Read, env: Names, later: set[Piece]) -> tuple[str, str, str, str, list[str]]:
        """Return for a table of the question: whether it has a row; what a loop binds, over what, what it takes of a row and what it tests."""
        the_case = _CASE if read.table.startswith(_FOUND) else SUBJECT
        columns = [each for each in read.columns if each[0] != the_case or (each[1], "") not in env]  # there is one case: it need not be compared
        known = {column: self.value(term, env) for column, term, _ in columns if not is_variable(term) or (term, "") in env}
        keys = (SUBJECT,) if SUBJECT in known else tuple(sorted(known))
        names: dict[str, str] = {}
        tests = []
        for column, term, _ in columns:
            if column in keys:
                continue
            if not is_variable(term) or (term, "") in env:
                names[column] = self.name()
                tests.append(f"{names[column]} == {self.value(term, env)}")
            elif (column in read.lacking or read.terms.count(term) > 1 or any(piece[0] == term for piece in later)):
                names[column] = env[term, ""] = self.name()
                if column in read.lacking:
                    tests.append(f"{names[column]} is not None")
        index = self.indexes.setdefault(Index(read.table, keys), f"i{len(self.indexes)}")
        key = _key([known[column] for column in keys])
        row = self.name("r") if names else ""
        places = self.columns(read.table)
        takes = "; ".join(f"{name} = {row}[{places.index(column)}]" for column, name in names.items())
        return (f"{key} in {index}", row, f"{index}.get({key}, ())", takes, tests) if keys else (index, row, index, takes, tests)

    def of_facts(self, read: Read, env: Names, later: set[Piece]) -> tuple[str, str, str, str, list[str]]:
        """Return the same for a table of facts."""
        fixed = tuple(sorted((column, encode(term)) for column, term, _ in read.columns if not is_variable(term)))
        known = {column: env[term, ""] for column, term, _ in read.columns if (term, "") in env}
        names: dict[Piece, str] = {}
        tests = []
        for column, term, _ in read.columns:
            if is_variable(term) and column not in known:
                if (term, "") in env:  # for the second time in this row
                    names[column, ""] = self.name()
                    tests.append(f"{names[column, '']} == {env[term, '']}")
                for mark in sorted({mark for variable, mark in later if variable == term} | ({""} if read.terms.count(term) > 1 else set())):
                    if (term, mark) not in env:
                        names[column, mark] = env[term, mark] = self.name()
        keys, gives = tuple(sorted(known)), tuple(sorted(names))
        rows = self.asked(Lookup(read.table, fixed, keys, gives), [known[column] for column in keys])
        return rows, ", ".join(names[piece] for piece in gives), rows, "", tests

    def absent(self, depth: int, group: Excluded, env: Names) -> int:
        """Write that nothing agrees with a group that is excluded."""
        inner = {(variable, ""): env[variable, ""] for variable in group.shared}
        gone, start, at, loops = self.name("g"), len(self.lines), depth, []
        steps = _steps(group.reads, group.filters, set(group.shared))
        for step, after in zip(steps, _wanted_after(steps, set()), strict=True):
            if isinstance(step, Read):
                below, looped = self.read(at, step, inner, after)
                loops += [at] if looped else []
                at = below
            else:
                at = self.step(at, step, inner, set())
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

    def constant(self, value: Value) -> str:
        return self.constants.setdefault((type(value), value), f"k{len(self.constants)}")

    def value(self, term: str, env: Names) -> str:
        return env[term, ""] if is_variable(term) else self.constant(encode(term))

    def piece(self, piece: Piece, env: Names) -> str:
        variable, mark = piece
        return env[piece] if piece in env else f"{env[variable, '']}.partition({self.constant(mark)})[2]"

    def expression(self, depth: int, part: Call | str, env: Names) -> str:
        if isinstance(part, str):
            return self.constant(_plain(part)) if part.startswith('"') else self.value(part, env)
        if piece := _cut(part):
            return self.piece(piece, env)
        if part.name in ("IRI", "STR"):
            return self.expression(depth, part.arguments[0], env)
        if part.name == "CONCAT":
            return f'f"{self.texts(depth, part, env)}"'
        whole, mark = (self.short(depth, each, env) for each in part.arguments)
        if isinstance(part.arguments[1], str):
            return f"{whole}.partition({mark})[2]"
        return f"({whole}[len({mark}):] if {whole}.startswith({mark}) else '')"

    def short(self, depth: int, part: Call | str, env: Names) -> str:
        """Return an expression as a name."""
        text = self.expression(depth, part, env)
        if text.isidentifier():
            return text
        name = self.name()
        self.say(depth, f"{name} = {text}")
        return name

    def texts(self, depth: int, part: Call | str, env: Names) -> str:
        """Return a part of a text that is put together."""
        while isinstance(part, Call) and part.name in ("IRI", "STR"):
            part = part.arguments[0]
        if isinstance(part, Call) and part.name == "CONCAT":
            return "".join(self.texts(depth, each, env) for each in part.arguments)
        return f"{{{self.expression(depth, part, env)}}}"


def _steps(reads: Iterable[Read], tests: Iterable[Step], known: set[str]) -> list[Step]:
    """Return tables, comparisons and exclusions in order: each test as soon as what it needs is known."""
    waiting, steps = list(tests), list[Step]()
    for read in (None, *reads):
        if read:
            steps.append(read)
            known = known | read.variables
        ready = [each for each in waiting if {variable for variable, _ in _needs(each)} <= known]
        waiting = [each for each in waiting if each not in ready]
        steps += ready
    if waiting:
        raise ValueError(f"{waiting[0]} needs what is never bound")
    return steps


def _wanted_after(steps: Sequence[Step], wanted: set[Piece]) -> list[set[Piece]]:
    """Return for each step what the steps after it need, with what is wanted in the end."""
    found = []
    for step in reversed(steps):
        found.append(wanted)
        wanted = wanted | _needs(step)
    return found[::-1]


def _needs(step: Step) -> set[Piece]:
    """Return the variables of a step that may be bound before it."""
    terms = step.variables if isinstance(step, Read) else step.shared if isinstance(step, Excluded) else filter(is_variable, step[1:])
    return {(term, "") for term in terms}


def _of_facts(step: Step) -> bool:
    """Say whether a step is about facts alone."""
    return step.table.startswith(_FACTS) if isinstance(step, Read) else all(map(_of_facts, step.reads)) if isinstance(step, Excluded) else False


class _Links:
    """Numbers steps so that those which make a chain have the same number.

    A step goes on with a chain if it is about facts, or a comparison, and what it shares with the question is known to the chain, or if it is a
    table that has a variable of the chain.
    """

    def __init__(self, env: Names) -> None:
        self.number = 0
        self.open = False
        self.before = {variable for variable, _ in env}  # bound before the chain
        self.own: set[str] = set()
        self.asked: set[str] = set()

    def __call__(self, numbered: tuple[int, Step]) -> int:
        _, step = numbered
        needs = {variable for variable, _ in _needs(step)}
        asked = needs & self.before
        goes_on = _of_facts(step) or not isinstance(step, (Read, Excluded))
        if not (self.open and goes_on and (asked <= self.asked or (isinstance(step, Read) and needs & self.own))):
            self.number += 1
            self.before |= self.own
            self.own, self.asked, self.open = set(), set(), _of_facts(step)
            asked = needs & self.before
        self.asked |= asked
        if isinstance(step, Read):
            self.own |= needs - self.before
        return self.number


def _pieces(part: Call | str) -> set[Piece]:
    """Return the variables that an expression reads, or what stands in them behind a mark."""
    if isinstance(part, str):
        return {(part, "")} if is_variable(part) else set()
    cut = _cut(part)
    return {cut} if cut else set[Piece]().union(*map(_pieces, part.arguments))


def _cut(part: Call) -> Piece | None:
    """Return the piece for which a call stands: what is behind a mark in the value of a variable."""
    if part.name == "STRAFTER":
        whole, mark = part.arguments
        if isinstance(whole, Call) and whole.name == "STR" and isinstance(mark, str) and isinstance(whole.arguments[0], str):
            return whole.arguments[0], _plain(mark)
    return None


def _key(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _plain(term: str) -> str:
    return term[1:term.rindex('"')]
