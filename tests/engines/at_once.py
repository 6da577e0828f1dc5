"""Verdicts, options and their order: as `lawkb.world` finds them for many pairs at once, and as an answer gives them pair by pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.options import OptionReader
from lawkb.terms import key
from lawkb.world import World

Row = tuple[Any, ...]


def at_once(world: World) -> tuple[dict[Row, Row], dict[Row, list[Row]]]:
    verdicts = {row[:2] + row[3:4]: (row[2], *row[4:]) for row in world.connection.execute("SELECT * FROM verdict").fetchall()}
    options: dict[Row, list[Row]] = defaultdict(list)
    for row in world.connection.execute("SELECT requesting, requested, measure, rank, verdict, standing, instrument, organisation, rule, last_known, finding "
                                        "FROM choice ORDER BY ALL").fetchall():
        options[row[:3]].append(row[3:])
    return verdicts, options


def one_by_one(base: Base, cases: Iterable[Case]) -> tuple[dict[Row, Row], dict[Row, list[Row]]]:
    verdicts, options = {}, {}
    for case in cases:
        findings = conclude(base, case)
        reader = OptionReader(base, case, findings, False)
        for finding in findings.of("ChannelVerdict"):
            measure = finding.get("measure") or ""
            place = (case.requesting, case.requested, key(measure))
            verdicts[place] = (key(finding.get("channel") or ""), key(finding.get("verdict") or ""), finding.iri)
            if listed := reader.options(measure):
                options[place] = [(o.rank, o.verdict, o.standing, o.instrument, o.network, o.domestic.partition(":")[2] if o.domestic else None,
                                   o.certainty == "last-known", o.finding) for o in listed]
    return verdicts, options
