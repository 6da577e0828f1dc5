"""Answers `prosecute`: which jurisdictions have a head of jurisdiction over the facts, and who is to consult whom. All of it is found by rules."""

from __future__ import annotations

from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.duties import NOTE
from lawkb.facts import one
from lawkb.infer import Finding
from lawkb.particulars import particulars
from lawkb.proof import Prover
from lawkb.terms import curie, key

# how a verdict on a forum is called
_SAID = {"available": "yes", "conditional": "conditional", "unavailable": "no", "unknown": "unknown"}
_NOTES = (
    NOTE,
    "National heads of jurisdiction are those recorded for today's law; the law at the time of the acts must be compared.",
    "A treaty that obliges a state to have jurisdiction does not give it by itself where the national law has not established it.",
    "Which of several jurisdictions should prosecute is for consultation: interests of the victim, place of the evidence, proceedings already begun elsewhere.",
)


def prosecute(base: Base, case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict on each jurisdiction that the facts name, with its heads, and the duties to consult."""
    reader = _Reader(base, case)
    order = list(_SAID.values())
    forums = [reader.forum(finding) for finding in reader.found.of("ForumVerdict")]
    forums.sort(key=lambda forum: (order.index(forum["verdict"]), forum["label"]))
    return {"question": {"command": "prosecute", "on": case.on.isoformat(), "offence_on": case.offence_on.isoformat() if case.offence_on else None,
                         "facts": facts},
            "kb": identity(base), "rules": rules_identity(base), "forums": forums,
            "consult": [reader.consultation(finding) for finding in reader.found.of("ConsultationDuty")],
            "particulars": particulars(base, reader.found.of("ParticularFinding")), "notes": list(_NOTES)}


class _Reader:
    def __init__(self, base: Base, case: Case) -> None:
        self.base, self.found = base, conclude(base, case)
        self.prover = Prover(base, case, self.found)
        self.words = self.prover.words

    def forum(self, finding: Finding) -> dict[str, Any]:
        party = finding.get("party") or ""
        grade, confidence = self.base.weakest(self.prover.facts(finding.iri))
        return {"jurisdiction": key(party), "label": self.words.label(party), "verdict": _SAID[key(finding.get("verdict") or "")],
                "says": self.prover.sentence(finding), "heads": [self.head(f) for f in self.found.of("HeadFinding", party=party)],
                "treaties": [self.treaty(f, strength) for strength, kind in (("shall", "HeadDuty"), ("may", "HeadPower"))
                             for f in self.found.of(kind, party=party)],
                "open": [{"head": key(f.get("linkage") or ""), "text": self.prover.sentence(f), "finding": f.iri}
                         for f in self.found.of("OpenHead", party=party)
                         if not key(f.get("linkage") or "").startswith("presence")],
                "grade": grade, "confidence": confidence, "finding": finding.iri}

    def head(self, finding: Finding) -> dict[str, Any]:
        fact = finding.get("head") or ""
        entry = self.base.entry(fact)
        block = entry.block if entry else {}
        grade, confidence = self.base.weakest([fact])
        return {"head": key(finding.get("linkage") or ""), "verdict": _SAID[key(finding.get("verdict") or "")], "law": one(block, "nationalLaw"),
                "article": one(block, "article"), "condition": one(block, "summary"), "text": self.prover.sentence(finding), "fact": curie(fact),
                "grade": grade, "confidence": confidence, "finding": finding.iri}

    def treaty(self, finding: Finding, strength: str) -> dict[str, Any]:
        provision = finding.get("provision") or ""
        entry = self.base.entry(provision)
        return {"head": key(finding.get("linkage") or ""), "strength": strength, "provision": key(provision), "label": self.words.label(provision),
                "summary": one(entry.block, "summary") if entry else None, "finding": finding.iri}

    def consultation(self, finding: Finding) -> dict[str, Any]:
        provision = finding.get("provision") or ""
        entry = self.base.entry(provision)
        parties = sorted(key(p) for p in finding.values.get("party", ()))
        return {"provision": key(provision), "label": self.words.label(provision), "parties": parties, "summary": one(entry.block, "summary") if entry
                else None,
                "text": self.prover.sentence(finding), "finding": finding.iri}
