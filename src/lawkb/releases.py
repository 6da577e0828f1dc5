"""Answers `diff`: what two releases of the knowledge base say differently, by state, and what that does to verdicts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from lawkb.answer import SCHEMA
from lawkb.ask import identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.difference import facts, participations, verdicts

Progress = Callable[[int, int], None]
NOTES = ("Both knowledge bases are answered by the rules of the program that runs now; what a new program would answer otherwise shows only with its rules.",
         "The form of the answers is that of the program: lawkb schema --against FILE compares it with one that was kept.")


def releases(before: Base, after: Base, cases: Sequence[Case], about: str | None, on: dt.date, progress: Progress | None = None) -> dict[str, Any]:
    """Return the records, participations and verdicts that differ; limited to one jurisdiction where one is named."""
    records = [line for line in facts(before, after) if about is None or about in line["jurisdictions"]]
    effects = [line for line in participations(before, after) if about is None or line["jurisdiction"] == about]
    counts = Counter(line["change"] for line in records)
    return {
        "question": {"command": "diff", "about": about, "on": on.isoformat(), "pairs": [[case.requesting, case.requested] for case in cases]},
        "schema": SCHEMA, "before": identity(before), "after": identity(after), "rules": rules_identity(after),
        "same_facts": before.meta["kb_digest"] == after.meta["kb_digest"] and before.meta["overlays"] == after.meta["overlays"],
        "counts": {change: counts[change] for change in ("added", "changed", "removed")},
        "participations": effects, "facts": records, "rows": verdicts(before, after, cases, None, progress), "notes": list(NOTES),
    }
