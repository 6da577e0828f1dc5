"""Days that may be known only in part: a day, a month, a year, or "not later than the source shows it"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from lawkb.facts import Block, Facts, day, iri, one

FAR = dt.date.max.toordinal()
SOURCE = "http://purl.org/dc/terms/source"


@dataclass(frozen=True)
class Span:
    """The days between which something happened, as day numbers (proleptic Gregorian ordinals); equal when the day is known."""

    earliest: int
    latest: int

    @property
    def exact(self) -> bool:
        """Whether the day itself is known."""
        return self.earliest == self.latest


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the day so many months after another."""
    return day + relativedelta(months=months)


def span_of(block: Block, stem: str, suffixes: tuple[str, str] = ("On", "In")) -> Span | None:
    """Return the span of a dated property: `<stem>On` holds an xsd:date, `<stem>In` an xsd:gYear or xsd:gYearMonth."""
    full = day(block, stem + suffixes[0])
    if full:
        return Span(full.toordinal(), full.toordinal())
    part = one(block, stem + suffixes[1])
    if not part:
        return None
    year, _, month = part.partition("-")
    first = dt.date(int(year), int(month or 1), 1)
    period = relativedelta(months=1) if month else relativedelta(years=1)
    return Span(first.toordinal(), (first + period).toordinal() - 1)


def as_at(source: Block) -> Span | None:
    """Return the day (or month, or year) that a source speaks of."""
    return span_of(source, "asAt", suffixes=("", "Partial"))


def known_by(facts: Facts, block: Block) -> int:
    """Return the day by which a fact was known: the day its source speaks of, else the day it entered the knowledge base."""
    days = []
    for term in block.get(SOURCE, ()):
        source = facts.blocks.get(iri(term), {})
        span = as_at(source) or span_of(source, "recorded")
        if span:
            days.append(span.latest)
    return min(days) if days else FAR
