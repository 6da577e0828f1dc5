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
        # by finding: its row and the rule that gave it, apart, since the garbage collector would look at each pair of thousands; and all of them,
        # where it has several
        self.rows: dict[Value | None, Row] = {}
        self.drawn: dict[Value | None, CompiledRule] = {}
        self.several: dict[Value | None, list[tuple[CompiledRule, Row]]] = {}
        self.runs: dict[str, list[Row]] = {}
        self.makers: dict[str, dict[str, CompiledRule]] = {}
        self.shown = _Shown()
        self.values = _Values(self.shown)
        self.indexes: dict[tuple[str, str], dict[Value | None, list[Value | None]]] = {}
        self.looked_up: dict[tuple[str, str, str], list[Finding]] = {}
        self.naming: dict[str, dict[Value | None, dict[str, list[Value | None]]]] = {}
        self.told: dict[tuple[str, str], dict[str, list[Finding]]] = {}
        self.known: dict[str, Finding] = {}
        self.listed: dict[str, list[Finding]] = {}

    # views are made when they are asked for: kept, they and the findings would hold each other, and stay in memory longer than anyone needs them
    @property
    def by_iri(self) -> Mapping[str, Finding]:
        """IRI -> finding."""
        return _ByIri(self)

    @property
    def by_kind(self) -> Mapping[str, list[Finding]]:
        """Class -> its findings, in order of IRI."""
        return _ByKind(self)

    def take(self, rule: CompiledRule, rows: list[Row]) -> bool:
        """Take in the rows that a rule has found; say whether any is new."""
        if rule.iri in self.runs:
            before = set(self.runs[rule.iri])
            rows = [row for row in rows if row not in before]
        self.runs.setdefault(rule.iri, []).extend(rows)
        fresh = {row[0]: row for row in rows}
        if len(fresh) == len(rows) and self.rows.keys().isdisjoint(fresh):
            self.rows.update(fresh)
            self.drawn.update(dict.fromkeys(fresh, rule))
        else:
            for row in rows:
                self._also(rule, row)
        for kind in rule.plan.kinds:
            self.makers.setdefault(kind, {})[rule.iri] = rule
        return bool(rows)

    def _also(self, rule: CompiledRule, row: Row) -> None:
        first = self.rows.setdefault(row[0], row)
        drawn = self.drawn.setdefault(row[0], rule)
        if drawn.plan.kinds != rule.plan.kinds:
            raise RuntimeError(f"{rule.iri} and {drawn.iri} make findings of different classes with the same IRI {ROOT}{row[0]}")
        if first is not row:
            self.several.setdefault(row[0], [(drawn, first)]).append((rule, row))

    def of_kind(self, kind: str) -> list[str]:
        """Return the findings of a class, in order of IRI, as they stand in tables."""
        return sorted({str(row[0]) for iri in self.makers.get(kind, ()) for row in self.runs[iri]})

    def having(self, kind: str, name: str, value: str) -> list[Finding]:
        """Return the findings of a class that have a value of a property: looked up among the rows, so that only these are made."""
        found = self.looked_up.get((kind, name, value))
        if found is None:
            found = self.looked_up[kind, name, value] = self._having(kind, name, value)
        return found

    def _having(self, kind: str, name: str, value: str) -> list[Finding]:
        index = self.indexes.get((kind, name))
        if index is None:
            index = self.indexes[kind, name] = self._index(kind, name)
        return self._in_order(index.get(short(value), ()) if value.startswith(ROOT) else
                              [iri for stored, found in index.items() if self.shown[stored] == value for iri in found])

    def about(self, iri: str, by: str = "of") -> Mapping[str, list[Finding]]:
        """Return all findings that name a finding by a `law:` property, by class, each class in order of IRI."""
        told = self.told.get((iri, by))
        if told is None:
            told = self.told[iri, by] = {kind: self._in_order(found) for kind, found in self._naming(by).get(short(iri), {}).items()}
        return told

    def _naming(self, by: str) -> dict[Value | None, dict[str, list[Value | None]]]:
        naming = self.naming.get(by)
        if naming is None:
            naming = self.naming[by] = {}
            for kind in self.makers:
                for value, found in self._index(kind, by).items():
                    naming.setdefault(value, {})[kind] = found
        return naming

    def _index(self, kind: str, name: str) -> dict[Value | None, list[Value | None]]:
        """Return value of a property -> the findings of a class that have it, both as they stand in tables; one of several rows may be there twice."""
        index = defaultdict(list)
        for rule in self.makers.get(kind, {}).values():
            for place in rule.plan.places.get(name, ()):
                for row in self.runs[rule.iri]:
                    index[row[place]].append(row[0])
        return index

    def _in_order(self, found: Sequence[Value | None]) -> list[Finding]:
        known, shown = self.known, self.shown
        return [known.get(shown[iri]) or self.made(iri) for iri in (sorted(set(map(str, found))) if len(found) > 1 else found)]

    def finding(self, iri: str) -> Finding | None:
        """Return the finding of an IRI, or None where it is that of a fact."""
        return self.known.get(iri) or (self.made(stored) if (stored := short(iri)) in self.rows else None)

    def close(self) -> None:
        """Nothing is left to order: each finding is ordered as it is made."""

    def made(self, iri: Value | None) -> Finding:
        """Return a finding, made of its rows when it is first asked for."""
        shown = self.shown[iri]
        finding = self.known.get(shown)
        if finding is None:
            finding = self.known[shown] = self._made(iri)
        return finding

    def _made(self, iri: Value | None) -> Finding:
        shown, rule, row = self.shown, self.drawn[iri], self.rows[iri]
        plan = rule.plan
        if iri not in self.several and plan.single:
            names, pick = plan.single
            values = dict(zip(names, map(self.values.__getitem__, pick(row)), strict=True))
            return Finding(shown[iri], plan.classes, values, self.values[rule.iri], sorted(set(map(shown.__getitem__, plan.resting(row)))))
        known = self.several.get(iri, [(rule, row)])
        found: dict[str, set[Value | None]] = defaultdict(set)
        for rule, row in known:
            for name, places in rule.plan.values:
                for place in places:
                    found[name].add(row[place])
        return Finding(shown[iri], plan.classes, {name: sorted({shown[value] for value in values}) for name, values in found.items()},
                       sorted({rule.iri for rule, _ in known}), sorted({shown[row[place]] for rule, row in known for place in rule.plan.premises}))


class _ByIri(Mapping[str, Finding]):
    def __init__(self, findings: RowFindings) -> None:
        self.findings = findings

    def __getitem__(self, iri: str) -> Finding:
        return self.findings.made(short(iri))

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
        known = self.findings.listed
        if kind not in known:
            if kind not in self.findings.makers:
                raise KeyError(kind)
            known[kind] = [self.findings.made(iri) for iri in self.findings.of_kind(kind)]
        return known[kind]

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


class _Values(dict[Value | None, list[str]]):
    """The values that a finding holds where a table has one: a list of its own for each value, which findings share, since nothing changes them."""

    def __init__(self, shown: _Shown) -> None:
        super().__init__()
        self.shown = shown

    def __missing__(self, value: Value | None) -> list[str]:
        values = self[value] = [self.shown[value]]
        return values
