"""The rules of the calendar stage as people read them: `rules/calendar.tsv` (name, law, what it says)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lawkb.paths import rules_dir


@dataclass(frozen=True)
class CalendarRule:
    """One rule of the calendar stage."""

    name: str
    law: str
    says: str


@cache
def calendar_rules() -> dict[str, CalendarRule]:
    """Return the calendar rules by name."""
    lines = (rules_dir() / "calendar.tsv").read_text(encoding="utf-8").splitlines()
    return {name: CalendarRule(name, law, says) for name, law, says in (line.split("\t") for line in lines if line)}


def calendar_rule(name: str) -> CalendarRule:
    """Return the calendar rule of that name; KeyError where there is none (a test holds code and table together)."""
    return calendar_rules()[name]
