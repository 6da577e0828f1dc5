"""The rules over all ordered pairs of jurisdictions at once: the same compiled plans on DuckDB, many cases in one statement.

The case is a column of every finding, so a plan answers for as many cases as there are. Cases come in batches that fit in
memory; of each, only verdicts, options and their order stay. A proof is not kept: the IRI of a finding names its case, and
`lawkb explain` proves it from there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import math
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from lawkb.base import Base
from lawkb.batch import Batch, Table
from lawkb.case import PROPERTIES, Case
from lawkb.coding import Codes
from lawkb.facts import many, one
from lawkb.infer import CompiledRule, run
from lawkb.layout import WORLD
from lawkb.measures import measures as every_measure
from lawkb.ranking import NO_GENERALITY, NO_ROUTE, NO_STRENGTH, SHOWN, VERDICTS, WORST, Order
from lawkb.rules import STAGES_OF
from lawkb.setwise import CASE as CASE_COLUMN
from lawkb.tables import SUBJECT
from lawkb.terms import CASE, CONCEPT, ID, LAW, RDF_TYPE, key
from lawkb.values import Value, encode, short

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Pair = tuple[str, str]
BATCH = 450_000  # pairs times measures that are worked on at a time: enough for statements to pay, few enough for their findings to stay below 2 GB
_LEAST = 40_000  # what is worth a hand of its own
_HANDS = 4
_TEXT = "VARCHAR"
_MOST = 2**31 - 1  # as an INTEGER


class World:
    """Runs the rules of channels for many pairs; not to be shared between threads.

    It has threads of its own: where there is enough to do, several hands each work on a batch, which keeps processors busier than one
    batch at a time, whose tables are often too small to be shared out.

    Attributes:
        base: the compiled knowledge base whose facts and plans are used.
        connection: the database in memory that holds facts and results (`verdict`, `choice`).
        hands: those that have worked, with the tables of their last batches.
    """

    def __init__(self, base: Base, measures: Iterable[str] | None = None) -> None:
        """`measures` limits the answers to these codes: no rule concludes on one measure from what it finds on another."""
        import duckdb

        self.base = base
        self.measures = {short(f"{CONCEPT}measure/{code}") for code in (every_measure(base) if measures is None else measures)}
        self.connection: DuckDBPyConnection = duckdb.connect()
        self.connection.execute("SET preserve_insertion_order=false")
        self.connection.execute("SET disabled_optimizers='join_order'")  # plans have their tables in order
        self.connection.execute("SET temp_directory=?", [str(Path(tempfile.gettempdir()) / f"lawkb-{os.getpid()}")])
        laid = json.loads(base.meta[WORLD])
        self.numeric: dict[str, list[bool]] = laid["numbers"]
        facts = self._facts()
        self.codes = Codes(self._columns(facts), laid["names"])
        row = self.connection.execute("SELECT current_setting('threads')").fetchone()
        self.threads = int(row[0]) if row else 1
        self.hands: list[_Hand] = []
        self.size = max(1, BATCH // min(self.threads, _HANDS) // len(self.measures))
        self.rules = _needed([rule for rule in base.lean_rules if rule.stage in STAGES_OF["channels"]])
        self.kind = self.codes.kind(self.size)
        self.tables = {name: self._table(name, columns) for name, columns in laid["tables"].items()}
        self.rules = [replace(rule, plan=replace(rule.plan, sql=self.codes.written(rule.plan.sql, self.kind))) for rule in self.rules]
        for name, columns in facts.items():
            _lay(self.connection, name, {column: values if numeric else list(map(self.codes.code.__getitem__, values))
                             for (column, values), numeric in zip(columns.items(), self.numeric[name], strict=True)})
        self._load_weights()
        self.connection.execute(_RESULTS)

    def run(self, pairs: Iterable[Pair], on: dt.date, strict: bool = False, progress: Callable[[int, int], None] | None = None) -> None:
        """Answer for ordered pairs on a day; what comes out stands in the tables `verdict` and `choice` of the connection.

        Args:
            pairs: (requesting, requested) as alpha-3 codes.
            on: the day whose law is asked about.
            strict: whether a list that was not verified up to the day leaves the answer open.
            progress: called with (pairs done, pairs in all).
        """
        listed = list(pairs)
        at_once = min(self.threads, _HANDS)
        size = min(self.size, max(math.ceil(len(listed) / at_once), _LEAST // len(self.measures)))
        batches = [listed[start:start + size] for start in range(0, len(listed), size)]
        at_once = min(at_once, len(batches))
        self.hands += [_Hand(self, number) for number in range(len(self.hands), at_once)]
        free: SimpleQueue[_Hand] = SimpleQueue()
        for hand in self.hands[:at_once]:
            free.put(hand)

        def answer(batch: list[Pair]) -> int:
            hand = free.get()
            try:
                hand.answer([Case(a, b, on, strict=strict) for a, b in batch], f"{on.isoformat()}{'.strict' if strict else ''}")
            finally:
                free.put(hand)
            return len(batch)

        done = 0
        if progress:
            progress(done, len(listed))
        with ThreadPoolExecutor(max(at_once, 1)) as pool, self._one_thread_each(at_once):
            tasks = [pool.submit(answer, batch) for batch in batches]
            try:
                for task in as_completed(tasks):
                    done += task.result()
                    if progress:
                        progress(done, len(listed))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for hand in self.hands:
                    hand.connection.interrupt()
                raise

    @contextlib.contextmanager
    def _one_thread_each(self, hands: int) -> Iterator[None]:
        """Have a statement run in one thread while several hands work."""
        if hands > 1:
            self.connection.execute("SET threads=1")
        try:
            yield
        finally:
            self.connection.execute(f"SET threads={self.threads}")

    # facts and weights

    def _facts(self) -> dict[str, dict[str, list[Value]]]:
        """The tables of facts, by name and column."""
        tables = {}
        for name in self.numeric:
            cursor = self.base.execute(f"SELECT * FROM {name}")
            rows = self._rows([row for row in cursor.fetchall() if self._asked(row[0])])
            tables[name] = dict(_columns([column for column, *_ in cursor.description], rows))
        return tables

    def _columns(self, facts: dict[str, dict[str, list[Value]]]) -> dict[str, list[Value]]:
        """The columns of facts and cases whose values get numbers, by the names by which plans know them."""
        found = {f"{name}.{_quoted(column)}": values for name, columns in facts.items()
                 for (column, values), numeric in zip(columns.items(), self.numeric[name], strict=True) if not numeric}
        for code in jurisdictions(self.base):
            for name, values in _stated(Case(code, code, dt.date.min, strict=True)):
                found.setdefault(f"case_{name}.{_quoted(name)}", []).extend(value for value in values if isinstance(value, str))
        return found

    def _table(self, name: str, columns: list[str]) -> Table:
        rules = {rule.iri for rule in self.rules}
        kinds = {column: self.kind if self.codes.holds_names(f"{name}.{column}") else "INTEGER" for column in columns}
        untold = [columns[place + 1] for place in self.codes.untold(name, rules)]
        return Table(name, kinds, self.codes.repeated(name, rules), [column for column in untold if column != CASE_COLUMN])

    def _rows(self, rows: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
        """The rows of a table as they are laid: a place for who wants others."""
        return rows

    def _asked(self, subject: str) -> bool:
        return subject in self.measures or not subject.startswith("/concept/measure/")

    def _load_weights(self) -> None:
        """What orders options, as tables: of provisions, routes, standings and instruments, and the names of what is no instrument."""
        base = self.base
        weight = {entry.iri: int(one(entry.block, "weight") or 0)
                  for scheme in ("strength", "route", "standing", "generality") for entry in base.scheme(scheme)}
        provisions = []
        for entry in base.of_class("Provision"):
            strengths = [weight[s] for s in many(entry.block, "strength") if s in weight]
            routes = [weight[r] for r in many(entry.block, "route") if key(r) != "any"]
            provisions.append((entry.iri, min(strengths, default=NO_STRENGTH), min(routes, default=None)))
        self._weigh("provision", ["strength", "route"], provisions)
        self._weigh("route", ["route"], [(e.iri, weight[e.iri]) for e in base.scheme("route")])
        self._weigh("standing", ["standing"], [(e.iri, weight[e.iri]) for e in base.scheme("standing")])
        instruments = [row[0] for row in base.execute("SELECT slug FROM instrument ORDER BY slug")]
        self._weigh("instrument", ["generality"],
                    [(e.iri, weight.get(one(e.block, "generality") or "", 0)) for e in base.entries(f"{ID}instrument/{slug}" for slug in instruments)])
        self._weigh("verdict", ["verdict"], [(f"{CONCEPT}verdict/{name}", place) for name, place in VERDICTS.items()])
        code = self.codes.code
        _lay(self.connection, "asked", {"s": [code[measure] for measure in sorted(self.measures) if measure in code]})
        named = [row[0] for row in base.execute("SELECT subject FROM block WHERE class IN ('Organisation', 'Network', 'InformationSystem', 'CooperationRule')")]
        names = {short(iri): base.label(iri) for iri in named} | {short(f"{ID}instrument/{slug}"): slug for slug in instruments}
        known = {value: name for value, name in names.items() if value in code}
        _lay(self.connection, "name", {"s": [code[value] for value in known], "name": list(known.values())})
        _lay(self.connection, "word", {"s": list(range(len(self.codes.values))), "word": [str(value).rpartition("/")[2] for value in self.codes.values]})

    def _weigh(self, name: str, columns: list[str], rows: Iterable[tuple[str, *tuple[int | None, ...]]]) -> None:
        """Lay a table of weights for the values that facts have."""
        numbered = [(self.codes.code[short(iri)], *weights) for iri, *weights in rows if short(iri) in self.codes.code]
        _lay(self.connection, f"weigh_{name}", dict(_columns(["s", *columns], numbered)))


class _Hand:
    """Answers for one batch of cases after the other, on a connection and in tables of its own; facts and results are those of the world."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.connection = world.connection.cursor()
        self.connection.execute(f"CREATE SCHEMA hand_{number}")
        self.connection.execute(f"SET search_path='hand_{number},main'")

    def answer(self, cases: Sequence[Case], days: str) -> None:
        """Run the rules over a batch, and add what comes out to the results."""
        self._begin(cases)
        batch = Batch(self.connection, self.world.tables)
        run(batch, self.world.rules)
        batch.settle()
        self._take(days)

    def _begin(self, cases: Sequence[Case]) -> None:
        """Empty the tables of cases and findings, and lay the cases of a batch into them, numbered from 1."""
        code = self.world.codes.code
        for table in self.world.tables.values():
            self.connection.execute(f"CREATE OR REPLACE TABLE {table.name}({', '.join(f'{column} {kind}' for column, kind in table.columns.items())})")
        stated: dict[str, tuple[list[int], list[Value]]] = {name: ([], []) for name in ("type", *PROPERTIES)}
        for number, case in enumerate(cases, start=1):
            for name, values in _stated(case):
                for value in values:
                    stated[name][0].append(number)
                    stated[name][1].append(code[value] if isinstance(value, str) else value)
        for name, (numbers, values) in stated.items():
            _lay(self.connection, f"case_{name}", {"s": numbers, "rdf_type" if name == "type" else name: values})
        _lay(self.connection, "pair",
             {"s": range(1, len(cases) + 1), "requesting": [case.requesting for case in cases], "requested": [case.requested for case in cases]})

    def _take(self, days: str) -> None:
        """Add the verdicts and the ordered options of a batch to the results, named in full."""
        codes = self.world.codes
        ends = [row[0] for row in self.connection.execute(f"SELECT DISTINCT s & {codes.mask} FROM found_ChannelVerdict "
                                                          f"UNION SELECT DISTINCT s & {codes.mask} FROM found_OptionVerdict").fetchall()]
        _lay(self.connection, "ending", {"s": ends, "text": list(map(codes.spelled, ends))})
        for statement in (_ORDERED, _VERDICTS):
            self.connection.execute(statement.format(days=days, mask=codes.mask))


def _lay(connection: DuckDBPyConnection, name: str, columns: Mapping[str, Collection[Value | None]]) -> None:
    """Make a table of columns: of numbers, or of texts if one value is one."""
    kinds = {column: _kind(values) for column, values in columns.items()}
    described = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
    connection.execute(f"CREATE OR REPLACE TABLE {name}({described})")
    if any(columns.values()):
        taken = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in kinds.values())
        # numbers in one text are taken in faster than one by one
        given = [list(values) if kinds[column] == _TEXT else str(list(values)).replace("None", "NULL") for column, values in columns.items()]
        connection.execute(f"INSERT INTO {name} SELECT {taken}", given)


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the columns of rows by name."""
    for place, name in enumerate(names):
        yield name, [row[place] for row in rows]


def _kind(values: Collection[Value | None]) -> str:
    """Return the SQL type of a column."""
    if any(isinstance(value, str) for value in values):
        return _TEXT
    return "BIGINT" if any(isinstance(value, int) and abs(value) > _MOST for value in values) else "INTEGER"


def _quoted(column: str) -> str:
    return column if column == SUBJECT else f'"{column}"'


def _stated(case: Case) -> Iterator[tuple[str, list[Value]]]:
    """Yield what a case states, by the names of the tables."""
    for predicate, objects in case.block().items():
        yield "type" if predicate == RDF_TYPE else predicate.removeprefix(LAW), list(map(encode, objects))


def _needed(rules: list[CompiledRule]) -> list[CompiledRule]:
    """Return the rules on which a verdict or an order can depend, each keeping only what another one, or an atlas, reads."""
    while True:
        read = {f"found_{name.removeprefix('law:')}" for rule in rules for name in rule.plan.reads} | {f"found_{kind.removeprefix(LAW)}" for kind in SHOWN}
        kept = [replace(rule, plan=replace(rule.plan, keeps=tuple(keep for keep in rule.plan.keeps if keep[0] in read))) for rule in rules]
        kept = [rule for rule in kept if rule.plan.keeps]
        if len(kept) == len(rules):
            return kept
        rules = kept


def jurisdictions(base: Base) -> list[str]:
    """Return the codes of all jurisdictions, in order."""
    return [row[0] for row in base.execute("SELECT code FROM jurisdiction ORDER BY code")]


def all_pairs(base: Base) -> list[Pair]:
    """Return every ordered pair of jurisdictions."""
    return list(itertools.permutations(jurisdictions(base), 2))


_RESULTS = """
CREATE TABLE verdict(requesting VARCHAR, requested VARCHAR, channel VARCHAR, measure VARCHAR, verdict VARCHAR, finding VARCHAR);
CREATE TABLE choice(requesting VARCHAR, requested VARCHAR, measure VARCHAR, rank INTEGER, verdict VARCHAR, standing VARCHAR,
                    instrument VARCHAR, organisation VARCHAR, rule VARCHAR, last_known BOOLEAN, finding VARCHAR);
"""
_IRI = f"'{CASE}' || p.requesting || '.' || p.requested || '.{{days}}' || e.text"
_VERDICTS = f"""
INSERT INTO verdict
SELECT DISTINCT p.requesting, p.requested, c.word, m.word, v.word, {_IRI}
FROM found_ChannelVerdict f JOIN pair p ON p.s = f."case" JOIN word c ON c.s = f.channel JOIN word m ON m.s = f."forMeasure"
JOIN word v ON v.s = f.verdict JOIN ending e ON e.s = f.s & {{mask}}
WHERE f."forMeasure" IN (SELECT s FROM asked)
"""
_SORT = ", ".join(f'w."{field}"' for field in Order._fields)
# where rules give an option several standings, the first by name counts, as in an answer
_ORDERED = f"""
INSERT INTO choice
WITH
shown AS (SELECT s, option, provision FROM found_LegalBasis b SEMI JOIN found_BasisStands f ON f.option = b.option AND f.basis = b.s
          UNION ALL SELECT s, option, provision FROM found_LegalBasis b ANTI JOIN found_BasisStands f ON f.option = b.option),
deciding AS (SELECT s, option FROM found_LegalBasis b SEMI JOIN found_BasisFree f ON f.option = b.option AND f.basis = b.s
          UNION ALL SELECT s, option FROM shown b ANTI JOIN found_BasisFree f ON f.option = b.option),
provided AS (SELECT option, min(strength) AS strength, min(route) AS route FROM shown JOIN weigh_provision p ON p.s = provision GROUP BY option),
led AS (SELECT "of" AS option, min(w.route) AS route FROM found_RouteFinding f JOIN weigh_route w ON w.s = f.route GROUP BY "of"),
needed AS (SELECT DISTINCT c.s, coalesce(d.option, c."of") AS option
          FROM (SELECT s, "of" FROM found_Condition c ANTI JOIN found_ConditionMet m ON m.condition = c.s) c LEFT JOIN deciding d ON d.s = c."of"),
open AS (SELECT option, count(*) AS open FROM needed GROUP BY option),
stood AS (SELECT "of", arg_min(standing, w.word) AS standing FROM found_Standing JOIN word w ON w.s = standing GROUP BY "of"),
said AS (SELECT "of", f.s, arg_min(verdict, w.word) AS verdict FROM found_OptionVerdict f JOIN word w ON w.s = verdict GROUP BY ALL),
listed AS (
    SELECT DISTINCT o.s, o."case", o."forMeasure" AS measure, o."onInstrument" AS instrument, o."onOrganisation" AS organisation, o."onRule" AS rule,
        o."throughOrganisation" AS through, v.s AS finding, v.verdict AS said, t.standing AS stood
    FROM found_Option o JOIN said v ON v."of" = o.s JOIN stood t ON t."of" = o.s
    WHERE o."forMeasure" IN (SELECT s FROM asked)),
weighed AS (
    SELECT l.*, ws.standing AS standing, coalesce(wv.verdict, {WORST}) AS verdict,
        CASE WHEN instrument IS NOT NULL THEN l.s IN (SELECT "of" FROM found_Narrowed) ELSE rule IS NULL END AS second,
        CASE WHEN instrument IS NOT NULL THEN coalesce(wi.generality, 0) ELSE {NO_GENERALITY} END AS generality,
        CASE WHEN instrument IS NOT NULL THEN coalesce(p.strength, {NO_STRENGTH}) ELSE {NO_STRENGTH} END AS strength,
        CASE WHEN instrument IS NOT NULL THEN coalesce(p.route, led.route, {NO_ROUTE}) ELSE CAST(through IS NOT NULL AS INTEGER) END AS route,
        coalesce(open.open, 0) AS open,
        CASE WHEN through IS NOT NULL THEN tn.name || ' and ' || n.name ELSE n.name END AS name
    FROM listed l
    LEFT JOIN weigh_standing ws ON ws.s = l.stood
    LEFT JOIN weigh_verdict wv ON wv.s = l.said
    LEFT JOIN weigh_instrument wi ON wi.s = l.instrument
    LEFT JOIN provided p ON p.option = l.s
    LEFT JOIN led ON led.option = l.s
    LEFT JOIN open ON open.option = l.s
    LEFT JOIN name n ON n.s = coalesce(l.instrument, l.organisation, l.rule)
    LEFT JOIN name tn ON tn.s = l.through)
SELECT p.requesting, p.requested, m.word, row_number() OVER (PARTITION BY w."case", w.measure ORDER BY {_SORT}, w.s), v.word, t.word, i.word, o.word, r.word,
    li."case" IS NOT NULL OR (w.instrument IS NULL AND lo."case" IS NOT NULL), {_IRI}
FROM weighed w JOIN pair p ON p.s = w."case" JOIN word m ON m.s = w.measure JOIN word v ON v.s = w.said JOIN word t ON t.s = w.stood
JOIN ending e ON e.s = w.finding & {{mask}}
LEFT JOIN (SELECT DISTINCT "case", "onInstrument" FROM found_LastKnown) li ON li."case" = w."case" AND li."onInstrument" = w.instrument
LEFT JOIN (SELECT DISTINCT "case", "onOrganisation" FROM found_LastKnown) lo ON lo."case" = w."case" AND lo."onOrganisation" = w.organisation
LEFT JOIN word i ON i.s = w.instrument LEFT JOIN word o ON o.s = w.organisation LEFT JOIN word r ON r.s = w.rule
"""

# One row a pair and measure, with the option that stands first among those that are open.
FIRST_OPTIONS = """
SELECT v.requesting, v.requested, v.channel, v.measure, v.verdict, c.instrument, c.organisation, c.rule, c.standing,
    CASE WHEN c.rank IS NULL THEN NULL WHEN c.last_known THEN 'last-known' ELSE 'confirmed' END AS certainty, n.open, v.finding
FROM verdict v
LEFT JOIN (SELECT requesting, requested, measure, min(rank) AS first, count(*) AS open FROM choice WHERE verdict IN ('available', 'conditional')
           GROUP BY ALL) n USING (requesting, requested, measure)
LEFT JOIN choice c ON c.requesting = v.requesting AND c.requested = v.requested AND c.measure = v.measure AND c.rank = n.first
"""
