"""Answers `thresholds`: which maximum penalty a jurisdiction needs with its partners, and how many partners stand behind each threshold."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.difference import partners
from lawkb.facts import many, one
from lawkb.infer import Findings
from lawkb.terms import ID, curie, key
from lawkb.words import Words

Progress = Callable[[int, int], None]
_STATES = {"PenaltyReaches": "reached", "PenaltyShort": "short", "PenaltyOpen": "unknown"}
NOTES = (
    "Thresholds are those recorded of instruments in force between the two, and of the law of the partner that is asked.",
    "A threshold on a sentence (what remains to be served) is met by the sentence of the case and not by a maximum: it is listed with the rest.",
    "Penalties have to fit the gravity of the offence: a threshold is a floor for cooperation and no aim of its own.",
)


def thresholds(base: Base, code: str, others: Sequence[str], on: dt.date, progress: Progress | None = None) -> dict[str, Any]:
    """Return each threshold with its partners, and how many partners are served in full at each maximum.

    Args:
        base: the compiled knowledge base.
        code: whose maximum is looked at; it asks each partner.
        others: the partners; all others where empty.
        on: the day whose law is asked about.
        progress: called with (partners done, partners in all).
    """
    chosen, words = list(others) or partners(base, code), Words(base)
    lines: dict[tuple[str, int], dict[str, Any]] = {}
    needs: dict[str, int] = {}
    for done, other in enumerate(chosen, start=1):
        found = conclude(base, Case(code, other, on), "criminality")
        spared = {words.label(f.get("threshold") or "") for f in found.of("ThresholdSpared")}
        for (title, months), (iri, state) in _of_side(base, words, found, code).items():
            entry = base.entry(iri)
            block = entry.block if entry else {}
            line = lines.setdefault((title, months), {
                "threshold": curie(iri), "title": title, "months": months, "summary": one(block, "summary") or "", "state": state, "partners": [],
                "measures": sorted(key(v) for name in ("measure", "norm", "coopTopic") for v in many(block, name)), "spared": []})
            line["partners"].append(other)
            if title in spared:
                line["spared"].append(other)
            else:
                needs[other] = max(needs.get(other, 0), months)
        if progress:
            progress(done, len(chosen))
    ordered = sorted(lines.values(), key=lambda line: (line["months"], -len(line["partners"]), line["title"]))
    steps = [{"months": months, "partners": sum(need <= months for need in needs.values())} for months in sorted(set(needs.values()))]
    return {"question": {"command": "thresholds", "jurisdiction": code, "on": on.isoformat(), "partners": list(others)},
            "label": words.label(f"{ID}jur/{code}"),
            "kb": identity(base), "rules": rules_identity(base), "asked": len(chosen), "with_threshold": len(needs),
            "thresholds": ordered, "steps": steps, "maximum": _maximum(base, code), "notes": list(NOTES)}


def _of_side(base: Base, words: Words, found: Findings, code: str) -> dict[tuple[str, int], tuple[str, str]]:
    """The thresholds that the penalty of one side is held against: (title, months) -> (the norm, whether it is reached); reached counts before unknown."""
    rows: dict[tuple[str, int], tuple[str, str]] = defaultdict(lambda: ("", "unknown"))
    for kind in ("PenaltyOpen", "PenaltyShort", "PenaltyReaches"):
        for finding in found.of(kind, party=f"{ID}jur/{code}"):
            iri = finding.get("threshold") or ""
            entry = base.entry(iri)
            months = int((entry and one(entry.block, "thresholdMonths")) or 0)
            rows[words.label(iri), months] = (iri, _STATES[kind])
    return rows


def _maximum(base: Base, code: str) -> int | None:
    """The highest maximum in months that is recorded for trafficking of an adult; None where none is, or where it is life."""
    highest = None
    for offence in base.concerning(f"{ID}jur/{code}", "Offence"):
        for entry in base.concerning(offence.iri, "PenaltyRange"):
            months = one(entry.block, "maxMonths")
            if months and key(one(entry.block, "victimAge") or "") == "adult":
                highest = max(highest or 0, int(months))
    return highest
