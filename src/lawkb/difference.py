"""What differs between two compiled knowledge bases: their facts, who is bound by what, and the verdicts for pairs of jurisdictions.

One mechanism for three questions: what if (the packaged facts and the same with some of one's own), what changed (two
releases), and what a receipt no longer shows. Nothing is decided here: the rules run on both sides, and what they conclude
is held against each other. Both sides are answered by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.facts import Block, many, one, text
from lawkb.importing.diff import changed, spells
from lawkb.infer import Finding, Findings
from lawkb.proof import Prover
from lawkb.terms import CASE, ID, curie, key
from lawkb.words import Words, plain_kind

Progress = Callable[[int, int], None]
_JURISDICTION = f"{ID}jur/"
_OWNERS = ("party", "jurisdiction", "member", "byState", "towards", "a", "b")
_STATES = ("ConditionMet", "ConditionUnmet", "ConditionUnknown")
# findings that tell a reader why a verdict is another one; what lies between them and the verdict only repeats it
_TELLING = ("TreatyBond", "NoBond", "EndedBond", "PairSuspension", "PenaltyReaches", "PenaltyShort", "ConditionMet", "ConditionUnmet", "Exclusion",
            "NetworkOption", "DomesticOption", "Supersession", "NotCovered")


def facts(before: Base, after: Base) -> list[dict[str, Any]]:
    """Return every record that was added, changed or removed, with the jurisdictions that it is about, in order of its name.

    Participations are left out: they are drawn from the other records (see `participations`).
    """
    old, new = _bodies(before), _bodies(after)
    found = []
    for iri in sorted(old.keys() | new.keys()):
        if old.get(iri) != new.get(iri):
            was, now = (base.entry(iri) for base in (before, after))
            known, base = (now, after) if now else (was, before)
            one_side, other = (was.block if was else {}), (now.block if now else {})
            values = [{"property": curie(p), "before": _values(one_side, p), "after": _values(other, p)} for p in sorted(one_side.keys() | other.keys())
                      if was and now and set(one_side.get(p, ())) != set(other.get(p, ()))]
            if values or not (was and now):  # an order that differs says nothing
                found.append({"fact": curie(iri), "change": "changed" if was and now else "added" if now else "removed",
                              "kind": plain_kind(known.kind if known else None), "label": Words(base).label(iri), "jurisdictions": _about(base, known.block if
                                                                                                                                          known else {}),
                              "values": values})
    return found


def _bodies(base: Base) -> dict[str, str]:
    """Subject -> its block as it is kept, for the records (and not the ontology, nor what is drawn from them)."""
    return dict(base.execute("SELECT subject, body FROM block WHERE subject >= ? AND subject < ? AND class <> 'Participation'", (ID, f"{ID}~")).fetchall())


def _values(block: Block, predicate: str) -> list[str]:
    return sorted(curie(term[1:-1]) if term.startswith("<") else text(term) for term in block.get(predicate, ()))


def _about(base: Base, block: Block) -> list[str]:
    found = {value for name in _OWNERS for value in many(block, name)} | set(many(block, "about"))
    offence = base.entry(one(block, "offence") or "")
    if offence:
        found |= set(many(offence.block, "jurisdiction"))
    return sorted(key(value) for value in found if value.startswith(_JURISDICTION))


def participations(before: Base, after: Base) -> list[dict[str, Any]]:
    """Return which participations begin, end or have other bounds: the legal effect of the acts that differ."""
    old, new = (spells(entry.block for entry in base.of_class("Participation")) for base in (before, after))
    return [{"jurisdiction": key(party), "instrument": key(instrument), "says": says} for instrument, party, says in changed(old, new)]


def verdicts(before: Base, after: Base, cases: Sequence[Case], measures: Iterable[str] | None = None, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Return a row for each case and measure of which the verdict, an option or a tested condition differs; the others are left out.

    Args:
        before, after: two compiled knowledge bases.
        cases: who asks whom, on which day.
        measures: the codes of the measures to look at; all without it.
        progress: called with (cases done, cases in all).
    """
    wanted = None if measures is None else set(measures)
    found = []
    for done, case in enumerate(cases, start=1):
        old, new = (_Side(base, case) for base in (before, after))
        found += [row for measure in sorted(old.verdicts.keys() | new.verdicts.keys()) if wanted is None or measure in wanted
                  for row in _row(case, measure, old, new)]
        if progress:
            progress(done, len(cases))
    return found


def _row(case: Case, measure: str, old: _Side, new: _Side) -> Iterator[dict[str, Any]]:
    was, now = old.verdicts.get(measure), new.verdicts.get(measure)
    options = _differing(old.options.get(measure, {}), new.options.get(measure, {}))
    conditions = _differing(old.conditions.get(measure, {}), new.conditions.get(measure, {}))
    if was == now and not options and not conditions:
        return
    tests = {name.rpartition(" ")[0] for name, _, _ in conditions}
    gone, come = old.rests_on(measure, options, tests), new.rests_on(measure, options, tests)
    yield {
        "requesting": case.requesting, "requested": case.requested, "measure": measure, "before": was, "after": now, "verdict_changes": was != now,
        "options": [{"option": new.title(name) or old.title(name), "before": earlier, "after": later} for name, earlier, later in options],
        "conditions": [{"requirement": name.rpartition(" ")[2], "option": new.title(name.rpartition(" ")[0]) or old.title(name.rpartition(" ")[0]),
                        "before": earlier, "after": later} for name, earlier, later in conditions],
        "no_longer": old.sentences(gone - new.concluded), "now": new.sentences(come - old.concluded),
        "finding": f"{case.iri}/verdict/{measure}",
    }


def _differing(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    return [(name, old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]


class _Side:
    """What the rules conclude of a case from one of the two knowledge bases."""

    def __init__(self, base: Base, case: Case) -> None:
        self.found: Findings = conclude(base, case)
        self.prover = Prover(base, case, self.found)
        self.concluded = {iri.removeprefix(CASE) for iri in self.found.by_iri}
        self.verdicts = {key(f.get("measure") or ""): key(f.get("verdict") or "") for f in self.found.of("ChannelVerdict")}
        self.options: dict[str, dict[str, str]] = {}
        self.conditions: dict[str, dict[str, str]] = {}
        for finding in self.found.of("OptionVerdict"):
            measure = key(finding.get("measure") or "")
            self.options.setdefault(measure, {})[self.short(finding.get("of"))] = key(finding.get("verdict") or "")
        for state in _STATES:
            for finding in self.found.of(state):
                self.test(finding, state.removeprefix("Condition").lower())

    def test(self, finding: Finding, state: str) -> None:
        """Keep the state of a condition, by its option and what it asks for; a test that is met counts before one that is not known."""
        condition = self.found.by_iri.get(finding.get("condition") or "")
        of = self.found.by_iri.get((condition and condition.get("of")) or "")
        if condition and of:
            option = self.short(of.get("option") or of.iri)
            name = f"{option} {key(condition.get('requirement') or '')}"
            self.conditions.setdefault(key(of.get("measure") or ""), {}).setdefault(name, state)

    @staticmethod
    def short(iri: str | None) -> str:
        return (iri or "").removeprefix(CASE).partition("/")[2]

    def title(self, name: str) -> str:
        """What people call an option: its instrument, its body, its domestic law."""
        finding = next((f for f in self.found.of("OptionVerdict") if self.short(f.get("of")) == name), None)
        option = self.found.by_iri.get((finding and finding.get("of")) or "")
        value = next((v for n in ("instrument", "organisation", "domestic") if option and (v := option.get(n))), "")
        return self.prover.words.label(value) if value else ""

    def rests_on(self, measure: str, options: Iterable[tuple[str, str | None, str | None]], tests: set[str]) -> set[str]:
        """The telling findings on which the verdict, the options that differ and the tests of those options rest."""
        names = {name for name, _, _ in options} | tests
        starts = [f.iri for f in self.found.of("ChannelVerdict") if key(f.get("measure") or "") == measure]
        starts += [f.iri for f in self.found.of("OptionVerdict") if self.short(f.get("of")) in names]
        for kind in ("ConditionMet", "ConditionUnmet"):
            for finding in self.found.of(kind):
                condition = self.found.by_iri.get(finding.get("condition") or "")
                of = self.found.by_iri.get((condition and condition.get("of")) or "")
                if of and self.short(of.get("option") or of.iri) in names:
                    starts.append(finding.iri)
        return {iri.removeprefix(CASE) for iri in self.closure(starts) if set(_TELLING) & set(self.found.by_iri[iri].kinds)}

    def closure(self, starts: list[str]) -> set[str]:
        waiting, seen = starts, set()
        while waiting:
            iri = waiting.pop()
            if iri in self.found.by_iri and iri not in seen:
                seen.add(iri)
                waiting.extend(self.found.by_iri[iri].premises)
        return seen

    def sentences(self, findings: set[str]) -> list[str]:
        return list(dict.fromkeys(self.prover.sentence(self.found.by_iri[CASE + iri]) for iri in sorted(findings)))


def partners(base: Base, jurisdiction: str) -> list[str]:
    """Return the codes of all other jurisdictions of the knowledge base: states and territories, in order."""
    rows = base.execute("SELECT code FROM jurisdiction WHERE class IN ('State','Territory') ORDER BY code").fetchall()
    return [row[0] for row in rows if row[0] != jurisdiction]
