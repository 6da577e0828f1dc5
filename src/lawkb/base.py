"""A compiled knowledge base, opened for reading: look-ups by IRI, the rules, the tables of names. Safe to share between threads."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import Block, many, text
from lawkb.infer import CompiledRule, Engine, Plan
from lawkb.names import InstrumentNames, JurisdictionNames
from lawkb.packing import unpack
from lawkb.relational import RelationalEngine, TableEngine
from lawkb.terms import CONCEPT, LAW, RULE, curie, key
from lawkb.values import short

if TYPE_CHECKING:
    from lawkb.warm import Library

T = TypeVar("T")
FEW = 2  # questions after which rules are run as functions
_LATELY = 16  # questions whose findings are kept, some megabytes each


@dataclass(frozen=True)
class Entry:
    """One block of the knowledge base with its label, its class, the file it was read from, and whether it is an overlay's."""

    iri: str
    kind: str | None
    label: str | None
    file: str | None
    local: bool
    block: Block
    _told: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def one(self, name: str) -> str | None:
        """Return the first value of a `law:` property as an IRI or a text, or None."""
        values = self.many(name)
        return values[0] if values else None

    def many(self, name: str) -> list[str]:
        """Return all values of a `law:` property as IRIs or texts; they are kept, since a block is read for many answers."""
        told = self._told.get(name)
        if told is None:
            told = self._told[name] = many(self.block, name)
        return told


class Elsewhere(Protocol):
    """A server that holds the same knowledge base and works in place of this process (`lawkb.remote`)."""

    def question(self, case: Case) -> contextlib.AbstractContextManager[Engine]:
        """Lend an engine for one case."""

    def query(self, text: str) -> Any:
        """Run a SPARQL query and return a `lawkb.engine.Found`."""


class Base:
    """A snapshot opened read-only; each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.elsewhere: Elsewhere | None = None  # where the questions are worked on, if not here
        self._threads = threading.local()
        self._lately: OrderedDict[Hashable, Any] = OrderedDict()
        self._guard = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._asked = 0

    def execute(self, query: str, values: Iterable[object] = ()) -> sqlite3.Cursor:
        """Run a query on the snapshot.

        Raises:
            LawkbError: the snapshot is not there any more, or damaged.
        """
        try:
            base = getattr(self._threads, "base", None)
            if base is None:
                base = self._threads.base = self._connect()
            return base.execute(query, tuple(values))
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error

    @contextlib.contextmanager
    def question(self, measure: str | None = None) -> Iterator[sqlite3.Connection]:
        """Lend a connection that has the empty tables of a question; they are emptied again, for the next one, at the end.

        With the code of a measure, the rules find nothing on others: none concludes on one measure from what it finds on another.

        Lists hand over their last item atomically, so that threads need no lock.

        Raises:
            LawkbError: the snapshot is not there any more, or damaged.
        """
        try:
            connection = self._idle.pop() if self._idle else self._with_tables()
        except IndexError:  # another thread was quicker
            connection = self._with_tables()
        try:
            connection.execute("BEGIN")
            for table in self._about_measures if measure is not None else ():
                connection.execute(f"DELETE FROM temp.{table} WHERE s != ?", (short(f"{CONCEPT}measure/{measure}"),))
            yield connection
            connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error
        self._idle.append(connection)

    @contextlib.contextmanager
    def engine(self, case: Case, measure: str | None = None) -> Iterator[TableEngine]:
        """Lend what runs the rules for a case: statements on the snapshot for the first few, functions for those after them.

        Functions are several times as fast, but cost a tenth of a second to make, which a few questions do not bring in. With the code of a
        measure, the rules find nothing on others.

        Raises:
            LawkbError: the snapshot is not there any more, or damaged.
        """
        if self._asked >= FEW:
            yield self.library.engine(case, measure)
        else:
            self._asked += 1
            with self.question(measure) as connection:
                yield RelationalEngine(connection, case)

    @cached_property
    def library(self) -> Library:
        """The rules as functions."""
        from lawkb.warm import Library  # a process that asks a few questions does without

        branches = {f"{RULE}{stage}/{name}": stored for stage, name, stored in self.execute("SELECT stage, name, branches FROM rule")}
        return Library(self.execute, branches, json.loads(self.meta["question_tables"]), self._about_measures)

    def lately(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for the same question not long ago, or make it: a proof or a request is often asked for right after the whole."""
        with self._guard:
            if what in self._lately:
                self._lately.move_to_end(what)
                return cast(T, self._lately[what])
        made = make()
        with self._guard:
            self._lately[what] = made
            if len(self._lately) > _LATELY:
                self._lately.popitem(last=False)
        return made

    def _with_tables(self) -> sqlite3.Connection:
        try:
            connection = self._connect(isolation_level=None, check_same_thread=False, cached_statements=1000)
            connection.executescript("PRAGMA temp_store=MEMORY; PRAGMA automatic_index=OFF")  # plans name the indexes that they need
            connection.executescript(self.meta["question_schema"])
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error
        return connection

    def _connect(self, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True, **options)
        samples: dict[str, bytes] = dict(connection.execute("SELECT name, samples FROM dictionary").fetchall())
        connection.create_function("unpacked", 2, lambda name, packed: unpack(packed, samples[name]), deterministic=True)
        return connection

    def _unreadable(self, error: sqlite3.DatabaseError) -> LawkbError:
        return LawkbError(f"The compiled knowledge base {self.path} cannot be read ({error})",
                          "Remove it with lawkb cache --clear and ask again: it is made anew")

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the snapshot was made of: versions and digests."""
        return dict(self.execute("SELECT name, value FROM meta").fetchall())

    @cached_property
    def _about_measures(self) -> list[str]:
        return list(json.loads(self.meta["measure_tables"]))

    @cached_property
    def rules(self) -> list[CompiledRule]:
        """The rules in order of stage and name."""
        return self.rules_of(row[0] for row in self.execute("SELECT DISTINCT stage FROM rule ORDER BY stage"))

    def rules_of(self, stages: Iterable[str]) -> list[CompiledRule]:
        """Return the rules of some stages, each stage in order of name: a question needs a part of them only."""
        for stage in (wanted := [*stages]):
            if stage not in self._staged:
                self._staged[stage] = self._rules("plan", "stage=?", stage)
        return [rule for stage in wanted for rule in self._staged[stage]]

    def rule(self, iri: str) -> CompiledRule | None:
        """Return the rule of an IRI, or None where there is none."""
        if iri not in self._rules_known:
            stage = iri.removeprefix(RULE).partition("/")[0]
            self._rules_known[iri] = next((rule for rule in self.rules_of([stage]) if rule.iri == iri), None)
        return self._rules_known[iri]

    @cached_property
    def _staged(self) -> dict[str, list[CompiledRule]]:
        return {}

    @cached_property
    def _rules_known(self) -> dict[str, CompiledRule | None]:
        return {}

    @cached_property
    def lean_rules(self) -> list[CompiledRule]:
        """The rules on channels with plans that give only what other rules, and an atlas, read of findings, in coded tables (`lawkb.coding`)."""
        return self._rules("lean", "lean IS NOT NULL")

    def _rules(self, plan: str, which: str, *values: str) -> list[CompiledRule]:
        rows = self.execute(f"SELECT stage, name, header, query, {plan} FROM rule WHERE {which} ORDER BY stage, name", values).fetchall()
        return [CompiledRule(iri=f"{RULE}{stage}/{name}", stage=stage, title=h["title"], law=h["law"], concludes=tuple(h["concludes"]),
                             says=h["says"], dates=tuple(h["dates"]), query=query, plan=Plan.of(json.loads(stored)))
                for stage, name, header, query, stored in rows for h in (json.loads(header),)]

    @cached_property
    def jurisdictions(self) -> JurisdictionNames:
        """The names under which jurisdictions are known."""
        rows = self.execute("SELECT code, names FROM jurisdiction ORDER BY code").fetchall()
        return JurisdictionNames([(code, names[0], names[1:]) for code, text in rows for names in (json.loads(text) or [code],)])

    @cached_property
    def instruments(self) -> InstrumentNames:
        """The names under which instruments are known."""
        rows = self.execute("SELECT slug, names FROM instrument ORDER BY slug").fetchall()
        return InstrumentNames([(slug, names[0], names[1:]) for slug, text in rows for names in (json.loads(text) or [slug],)])

    def entry(self, iri: str) -> Entry | None:
        """Return the block of an IRI, or None when the knowledge base has none."""
        if iri not in self._entries:
            row = self.execute("SELECT subject, class, label, file, local, body FROM block WHERE subject=?", (iri,)).fetchone()
            self._entries[iri] = _entry(row) if row else None
        return self._entries[iri]

    @cached_property
    def _entries(self) -> dict[str, Entry | None]:
        """The blocks that were read: a snapshot never changes, and answers come back to the same few thousand."""
        return {}

    def entries(self, iris: Iterable[str]) -> Iterator[Entry]:
        """Yield the blocks of IRIs, in their order; those that are not there are passed over."""
        for iri in iris:
            found = self.entry(iri)
            if found:
                yield found

    def scheme(self, name: str) -> list[Entry]:
        """Return the concepts of a scheme, in order of IRI."""
        if name not in self._schemes:
            rows = self.execute("SELECT subject FROM packed_block WHERE subject >= ? AND subject < ? ORDER BY subject",
                                (f"{CONCEPT}{name}/", f"{CONCEPT}{name}0")).fetchall()
            self._schemes[name] = list(self.entries(row[0] for row in rows))
        return list(self._schemes[name])

    @cached_property
    def _schemes(self) -> dict[str, list[Entry]]:
        return {}

    def concerning(self, iri: str, *classes: str) -> list[Entry]:
        """Return the blocks that speak of an individual (an instrument, a jurisdiction), of these classes, in order of IRI."""
        if (iri, classes) not in self._concerning:
            marks = ",".join("?" for _ in classes)
            rows = self.execute(f"SELECT b.subject, b.class, b.label, b.file, b.local, b.body FROM concerns c JOIN block b ON b.subject=c.subject "
                                f"WHERE c.item=? AND b.class IN ({marks}) ORDER BY b.subject", (iri, *classes)).fetchall()
            self._concerning[iri, classes] = [_entry(row) for row in rows]
        return list(self._concerning[iri, classes])

    @cached_property
    def _concerning(self) -> dict[tuple[str, tuple[str, ...]], list[Entry]]:
        return {}

    def of_class(self, *classes: str) -> list[Entry]:
        """Return every block of these classes, in order of IRI."""
        marks = ",".join("?" for _ in classes)
        rows = self.execute(f"SELECT subject, class, label, file, local, body FROM block WHERE class IN ({marks}) ORDER BY subject",
                            classes).fetchall()
        return [_entry(row) for row in rows]

    def every(self) -> Iterator[Entry]:
        """Yield every block, in order of IRI; what leads to blank nodes (restrictions of the ontology) is left out."""
        rows = self.execute("SELECT subject, class, label, file, local, body FROM block ORDER BY subject")
        while part := rows.fetchmany(1000):
            for entry in map(_entry, part):
                block = {name: kept for name, terms in entry.block.items() if (kept := [term for term in terms if not term.startswith("_:")])}
                yield replace(entry, block=block)

    def weakest(self, iris: Iterable[str]) -> tuple[str | None, str | None]:
        """Return the grade (dataset, page, memory) and the confidence of the weakest of these facts; None where none is graded."""
        return self.graded(max((weight for iri in iris if (weight := self.weight(iri)) is not None), default=None))

    def weight(self, iri: str) -> int | None:
        """Return how weak a fact is (`lawkb.snapshot.grade`): the higher the weaker; None for what is no fact."""
        if iri not in self._fact_weights:
            row = self.execute("SELECT grade FROM packed_block WHERE subject=?", (iri,)).fetchone()
            self._fact_weights[iri] = row[0] if row else None
        return self._fact_weights[iri]

    @cached_property
    def _fact_weights(self) -> dict[str, int | None]:
        return {}

    @cached_property
    def disputed(self) -> dict[str, frozenset[str]]:
        """Subject -> the facts on which sources differ: the subject itself, or those on which it rests."""
        found: dict[str, set[str]] = defaultdict(set)
        for subject, fact in self.execute("SELECT subject, fact FROM disputed"):
            found[subject].add(fact)
        return {subject: frozenset(facts) for subject, facts in found.items()}

    def graded(self, weight: int | None) -> tuple[str | None, str | None]:
        """Return the grade and the confidence for which a weight stands."""
        return (None, None) if weight is None else (self.grades[weight - weight % 10], self.confidences[weight % 10])

    @cached_property
    def grades(self) -> dict[int, str]:
        """Weight -> code of how a source was read."""
        return self._weights("howread")

    @cached_property
    def confidences(self) -> dict[int, str]:
        """Weight -> code of confidence."""
        return self._weights("confidence")

    def _weights(self, scheme: str) -> dict[int, str]:
        rows = self.execute("SELECT subject, body FROM block WHERE subject >= ? AND subject < ?", (f"{CONCEPT}{scheme}/", f"{CONCEPT}{scheme}0"))
        return {int(text(block[LAW + "weight"][0])): key(subject) for subject, body in rows for block in (json.loads(body),)
                if LAW + "weight" in block}

    def label(self, iri: str) -> str:
        """Return what people call an individual or a concept: its label, else its short name."""
        row = self.execute("SELECT label FROM block WHERE subject=?", (iri,)).fetchone()
        return (row and row[0]) or key(iri) or curie(iri)


def _entry(row: tuple) -> Entry:
    subject, kind, label, file, local, body = row
    return Entry(subject, kind, label, file, bool(local), json.loads(body))
