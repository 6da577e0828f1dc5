"""Answers `statements`: who made which reservation, declaration, notification or objection on an instrument, with effect, article and dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lawkb.ask import identity
from lawkb.base import Base, Entry
from lawkb.facts import many, one
from lawkb.terms import ID, curie, key
from lawkb.words import plain_kind

CLASSES = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
_RESERVED = "reservation"
NOTES = ("Statements are those recorded; the depositary's page has the full list and the texts.",
         "An objection does not by itself stop the treaty between the two: VCLT art. 20(4)(b) and 21(3).")


def statements(base: Base, instrument: str, on: dt.date) -> dict[str, Any]:
    """Return the statements on an instrument: in effect on the day, and apart those not yet made or withdrawn by then; with its articles on reservations."""
    iri = f"{ID}instrument/{instrument}"
    rows = [_row(base, entry, on.toordinal()) for entry in base.concerning(iri, *CLASSES) if one(entry.block, "instrument") == iri]
    articles = [{"provision": key(e.iri), "article": one(e.block, "article"), "summary": one(e.block, "summary")}
                for e in base.concerning(iri, "Provision") if _RESERVED in (one(e.block, "summary") or "").lower()]
    coverage = [text for e in base.concerning(iri, "Coverage") for text in many(e.block, "gaps")]
    return {"question": {"command": "statements", "instrument": instrument, "on": on.isoformat()}, "title": base.label(iri), "kb": identity(base),
            "articles": articles, "in_effect": [r for r in rows if r["state"] == "in effect"],
            "other": [r for r in rows if r["state"] != "in effect"], "coverage": coverage, "notes": list(NOTES)}


def _row(base: Base, entry: Entry, day: int) -> dict[str, Any]:
    made, gone = (int(one(entry.block, name) or 0) for name in ("fromDay", "untilDay"))
    grade, confidence = base.weakest([entry.iri])
    return {
        "statement": curie(entry.iri), "party": key(one(entry.block, "party") or ""), "kind": plain_kind(entry.kind),
        "articles": many(entry.block, "article"), "effects": sorted(key(e) for e in many(entry.block, "effect")),
        "date": one(entry.block, "doneOn") or one(entry.block, "doneIn"), "withdrawn": one(entry.block, "withdrawnOn"),
        "state": "in effect" if made <= day < gone else "withdrawn" if day >= gone else "not yet made",
        "summary": one(entry.block, "summary"), "grade": grade, "confidence": confidence,
    }
