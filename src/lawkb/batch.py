"""Runs rules for many cases at once, in DuckDB, and keeps their findings in tables.

What a rule finds is added as it stands. Only before a table is read is it settled: rows that several rules have added are
kept once, and a finding with several values of several properties gets them in every combination, as it has them in RDF.
Most tables need neither, as the names tell that rules mint for their findings (`lawkb.coding`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lawkb.infer import CompiledRule
from lawkb.tables import SUBJECT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Table:
    """A table of findings.

    Attributes:
        name: its name.
        columns: the SQL type of each column; the first is the finding's name.
        repeats: whether several rules may add the same finding.
        untold: the columns of which a finding may have several values, as far as its name tells.
    """

    name: str
    columns: Mapping[str, str]
    repeats: bool
    untold: list[str]


class Batch:
    """Runs rules over the cases of a batch, and keeps their findings in the tables."""

    def __init__(self, connection: DuckDBPyConnection, tables: Mapping[str, Table]) -> None:
        self.connection, self.tables = connection, tables
        self.filled: set[str] = set()
        self.loose: set[str] = set()
        self.ran: set[str] = set()

    def apply(self, rule: CompiledRule) -> bool:
        """Run a rule and keep its findings; say whether any may be new: when it runs again, whether any is."""
        if not self.filled >= {*rule.plan.needs}:
            return False
        self.settle([name for name in (f"found_{kind}" for kind in rule.plan.reads) if name in self.loose])
        width = 1 + max(place for _, places in rule.plan.keeps for place in places)
        columns = ", ".join(f"c{place}" for place in range(width))
        source = f"({rule.plan.sql}) made({columns})"
        distinct = ""
        if len(rule.plan.keeps) > 1:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE made AS SELECT * FROM {source}")
            source, distinct = "made", "DISTINCT "  # a plan repeats no row, but may do so in a part of its columns
        kept = [self._keep(table, f"SELECT {distinct}{', '.join(f'c{place}' for place in places)} FROM {source}", rule.iri in self.ran)
                for table, places in rule.plan.keeps]
        self.ran.add(rule.iri)
        return any(kept)

    def settle(self, tables: list[str] | None = None) -> None:
        """Bring tables into order to which rows were added; all of them, or some."""
        for name in sorted(self.loose) if tables is None else tables:
            self.loose.remove(name)
            table = self.tables[name]
            if table.repeats:
                self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT DISTINCT * FROM {name}")
            if len(table.untold) > 1:
                self._combine(table)

    def _keep(self, name: str, rows: str, again: bool) -> bool:
        count = self._count(f"INSERT INTO {name} {rows}{f' EXCEPT SELECT * FROM {name}' if again else ''}")
        if count:
            self.filled.add(name)
            if self.tables[name].repeats or len(self.tables[name].untold) > 1:
                self.loose.add(name)
        return bool(count)

    def _combine(self, table: Table) -> None:
        """Add the combinations of values that findings lack which have several values in several columns."""
        columns = [column for column in table.columns if column != SUBJECT]
        varies = " + ".join(f"CAST(min({each}) IS DISTINCT FROM max({each}) OR count({each}) NOT IN (0, count(*)) AS INTEGER)" for each in table.untold)
        if not self._count(f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT {SUBJECT} FROM {table.name} GROUP BY ALL HAVING count(*) > 1"):
            return
        several = f"SELECT {SUBJECT} FROM {table.name} SEMI JOIN doubled USING ({SUBJECT}) GROUP BY ALL HAVING {varies} > 1"
        if not self._count(f"CREATE OR REPLACE TEMP TABLE several AS {several}"):
            return
        names = [f"v{place}" for place in range(len(columns))]
        lists = ", ".join(f"coalesce(list(DISTINCT {column}) FILTER ({column} IS NOT NULL), [NULL]) AS {name}"
                          for column, name in zip(columns, names, strict=True))
        every = f"SELECT {SUBJECT}, {lists} FROM {table.name} WHERE {SUBJECT} IN (FROM several) GROUP BY {SUBJECT}"
        for name in names:
            every = f"SELECT * REPLACE (unnest({name}) AS {name}) FROM ({every})"
        self.connection.execute(f"INSERT INTO {table.name} SELECT * FROM ({every}) EXCEPT SELECT * FROM {table.name}")

    def _count(self, statement: str) -> int:
        row = self.connection.execute(statement).fetchone()
        return int(row[0]) if row else 0
