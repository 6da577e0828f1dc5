"""Answers `criminality`: the offences of two sides held against each other, the international definition and the facts, element by element.

What an offence names, lacks or goes beyond is found by rules (rules/8-alignment), and so is the conduct that both punish;
this module puts the findings side by side and holds the facts of the case, if given, against what each offence names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lawkb.ask import conclude, identity, rules_identity
from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.conduct import Conduct
from lawkb.errors import LawkbError
from lawkb.facts import Block, many, one
from lawkb.infer import Finding
from lawkb.proof import Prover
from lawkb.terms import CONCEPT, ID, curie, key

_KINDS = {"act": "conduct", "means": "means", "purpose": "purpose"}
NOTES = (
    "Information on the law, not legal advice: read the text of both offences.",
    "What counts is whether the conduct of the case is punishable on both sides; names and categories of offences do not.",
    "Consent of the victim is not recorded for national offences; under the international definition it does not count once a means was used, nor for a child.",
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
    return _Reader(base, case, facts or Conduct()).answer(offence)


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
        verdict = pairs[0]["verdict"] if pairs else "unmet" if self.no_law() else "unknown"
        told = {p["offence"] for p in pairs[:1]}
        return {
            "question": {"command": "criminality", "requesting": self.case.requesting, "requested": self.case.requested, "on": self.case.on.isoformat(),
                         "offence_on": self.case.offence_on.isoformat() if self.case.offence_on else None, "offence": offence,
                         "facts": {**self.facts.elements, "victim_age": self.facts.victim_age, "consent": self.facts.consent,
                                   "penalty_months": self.facts.penalty_months}},
            "kb": identity(self.base), "rules": rules_identity(self.base), "verdict": verdict,
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

    def no_law(self) -> bool:
        """Whether the requested side is recorded as having no offence of the kind, and has no other on record that was in force."""
        kinds, asked = set(self.case_kinds()), self.case.requested or ""
        return not self.offences(asked) and any(one(e.block, "offenceKind") in kinds and f"{CONCEPT}gap/no-law" in many(e.block, "definitionGap")
                                                for e in self.all_of(asked))

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
        ranges = {key(one(r.block, "victimAge") or ""): {"min_months": _number(r, "minMonths"), "max_months": _number(r, "maxMonths"),
                                                       "life": _truth(r, "life"), "death_penalty": _truth(r, "deathPenalty")}
                  for r in self.base.concerning(entry.iri, "PenaltyRange")}
        grade, confidence = self.base.weakest([entry.iri])
        return {"offence": key(entry.iri), "title": self.words.label(entry.iri), "kind": key(one(block, "offenceKind") or ""), "from":
                one(block, "inForceFrom") or one(block, "inForceFromIn"), "until": one(block, "inForceUntil"), "penalties": ranges,
                "gaps": sorted(key(g) for g in many(block, "definitionGap") if key(g) != "none"), "grade": grade, "confidence": confidence}

    # one pair

    def pair(self, a: Entry, b: Entry) -> dict[str, Any]:
        elements = [self.row(a, b, kind, element) for kind, names in self.listed(a, b).items() for element in names]
        rules = list(self.child_rule(a, b))
        shared = self.found.of("SharedConduct", offence=a.iri, **{"other-offence": b.iri})
        failing, open_ones = self.against_facts(a, b)
        if self.facts.elements:
            verdict = "unmet" if failing else "unknown" if open_ones or not (self.named_by(a) and self.named_by(b)) else "met"
        else:
            verdict = "met" if shared else "unknown"
        grade, confidence = self.base.weakest([a.iri, b.iri])
        return {"offence": key(a.iri), "other": key(b.iri), "titles": [self.words.label(a.iri), self.words.label(b.iri)], "verdict": verdict,
                "grade": grade, "confidence": confidence, "elements": elements, "rules": rules, "failing": failing, "open": open_ones,
                "met": sum(row["alignment"] == "met" for row in elements), "finding": shared[0].iri if shared else None}

    def listed(self, a: Entry, b: Entry) -> dict[str, list[str]]:
        """The elements of each kind that either offence, the definition or the facts name."""
        found: dict[str, list[str]] = {}
        for kind, scheme in _KINDS.items():
            names = {*self.elements(a, scheme), *self.elements(b, scheme), *(f"{CONCEPT}{scheme}/{c}" for c in self.facts.elements.get(kind, ())),
                     *(f.get("element") or "" for f in self.found.by_kind.get("DefinitionAlignment", ()) if f"/{scheme}/" in (f.get("element") or ""))}
            found[kind] = sorted(names, key=lambda iri: (key(iri) == "other", self.words.label(iri)))
        return found

    @staticmethod
    def elements(entry: Entry, scheme: str) -> list[str]:
        return [e for e in many(entry.block, "names") if e.startswith(f"{CONCEPT}{scheme}/")]

    def row(self, a: Entry, b: Entry, kind: str, element: str) -> dict[str, Any]:
        told = self.found.of("Alignment", offence=a.iri, element=element, **{"other-offence": b.iri})
        defined = self.found.of("DefinitionAlignment", element=element)
        return {"kind": kind, "element": key(element), "label": self.words.label(element), "requesting": self.names(a, element),
                "requested": self.names(b, element), "definition": bool(defined),
                "facts": key(element) in self.facts.elements.get(kind, ()) if self.facts.elements else None,
                "alignment": key(told[0].get("alignment") or "") if told else None, "finding": told[0].iri if told else None}

    def names(self, entry: Entry, element: str) -> str:
        """Whether an offence names an element: yes, no, open (its list is open-ended) or unknown (nothing of the kind is recorded)."""
        scheme = element.removeprefix(CONCEPT).partition("/")[0]
        named = self.elements(entry, scheme)
        if element in named:
            return "yes"
        if not named:
            return "unknown"
        return "open" if any(self.open_ended(e) for e in named) else "no"

    def open_ended(self, element: str) -> bool:
        entry = self.base.entry(element)
        return bool(entry and one(entry.block, "openEnded") == "true")

    def named_by(self, entry: Entry) -> bool:
        """Whether an offence names an act and a purpose of the facts."""
        return all(any(self.names(entry, f"{CONCEPT}{_KINDS[kind]}/{code}") == "yes" for code in self.facts.elements.get(kind, ()))
                   for kind in ("act", "purpose") if self.facts.elements.get(kind))

    def against_facts(self, a: Entry, b: Entry) -> tuple[list[str], list[str]]:
        """The elements in which the facts fail, and those that stay open: one act, one purpose, and one means where the law asks for it."""
        failing: list[str] = []
        open_ones: list[str] = []
        for entry in (a, b):
            for kind, scheme in _KINDS.items():
                codes = self.facts.elements.get(kind, ())
                needed = self.needs_means(entry) if kind == "means" else True
                if needed is False or (not codes and kind != "means"):
                    continue
                if not codes:
                    open_ones.append(f"{self.words.label(entry.iri)} asks for a means; the facts name none")
                    continue
                states = [self.names(entry, f"{CONCEPT}{scheme}/{code}") for code in codes]
                if "yes" in states:
                    continue
                said = ", ".join(self.words.label(f"{CONCEPT}{scheme}/{code}") for code in codes)
                settled = needed and all(state == "no" for state in states)
                (failing if settled else open_ones).append(f"{kind}: {said}, {self.words.label(entry.iri)}")
        return (failing, open_ones) if self.facts.elements else ([], [])

    def needs_means(self, entry: Entry) -> bool | None:
        """Whether an offence asks for a means for a victim of the age in the facts; None where that is not recorded."""
        name = {True: "meansRequiredForChild", False: "meansRequiredForAdult"}.get(self.facts.child) if self.facts.child is not None else None
        values = {_truth(entry, n) for n in ((name,) if name else ("meansRequiredForAdult", "meansRequiredForChild"))}
        return values.pop() if len(values) == 1 else None

    def child_rule(self, a: Entry, b: Entry) -> Iterator[dict[str, Any]]:
        for code, name in (("means for an adult victim", "meansRequiredForAdult"), ("means for a child victim", "meansRequiredForChild")):
            mine, theirs = _truth(a, name), _truth(b, name)
            state = "unknown" if mine is None or theirs is None else "missing" if theirs and not mine else "wider" if mine and not theirs else "met"
            yield {"rule": code, "requesting": _asked(mine), "requested": _asked(theirs), "definition": "no" if name.endswith("Child") else "yes",
                   "alignment": state}

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
        months, given = int((entry and one(entry.block, "thresholdMonths")) or 0), self.facts.penalty_months
        facts = None if given is None else "reached" if given >= months else "short"
        block = entry.block if entry else {}
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


def _asked(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _number(entry: Entry, name: str) -> int | None:
    value = one(entry.block, name)
    return int(value) if value is not None else None
