"""The relational engine: runs compiled rules on the snapshot itself, with the question and its findings in tables in memory.

The facts stay where they are, in indexed tables of the whole knowledge base: nothing is gathered or loaded for a question.
A connection serves one question at a time; when that is answered it goes back with its tables emptied, so that the next
question finds its statements prepared. Findings are made of the rows that rules gave when they are first asked for: an
answer reads a part of them only.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from operator import itemgetter

from lawkb.case import Case
from lawkb.facts import text
from lawkb.infer import CompiledRule, Finding, Findings
from lawkb.terms import LAW, RDF_TYPE, ROOT
from lawkb.values import Value, encode, short

Row = tuple[Value | None, ...]


class TableEngine:
    """Keeps what rules find as rows of tables, for the rules after them and for an answer. How rules run is for its kinds to say."""

    def __init__(self) -> None:
        self.findings = RowFindings()
        self.kept: dict[str, list[Row]] = {}
        self.found: dict[tuple[str, ...], set[Value | None]] = {}  # by their classes

    def rows(self, rule: CompiledRule) -> list[Row]:
        """Run a rule: return its rows, some maybe more than once."""
        raise NotImplementedError

    def store(self, table: str, rows: list[Row], width: int) -> None:
        """Add rows to a table of so many columns that rules read; rows may be longer."""
        raise NotImplementedError

    def apply(self, rule: CompiledRule) -> bool:
        """Run a rule, add what it finds to the findings and to the tables, and say whether any of it is new."""
        if any(table not in self.kept for table in rule.plan.needs):
            return False
        rows = self.rows(rule)
        found = {row[0] for row in rows}
        if len(found) < len(rows):
            rows = list(dict.fromkeys(rows))
        if not rows or not self.findings.take(rule, rows):
            return False
        known = self.found.get(rule.plan.kinds)
        fresh = known is None or known.isdisjoint(found)
        self.found[rule.plan.kinds] = found if known is None else known | found
        for table, places in rule.plan.keeps:
            kept = self.kept.setdefault(table, [])
            if fresh and len(found) == len(rows) and places == _FIRST[:len(places)]:  # nearly always: each finding is new, and has one row
                new = rows
            else:
                new = list(dict.fromkeys(map(itemgetter(*places), rows)))  # rows may differ in what their finding rests on
                if not fresh or len(found) < len(new):
                    new = combined([] if fresh else kept, new)
            if new:
                kept += new
                self.store(table, new, len(places))
        return True


_FIRST = tuple(range(100))


def combined(kept: list[Row], rows: list[Row]) -> list[Row]:
    """Return those of these rows that are new beside those kept, with others so that a finding with several values of several properties has
    them in every combination, as it has in RDF, whichever rules or rows they came from. Of longer rows that are kept the beginning counts."""
    rows_of: defaultdict[Value | None, list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[row[0]].append(row)
    before: defaultdict[Value | None, set[Row]] = defaultdict(set)
    for row in kept:
        if row[0] in rows_of:
            before[row[0]].add(row[:len(rows[0])])
    new: list[Row] = []
    for iri, mine in rows_of.items():
        known = before.get(iri) or _NONE
        if len(mine) == 1 and not known:
            new += mine
        elif not known.issuperset(mine):
            choices = [{value for value in values if value is not None} or {None} for values in zip(*known, *mine, strict=True)]
            new += {*mine, *product(*choices)}.difference(known)
    return new


_NONE: frozenset[Row] = frozenset()


class RelationalEngine(TableEngine):
    """Runs the rules for one case, on a connection that `Base.question` lends."""

    name = "relational"

    def __init__(self, connection: sqlite3.Connection, case: Case) -> None:
        super().__init__()
        self.connection = connection
        for table, rows in case_rows(case).items():
            connection.executemany(f"INSERT INTO {table} VALUES (?,?)", rows)

    def rows(self, rule: CompiledRule) -> list[Row]:
        """Run a rule: return its rows."""
        return self.connection.execute(rule.plan.sql).fetchall()

    def store(self, table: str, rows: list[Row], width: int) -> None:
        """Add rows to a table that rules read."""
        self.connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * width)})", map(itemgetter(slice(width)), rows))


def case_rows(case: Case) -> dict[str, list[Row]]:
    """Return what a case says, as the rows of its tables."""
    subject = short(case.iri)
    return {"case_type" if predicate == RDF_TYPE else f"case_{predicate.removeprefix(LAW)}": [(subject, encode(obj)) for obj in objects]
            for predicate, objects in case.block().items()}


class RowFindings(Findings):
    """The findings of a case as rows of the rules that drew them."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Row]] = {}
        self.ran: dict[str, CompiledRule] = {}
        self.makers: dict[str, dict[str, CompiledRule]] = {}
        self.shown = _Shown()
        self.indexes: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.known: dict[str, Finding] = {}
        self.listed: dict[str, list[Finding]] = {}

    @property
    def by_iri(self) -> Mapping[str, Finding]:  # type: ignore[override]
        """The findings by IRI."""
        return _ByIri(self)  # made when it is asked for: kept here, the two would hold one another, and be freed late

    @property
    def by_kind(self) -> Mapping[str, list[Finding]]:  # type: ignore[override]
        """The findings of a class, in order of IRI."""
        return _ByKind(self)

    def take(self, rule: CompiledRule, rows: list[Row]) -> bool:
        """Take in the rows that a rule has found; say whether any is new."""
        if rule.iri in self.runs:
            before = set(self.runs[rule.iri])
            rows = [row for row in rows if row not in before]
            self.runs[rule.iri] += rows
        else:
            self.runs[rule.iri], self.ran[rule.iri] = list(rows), rule
            for kind in rule.plan.kinds:
                self.makers.setdefault(kind, {})[rule.iri] = rule
        self.__dict__.pop("rows", None)
        return bool(rows)

    @cached_property
    def rows(self) -> _Rows:
        """The rows of each finding, with the rules that gave them: laid out when a finding is first asked for."""
        found = _Rows()
        for iri, rows in self.runs.items():
            found.add(self.ran[iri], rows)
        return found

    def of_kind(self, kind: str) -> list[str]:
        """Return the findings of a class, in order of IRI, as they stand in tables."""
        return sorted({str(row[0]) for iri in self.makers.get(kind, ()) for row in self.runs[iri]})

    def having(self, kind: str, name: str, value: str) -> list[Finding]:
        """Return the findings of a class that have a value of a property: looked up among the rows, so that only these are made."""
        if (kind, name) not in self.indexes:
            index: dict[str, dict[str, None]] = {}
            for rule in self.makers.get(kind, {}).values():
                for place in next((places for each, places in rule.plan.values if each == name), ()):
                    for row in self.runs[rule.iri]:
                        index.setdefault(self.shown[row[place]], {})[str(row[0])] = None
            self.indexes[kind, name] = {each: sorted(found) for each, found in index.items()}
        return [self.by_iri[ROOT + iri] for iri in self.indexes[kind, name].get(value, ())]

    def close(self) -> None:
        """Nothing is left to order: each finding is ordered as it is made."""

    def made(self, iri: str) -> Finding:
        """Make a finding of its rows."""
        shown, known = self.shown, self.rows[iri]
        plan = known[0][0].plan
        if len(known) == 1:
            rule, row = known[0]
            values = {name: [shown[row[place]] for place in places] for name, places in plan.values}
            return Finding(shown[iri], [*plan.kinds], values, [rule.iri], sorted({shown[row[place]] for place in plan.premises}))
        sets: dict[str, set[str]] = {}
        for rule, row in known:
            for name, places in rule.plan.values:
                sets.setdefault(name, set()).update(shown[row[place]] for place in places)
        return Finding(shown[iri], [*plan.kinds], {name: sorted(found) for name, found in sets.items()}, sorted({rule.iri for rule, _ in known}),
                       sorted({shown[row[place]] for rule, row in known for place in rule.plan.premises}))


class _Rows(Mapping[Value | None, Sequence[tuple[CompiledRule, Row]]]):
    """Finding -> its rows with their rules. Nearly every finding has one row, of which nothing is made until it is asked for."""

    def __init__(self) -> None:
        self.row: dict[Value | None, Row] = {}
        self.rule: dict[Value | None, CompiledRule] = {}
        self.several: dict[Value | None, list[tuple[CompiledRule, Row]]] = {}

    def add(self, rule: CompiledRule, rows: list[Row]) -> None:
        """Add the rows of a rule."""
        fresh = {row[0]: row for row in rows}
        if len(fresh) == len(rows) and self.row.keys().isdisjoint(fresh):
            self.row.update(fresh)
            self.rule.update(dict.fromkeys(fresh, rule))
            return
        for row in rows:
            first = self.rule.setdefault(row[0], rule)
            if first.plan.kinds != rule.plan.kinds:
                raise RuntimeError(f"{rule.iri} and {first.iri} make findings of different classes with the same IRI {ROOT}{row[0]}")
            if row[0] not in self.row:
                self.row[row[0]] = row
            else:
                self.several.setdefault(row[0], [(first, self.row[row[0]])]).append((rule, row))

    def __getitem__(self, iri: Value | None) -> Sequence[tuple[CompiledRule, Row]]:
        return self.several.get(iri) or ((self.rule[iri], self.row[iri]),)

    def __contains__(self, iri: object) -> bool:
        return iri in self.row

    def __iter__(self) -> Iterator[Value | None]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)


class _ByIri(Mapping[str, Finding]):
    def __init__(self, findings: RowFindings) -> None:
        self.findings = findings

    def __getitem__(self, iri: str) -> Finding:
        known = self.findings.known
        finding = known.get(iri)
        if finding is None:
            finding = known[iri] = self.findings.made(short(iri))
        return finding

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and short(iri) in self.findings.rows

    def __iter__(self) -> Iterator[str]:
        return (f"{ROOT}{iri}" for iri in self.findings.rows)

    def __len__(self) -> int:
        return len(self.findings.rows)


class _ByKind(Mapping[str, list[Finding]]):
    def __init__(self, findings: RowFindings) -> None:
        self.findings = findings

    def __getitem__(self, kind: str) -> list[Finding]:
        listed = self.findings.listed
        if kind not in listed:
            if kind not in self.findings.makers:
                raise KeyError(kind)
            listed[kind] = [self.findings.by_iri[ROOT + iri] for iri in self.findings.of_kind(kind)]
        return listed[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.findings.makers)

    def __len__(self) -> int:
        return len(self.findings.makers)


class _Shown(dict[Value | None, str]):
    """The text that a finding shows for a value of a table."""

    def __missing__(self, value: Value | None) -> str:
        stored = str(value)
        shown = self[value] = ROOT + stored if stored.startswith("/") else text(stored) if stored.startswith('"') else stored
        return shown
