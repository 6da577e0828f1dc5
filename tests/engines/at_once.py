"""Verdicts, options and their order: as `lawkb.world` finds them for many pairs at once, and as an answer gives them pair by pair."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from lawkb.answer import RefusalGround, TimeLimit, UseLimit
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.infer import Finding, Findings
from lawkb.options import OptionReader
from lawkb.terms import key
from lawkb.world import Pair, World

Row = tuple[Any, ...]
Rows = tuple[dict[Row, Row], dict[Row, list[Row]]]


def at_once(world: World) -> Rows:
    """Return by pair and measure the verdict (channel, verdict, finding), and the options in order."""
    verdicts = {row[:2] + row[3:4]: (row[2], *row[4:]) for row in world.connection.execute("SELECT * FROM verdict").fetchall()}
    options: dict[Row, list[Row]] = defaultdict(list)
    for row in world.connection.execute("SELECT requesting, requested, measure, rank, verdict, standing, instrument, organisation, rule, last_known, finding "
                                        "FROM choice ORDER BY ALL").fetchall():
        options[row[:3]].append(row[3:])
    return verdicts, options


def asked_at_once(world: World, pairs: Iterable[Pair], on: dt.date, strict: bool = False) -> Rows:
    """Ask about pairs, leaving nothing in the results of what was asked before: facts are laid once for many days."""
    for table in ("verdict", "choice"):
        world.connection.execute(f"DELETE FROM {table}")
    world.run(pairs, on, strict)
    return at_once(world)


def one_by_one(base: Base, cases: Iterable[Case], found: Callable[[Case], Findings] | None = None) -> Rows:
    """Return the same, read off the findings on each case; `found` gives them, by default the engine that answers by default."""
    verdicts, options = {}, {}
    for case in cases:
        findings = found(case) if found else conclude(base, case)
        reader = _Reader(base, case, findings, False)
        for finding in findings.of("ChannelVerdict"):
            measure = finding.get("measure") or ""
            place = (case.requesting, case.requested, key(measure))
            verdicts[place] = (key(finding.get("channel") or ""), key(finding.get("verdict") or ""), finding.iri)
            if listed := reader.options(measure):
                options[place] = [(o.rank, o.verdict, o.standing, o.instrument, o.network, o.domestic.partition(":")[2] if o.domestic else None,
                                   o.certainty == "last-known", o.finding) for o in listed]
    return verdicts, options


def unlike(found: Rows, expected: Rows, names: tuple[str, str]) -> dict[Row, str]:
    """Return the pairs and measures on which two of these differ, and how."""
    told = {}
    for what, one, other in zip(("verdict", "options"), found, expected, strict=True):
        for place in sorted(one.keys() | other.keys()):
            if one.get(place) != other.get(place):
                told[place] = f"{what}: {names[0]} {one.get(place)}, {names[1]} {other.get(place)}"
    return told


@dataclass(frozen=True)
class Batch:
    """Pairs that are asked on one day."""

    pairs: tuple[Pair, ...]
    on: dt.date
    strict: bool

    @property
    def cases(self) -> list[Case]:
        """The questions, one a pair."""
        return [Case(a, b, self.on, strict=self.strict) for a, b in self.pairs]


def batches(groups: Sequence[Sequence[str]], turns: Mapping[str, Sequence[int]], count: int, seed: object) -> Iterator[Batch]:
    """Yield at least `count` questions in batches, the same for the same seed: all pairs of three groups, on or beside a day on which something begins
    or ends for one of the first group. Each fifth batch is asked strictly."""
    chance, asked, place = random.Random(f"{seed}"), 0, 0
    while asked < count:
        some = chance.sample(list(groups), 3)
        day = chance.choice([day for code in some[0] for day in turns.get(code, ())]) + chance.choice((-1, 0, 1))
        pairs = tuple(pair for group in some for pair in permutations(group, 2))
        yield Batch(pairs, dt.date.fromordinal(day), place % 5 == 4)
        asked, place = asked + len(pairs), place + 1


class _Reader(OptionReader):
    """Reads of options only what is compared: no prose, no grades, nothing on which neither a verdict nor the order depends."""

    def __init__(self, base: Base, case: Case, findings: Findings, explain: bool) -> None:
        super().__init__(base, case, findings, explain)
        self.prover = _Silent()  # type: ignore[assignment]
        self.languages = self.statements = self.authorities_for = lambda *_: ()  # type: ignore[assignment]
        self.bond = lambda *_: {}  # type: ignore[assignment]

    def refusals(self, option: Finding) -> Iterable[RefusalGround]:
        return ()

    def time_limits(self, option: Finding) -> Iterable[TimeLimit]:
        return ()

    def use_limits(self, option: Finding) -> Iterable[UseLimit]:
        return ()

    def rank_reasons(self, *_: object) -> Iterable[str]:
        return ()


class _Silent:
    """Stands in for what proves findings."""

    def weight(self, *iris: str) -> None:
        return None

    def disputed(self, *iris: str) -> tuple[()]:
        return ()

    def sentence(self, finding: Finding) -> str:
        return ""
