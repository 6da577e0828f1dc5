"""Answers `channels`: runs the rules over the dossier of a case and reads the answer off the findings.

Nothing is decided here. Verdicts, standings, conditions and reasons are findings of the rules; this module only gathers
them, orders them by weights that are data, and adds what the knowledge base says about instruments and authorities.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lawkb.answer import Answer, Channel, Facilitator, Reason
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import text
from lawkb.infer import CompiledRule, Finding, Findings, infer
from lawkb.measures import channel_of, leads
from lawkb.options import OptionReader
from lawkb.relational import RelationalEngine
from lawkb.rules import STAGES_OF
from lawkb.safeguards import safeguards
from lawkb.terms import CONCEPT, ID, curie, key

_LIVE = ("available", "conditional")
NOTE = "http://www.w3.org/2004/02/skos/core#note"


def conclude(base: Base, case: Case, question: str | None = None, engine: str | None = None, measure: str | None = None) -> Findings:
    """Run the rules on a case and return the findings.

    Args:
        base: the compiled knowledge base.
        case: the question as a case.
        question: the kind of question, which selects the stages of rules (`lawkb.rules.STAGES_OF`); by default that of the case.
        engine: `relational` (compiled rules as statements on the snapshot), `loops` (as functions), `oxigraph` (the rules as they are
            written, over the dossier), or one of the engines that these are held to (`lawkb.reference.ENGINES`); all find the same.
            Without it, the server that the knowledge base was opened with, or else one of the first two (`Base.engine`).
        measure: the code of the only measure that is asked for; without it all are. Only the first two are spared the work on the others.
    """
    stages = STAGES_OF[question or case.question]
    rules = base.rules_of(stages)
    if engine is None and base.elsewhere is not None:
        with base.elsewhere.question(case) as remote:
            return infer(remote, rules)
    if engine is None:
        return base.lately((case, stages, measure), lambda: _tables(base, case, rules, measure))
    if engine == "relational":
        with base.question(measure) as connection:
            return infer(RelationalEngine(connection, case), rules)
    if engine == "loops":
        return infer(base.library.engine(case, measure), rules)
    from lawkb.dossier import dossier

    if engine == "oxigraph":
        from lawkb.engine import OxigraphEngine

        return infer(OxigraphEngine(dossier(base, case)), rules)
    from lawkb import reference

    return reference.conclude(engine, dossier(base, case), rules, case.iri)


def _tables(base: Base, case: Case, rules: list[CompiledRule], measure: str | None) -> Findings:
    with base.engine(case, measure) as engine:
        return infer(engine, rules)


def channels(base: Base, case: Case, measure: str | None = None, explain: bool = False) -> Answer:
    """Answer which channels the requesting jurisdiction has towards the requested one.

    Args:
        base: the compiled knowledge base.
        case: who asks whom, on which dates.
        measure: the code of one measure; without it every channel is answered by its lead measure.
        explain: whether options and channels carry their proof.

    Raises:
        LawkbError: both sides are the same, or there is no such measure.
    """
    if case.requesting == case.requested:
        raise LawkbError(f"Both jurisdictions are {base.jurisdictions.label(case.requesting)} ({case.requesting})",
                         "Cooperation needs two different ones, for example: lawkb channels ITA NGA", "lawkb channels --help")
    asked = leads(base) if measure is None else [(channel_of(base, measure), measure)]
    asked_iris = [(f"{CONCEPT}channel/{channel}", f"{CONCEPT}measure/{code}") for channel, code in asked]
    return _Reader(base, case, conclude(base, case, measure=measure), explain).answer(asked_iris, measure)


def _deciding(reason: Reason) -> tuple[int, str]:
    """What leaves the answer open comes before what merely does not bind."""
    first = ("internal", "uncertain-date", "not-covered", "suspended", "ended", "excluded", "barred", "superseded", "no-bond", "no-membership")
    return first.index(reason.code), reason.finding


class _Reader(OptionReader):
    """Reads one answer off the findings of one case."""

    asked: set[str]

    def answer(self, asked: list[tuple[str, str]], measure: str | None) -> Answer:
        case = self.case
        self.asked = {m for _, m in asked}
        question = {"command": "channels", "requesting": case.requesting, "requested": case.requested, "measure": measure,
                    "on": case.on.isoformat(), "offence_on": case.offence_on.isoformat() if case.offence_on else None, "strict": case.strict}
        return Answer(question=question, kb=identity(self.base), rules=rules_identity(self.base),
                      channels=tuple(self.channel(channel, m, whole=measure is None) for channel, m in asked),
                      safeguards=tuple(safeguards(self.base, case, self.found, self.prover)), notes=(*self.notes(), *self.other_date(asked, measure)))

    def notes(self) -> Iterable[str]:
        yield "Information on the law, not legal advice: check the depositary's list before relying on it."
        if self.found.of("InternalRelation"):
            yield self.prover.sentence(self.found.of("InternalRelation")[0])
        for finding in (*self.found.of("PracticeFinding"), *self.found.of("RecognitionOpen")):
            yield self.prover.sentence(finding)
        for finding in self.found.of("PendingSaved"):
            if any(measure in finding.values.get("measure", ()) for measure in self.asked):
                yield self.prover.sentence(finding)
        for side in (self.case.requesting, self.case.requested):
            entry = self.base.entry(f"{ID}jur/{side}")
            for note in entry.block.get(NOTE, ()) if entry else ():
                yield f"{entry.label if entry else side}: {text(note)}"

    def other_date(self, asked: list[tuple[str, str]], measure: str | None) -> Iterable[str]:
        """Where the offence lies on another day than the request: what would differ if the law of the day asked about counted for it too."""
        if self.case.offence_on is None or self.case.offence_on == self.case.on:
            return
        same_day = conclude(self.base, replace(self.case, offence_on=None), measure=measure)
        day, on = self.words.day(self.case.offence_on), self.words.day(self.case.on)
        yield f"Offences and penalties are those of {day}, the day of the offence; all else is the law of {on}."
        for _, each in asked:
            now, then = (key(f.of("ChannelVerdict", measure=each)[0].get("verdict") or "") for f in (same_day, self.found))
            tests = [{(c.get("requirement"), kind) for kind in ("ConditionMet", "ConditionUnmet") for t in f.by_kind.get(kind, ())
                      if (c := f.by_iri[t.get("condition") or ""]) and f.by_iri[c.get("of") or ""].get("measure") == each} for f in (same_day, self.found)]
            if now != then:
                yield f"{self.words.label(each).capitalize()}: {then} with the offence on {day}, {now} with the offence on {on}."
            elif tests[0] != tests[1]:
                what = ", ".join(sorted({self.words.label(r or "") for r, _ in tests[0] ^ tests[1]}))
                yield f"{self.words.label(each).capitalize()}: the day of the offence decides on {what}."

    def channel(self, channel: str, measure: str, whole: bool) -> Channel:
        verdict = self.found.of("ChannelVerdict", measure=measure)[0]
        options = self.options(measure)
        best = next((o for live in _LIVE for o in options if o.verdict == live), None)
        reasons = tuple(sorted(self.reasons(measure, {o.instrument or "" for o in options if o.verdict in _LIVE} - {""}), key=_deciding))
        # an answer that nothing opens the measure is as old as the oldest list on which it rests
        closed = key(verdict.get("verdict") or "") == "unavailable"
        oldest = min((r.verified_to for r in reasons if closed and r.code == "no-bond" and r.verified_to), default=None)
        last = best.certainty == "last-known" if best else any(r.certainty == "last-known" for r in reasons)
        grade, confidence = (best.grade, best.confidence) if best else self.base.graded(self.prover.weight(verdict.iri))
        others = {key(m): self.found.of("ChannelVerdict", measure=m)[0].get("verdict") or "" for m in self.others(channel, measure)} if whole else {}
        return Channel(
            channel=key(channel), measure=key(measure), verdict=key(verdict.get("verdict") or ""), certainty="last-known" if last else "confirmed",
            verified_to=best.verified_to if best else oldest, grade=grade, confidence=confidence,
            finding=verdict.iri, says=self.prover.sentence(verdict), options=options, reasons=reasons,
            facilitators=tuple(self.facilitators(channel)),
            measures={name: key(v) for name, v in others.items()}, proof=self.prover.prove(verdict.iri) if self.explain else None,
            disputed=best.disputed if best else self.prover.disputed(verdict.iri))

    def others(self, channel: str, lead: str) -> list[str]:
        return sorted({m for f in self.found.of("ChannelVerdict", channel=channel) for m in f.values["measure"]} - {lead})

    def facilitators(self, channel: str) -> Iterable[Facilitator]:
        for finding in self.found.by_kind.get("Facilitator", ()):
            service = finding.get("viaService") or ""
            if channel in self.values(service, "aidsChannel"):
                body = finding.get("organisation") or ""
                yield Facilitator(network=key(body), title=self.words.label(body), summary=next(iter(self.values(service, "summary")), ""), finding=finding.iri)

    # reasons

    def reasons(self, measure: str, live: set[str]) -> Iterable[Reason]:
        ended = {f.get("instrument"): f for f in self.found.of("EndedBond", measure=measure)}
        for instrument, finding in ended.items():
            act = finding.get("act")
            missing = tuple(key(m) for m in finding.values["missing"])
            yield self.reason(key(finding.get("reason") or "ended"), finding, instrument=instrument, missing=missing,
                              act=curie(act) if act else None, look=self.look(instrument or ""))
        for finding in self.found.of("NoBond", measure=measure):
            if finding.get("instrument") not in ended:
                yield self.no_bond(finding, measure)
        for finding in self.found.of("OptionVerdict", measure=measure):
            if key(finding.get("verdict") or "") in ("unavailable", "unknown") and key(finding.get("instrument") or "") not in live:
                yield self.closed(finding)
        for finding in self.found.of("NotCovered", measure=measure):
            yield self.reason("not-covered", finding, look=self.look_for(finding))
        for finding in self.found.of("NoLink", measure=measure):
            missing = tuple(key(m) for m in finding.values["missing"])
            yield self.reason("no-membership", finding, missing=missing, look=self.look(finding.get("organisation") or ""))
        for finding in self.found.of("InternalRelation"):
            yield self.reason("internal", finding, look="the arrangements between the two parts of the state")

    def look_for(self, finding: Finding) -> str:
        body = finding.get("organisation")
        if body:
            return self.look(body) or f"the secretariat of {self.words.label(body)}"
        if finding.get("topic"):
            return f"the law and the central authority of {self.words.named(self.case.requested or '')}"
        return "the treaty registers of both sides" if finding.get("subject") else "the law and the central authorities of both sides"

    def no_bond(self, finding: Finding, measure: str) -> Reason:
        instrument = finding.get("instrument") or ""
        opted = self.found.of("OptedOut", instrument=instrument)
        open_ones = self.found.of("UnsettledBond", instrument=instrument, measure=measure)
        source = opted[0] if opted else (open_ones[0] if open_ones else finding)
        return self.reason("not-covered" if open_ones else "no-bond", source, instrument=instrument, missing=tuple(key(m) for m in finding.values["missing"]),
                           act=curie(opted[0].get("act") or "") if opted else None, look=self.look(instrument))

    def closed(self, finding: Finding) -> Reason:
        instrument = finding.get("instrument") or ""
        option = finding.get("of") or ""
        if not instrument:
            code = "uncertain-date" if key(finding.get("verdict") or "") == "unknown" else "barred"
            return self.reason(code, finding, look=self.look(finding.get("organisation") or ""))
        if key(finding.get("verdict") or "") == "unknown":
            return self.reason("uncertain-date", finding, instrument=instrument, look=self.look(instrument))
        closing = self.found.of("OptionClosed", of=option)
        if closing:
            told = self.found.of("Supersession", of=option) or closing
            return self.reason(key(closing[0].get("reason") or "barred"), told[0], instrument=instrument)
        blocked = [b for basis in self.found.of("LegalBasis", option=option) for b in self.found.of("Blocked", of=basis.iri)]
        excluded = [e for basis in self.found.of("LegalBasis", option=option) for e in self.found.of("Exclusion", of=basis.iri)]
        first = (excluded or blocked or [finding])[0]
        statement = first.get("statement")
        provision = first.get("provision")
        return self.reason("excluded" if excluded else "barred", first, instrument=instrument, act=curie(statement) if statement else None,
                           provision=key(provision) if provision else None)

    def reason(self, code: str, finding: Finding, instrument: str | None = None, missing: tuple[str, ...] = (), provision: str | None = None,
               act: str | None = None, look: str | None = None) -> Reason:
        last = bool(instrument and self.found.of("LastKnown", instrument=instrument))
        body = finding.get("organisation")
        return Reason(code=code, text=self.prover.sentence(finding), instrument=key(instrument) if instrument else None, missing=missing,
                      provision=provision, act=act, certainty="last-known" if last or not instrument else "confirmed",
                      verified_to=self.verified_to(instrument) if instrument else None, look=look, finding=finding.iri,
                      network=key(body) if body else None)


def identity(base: Base) -> dict:
    """Return which knowledge base answered: version, digest, overlays."""
    import json

    return {"version": base.meta["kb_version"], "digest": base.meta["kb_digest"], "overlays": json.loads(base.meta["overlays"])}


def rules_identity(base: Base) -> dict[str, str]:
    """Return which rules answered: version and digest."""
    return {"version": base.meta["rules_version"], "digest": base.meta["rules_digest"]}
