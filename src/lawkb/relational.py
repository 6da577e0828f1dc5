"""The relational engine: runs compiled rules on the snapshot itself, with the question and its findings in tables in memory.

The facts stay where they are, in indexed tables of the whole knowledge base: nothing is gathered or loaded for a question.
A connection serves one question at a time; when that is answered it goes back with its tables emptied, so that the next
question finds its statements prepared. Findings are made of the rows that rules gave when they are first asked for: an
answer reads a part of them only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import product
from operator import itemgetter

from lawkb.case import Case
from lawkb.facts import text
from lawkb.infer import CompiledRule, Finding, Findings
from lawkb.terms import LAW, RDF_TYPE, ROOT
from lawkb.values import Value, encode, short

Row = tuple[Value | None, ...]


class RelationalEngine:
    """Runs the rules for one case, on a connection that `Base.question` lends."""

    name = "relational"

    def __init__(self, connection: sqlite3.Connection, case: Case) -> None:
        self.connection = connection
        self.findings = RowFindings()
        self.kept: dict[str, dict[Value | None, set[Row]]] = {}
        subject = short(case.iri)
        for predicate, objects in case.block().items():
            table = "case_type" if predicate == RDF_TYPE else f"case_{predicate.removeprefix(LAW)}"
            connection.executemany(f"INSERT INTO {table} VALUES (?,?)", [(subject, encode(obj)) for obj in objects])

    def apply(self, rule: CompiledRule) -> bool:
        """Run a rule, add what it finds to the findings and to the tables, and say whether any of it is new."""
        rows = self.connection.execute(rule.plan.sql).fetchall()
        if not rows or not self.findings.take(rule, rows):
            return False
        for table, places in rule.plan.keeps:
            self._keep(table, list(map(itemgetter(*places), rows)))
        return True

    def _keep(self, table: str, rows: list[Row]) -> None:
        """Store findings for the next rules. A finding with several values of several properties has them in every combination,
        as it has in RDF, whichever rules or rows they came from."""
        kept = self.kept.setdefault(table, {})
        several: set[Value | None] = set()
        new: list[Row] = []
        for row in rows:
            known = kept.get(row[0])
            if known is None:
                kept[row[0]] = {row}
                new.append(row)
            elif row not in known:
                known.add(row)
                new.append(row)
                several.add(row[0])
        for iri in several:
            choices = [{value for value in values if value is not None} or {None} for values in zip(*kept[iri], strict=True)]
            missing = set(product(*choices)) - kept[iri]
            kept[iri] |= missing
            new += missing
        if new:
            self.connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(new[0]))})", new)


class RowFindings(Findings):
    """The findings of a case as rows of the rules that drew them."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[CompiledRule, Row]]] = {}
        self.kinds: dict[str, dict[str, None]] = {}
        self.runs: dict[str, list[Row]] = {}
        self.shown = _Shown()
        self.by_iri = _ByIri(self)
        self.by_kind = _ByKind(self)

    def take(self, rule: CompiledRule, rows: list[Row]) -> bool:
        """Take in the rows that a rule has found; say whether any is new."""
        if rule.iri in self.runs:
            before = set(self.runs[rule.iri])
            rows = [row for row in rows if row not in before]
        self.runs.setdefault(rule.iri, []).extend(rows)
        for row in rows:
            iri = str(row[0])
            known = self.rows.get(iri)
            if known is None:
                self.rows[iri] = [(rule, row)]
            else:
                if known[0][0].plan.kinds != rule.plan.kinds:
                    raise RuntimeError(f"{rule.iri} and {known[0][0].iri} make findings of different classes with the same IRI {ROOT}{iri}")
                known.append((rule, row))
        for kind in rule.plan.kinds:
            self.kinds.setdefault(kind, {}).update(dict.fromkeys(str(row[0]) for row in rows))
        return bool(rows)

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


class _ByIri(Mapping[str, Finding]):
    def __init__(self, findings: RowFindings) -> None:
        self.findings = findings
        self.known: dict[str, Finding] = {}

    def __getitem__(self, iri: str) -> Finding:
        finding = self.known.get(iri)
        if finding is None:
            finding = self.known[iri] = self.findings.made(short(iri))
        return finding

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and short(iri) in self.findings.rows

    def __iter__(self) -> Iterator[str]:
        return (ROOT + iri for iri in self.findings.rows)

    def __len__(self) -> int:
        return len(self.findings.rows)


class _ByKind(Mapping[str, list[Finding]]):
    def __init__(self, findings: RowFindings) -> None:
        self.findings = findings
        self.known: dict[str, list[Finding]] = {}

    def __getitem__(self, kind: str) -> list[Finding]:
        if kind not in self.known:
            self.known[kind] = [self.findings.by_iri[ROOT + iri] for iri in sorted(self.findings.kinds[kind])]
        return self.known[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.findings.kinds)

    def __len__(self) -> int:
        return len(self.findings.kinds)


class _Shown(dict[Value | None, str]):
    """The text that a finding shows for a value of a table."""

    def __missing__(self, value: Value | None) -> str:
        stored = str(value)
        shown = self[value] = ROOT + stored if stored.startswith("/") else text(stored) if stored.startswith('"') else stored
        return shown
