"""All pairs at once, engine beside engine: from cases to the verdict of every measure, and how it grows.

Each engine gets the same facts and the same rules: as SPARQL, as SQL, or as Datalog made from the same parsed rules
(`datalog.py`). Facts are laid before the clock starts wherever an engine can take them apart from the question. Verdicts are
compared with those of lawkb, so that nobody is quick by being wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from datalog import Clause, clauses, clingo_text, fact_text, nemo_text
from measure import Sample, TooLong, interleaved, shown, within

from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.derive import derive
from lawkb.facts import ntriples
from lawkb.infer import Findings, run
from lawkb.pattern import parse
from lawkb.plan import compile_rules
from lawkb.ranking import SHOWN
from lawkb.reading import read, source_files
from lawkb.rules import STAGES_OF, load_rules
from lawkb.tables import Catalogue
from lawkb.terms import LAW, RDF_TYPE, key
from lawkb.values import Value, encode, short
from lawkb.world import World, all_pairs

Pair = tuple[str, str]
Verdicts = dict[tuple[str, str, str], str]
Task = Callable[[], Verdicts]
Prepare = Callable[[Sequence[Pair]], Task]
_VERDICT = "found_ChannelVerdict"

NOTES = {
    "lawkb, all at once": "the plans on DuckDB, as many batches at a time as there are processors, numbers for values and names, as `lawkb atlas` runs them; "
                          "also gives every option with standing and rank, and the IRI of each finding, by which it can be proved. The numbers of the others "
                          "are for verdicts alone",
    "lawkb, pair by pair": "the plans on SQLite, as `lawkb channels` runs them, one pair after another in one thread; with all findings and premises",
    "lawkb, in memory": "the plans as functions, as a process runs them that is asked again and again; else as the line before",
    "clingo": "the Datalog of the rules; names are terms and not texts; facts and rules are read before the clock starts; grounding alone is measured, "
              "since the program is stratified; one thread",
    "nemo": "the Datalog of the rules; names are texts as in RDF; facts come from CSV files, the program is read before the clock starts; one thread",
    "pyoxigraph": "the rules' own SPARQL over the dossier of each pair, which it loads; the whole knowledge base in one store is slower still",
    "pyoxigraph, in order": "the same, with the patterns of each rule put in an order that was reckoned from the facts, and its findings inserted in the "
                            "store (`tests/engines/ordered.py`)",
    "maplib": "the rules' own SPARQL over the whole knowledge base and all cases at once, its strength",
    "numpy, no proof": "no engine but a kernel written by hand: whether any instrument that binds both gives a basis, as bits; no conditions, no choice, "
                       "no dates, no names, no \"unknown\". What takes time in lawkb (whether conditions are met, which option gives way to which, what is "
                       "missing where there is none) it does not ask. It shows what the machine could do at best, and is no like for like",
}


class Datalog:
    """The facts and the rules as Datalog, made once."""

    def __init__(self) -> None:
        rules = {rule: parse(rule) for rule in load_rules()}
        facts = read(source_files())
        derive(facts)
        catalogue = Catalogue(rules).fill(facts)
        compile_rules(rules, catalogue)
        many = catalogue.showing(SHOWN)
        listed = [c for rule, construct in rules.items() if rule.stage in STAGES_OF["channels"] for c in clauses(rule, construct, many)]
        self.tables: dict[str, list[tuple[Value, ...]]] = {relation.table: relation.rows for relation in many.relations()}
        self.clauses = self._needed(listed)

    @staticmethod
    def _needed(listed: list[Clause]) -> list[Clause]:
        """Only what a verdict depends on: the engines are spared the rest."""
        while True:
            read_ones = {atom[0] for clause in listed for atom in (*clause.body, *clause.absent)} | {_VERDICT}
            kept = [clause for clause in listed if clause.head[0] in read_ones]
            if len(kept) == len(listed):
                return kept
            listed = kept

    def with_cases(self, pairs: Sequence[Pair], on: dt.date) -> dict[str, list[tuple[Value, ...]]]:
        tables = dict(self.tables)
        for a, b in pairs:
            case = Case(a, b, on)
            for predicate, objects in case.block().items():
                table = "case_type" if predicate == RDF_TYPE else f"case_{predicate.removeprefix(LAW)}"
                tables.setdefault(table, []).extend((short(case.iri), encode(obj)) for obj in objects)
        return tables


def engines(base: Base, datalog: Datalog, on: dt.date) -> dict[str, Prepare]:
    """Return name -> what prepares a run on pairs, and gives the task that is measured."""
    return {"lawkb, all at once": lambda pairs: _world(base, pairs, on), "lawkb, pair by pair": lambda pairs: _by_pair(base, pairs, on, "relational"),
            "lawkb, in memory": lambda pairs: _by_pair(base, pairs, on, "loops"),
            "clingo": lambda pairs: _clingo(datalog, pairs, on), "nemo": lambda pairs: _nemo(datalog, pairs, on),
            "maplib": lambda pairs: _maplib(base, pairs, on), "pyoxigraph": lambda pairs: _by_pair(base, pairs, on, "oxigraph"),
            "pyoxigraph, in order": lambda pairs: _in_order(base, pairs, on)}


def _world(base: Base, pairs: Sequence[Pair], on: dt.date) -> Task:
    world = World(base)

    def task() -> Verdicts:
        world.connection.execute("DELETE FROM verdict; DELETE FROM choice")
        world.run(pairs, on)
        return {(a, b, m): v for a, b, m, v in world.connection.execute("SELECT requesting, requested, measure, verdict FROM verdict").fetchall()}

    return task


def _by_pair(base: Base, pairs: Sequence[Pair], on: dt.date, engine: str) -> Task:
    return lambda: _verdicts(pairs, (conclude(base, Case(a, b, on), engine=engine) for a, b in pairs))


def _in_order(base: Base, pairs: Sequence[Pair], on: dt.date) -> Task:
    from engines.ordered import in_order

    engine = in_order(base)
    return lambda: _verdicts(pairs, (engine(Case(a, b, on), "channels") for a, b in pairs))


def _verdicts(pairs: Sequence[Pair], concluded: Iterable[Findings]) -> Verdicts:
    return {(a, b, key(f.get("measure") or "")): key(f.get("verdict") or "") for (a, b), findings in zip(pairs, concluded, strict=True)
            for f in findings.of("ChannelVerdict")}


def _clingo(datalog: Datalog, pairs: Sequence[Pair], on: dt.date) -> Task:
    import clingo

    text = "\n".join([*(fact_text(table, row, "clingo") for table, rows in datalog.with_cases(pairs, on).items() for row in rows),
                      *map(clingo_text, datalog.clauses), f"#show {_VERDICT}/5."])
    ready: list[Any] = []

    def control() -> Any:
        fresh = clingo.Control(["--warn=none"])
        fresh.add("base", [], text)
        return fresh

    ready.append(control())

    def task() -> Verdicts:
        grounded = ready.pop() if ready else control()
        grounded.ground([("base", [])])
        found = {}
        for atom in grounded.symbolic_atoms.by_signature(_VERDICT, 5):
            _, case, _, measure, verdict = atom.symbol.arguments
            a, b, *_ = key(case.string).split(".")
            found[a, b, key(measure.string)] = key(verdict.string)
        return found

    task.again = lambda: ready.append(control())  # type: ignore[attr-defined]
    return task


def _nemo(datalog: Datalog, pairs: Sequence[Pair], on: dt.date) -> Task:
    import nmo_python

    folder = Path(tempfile.mkdtemp(prefix="lawkb-bench-"))
    lines = []
    for table, rows in datalog.with_cases(pairs, on).items():
        if rows:
            kinds = ["int" if all(isinstance(row[place], int) for row in rows) else "string" for place in range(len(rows[0]))]
            with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([value if isinstance(value, int) else value.replace('"', "'").replace("\\", "/") for value in row] for row in rows)
            lines.append(f'@import {table} :- csv{{resource="{folder / table}.csv", format=({",".join(kinds)})}} .')
    text = "\n".join([*lines, *map(nemo_text, datalog.clauses)])
    ready = [nmo_python.NemoEngine(nmo_python.load_string(text))]

    def task() -> Verdicts:
        engine = ready.pop() if ready else nmo_python.NemoEngine(nmo_python.load_string(text))
        engine.reason()
        told = ([str(value).strip('"') for value in row] for row in engine.result(_VERDICT))
        return {(*key(row[1]).split(".")[:2], key(row[3])): key(row[4]) for row in told}  # type: ignore[misc]

    task.again = lambda: ready.append(nmo_python.NemoEngine(nmo_python.load_string(text)))  # type: ignore[attr-defined]
    return task


def _maplib(base: Base, pairs: Sequence[Pair], on: dt.date) -> Task:
    import maplib

    cases = [Case(a, b, on) for a, b in pairs]
    text = "".join(row[0] for row in base.execute("SELECT triples FROM slice")) + ntriples([(case.iri, case.block()) for case in cases])
    rules = [rule for rule in base.rules if rule.stage in STAGES_OF["channels"]]

    def task() -> Verdicts:
        model = maplib.Model()
        model.reads(text, format="ntriples")

        class Engine:
            def apply(self, rule: Any) -> bool:
                before = model.size()
                model.insert(rule.query)
                return bool(model.size() != before)

        run(Engine(), rules)
        found = model.query(f"SELECT ?c ?m ?v WHERE {{ ?f a <{LAW}ChannelVerdict> ; <{LAW}case> ?c ; <{LAW}forMeasure> ?m ; <{LAW}verdict> ?v }}")
        return {(*key(c).split(".")[:2], key(m)): key(v) for c, m, v in found.rows()}  # type: ignore[misc]

    return task


def sizes(name: str, number: int) -> list[int]:
    """Return of how many pairs an engine is asked at once: of fewer and of more, where it can work on many at once, so that each is seen at its best."""
    if name.startswith(("pyoxigraph", "maplib")):
        return [max(2, number // 100)]
    if name in ("lawkb, pair by pair", "lawkb, in memory"):
        return [number]
    return [number, 7 * number, 20 * number] if name == "lawkb, all at once" else [number // 4, number, 4 * number]


def compare(base: Base, datalog: Datalog, on: dt.date, number: int, repeats: int, patience: float) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Measure the engines; return the rows of a table, and the same as data.

    What is compared is verdicts a second, each engine at the number of pairs at which it is fastest. Verdicts are compared for the first of the pairs,
    which all are asked about.
    """
    pairs = random.Random(1).sample(all_pairs(base), 20 * number)
    expected = _by_pair(base, pairs[:number], on, "relational")()
    rows: list[list[str]] = []
    data: list[dict[str, Any]] = []
    tasks: dict[tuple[str, int], Task] = {}
    found: dict[tuple[str, int], tuple[int, bool]] = {}
    for name, prepare in engines(base, datalog, on).items():
        for size in sizes(name, number):
            try:
                task = prepare(pairs[:size])
                verdicts: Any = within(patience, task)
            except BaseException as error:  # noqa: BLE001 - engines raise what they like; one of them a class of its own
                rows.append([name, f"{size:,}", _failed(error, patience), *[""] * 7])
                break
            known = {place: verdict for place, verdict in expected.items() if place[:2] in set(pairs[:size])}
            found[name, size] = len(verdicts), {place: verdict for place, verdict in verdicts.items() if place in expected} == known
            tasks[name, size] = task
    samples: dict[tuple[str, int], list[Sample]] = {place: [] for place in tasks}
    for _ in range(repeats):
        for (name, size), task in tasks.items():
            if again := getattr(task, "again", None):
                again()
            samples[name, size] += [interleaved({name: task}, 1)[name]]
    for (name, size), listed in samples.items():
        sample = Sample(tuple(s.seconds[0] for s in listed), tuple(s.processor[0] for s in listed))
        made, same = found[name, size]
        data.append({"engine": name, "pairs": size, "seconds": list(sample.seconds), "processor": list(sample.processor),
                     "verdicts_a_second": made / sample.median, "same": same})
        rows.append([name, f"{size:,}", *sample.row(), f"{made / sample.median:,.0f}", "", "yes" if same else "**no**"])
    first = max((each["verdicts_a_second"] for each in data if each["engine"] == "lawkb, all at once"), default=float("nan"))
    for row in rows:
        if row[6]:
            row[8] = f"{float(row[7].replace(',', '')) / first:.3g}"
    rows.sort(key=lambda row: -float(row[7].replace(",", "")) if row[6] else 1)
    return rows, data


def _failed(error: BaseException, patience: float) -> str:
    """Return why an engine gave nothing."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    if isinstance(error, TooLong):
        return f"stopped after {patience:.0f} s"
    told = re.sub(r"\s+", " ", str(error)).strip()[:160].replace("|", "/")
    return f"not installed ({error.name})" if isinstance(error, ImportError) else f"cannot run the rules: {told}"


def kernel(base: Base, on: dt.date, repeats: int) -> tuple[Sample, int]:
    """Measure a kernel on bits: for each measure, which ordered pairs are bound by an instrument with a basis. Return the sample and the rows it gives."""
    import numpy as np

    codes = {row[0]: place for place, row in enumerate(base.execute("SELECT code FROM jurisdiction ORDER BY code").fetchall())}
    slugs = {row[0]: place for place, row in enumerate(base.execute("SELECT slug FROM instrument ORDER BY slug").fetchall())}
    bound = np.zeros((len(codes), len(slugs)), dtype=bool)
    for entry in base.of_class("Participation"):
        day = on.toordinal()
        numbers = {name: int(entry.block[LAW + name][0].split('"')[1]) for name in ("surelyFromDay", "surelyUntilDay") if LAW + name in entry.block}
        if numbers.get("surelyFromDay", day + 1) <= day < numbers.get("surelyUntilDay", day + 1):
            party, slug = (key(entry.block[LAW + name][0][1:-1]) for name in ("party", "instrument"))
            if party in codes and slug in slugs:
                bound[codes[party], slugs[slug]] = True
    served: dict[str, set[str]] = {entry.iri: {text[1:-1] for text in entry.block.get(LAW + "servedBy", ())} for entry in base.scheme("measure")
                                   if LAW + "inChannel" in entry.block}
    gives = np.zeros((len(served), len(slugs)), dtype=bool)
    for entry in base.of_class("Provision"):
        slug = key(entry.block[LAW + "instrument"][0][1:-1])
        if any(key(role[1:-1]) in ("basis", "obligation") for role in entry.block.get(LAW + "role", ())) and slug in slugs:
            about = {text[1:-1] for text in entry.block.get(LAW + "measure", ())}
            for place, servers in enumerate(served.values()):
                gives[place, slugs[slug]] |= bool(about & servers)

    def task() -> Any:
        packed = np.packbits(bound, axis=1)
        both = packed[:, None, :] & packed[None, :, :]
        return np.stack([(both & np.packbits(row)).any(axis=2) for row in gives])

    return interleaved({"numpy": task}, repeats)["numpy"], len(served) * len(codes) * (len(codes) - 1)


def findings(base: Base, on: dt.date, number: int) -> float:
    """Return how many findings, rows of the tables from which verdicts and their order are read, a verdict takes on average."""
    pairs = random.Random(1).sample(all_pairs(base), number)
    world = World(base)
    world.run(pairs, on)
    counts = [world.hands[0].connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in (*world.tables, "verdict")]
    *made, verdicts = (int(row[0]) if row else 0 for row in counts)
    return sum(made) / verdicts


class Wider(World):
    """The world with each treaty between two jurisdictions several times, under other names."""

    def __init__(self, base: Base, times: int, measures: Sequence[str] | None = None) -> None:
        self.times = times
        self.two = {row[0] for row in base.execute("SELECT slug FROM instrument WHERE two")}
        self.added = 0
        super().__init__(base, measures)

    def _rows(self, rows: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
        named = re.compile(r"/(bi-[a-z0-9-]+)")
        copies = [tuple(named.sub(rf"/\1-x{number}", value) if isinstance(value, str) else value for value in row)
                  for row in rows if any(isinstance(value, str) and named.search(value) for value in row) for number in range(1, self.times)]
        self.added += len(copies)
        return [*rows, *copies]


def growth(base: Base, on: dt.date, number: int, factors: Sequence[int]) -> list[list[str]]:
    """Measure all measures of some pairs with more treaties between two; pairs that have such treaties, for whom it matters."""
    two = base.execute("SELECT DISTINCT a.jurisdiction, b.jurisdiction FROM packed_slice a JOIN packed_slice b ON a.instrument = b.instrument "
                       "JOIN instrument i ON i.slug = a.instrument WHERE i.two AND a.jurisdiction <> b.jurisdiction AND a.jurisdiction <> '' "
                       "AND b.jurisdiction <> '' ORDER BY 1, 2").fetchall()
    pairs = random.Random(2).sample(two, min(number, len(two)))
    rows, first = [], None
    for times in factors:
        world = Wider(base, times)
        start = time.perf_counter()
        world.run(pairs, on)
        took = time.perf_counter() - start
        first = first or took
        options = world.connection.execute("SELECT count(*) FROM choice").fetchone()
        rows.append([f"{times}×", f"{world.added:,}", f"{options[0] if options else 0:,}", shown(took), f"{took / first:.1f}"])
    return rows


def years(base: Base, number: int, months: int) -> list[list[str]]:
    """Measure one measure of some pairs on the first of each month."""
    pairs = random.Random(3).sample(all_pairs(base), number)
    world = World(base, ["mla"])
    rows, start = [], time.perf_counter()
    for done in range(1, months + 1):
        world.run(pairs, dt.date(2016 + (done - 1) // 12, (done - 1) % 12 + 1, 1))
        if done in (1, 12, 60, months):
            rows.append([f"{done}", f"{done * number:,}", shown(time.perf_counter() - start)])
    return rows


def memory() -> str:
    """Return the most memory that this process has held."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB"
