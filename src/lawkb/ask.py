"""Answers `channels`: runs the rules over the dossier of a case and reads the answer off the findings.

Nothing is decided here. Verdicts, standings, conditions and reasons are findings of the rules; this module only gathers
them, orders them by weights that are data, and adds what the knowledge base says about instruments and authorities.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lawkb.answer import Answer, Bond, Channel, Condition, Option, Reason, RefusalGround, TimeLimit
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import many, one, text
from lawkb.infer import Finding, Findings, infer
from lawkb.proof import URL, Prover
from lawkb.relational import RelationalEngine
from lawkb.rules import STAGES_OF
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import plain_kind

_LIVE = ("available", "conditional")


def conclude(base: Base, case: Case, question: str | None = None, engine: str = "relational") -> Findings:
    """Run the rules on a case and return the findings.

    Args:
        base: the compiled knowledge base.
        case: the question as a case.
        question: the kind of question, which selects the stages of rules (`lawkb.rules.STAGES_OF`); by default that of the case.
        engine: `relational` (compiled rules on the snapshot) or `oxigraph` (the rules as they are written, over the dossier); both find the same.
    """
    stages = STAGES_OF[question or case.question]
    rules = [rule for rule in base.rules if rule.stage in stages]
    if engine == "oxigraph":
        from lawkb.dossier import dossier
        from lawkb.engine import OxigraphEngine

        return infer(OxigraphEngine(dossier(base, case)), rules)
    with base.question() as connection:
        return infer(RelationalEngine(connection, case), rules)


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
    asked = _asked(base, measure)
    return _Reader(base, case, conclude(base, case), explain).answer(asked, measure)


def _asked(base: Base, measure: str | None) -> list[tuple[str, str]]:
    """Return (channel, measure) IRIs in the order of channels: the measure asked for, or each channel's lead measure."""
    rows = base.execute("SELECT subject FROM block WHERE subject >= ? AND subject < ?", (f"{CONCEPT}channel/", f"{CONCEPT}channel0"))
    found = [entry for entry in base.entries([row[0] for row in rows])]
    if measure is None:
        ordered = sorted(found, key=lambda entry: (int(one(entry.block, "order") or 0), entry.iri))
        return [(entry.iri, lead) for entry in ordered for lead in many(entry.block, "leadMeasure")]
    entry = base.entry(f"{CONCEPT}measure/{measure}")
    channel = one(entry.block, "inChannel") if entry else None
    if not channel:
        raise _no_measure(base, measure)
    return [(channel, f"{CONCEPT}measure/{measure}")]


def _no_measure(base: Base, measure: str) -> LawkbError:
    from rapidfuzz import process

    known = measures(base)
    near = [code for code, score, _ in process.extract(measure, known, limit=3) if score >= 60]
    hint = f"Did you mean {' or '.join(near)}?" if near else "A measure is a code such as extradition, mla-search-seizure, joint-investigation"
    return LawkbError(f"There is no measure '{measure}'", hint, "lawkb channels --help lists them")


def measures(base: Base) -> list[str]:
    """Return the codes of the measures that belong to a channel."""
    rows = base.execute("SELECT subject FROM block WHERE subject >= ? AND subject < ? ORDER BY subject", (f"{CONCEPT}measure/", f"{CONCEPT}measure0"))
    return [key(e.iri) for e in base.entries([row[0] for row in rows]) if one(e.block, "inChannel")]


def _deciding(reason: Reason) -> tuple[int, str]:
    """What leaves the answer open comes before what merely does not bind."""
    first = ("internal", "uncertain-date", "not-covered", "excluded", "barred", "superseded", "no-bond")
    return first.index(reason.code), reason.finding


class _Reader:
    """Reads one answer off the findings of one case."""

    def __init__(self, base: Base, case: Case, findings: Findings, explain: bool) -> None:
        self.base, self.case, self.found, self.explain = base, case, findings, explain
        self.prover = Prover(base, case, findings)
        self.words = self.prover.words
        self.weights: dict[str, int] = {}

    def answer(self, asked: list[tuple[str, str]], measure: str | None) -> Answer:
        case, meta = self.case, self.base.meta
        question = {"command": "channels", "requesting": case.requesting, "requested": case.requested, "measure": measure,
                    "on": case.on.isoformat(), "offence_on": case.offence_on.isoformat() if case.offence_on else None, "strict": case.strict}
        return Answer(question=question, kb=identity(self.base), rules={"digest": meta["rules_digest"]},
                      channels=tuple(self.channel(channel, m, whole=measure is None) for channel, m in asked), safeguards=(),
                      notes=tuple(self.notes()))

    def notes(self) -> Iterable[str]:
        yield "Information on the law, not legal advice: check the depositary's list before relying on it."
        yield "Safeguards (death penalty, non-refoulement, non-punishment of victims) are not yet assessed here: consider them first."
        if self.found.of("InternalRelation"):
            yield self.prover.sentence(self.found.of("InternalRelation")[0])

    def channel(self, channel: str, measure: str, whole: bool) -> Channel:
        verdict = self.found.of("ChannelVerdict", measure=measure)[0]
        options = self.options(measure)
        best = next((o for live in _LIVE for o in options if o.verdict == live), None)
        reasons = tuple(sorted(self.reasons(measure, {o.instrument for o in options if o.verdict in _LIVE}), key=_deciding))
        # an answer that nothing opens the measure is as old as the oldest list on which it rests
        oldest = min((r.verified_to for r in reasons if r.code == "no-bond" and r.verified_to), default=None) if key(verdict.get("verdict") or "") == "unavailable" else None
        last = best.certainty == "last-known" if best else any(r.certainty == "last-known" for r in reasons)
        grade, confidence = self.base.weakest(self.prover.facts(verdict.iri))
        others = {key(other): self.found.of("ChannelVerdict", measure=other)[0].get("verdict") or "" for other in self.others(channel, measure)} if whole else {}
        return Channel(
            channel=key(channel), measure=key(measure), verdict=key(verdict.get("verdict") or ""), certainty="last-known" if last else "confirmed",
            verified_to=best.verified_to if best else oldest, grade=grade, confidence=confidence,
            finding=verdict.iri, says=self.prover.sentence(verdict), options=options, reasons=reasons,
            measures={name: key(v) for name, v in others.items()}, proof=self.prover.prove(verdict.iri) if self.explain else None)

    def others(self, channel: str, lead: str) -> list[str]:
        return sorted({m for f in self.found.of("ChannelVerdict", channel=channel) for m in f.values["measure"]} - {lead})

    # options

    def options(self, measure: str) -> tuple[Option, ...]:
        found = [self.option(option) for option in self.found.of("Option", measure=measure)]
        found.sort(key=lambda pair: pair[0])
        return tuple(self.ranked(option, rank) for rank, (_, option) in enumerate(found, start=1))

    @staticmethod
    def ranked(option: Option, rank: int) -> Option:
        from dataclasses import replace

        return replace(option, rank=rank)

    def option(self, finding: Finding) -> tuple[tuple, Option]:
        instrument = finding.get("instrument") or ""
        slug = key(instrument)
        bases = self.bases(finding, "BasisStands")
        deciding = self.bases(finding, "BasisFree", "BasisStands")  # a basis without open conditions makes those of others idle
        provisions = sorted({p for basis in bases for p in basis.values.get("provision", ())})
        verdict = self.found.of("OptionVerdict", of=finding.iri)[0]
        standing = self.found.of("Standing", of=finding.iri)[0]
        conditions = tuple(self.conditions(finding, deciding, instrument))
        route, route_weight = self.route(finding, provisions)
        entry = self.base.entry(instrument)
        verified = self.verified_to(instrument)
        last = bool(self.found.of("LastKnown", instrument=instrument))
        grade, confidence = self.base.weakest(self.prover.facts(verdict.iri) | {f for b in bases for f in self.prover.facts(b.iri)})
        option = Option(
            instrument=slug, title=self.words.label(instrument), standing=key(standing.get("standing") or ""),
            verdict=key(verdict.get("verdict") or ""), rank=0, rank_reasons=tuple(self.rank_reasons(finding)),
            provisions=tuple(key(p) for p in provisions), route=route, authorities=self.authorities(slug, finding.get("measure") or ""),
            languages=self.languages(instrument), conditions=conditions, refusal_grounds=tuple(self.refusals(finding)),
            time_limits=tuple(self.time_limits(finding)),
            supplemented_by=tuple(key(f.get("by") or "") for f in self.found.of("Supplement", of=finding.iri)),
            bond=self.bond(instrument), certainty="last-known" if last else "confirmed", verified_to=verified, grade=grade or "memory",
            confidence=confidence or "low", finding=verdict.iri, proof=self.prover.prove(verdict.iri) if self.explain else None)
        strength = min((self.weight(s) for p in provisions for s in self.values(p, "strength")), default=99)
        generality = self.weight(one(entry.block, "generality") or "") if entry else 999
        unknown = sum(c.state != "met" for c in conditions)
        order = (self.weight(f"{CONCEPT}standing/{option.standing}"), {"available": 0, "conditional": 1, "unknown": 2}.get(option.verdict, 3),
                 bool(self.found.of("Narrowed", of=finding.iri)), generality, strength, route_weight, unknown, slug)
        return order, option

    def bases(self, option: Finding, *kinds: str) -> list[Finding]:
        """The bases of an option of which the first of these kinds of finding speaks, or all where none does."""
        every = self.found.of("LegalBasis", option=option.iri)
        for kind in kinds:
            chosen = {f.get("basis") for f in self.found.of(kind, option=option.iri)}
            if chosen:
                return [basis for basis in every if basis.iri in chosen]
        return every

    def conditions(self, option: Finding, bases: list[Finding], instrument: str) -> Iterable[Condition]:
        of = {option.iri, *(basis.iri for basis in bases)}
        for finding in self.found.by_kind.get("Condition", ()):
            if finding.get("of") not in of:
                continue
            state = next((name for name, kind in (("met", "ConditionMet"), ("unmet", "ConditionUnmet")) if self.found.of(kind, condition=finding.iri)), "unknown")
            provision, statement = finding.get("provision"), finding.get("statement")
            requirement = finding.get("requirement") or ""
            met_by = self.words.met_by(requirement, self.case, instrument)
            years = [value for p in finding.values.get("provision", ()) for value in self.values(p, "minYears")]
            if years and key(requirement) == "min-years":
                met_by = f"{met_by} (at least {float(max(years, key=float)):g} years)"
            basis = self.found.by_iri[finding.get("of") or ""].get("provision")
            yield Condition(code=key(requirement), state=state, provision=key(provision) if provision else None, basis=key(basis) if basis else None,
                            statement=curie(statement) if statement else None, met_by=met_by, finding=finding.iri)

    def refusals(self, option: Finding) -> Iterable[RefusalGround]:
        for finding in self.found.of("RefusalFinding", of=option.iri):
            refusal, statement = finding.get("refusal"), finding.get("statement")
            entry = self.base.entry(refusal) if refusal else None
            article = one(entry.block, "article") if entry else None
            instrument = key(one(entry.block, "instrument") or "") if entry else key(finding.get("instrument") or "")
            yield RefusalGround(
                ground=key(finding.get("ground") or ""), mandatory=bool(entry and one(entry.block, "mandatory") == "true"),
                provision=f"{instrument}.{slug_of_article(article)}" if article else None, statement=curie(statement) if statement else None,
                then=one(entry.block, "then") if entry else None, typical=finding.get("typical") == "true", finding=finding.iri)

    def time_limits(self, option: Finding) -> Iterable[TimeLimit]:
        for finding in self.found.of("TimeLimit", of=option.iri):
            provision = finding.get("provision") or ""
            yield TimeLimit(days=int(finding.get("timeLimitDays") or 0), provision=key(provision), summary=next(iter(self.values(provision, "summary")), ""))

    def route(self, option: Finding, provisions: list[str]) -> tuple[str | None, int]:
        """The route of the provision itself, else that of the instrument's article on channels; the most direct one."""
        own = [r for p in provisions for r in self.values(p, "route") if key(r) != "any"]
        listed = own or [f.get("route") or "" for f in self.found.of("RouteFinding", of=option.iri)]
        ordered = sorted(listed, key=lambda r: (self.weight(r), r))
        return (key(ordered[0]), self.weight(ordered[0])) if ordered else (None, 9)

    def rank_reasons(self, option: Finding) -> Iterable[str]:
        for kind in ("Supersession", "ResidualStanding", "Outranking"):
            found = self.found.of(kind, of=option.iri)
            for finding in found:
                yield self.prover.sentence(finding)
            if found:
                return

    def authorities(self, slug: str, measure: str) -> tuple[dict, ...]:
        """The requested side's authorities for the instrument and the channel; a lead that was not read is marked unverified."""
        entry = self.base.entry(measure)
        channel = key(one(entry.block, "inChannel") or "") if entry else ""
        found = []
        for item in self.base.concerning(f"{ID}jur/{self.case.requested}", "Authority"):
            named, group = one(item.block, "instrument"), key(one(item.block, "measureGroup") or "")
            if group == channel and (named is None or key(named) == slug):
                found.append({"authority": curie(item.iri), "name": item.label, "languages": sorted(many(item.block, "language")),
                              "unverified": one(item.block, "unverified") == "true"})
        return tuple(found)

    def languages(self, instrument: str) -> tuple[str, ...]:
        """The languages that the requested side has notified under the instrument by the day."""
        found = set()
        for item in self.base.concerning(instrument, "Declaration", "Notification", "Reservation"):
            if one(item.block, "party") == f"{ID}jur/{self.case.requested}" and int(one(item.block, "fromDay") or 0) <= self.case.on.toordinal():
                found.update(many(item.block, "language"))
        return tuple(sorted(found))

    def bond(self, instrument: str) -> dict[str, Bond]:
        found = {}
        for kind in ("PossiblyBoundSide", "BoundSide"):
            for finding in self.found.of(kind, instrument=instrument):
                entry = self.base.entry(finding.get("participation") or "")
                if entry:
                    act = one(entry.block, "byAct") or ""
                    known = self.base.entry(act)
                    since, until = one(entry.block, "fromOn"), one(entry.block, "untilOn")
                    found[key(finding.get("party") or "")] = Bond(
                        act=curie(act), kind=plain_kind(known.kind if known else None), since=dt.date.fromisoformat(since) if since else None,
                        until=dt.date.fromisoformat(until) if until else None)
        return dict(sorted(found.items()))

    # reasons

    def reasons(self, measure: str, live: set[str]) -> Iterable[Reason]:
        for finding in self.found.of("NoBond", measure=measure):
            yield self.no_bond(finding, measure)
        for finding in self.found.of("OptionVerdict", measure=measure):
            if key(finding.get("verdict") or "") in ("unavailable", "unknown") and key(finding.get("instrument") or "") not in live:
                yield self.closed(finding)
        for finding in self.found.of("NotCovered", measure=measure):
            look = "the treaty registers of both sides" if finding.get("subject") else "the law and the central authorities of both sides"
            yield self.reason("not-covered", finding, look=look)
        for finding in self.found.of("InternalRelation"):
            yield self.reason("internal", finding, look="the arrangements between the two parts of the state")

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
        return Reason(code=code, text=self.prover.sentence(finding), instrument=key(instrument) if instrument else None, missing=missing,
                      provision=provision, act=act, certainty="last-known" if last or not instrument else "confirmed",
                      verified_to=self.verified_to(instrument) if instrument else None, look=look, finding=finding.iri)

    # small look-ups

    def look(self, instrument: str) -> str | None:
        entry = self.base.entry(instrument)
        return text(entry.block[URL][0]) if entry and URL in entry.block else None

    def verified_to(self, instrument: str) -> str | None:
        entry = self.base.entry(instrument)
        day = int(one(entry.block, "verifiedToDay") or 0) if entry else 0
        return dt.date.fromordinal(day).isoformat() if day else None

    def values(self, iri: str, name: str) -> list[str]:
        entry = self.base.entry(iri)
        return many(entry.block, name) if entry else []

    def weight(self, concept: str) -> int:
        if concept not in self.weights:
            entry = self.base.entry(concept)
            self.weights[concept] = int((entry and one(entry.block, "weight")) or 0)
        return self.weights[concept]


def slug_of_article(article: str) -> str:
    """Return an article as it stands in keys: `16(5)(a)` is `16-5-a`."""
    return article.replace(")(", "-").replace("(", "-").replace(")", "").replace(" ", "-").lower()


def identity(base: Base) -> dict:
    """Return which knowledge base answered: version, digest, overlays."""
    import json

    return {"version": base.meta["kb_version"], "digest": base.meta["kb_digest"], "overlays": json.loads(base.meta["overlays"])}
