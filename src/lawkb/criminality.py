"""Answers `criminality`: the offences of two sides held against each other, the international definition and the facts, element by element.

What an offence names, lacks or goes beyond, how it takes in the facts of the case, and the verdict on each pair of offences are
found by rules (rules/8-alignment, 9-conduct, 9-criminality); this module puts the findings side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.conduct import Conduct
from lawkb.disputes import disputed
from lawkb.errors import LawkbError
from lawkb.facts import Block, many, one
from lawkb.infer import Finding
from lawkb.proof import Prover
from lawkb.terms import CONCEPT, ID, curie, key

_KINDS = {"act": "conduct", "means": "means", "purpose": "purpose"}
NOTES = (
    "Information on the law, not legal advice: read the text of both offences.",
    "What counts is whether the conduct of the case is punishable on both sides; names and categories of offences do not.",
    "Whether the consent of the victim counts is not recorded for national offences; under the international definition it does not count once a means "
    "was used, nor for a child.",
    "What a law is recorded to name is not known to be all that it names: an element that is missing here may stand in its text.",
)


def criminality(base: Base, case: Case, offence: str | None = None, facts: Conduct | None = None) -> dict[str, Any]:
    """Return the alignment of the offences of both sides.

    Args:
        base: the compiled knowledge base.
        case: who asks whom, on which dates; offences count that were in force on the day of the offence.
        offence: the key of an offence of the requesting side; all of its trafficking offences without it.
        facts: the conduct of the case.

    Raises:
        LawkbError: the same side twice, or an offence that the requesting side does not have.
    """
    if case.requesting == case.requested:
        raise LawkbError(f"Both jurisdictions are {base.jurisdictions.label(case.requesting)} ({case.requesting})",
                         "Dual criminality needs two different ones, for example: lawkb criminality ITA NGA", "lawkb criminality --help")
    told = facts or Conduct()
    return _Reader(base, replace(case, facts=told.told), told).answer(offence)


class _Reader:
    def __init__(self, base: Base, case: Case, facts: Conduct) -> None:
        self.base, self.case, self.facts = base, case, facts
        self.found = conclude(base, case, "criminality")
        self.prover = Prover(base, case, self.found)
        self.words = self.prover.words

    def answer(self, offence: str | None) -> dict[str, Any]:
        mine, theirs = self.offences(self.case.requesting), self.offences(self.case.requested or "")
        kind = {one(e.block, "offenceKind") for e in mine} & set(self.case_kinds())
        chosen = self.named(offence) if offence else [e for e in mine if not kind or one(e.block, "offenceKind") in kind]
        pairs = [self.pair(a, b) for a in chosen for b in theirs]
        pairs.sort(key=lambda p: (("met", "unknown", "unmet").index(p["verdict"]), -p["met"], p["other"] or ""))
        none = self.found.by_kind.get("NoOffence", ())
        verdict = pairs[0]["verdict"] if pairs else "unmet" if none else "unknown"
        told = {p["offence"] for p in pairs[:1]}
        return {
            "question": {"command": "criminality", "requesting": self.case.requesting, "requested": self.case.requested, "on": self.case.on.isoformat(),
                         "offence_on": self.case.offence_on.isoformat() if self.case.offence_on else None, "offence": offence,
                         "facts": {**self.facts.elements, "victim_age": self.facts.victim_age, "victim": self.facts.victim, "consent": self.facts.consent,
                                   "penalty_months": self.facts.penalty_months}},
            "kb": identity(self.base), "rules": rules_identity(self.base), "verdict": verdict,
            "no_offence": [{"party": key(f.get("party") or ""), "says": self.prover.sentence(f), "finding": f.iri} for f in none],
            "offences": {side: [self.told(e) for e in found] for side, found in ((self.case.requesting, mine), (self.case.requested or "", theirs))},
            "not_in_force": [self.told(e) for side in self.case.sides for e in self.all_of(side) if e.iri not in {x.iri for x in (*mine, *theirs)}],
            "comparisons": pairs, "covering": [p["other"] for p in pairs if p["verdict"] != "unmet" and p["offence"] in told],
            "thresholds": list(self.thresholds()), "bridges": list(self.bridges()), "notes": list(NOTES),
        }

    def case_kinds(self) -> list[str]:
        return [term[1:-1] for name, terms in self.case.block().items() if name.endswith("#concerns") for term in terms]

    def all_of(self, side: str) -> list[Entry]:
        return [e for e in self.base.concerning(f"{ID}jur/{side}", "Offence") if one(e.block, "jurisdiction") == f"{ID}jur/{side}"]

    def offences(self, side: str) -> list[Entry]:
        return list(self.base.entries(f.get("offence") or "" for f in self.found.of("OffenceInForce", party=f"{ID}jur/{side}")))

    def named(self, name: str) -> list[Entry]:
        known = self.all_of(self.case.requesting)
        found = [e for e in known if name.lower() in (key(e.iri).lower(), key(e.iri).partition(".")[2].lower())]
        if not found:
            keys = ", ".join(key(e.iri) for e in known) or "none"
            raise LawkbError(f"{self.base.jurisdictions.label(self.case.requesting)} has no offence '{name}' here", f"Recorded are: {keys}",
                             "lawkb criminality --help")
        if not any(f.get("offence") == found[0].iri for f in self.found.by_kind.get("OffenceInForce", ())):
            raise LawkbError(f"{key(found[0].iri)} is not shown to be in force on {(self.case.offence_on or self.case.on).isoformat()}",
                             "Ask for the day of the offence with --offence-on", "lawkb criminality --help")
        return found

    def told(self, entry: Entry) -> dict[str, Any]:
        block = entry.block
        penalties = list(self.base.concerning(entry.iri, "PenaltyRange"))
        ranges = {key(one(r.block, "victimAge") or ""): {"min_months": _number(r, "minMonths"), "max_months": _number(r, "maxMonths"),
                                                       "life": _truth(r, "life"), "death_penalty": _truth(r, "deathPenalty")}
                  for r in penalties}
        grade, confidence = self.base.weakest([entry.iri])
        return {"offence": key(entry.iri), "title": self.words.label(entry.iri), "kind": key(one(block, "offenceKind") or ""), "from":
                one(block, "inForceFrom") or one(block, "inForceFromIn"), "until": one(block, "inForceUntil"), "penalties": ranges,
                "gaps": sorted(key(g) for g in many(block, "definitionGap") if key(g) != "none"), "grade": grade, "confidence": confidence,
                "disputed": disputed(self.base, [entry.iri, *(r.iri for r in penalties)])}

    # one pair

    def pair(self, a: Entry, b: Entry) -> dict[str, Any]:
        elements = [self.row(a, b, kind, element) for kind, names in self.listed(a, b).items() for element in names]
        tests = [self.test(f) for e in (a, b) for f in self.found.of("ConductTest", offence=e.iri)]
        dual = self.found.of("DualCriminality", offence=a.iri, **{"other-offence": b.iri})[0]
        grade, confidence = self.base.weakest([a.iri, b.iri])
        return {"offence": key(a.iri), "other": key(b.iri), "titles": [self.words.label(a.iri), self.words.label(b.iri)],
                "verdict": key(dual.get("state") or ""), "says": self.prover.sentence(dual), "finding": dual.iri,
                "grade": grade, "confidence": confidence, "disputed": disputed(self.base, [a.iri, b.iri]), "elements": elements,
                "rules": list(self.ages(a, b)), "tests": tests,
                "failing": [t["says"] for t in tests if t["alignment"] == "missing"], "open": [t["says"] for t in tests if t["alignment"] == "unknown"],
                "not_shown": [self.prover.sentence(f) for f in self.found.of("Uncovered", offence=a.iri, **{"other-offence": b.iri})],
                "met": sum(row["alignment"] == "met" for row in elements)}

    def test(self, finding: Finding) -> dict[str, Any]:
        """Whether one offence takes in what the facts say of one kind of element."""
        return {"offence": key(finding.get("offence") or ""), "kind": key(finding.get("kind") or ""), "alignment": key(finding.get("alignment") or ""),
                "state": key(finding.get("state") or ""), "says": self.prover.sentence(finding), "finding": finding.iri}

    def listed(self, a: Entry, b: Entry) -> dict[str, list[str]]:
        """The elements of each kind that either offence, the definition or the facts name."""
        found: dict[str, list[str]] = {}
        for kind, scheme in _KINDS.items():
            names = {*self.elements(a, scheme), *self.elements(b, scheme), *(f"{CONCEPT}{scheme}/{c}" for c in self.facts.elements.get(kind, ())),
                     *(f.get("element") or "" for f in self.found.by_kind.get("DefinitionAlignment", ()) if f"/{scheme}/" in (f.get("element") or ""))}
            found[kind] = sorted(names, key=lambda iri: (key(iri) == "other", self.words.label(iri)))
        return found

    @staticmethod
    def elements(entry: Entry, scheme: str, how: str = "names") -> list[str]:
        return [e for e in many(entry.block, how) if e.startswith(f"{CONCEPT}{scheme}/")]

    def row(self, a: Entry, b: Entry, kind: str, element: str) -> dict[str, Any]:
        told = self.found.of("Alignment", offence=a.iri, element=element, **{"other-offence": b.iri})
        defined = self.found.of("DefinitionAlignment", element=element)
        return {"kind": kind, "element": key(element), "label": self.words.label(element), "requesting": self.names(a, element),
                "requested": self.names(b, element), "definition": bool(defined),
                "facts": key(element) in self.facts.elements.get(kind, ()) if self.facts.elements else None,
                "alignment": key(told[0].get("alignment") or "") if told else None, "finding": told[0].iri if told else None}

    def names(self, entry: Entry, element: str) -> str:
        """What is recorded: yes (the offence takes it in), no, open (its list is open-ended), not asked (no means) or unknown (nothing of the kind)."""
        scheme = element.removeprefix(CONCEPT).partition("/")[0]
        if element in self.elements(entry, scheme, "takesIn"):
            return "yes"
        if scheme == "means" and f"{CONCEPT}age/adult" in many(entry.block, "asksNoMeansFor"):
            return "not asked"
        named = self.elements(entry, scheme)
        if not named:
            return "unknown"
        return "open" if any(self.open_ended(e) for e in named) else "no"

    def open_ended(self, element: str) -> bool:
        entry = self.base.entry(element)
        return bool(entry and one(entry.block, "openEnded") == "true")

    def ages(self, a: Entry, b: Entry) -> Iterator[dict[str, Any]]:
        """Whether a means is asked for an adult victim and for a child, and whether consent counts: the rules on the other elements."""
        for age, defined in (("adult", "yes"), ("child", "no")):
            found = self.found.of("AgeAlignment", offence=a.iri, age=f"{CONCEPT}age/{age}", **{"other-offence": b.iri})
            yield {"rule": f"means for {'an adult' if age == 'adult' else 'a child'} victim", "requesting": _asked(a, age), "requested": _asked(b, age),
                   "definition": defined, "alignment": key(found[0].get("alignment") or "") if found else "unknown",
                   "finding": found[0].iri if found else None}
        yield {"rule": "consent of the victim counts", "requesting": "unknown", "requested": "unknown", "definition": "no, once means were used, or of a child",
               "alignment": "unknown", "finding": None}

    # thresholds and bridges

    def thresholds(self) -> Iterator[dict[str, Any]]:
        """Each threshold of an instrument between the two, or of the law of the requested side, and which side's penalty reaches it."""
        rows: dict[str, dict[str, Any]] = {}
        for kind, state in (("PenaltyReaches", "reached"), ("PenaltyShort", "short"), ("PenaltyOpen", "unknown")):
            for f in self.found.by_kind.get(kind, ()):
                self.threshold(rows, f, state)
        told = {(row["title"], row["months"]): row for row in sorted(rows.values(), key=lambda row: len(row["sides"]))}  # a norm may restate a provision
        spared = {self.words.label(f.get("threshold") or ""): f for f in self.found.of("ThresholdSpared")}
        for row in sorted(told.values(), key=lambda row: (row["months"], row["threshold"])):
            finding = spared.get(row["title"])
            yield row | {"effect": "not-needed" if finding else self.effect(row), "spared": finding and {"text": self.prover.sentence(finding),
                                                                                                         "finding": finding.iri}}

    def effect(self, row: dict[str, Any]) -> str:
        """What the threshold does with the penalty of the facts, or else with that of the requested side (of the other, where only that is asked)."""
        sides = row["sides"]
        side = sides.get(self.case.requested) or sides.get(self.case.requesting) or {}
        state = row["facts"] or side.get("state", "unknown")
        return {"reached": "kept", "short": "lost"}.get(state, "unknown")

    def threshold(self, rows: dict[str, dict[str, Any]], finding: Finding, state: str) -> None:
        iri = finding.get("threshold") or ""
        entry = self.base.entry(iri)
        months = int((entry and one(entry.block, "thresholdMonths")) or 0)
        block = entry.block if entry else {}
        facts = next((word for kind, word in (("FactsReach", "reached"), ("FactsShort", "short")) if self.found.of(kind, threshold=iri)), None)
        row = rows.setdefault(iri, {"threshold": curie(iri), "title": self.words.label(iri), "months": months, "sides": {}, "facts": facts,
                                    "measures": self.measures_of(block), "summary": one(block, "summary") or ""})
        side = key(finding.get("party") or "")
        if state != "unknown" or side not in row["sides"]:
            row["sides"].setdefault(side, {"state": state, "finding": finding.iri})

    @staticmethod
    def measures_of(block: Block) -> list[str]:
        """What a threshold is about: its measures, or the kind of norm, or the topic of domestic law."""
        return sorted(key(v) for name in ("measure", "norm", "coopTopic") for v in many(block, name))

    def bridges(self) -> Iterator[dict[str, Any]]:
        for finding in self.found.by_kind.get("Bridge", ()):
            entry = self.base.entry(finding.get("bridge") or "")
            provision = one(entry.block, "bridges") if entry else None
            known = self.base.entry(provision or "")
            yield {"provision": key(provision or ""), "title": self.words.label(provision or ""), "kind": key((entry and one(entry.block, "bridgeKind")) or ""),
                   "summary": one(known.block, "summary") if known else None, "finding": finding.iri}


def _truth(entry: Entry, name: str) -> bool | None:
    value = one(entry.block, name)
    return None if value is None else value == "true"


def _asked(entry: Entry, age: str) -> str:
    said = ("yes", "asksMeansFor"), ("no", "asksNoMeansFor")
    return next((word for word, name in said if f"{CONCEPT}age/{age}" in many(entry.block, name)), "unknown")


def _number(entry: Entry, name: str) -> int | None:
    value = one(entry.block, name)
    return int(value) if value is not None else None
