"""The world on one day: which pairs have which channel, who is isolated, which instruments carry how many pairs, some of them alone.

The verdicts come from `lawkb.world`; here they are kept beside the compiled knowledge base, since they cost minutes, and counted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lawkb.ask import identity
from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.measures import chosen, measures
from lawkb.terms import CONCEPT, ID
from lawkb.world import FIRST_OPTIONS, World, all_pairs, jurisdictions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTE = "Information on the law, not legal advice: what is counted is what the rules conclude for each ordered pair, not requests that were granted."
_VERDICTS = ("available", "conditional", "unavailable", "unknown")
FILES = {".csv": "(FORMAT csv, HEADER)", ".parquet": "(FORMAT parquet, COMPRESSION zstd)"}
Progress = Callable[[int, int], None]

class Atlas:
    """The verdicts of all ordered pairs for some measures on a day.

    Attributes:
        measures: (channel, measure) codes.
        on, strict: as in a question about a pair.
    """

    def __init__(self, base: Base, asked: Sequence[tuple[str, str]], on: dt.date, strict: bool = False, progress: Progress | None = None) -> None:
        self.base, self.measures, self.on, self.strict = base, list(asked), on, strict
        self.connection: DuckDBPyConnection = self._opened(progress)

    def _opened(self, progress: Progress | None) -> DuckDBPyConnection:
        import duckdb

        codes = sorted(measure for _, measure in self.measures)
        name = hashlib.sha256(" ".join(codes).encode()).hexdigest()[:8]
        kept = home_of(self.base) / f"{self.base.path.stem}.{self.on.isoformat()}{'.strict' if self.strict else ''}.{name}.atlas"
        with contextlib.suppress(duckdb.Error):
            if kept.is_file():
                connection = duckdb.connect(str(kept), read_only=True)
                connection.execute("SELECT 1 FROM verdict, choice LIMIT 1")  # a damaged file is made anew
                return connection
        world = World(self.base, codes)
        world.run(all_pairs(self.base), self.on, self.strict, progress)
        part = kept.with_name(f".{kept.name}.{os.getpid()}")
        try:
            world.connection.execute(f"ATTACH '{str(part).replace(chr(39), chr(39) * 2)}' AS kept")
            for table in ("verdict", "choice"):
                world.connection.execute(f"CREATE TABLE kept.{table} AS SELECT * FROM {table} ORDER BY ALL")
            world.connection.execute("DETACH kept")
            os.replace(part, kept)
        except (duckdb.Error, OSError):  # a cache that cannot be written makes the next run slower, not wrong
            pass
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        return world.connection

    def counts(self, measure: str, by: str | None = None) -> dict[str, dict[str, int]]:
        """Return verdict -> number of ordered pairs for a measure; `by` tells them apart by `requesting` or `requested`."""
        group = by or "''"
        found: dict[str, dict[str, int]] = {}
        for name, verdict, number in self._all(f"SELECT {group}, verdict, count(*) FROM verdict WHERE measure = ? GROUP BY ALL ORDER BY ALL", measure):
            found.setdefault(name, dict.fromkeys(_VERDICTS, 0))[verdict] = number
        return found

    def carriers(self, measure: str) -> list[dict[str, Any]]:
        """Return for each instrument in how many ordered pairs it is open, stands first, and is the only one open, which its end would leave without any."""
        rows = self._all("""
            WITH live AS (SELECT *, count(*) OVER (PARTITION BY requesting, requested) AS others FROM choice
                          WHERE measure = ? AND verdict IN ('available', 'conditional') AND instrument IS NOT NULL)
            SELECT instrument, count(*), count(*) FILTER (rank = 1), count(*) FILTER (others = 1) FROM live GROUP BY instrument
            ORDER BY 2 DESC, 1""", measure)
        return [{"instrument": slug, "title": self.base.label(f"{ID}instrument/{slug}"), "pairs": pairs, "first": first, "alone": alone}
                for slug, pairs, first, alone in rows]

    def cells(self, measure: str) -> Iterator[tuple[str, str, str]]:
        """Yield (requesting, requested, verdict)."""
        return iter(self._all("SELECT requesting, requested, verdict FROM verdict WHERE measure = ? ORDER BY ALL", measure))

    def write(self, target: Path) -> int:
        """Write a row for each pair and measure as CSV or Parquet, as the ending of the name says; return the number of rows.

        Raises:
            LawkbError: the ending is neither, or the file cannot be written.
        """
        import duckdb

        if target.suffix not in FILES:
            raise LawkbError(f"{target.name} ends neither in {' nor in '.join(FILES)}", "Name for example --output atlas.parquet")
        part = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            order = "ORDER BY v.requesting, v.requested, v.channel, v.measure"
            self.connection.execute(f"COPY ({FIRST_OPTIONS} {order}) TO '{str(part).replace(chr(39), chr(39) * 2)}' {FILES[target.suffix]}")
            os.replace(part, target)
        except (duckdb.Error, OSError) as error:
            raise LawkbError(f"{target} cannot be written ({str(error).splitlines()[0]})", "Free some space, or name a folder that may be written") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        return int(self._all("SELECT count(*) FROM verdict")[0][0])

    def rows(self) -> tuple[list[str], list[list[Any]]]:
        """Return the same rows as a table."""
        found = self.connection.execute(f"{FIRST_OPTIONS} ORDER BY v.requesting, v.requested, v.channel, v.measure")
        return [name for name, *_ in found.description], [list(row) for row in found.fetchall()]

    def answer(self) -> dict[str, Any]:
        """Return the atlas in numbers, measure by measure, in the shape of the contract."""
        codes = jurisdictions(self.base)
        found = []
        for channel, measure in self.measures:
            asks, asked = self.counts(measure, "requesting"), self.counts(measure, "requested")
            people: list[dict[str, Any]] = [{"jurisdiction": code, "label": self.base.label(f"{ID}jur/{code}"), "asks": asks[code], "asked": asked[code]}
                                            for code in codes]
            isolated = [p["jurisdiction"] for p in people if not any(p[way][verdict] for way in ("asks", "asked") for verdict in ("available", "conditional"))]
            found.append({"channel": channel, "measure": measure, "label": self.base.label(f"{CONCEPT}measure/{measure}"), "pairs": self.counts(measure)[""],
                          "isolated": isolated, "jurisdictions": people, "instruments": self.carriers(measure)})
        return {"question": {"command": "atlas", "measures": [measure for _, measure in self.measures], "on": self.on.isoformat(), "strict": self.strict},
                "kb": identity(self.base), "rules": {"digest": self.base.meta["rules_digest"]}, "measures": found, "notes": [NOTE]}

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query, list(values)).fetchall()


def home_of(base: Base) -> Path:
    """Return the folder in which atlases are kept: beside the compiled knowledge base of which they are made."""
    return base.path.parent


def atlas(base: Base, channel: str | None, measure: str | None, on: dt.date, strict: bool = False, every: bool = False,
          progress: Progress | None = None) -> Atlas:
    """Return the atlas of a channel's lead measure, of one measure, of the lead measures of all channels, or of `every` measure.

    Raises:
        LawkbError: no such channel or measure, or one measure and every one asked for at once.
    """
    if every and (channel or measure):
        raise LawkbError("Every measure is asked for, and one channel or measure", "Leave out one of the two")
    asked = [pair for code in measures(base) for pair in chosen(base, None, code)] if every else chosen(base, channel, measure)
    return Atlas(base, asked, on, strict, progress)
