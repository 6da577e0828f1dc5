"""The whole matrix on two engines: every ordered pair of jurisdictions on the days of tests/data/whole.yaml, pair by pair against all at once.

The rules run over the dossier of each pair on Oxigraph (`engines.ordered`), and over hundreds of pairs in one statement on DuckDB
(`lawkb.world`); verdict, standing, order and the IRIs of findings of every measure must be the same. That takes hours, so it is done in
parts, in an order by chance that mixes pairs and days: what is finished is written to the cache folder, and the next run goes on from
there. A change of facts, rules or code begins anew. `python -m engines.whole --help` (in tests/) tells more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml

import lawkb
from engines.agree import Question
from engines.at_once import asked_at_once, one_by_one, unlike
from engines.blame import blame
from engines.ordered import Ordered, rich
from lawkb.api import load
from lawkb.base import Base
from lawkb.cache import cache_dir
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.ranking import SHOWN
from lawkb.reading import digest
from lawkb.world import Pair, World, all_pairs

TESTS = Path(__file__).resolve().parents[1]
SHRUNK = 3  # disagreements that are shrunk, since that takes minutes each


@dataclass(frozen=True)
class Part:
    """Some pairs on one day."""

    place: int
    on: dt.date
    pairs: tuple[Pair, ...]


@dataclass
class Done:
    """What came of a part: how much was compared, the seconds of processor time that each engine took, and (case, measure, difference)."""

    place: int
    on: str
    pairs: int
    verdicts: int = 0
    options: int = 0
    oxigraph: float = 0.0
    duckdb: float = 0.0
    unlike: list[tuple[str, str, str]] = field(default_factory=list)


def settings() -> dict[str, Any]:
    """Return the days, the seed and the size of a part."""
    found: dict[str, Any] = yaml.safe_load((TESTS / "data" / "whole.yaml").read_text(encoding="utf-8"))
    return found


def parts(base: Base) -> list[Part]:
    """Return all pairs on all days, in parts, in the order in which they are asked."""
    told = settings()
    chance = random.Random(told["seed"])
    found = []
    for on in told["days"]:
        pairs = all_pairs(base)
        chance.shuffle(pairs)
        found += [(on, tuple(pairs[start:start + told["pairs"]])) for start in range(0, len(pairs), told["pairs"])]
    chance.shuffle(found)
    return [Part(place, on, pairs) for place, (on, pairs) in enumerate(found)]


class Compared:
    """Both engines over one knowledge base, ready for many parts."""

    def __init__(self, base: Base) -> None:
        self.base, self.world, self.ordered = base, World(base), Ordered.of(base, "channels", rich(base))

    def part(self, part: Part) -> Done:
        """Ask both, and say what differs."""
        done = Done(part.place, part.on.isoformat(), len(part.pairs))
        start = time.process_time()
        found = asked_at_once(self.world, part.pairs, part.on)
        done.duckdb = round(time.process_time() - start, 2)
        start = time.process_time()
        expected = one_by_one(self.base, (Case(a, b, part.on) for a, b in part.pairs), lambda case: self.ordered.over(dossier(self.base, case)).findings(SHOWN))
        done.oxigraph = round(time.process_time() - start, 2)
        done.verdicts, done.options = len(expected[0]), sum(map(len, expected[1].values()))
        done.unlike = [(Case(a, b, part.on).iri, measure, how) for (a, b, measure), how in unlike(found, expected, ("duckdb", "oxigraph")).items()]
        return done


# the parts of a run, by several processes

@cache
def _compared() -> Compared:
    return Compared(load().base)


def _asked(part: Part, until: float | None) -> Done | None:
    return None if until is not None and time.time() > until else _compared().part(part)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run as a whole is interrupted, and ends its processes


def _kept(base: Base) -> Path:
    """The file of what is finished: one for each state of facts, rules, code and settings."""
    code = digest(sorted([*Path(lawkb.__file__).parent.rglob("*.py"), *Path(__file__).parent.glob("*.py"), TESTS / "data" / "whole.yaml"]))
    name = hashlib.sha256(f"{base.meta['facts_digest']} {base.meta['rules_digest']} {code}".encode()).hexdigest()[:16]
    return cache_dir() / "whole" / f"{name}.jsonl"


def finished(file: Path) -> Iterator[Done]:
    """Yield what earlier runs have finished; a line that was cut off counts for nothing."""
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            yield Done(**json.loads(line))
        except (ValueError, TypeError):
            continue


def main() -> int:
    """Go on with the run, and tell what came of it; the exit code is 1 where the engines disagree."""
    parser = argparse.ArgumentParser(prog="python -m engines.whole", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2, help="how many at once (2)")
    parser.add_argument("--minutes", type=float, help="begin no further part after so long")
    parser.add_argument("--report", action="store_true", help="only tell what was found so far")
    asked = parser.parse_args()
    base = load().base
    file = _kept(base)
    file.parent.mkdir(parents=True, exist_ok=True)
    every, done = parts(base), {each.place: each for each in finished(file)}
    if not asked.report:
        until = time.time() + asked.minutes * 60 if asked.minutes is not None else None
        try:
            _go_on([part for part in every if part.place not in done], done, file, asked.processes, until)
        except KeyboardInterrupt:
            print("Interrupted: the next run goes on from here.", file=sys.stderr)
    return report(base, every, done)


def _go_on(left: list[Part], done: dict[int, Done], file: Path, processes: int, until: float | None) -> None:
    with get_context("spawn").Pool(processes, _begin) as pool, file.open("a", encoding="utf-8") as kept:
        for each in (result.get() for result in [pool.apply_async(_asked, (part, until)) for part in left]):
            if each:
                kept.write(json.dumps(asdict(each)) + "\n")
                kept.flush()
                done[each.place] = each
                print(f"{dt.datetime.now():%H:%M:%S} {len(done)} parts done; {each.on}: {each.pairs} pairs in {each.oxigraph:.0f} s + {each.duckdb:.0f} s, "
                      f"{len(each.unlike)} differences", file=sys.stderr, flush=True)


def report(base: Base, every: list[Part], done: dict[int, Done]) -> int:
    """Print how much was compared on each day and what differs, the first of it with the smallest dossier."""
    for on in sorted({part.on for part in every}):
        here = [each for each in done.values() if each.on == on.isoformat()]
        pairs, whole = sum(each.pairs for each in here), sum(len(part.pairs) for part in every if part.on == on)
        slow, fast = sum(each.oxigraph for each in here), sum(each.duckdb for each in here)
        print(f"{on}: {pairs:,} of {whole:,} pairs ({pairs / whole:.0%}), {sum(each.verdicts for each in here):,} verdicts and "
              f"{sum(each.options for each in here):,} options compared, {sum(len(each.unlike) for each in here)} differ; "
              f"Oxigraph {slow:,.0f} s ({1000 * slow / max(pairs, 1):.0f} ms a pair), DuckDB {fast:,.0f} s")
    found = [each for part in done.values() for each in part.unlike]
    for iri, measure, how in list({each[0]: each for each in reversed(found)}.values())[-SHRUNK:]:
        print(f"\n{iri} {measure}\n  {how}\n{blame(base, Question(Case.of_iri(iri), 'channels'))}")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
