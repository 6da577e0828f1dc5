"""Answers on one jurisdiction: what victims are entitled to there, and what it has bound itself to.

Nothing is decided here. Entitlements, duties, gaps and what depends on cooperation are findings of the rules; this module
gathers them with the provision, its strength, its age and its grade.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import many, one, text
from lawkb.infer import Finding, Findings
from lawkb.names import quoted
from lawkb.particulars import particulars
from lawkb.proof import Prover
from lawkb.terms import ID, curie, key

NOTE = "Information on the law, not legal advice: check the depositary's list and the national law before relying on it."
_BILATERAL = "Instruments between two jurisdictions are not read for this answer, since their articles are not recorded."


def rights(base: Base, case: Case) -> dict[str, Any]:
    """Return what victims of trafficking are entitled to in a jurisdiction on a day.

    Entitlements that do not depend on cooperation come first; then those of which that is not recorded, then those that depend on it.
    """
    reader = _Reader(base, case)
    lines = [reader.line(finding, sure=True) for finding in reader.found.of("Entitlement")]
    lines += [reader.line(finding, sure=False) for finding in reader.found.of("PossibleEntitlement")]
    for line in lines:
        line |= reader.cooperation(line["finding"])
    order = {"independent": 0, "unknown": 1, "dependent": 2}
    lines.sort(key=lambda line: (line["state"] != "binds", order[line["cooperation"]], line["weight"], line["instrument"], line["provision"]))
    return {"question": reader.question("rights"), "label": reader.label, **reader.made_of(), "rights": [_shown(line) for line in lines],
            "national": [reader.national(f) for kind in ("Implementation", "Denial") for f in reader.found.of(kind)],
            "gaps": [reader.gap(f) for f in reader.found.of("ImplementationGap")],
            "particulars": particulars(base, reader.found.of("ParticularFinding")),
            "pronouncements": [reader.pronouncement(f) for f in reader.found.of("Precedent")], "unread": list(reader.unread()), "notes": reader.notes()}


def obligations(base: Base, case: Case, topic: str | None = None) -> dict[str, Any]:
    """Return what a jurisdiction has bound itself to on a day, the firmest first.

    Args:
        base: the compiled knowledge base.
        case: the jurisdiction and the day.
        topic: a measure or a channel, to which the answer is limited.

    Raises:
        LawkbError: there is no such topic.
    """
    reader = _Reader(base, case)
    wanted = measures_of(base, topic) if topic else None
    lines = [reader.line(finding, sure=True) for finding in reader.found.of("Duty")]
    lines += [reader.line(finding, sure=False) for finding in reader.found.of("PossibleDuty")]
    for line in lines:
        line |= reader.carried_out(line["finding"])
    kept = [line for line in lines if wanted is None or wanted & set(line["measures"])]
    kept.sort(key=lambda line: (line["state"] != "binds", line["weight"], line["measures"], line["instrument"], line["provision"]))
    return {"question": reader.question("obligations") | {"topic": topic}, "label": reader.label, **reader.made_of(),
            "obligations": [_shown(line) for line in kept], "unread": list(reader.unread()), "notes": reader.notes()}


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "weight"}


def measures_of(base: Base, topic: str) -> set[str]:
    """Return the measures that a topic (a measure or a channel) stands for.

    Raises:
        LawkbError: there is no such topic.
    """
    channels: dict[str, set[str]] = {}
    for entry in base.scheme("measure"):
        channels.setdefault(key(one(entry.block, "inChannel") or "any"), set()).add(key(entry.iri))
    codes = set().union(*channels.values())
    given = topic.strip().lower()
    if given in codes:
        return {given} | channels.get(given, set())
    if given in channels:
        return channels[given]
    from rapidfuzz import process

    near = [code for code, score, _ in process.extract(given, sorted(codes | set(channels)), limit=3) if score >= 60]
    raise LawkbError(f"There is no topic {quoted(topic)}", f"Did you mean {' or '.join(near)}?" if near else
                     "A topic is a measure or a channel, such as criminalisation, extradition, victim-protection", "lawkb channels --help lists the measures")


class _Reader:
    """Reads the answer off the findings on one jurisdiction."""

    def __init__(self, base: Base, case: Case) -> None:
        self.base, self.case = base, case
        self.found: Findings = conclude(base, case)
        self.prover = Prover(base, case, self.found)
        self.words = self.prover.words
        self.label = self.words.label(f"{ID}jur/{case.requesting}")
        self.last = {f.get("instrument") for f in self.found.of("LastKnown")}

    def question(self, command: str) -> dict[str, Any]:
        return {"command": command, "jurisdiction": self.case.requesting, "on": self.case.on.isoformat()}

    def made_of(self) -> dict[str, Any]:
        return {"kb": identity(self.base), "rules": rules_identity(self.base)}

    def line(self, finding: Finding, sure: bool) -> dict[str, Any]:
        """One provision that binds (or may bind), with all that is known of it."""
        instrument, provision = finding.get("instrument") or "", finding.get("provision") or ""
        entry, own = self.base.entry(provision), self.base.entry(instrument)
        block = entry.block if entry else {}
        strength = one(block, "strength") or ""
        weight = self.base.entry(strength)
        verified = int((own and one(own.block, "verifiedToDay")) or 0)
        grade, confidence = self.base.weakest(self.prover.facts(finding.iri))
        scope = self.base.entry(one(own.block, "materialScope") or "") if own else None
        return {
            "provision": key(provision), "label": self.words.label(provision), "instrument": key(instrument), "title": self.words.label(instrument),
            "measures": sorted(key(m) for m in many(block, "measure")), "role": key(one(block, "role") or ""), "strength": key(strength),
            "addressees": sorted(key(a) for a in many(block, "addressee")), "summary": one(block, "summary") or "",
            "only_for": sorted(key(r) for r in many(scope.block, "requires")) if scope else [], "state": "binds" if sure else "uncertain",
            "statements": [self.statement(f) for f in self.found.of("DutyStatement", of=finding.iri)],
            "certainty": "last-known" if instrument in self.last else "confirmed",
            "verified_to": dt.date.fromordinal(verified).isoformat() if verified else None, "grade": grade, "confidence": confidence,
            "finding": finding.iri, "weight": int((weight and one(weight.block, "weight")) or 0)}

    def statement(self, finding: Finding) -> dict[str, Any]:
        iri = finding.get("statement") or ""
        entry = self.base.entry(iri)
        return {"statement": curie(iri), "label": self.words.label(iri), "summary": one(entry.block, "summary") if entry else None, "finding": finding.iri}

    def cooperation(self, entitlement: str) -> dict[str, Any]:
        """Whether an entitlement depends on the victim's cooperation, and which provision says so."""
        for state, kind in (("dependent", "Tie"), ("independent", "Freedom")):
            found = self.found.of(kind, entitlement=entitlement)
            if found:
                return {"cooperation": state, "because": [{"provision": key(f.get("provision") or ""), "label": self.words.label(f.get("provision") or ""),
                                                           "finding": f.iri} for f in found]}
        return {"cooperation": "unknown", "because": []}

    def carried_out(self, duty: str) -> dict[str, Any]:
        """Whether national law carries a duty out, as far as recorded: done, partly, missing or unknown, and by which facts."""
        for state, kind in (("missing", "NotCarriedOut"), ("partly", "PartlyCarriedOut"), ("done", "CarriedOut")):
            found = self.found.of(kind, of=duty)
            if found:
                facts = [f.get("carried-out-by") or "" for f in found]
                return {"carried_out": state, "by": [{"fact": curie(fact), "label": self.words.label(fact), "finding": f.iri}
                                                     for fact, f in zip(facts, found, strict=True)]}
        return {"carried_out": "unknown", "by": []}

    def national(self, finding: Finding) -> dict[str, Any]:
        iri = finding.get("nationalMeasure") or ""
        entry = self.base.entry(iri)
        block = entry.block if entry else {}
        grade, confidence = self.base.weakest([iri])
        days, note = one(block, "days"), block.get("http://www.w3.org/2004/02/skos/core#note")
        return {"measure": key(finding.get("measure") or ""), "national": key(one(block, "victimMeasure") or ""), "value": key(one(block, "value") or "yes"),
                "days": int(days) if days else None, "law": one(block, "nationalLaw"), "article": one(block, "article"), "note": text(note[0]) if note
                else None,
                "fact": curie(iri), "grade": grade, "confidence": confidence, "finding": finding.iri}

    def gap(self, finding: Finding) -> dict[str, Any]:
        return {"measure": key(finding.get("measure") or ""), "lacking": key(finding.get("lacking") or ""), "text": self.prover.sentence(finding),
                "finding": finding.iri}

    def pronouncement(self, finding: Finding) -> dict[str, Any]:
        iri = finding.get("pronouncement") or ""
        entry = self.base.entry(iri)
        grade, confidence = self.base.weakest([iri])
        block = entry.block if entry else {}
        return {"measures": sorted(key(m) for m in many(block, "measure")), "state": key(one(block, "party") or ""),
                "text": self.words.label(iri), "fact": curie(iri), "grade": grade, "confidence": confidence, "finding": finding.iri}

    def unread(self) -> Iterable[dict[str, Any]]:
        for finding in self.found.of("UnreadInstrument"):
            yield {"instrument": key(finding.get("instrument") or ""), "text": self.prover.sentence(finding), "finding": finding.iri}

    def notes(self) -> list[str]:
        return [NOTE, _BILATERAL]
