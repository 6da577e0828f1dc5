"""How a measure is carried out, point by point, as findings of the rules say it; and the points of a measure on which nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lawkb.base import Base
from lawkb.facts import many, one
from lawkb.infer import Finding, Findings
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import Words


def particulars(base: Base, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return particulars in the order of their points, each with its article, its grade and its finding."""
    words = Words(base)
    found = []
    for finding in findings:
        fact = finding.get("particular") or ""
        entry = base.entry(fact)
        block = entry.block if entry else {}
        instrument, point = one(block, "instrument") or "", one(block, "point") or ""
        grade, confidence = base.weakest([fact])
        found.append({"point": key(point), "name": words.label(point), "summary": one(block, "summary") or "", "instrument": key(instrument),
                      "label": f"{words.label(instrument)} art. {one(block, 'article')}", "measures": sorted(key(m) for m in many(block, "measure")),
                      "parties": sorted(key(p) for p in finding.values.get("party", ())), "fact": curie(fact), "grade": grade, "confidence": confidence,
                      "finding": finding.iri})
    return sorted(found, key=lambda line: (_order(base, line["point"]), line["label"], line["fact"]))


def of_option(base: Base, found: Findings, option: str) -> list[dict[str, Any]]:
    """Return the particulars of one option of a request."""
    told: dict[str, dict[str, Any]] = {}
    for line in particulars(base, found.of("ParticularFinding", of=option)):
        told.setdefault(line["fact"], line)  # carried by one rule and beside by another: told once
    return list(told.values())


def open_points(base: Base, measure: str, told: Iterable[str]) -> list[str]:
    """Return the points of a measure that one must know and of which nothing is recorded, in their order."""
    known = set(told)
    asked = base.entry(f"{CONCEPT}measure/{measure}")
    served = set(many(asked.block, "servedBy")) if asked else set()
    wanted = [key(entry.iri) for entry in base.scheme("point") if served & set(many(entry.block, "pointOf"))]
    return sorted((point for point in wanted if point not in known), key=lambda point: _order(base, point))


def _order(base: Base, point: str) -> int:
    entry = base.entry(f"{CONCEPT}point/{point}")
    return int((entry and one(entry.block, "order")) or 0)


def national(base: Base, code: str, *topics: str) -> list[dict[str, Any]]:
    """Return what is recorded of national law and practice of a jurisdiction on these topics (codes of the scheme `rule-topic`)."""
    words = Words(base)
    found = []
    for entry in base.concerning(f"{ID}jur/{code}", "NationalRule"):
        topic = key(one(entry.block, "ruleTopic") or "")
        if topic in topics:
            grade, confidence = base.weakest([entry.iri])
            years, value = one(entry.block, "years"), one(entry.block, "value")
            found.append({"jurisdiction": code, "topic": topic, "value": key(value) if value else None, "years": float(years) if years else None,
                          "law": one(entry.block, "nationalLaw"), "article": one(entry.block, "article"), "summary": one(entry.block, "summary") or "",
                          "label": words.label(entry.iri), "since": one(entry.block, "doneOn"), "fact": curie(entry.iri), "grade": grade,
                          "confidence": confidence})
    return found
