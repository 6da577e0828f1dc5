"""Answers `complaints` and `monitoring`: to which bodies one can turn about a state, and what courts and monitoring bodies told it.

Nothing is decided here: which procedure is open, and which pronouncement bears on a state, are findings of the rules.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.facts import many, one
from lawkb.infer import Finding
from lawkb.proof import Prover
from lawkb.terms import ID, curie, key

COMPLAINT_NOTES = (
    "Domestic remedies come first; time limits run: read the rules of the body before writing to it.",
    "Regional commissions and courts of Africa and of the Americas are not recorded here: look at the African Commission and the Inter-American Commission.",
)
TOLD_NOTES = (
    "The list of pronouncements is a beginning: that nothing is recorded of a state does not mean that it was told nothing. Look in HUDOC, at the reports of "
    "GRETA, and in the database of the UN treaty bodies.",
    "A judgment binds the state that it names (ECHR art. 46); for the other parties it shows how the article is read.",
)


def complaints(base: Base, case: Case) -> dict[str, Any]:
    """Return the procedures that are open against a jurisdiction on a day, those that hang on a declaration, and those that are not open."""
    reader = _Reader(base, case)
    routes = [reader.route(f, "open") for f in reader.found.of("ComplaintRoute")]
    routes += [reader.route(f, "unknown") for f in reader.found.of("OpenComplaint")]
    known = {line["procedure"] for line in routes}
    for entry in base.of_class("ComplaintProcedure"):
        if curie(entry.iri) not in known:
            routes.append(reader.procedure(entry.iri, reader.unbound(one(entry.block, "instrument") or ""), None))
    closed = [line for line in routes if line["state"] == "not-open"]
    routes = [line for line in routes if line["state"] != "not-open"]
    routes.sort(key=lambda line: (not line["petitions"], line["state"], line["body"]))
    return {"question": {"command": "complaints", "jurisdiction": case.requesting, "on": case.on.isoformat()}, "label": reader.label, "kb": identity(base),
            "rules": rules_identity(base), "routes": routes, "not_open": closed, "notes": list(COMPLAINT_NOTES)}


def monitoring(base: Base, case: Case, topic: str | None = None) -> dict[str, Any]:
    """Return what courts and monitoring bodies told a jurisdiction by a day, and what they told others on instruments that bind it.

    Args:
        base: the compiled knowledge base.
        case: the jurisdiction and the day.
        topic: the code of a measure, to which the answer is limited.
    """
    reader = _Reader(base, case)
    lines = [reader.told(f) for f in reader.found.of("Precedent")]
    lines = [line for line in lines if topic is None or topic in line["measures"]]
    lines.sort(key=lambda line: (line["date"], line["pronouncement"]), reverse=True)
    mine = [line for line in lines if line["state"] == case.requesting]
    return {"question": {"command": "monitoring", "jurisdiction": case.requesting, "on": case.on.isoformat(), "topic": topic}, "label": reader.label,
            "kb": identity(base), "rules": rules_identity(base), "told": mine, "leading": [line for line in lines if line not in mine],
            "notes": list(TOLD_NOTES)}


class _Reader:
    def __init__(self, base: Base, case: Case) -> None:
        self.base, self.case, self.found = base, case, conclude(base, case)
        self.prover = Prover(base, case, self.found)
        self.label = self.prover.words.label(f"{ID}jur/{case.requesting}")
        self.last = {f.get("instrument") for f in self.found.of("LastKnown")}

    def route(self, finding: Finding, state: str) -> dict[str, Any]:
        return self.procedure(finding.get("procedure") or "", state, finding)

    def unbound(self, instrument: str) -> str:
        """Where the jurisdiction is not shown to be bound: not open where the list was read up to the day or its participation has ended, else not known."""
        day = self.case.on.toordinal()
        spells = [entry for entry in self.base.concerning(instrument, "Participation") if one(entry.block, "party") == f"{ID}jur/{self.case.requesting}"]
        if spells and all(int(one(spell.block, "possiblyUntilDay") or 0) <= day for spell in spells):
            return "not-open"
        entry = self.base.entry(instrument)
        return "not-open" if entry and int(one(entry.block, "verifiedToDay") or 0) >= day else "unknown-party"

    def procedure(self, iri: str, state: str, finding: Finding | None) -> dict[str, Any]:
        entry = self.base.entry(iri)
        block = entry.block if entry else {}
        instrument = one(block, "instrument") or ""
        own = self.base.entry(instrument)
        verified = int((own and one(own.block, "verifiedToDay")) or 0)
        grade, confidence = self.base.weakest(self.prover.facts(finding.iri) if finding else [iri])
        return {"procedure": curie(iri), "body": one(block, "bodyName") or "", "instrument": key(instrument),
                "title": f"{self.prover.words.label(instrument)} art. {one(block, 'article')}", "petitions": one(block, "opensPetition") == "true",
                "needs_declaration": one(block, "needsDeclaration") == "true", "state": state, "summary": one(block, "summary") or "",
                "verified_to": dt.date.fromordinal(verified).isoformat() if verified else None,
                "certainty": "last-known" if instrument in self.last or not finding else "confirmed",
                "look": one(own.block, "depositary") if own else None, "grade": grade, "confidence": confidence, "finding": finding.iri if finding else None}

    def told(self, finding: Finding) -> dict[str, Any]:
        iri = finding.get("pronouncement") or ""
        entry = self.base.entry(iri)
        block = entry.block if entry else {}
        grade, confidence = self.base.weakest([iri])
        return {"pronouncement": curie(iri), "state": key(one(block, "party") or ""), "body": one(block, "bodyName") or "", "verb": one(block, "verb") or "",
                "case": one(block, "caseName") or "", "date": one(block, "doneOn") or "", "instrument": key(one(block, "instrument") or ""),
                "label": f"{self.prover.words.label(one(block, 'instrument') or '')} art. {one(block, 'article')}", "summary": one(block, "summary") or "",
                "measures": sorted(key(m) for m in many(block, "measure")), "grade": grade, "confidence": confidence, "finding": finding.iri}
