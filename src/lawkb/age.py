"""How old what is recorded of one thing is: by source, with its grade, the day on which it is to be read again, and what contradicts it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

from lawkb.base import Base, Entry
from lawkb.facts import many, one, text
from lawkb.proof import SOURCE
from lawkb.spans import months_after
from lawkb.terms import curie, key

_CLASSES = (
    "Signature", "Ratification", "Acceptance", "Approval", "Accession", "Succession", "Bound", "OptIn", "OptOut", "Withdrawal", "Suspension",
    "Termination", "TerritorialExtension", "TerritorialExclusion", "Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement",
    "Offence", "CooperationRule", "JurisdictionHead", "VictimMeasure", "Authority", "Membership", "NationalRule", "Pronouncement", "Provision",
    "Particular", "RequestContent", "RefusalGround", "DefinitionElement", "PenaltyNorm", "ComplaintProcedure", "SavingClause",
)


def review_due(base: Base, source: Entry) -> str | None:
    """Return the day on which a source is to be read again: its own day and the months that the way of reading allows (data of the concept).

    What was recalled is due from the day on which it was recorded; None where no day is known.
    """
    how = base.entry(one(source.block, "howRead") or "")
    months = one(how.block, "reviewMonths") if how else None
    shown = one(source.block, "asAt") or one(source.block, "asAtPartial") or one(source.block, "recordedOn")
    if months is None or not shown:
        return None
    start = dt.date.fromisoformat({4: f"{shown}-01-01", 7: f"{shown}-01"}.get(len(shown), shown))
    if not int(months):
        start = dt.date.fromisoformat(one(source.block, "recordedOn") or start.isoformat())
    return months_after(start, int(months)).isoformat()


def age(base: Base, about: str) -> dict[str, Any]:
    """Return the sources of all that is recorded of a jurisdiction or an instrument, the first to be read again before the others."""
    counted: Counter[str] = Counter()
    for entry in base.concerning(about, *_CLASSES):
        counted.update(text(term) for term in entry.block.get(SOURCE, ()))
    release = base.meta["kb_version"][:10]
    lines: list[dict[str, Any]] = []
    for source in base.entries(sorted(counted)):
        due = review_due(base, source)
        how, sure = one(source.block, "howRead"), one(source.block, "confidence")
        lines.append({"source": curie(source.iri), "title": source.label or key(source.iri), "facts": counted[source.iri],
                      "as_at": one(source.block, "asAt") or one(source.block, "asAtPartial"), "grade": key(how) if how else None,
                      "confidence": key(sure) if sure else None, "review_due": due, "overdue": due is not None and due <= release})
    lines.sort(key=lambda line: (line["review_due"] or "9", -line["facts"], line["source"]))
    return {"sources": lines, "next_review": next((line["review_due"] for line in lines if line["review_due"]), None),
            "overdue_facts": sum(line["facts"] for line in lines if line["overdue"]), "conflicts": _conflicts(base, about)}


def _conflicts(base: Base, about: str) -> list[dict[str, Any]]:
    """The places where sources differ that concern it: by what they are about, or by the key of the row."""
    named = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(key(about))}(?![A-Za-z0-9-])", re.IGNORECASE)
    return [{"conflict": curie(entry.iri), "key": one(entry.block, "key"), "kept": one(entry.block, "valueKept"), "other": one(entry.block, "valueOther"),
             "reason": one(entry.block, "reason")} for entry in base.of_class("Conflict")
            if about in many(entry.block, "about") or named.search(one(entry.block, "key") or "")]
