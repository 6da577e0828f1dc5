"""Reads the options of an answer off the findings: on what a request can rest, and everything that decides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, cached_property, partial

from lawkb.answer import Bond, Condition, Option, RefusalGround, TimeLimit, UseLimit
from lawkb.base import Base
from lawkb.case import Case
from lawkb.facts import many, one, text
from lawkb.infer import Finding, Findings
from lawkb.proof import URL, Prover
from lawkb.ranking import NO_GENERALITY, NO_ROUTE, NO_STRENGTH, VERDICTS, WORST, Order
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import plain_kind

_STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")


class OptionReader:
    """Reads the options of one case."""

    def __init__(self, base: Base, case: Case, findings: Findings, explain: bool) -> None:
        self.base, self.case, self.found, self.explain = base, case, findings, explain
        self.prover = Prover(base, case, findings)
        self.words = self.prover.words
        self.weights: dict[str, int] = {}
        # an instrument serves many measures, an authority many instruments: what is the same for all of them is read once an answer
        self.languages, self.statements, self.bond = cache(self._languages), cache(self._statements), cache(self._bond)
        self.verified_to, self.authorities_for = cache(partial(verified_to, base)), cache(self._authorities_for)

    def options(self, measure: str) -> tuple[Option, ...]:
        found = [self.option(option) for option in self.found.of("Option", measure=measure)]
        found.sort(key=lambda pair: pair[0])
        return tuple(replace(option, rank=rank) for rank, (_, option) in enumerate(found, start=1))

    def option(self, finding: Finding) -> tuple[Order, Option]:
        if not finding.get("instrument"):
            return self.without_treaty(finding)
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
        grade, confidence = self.base.graded(self.prover.weight(verdict.iri, *(b.iri for b in bases)))
        option = Option(
            instrument=slug, title=self.words.label(instrument), standing=key(standing.get("standing") or ""),
            verdict=key(verdict.get("verdict") or ""), rank=0, rank_reasons=tuple(self.rank_reasons(finding)),
            provisions=tuple(key(p) for p in provisions), route=route, authorities=self.authorities(slug, finding.get("measure") or ""),
            languages=self.languages(instrument), conditions=conditions, refusal_grounds=tuple(self.refusals(finding)),
            time_limits=tuple(self.time_limits(finding)), use_limits=tuple(self.use_limits(finding)), statements=self.statements(instrument),
            supplemented_by=tuple(key(f.get("by") or "") for f in self.found.of("Supplement", of=finding.iri)),
            bond=self.bond(instrument), certainty="last-known" if last else "confirmed", verified_to=verified, grade=grade or "memory",
            confidence=confidence or "low", finding=verdict.iri, proof=self.prover.prove(verdict.iri) if self.explain else None,
            disputed=self.prover.disputed(verdict.iri, *(b.iri for b in bases)))
        order = Order(standing=self.weight(f"{CONCEPT}standing/{option.standing}"), verdict=VERDICTS.get(option.verdict, WORST),
                      second=bool(self.found.of("Narrowed", of=finding.iri)),
                      generality=self.weight(one(entry.block, "generality") or "") if entry else NO_GENERALITY,
                      strength=min((self.weight(s) for p in provisions for s in self.values(p, "strength")), default=NO_STRENGTH),
                      route=route_weight, open=sum(c.state != "met" for c in conditions), name=slug)
        return order, option

    def without_treaty(self, finding: Finding) -> tuple[Order, Option]:
        """An option that rests on a body to which both belong, or on the domestic law of the requested side."""
        body, rule, through = finding.get("organisation"), finding.get("domestic"), finding.get("through")
        verdict = self.found.of("OptionVerdict", of=finding.iri)[0]
        standing = self.found.of("Standing", of=finding.iri)[0]
        grade, confidence = self.base.graded(self.prover.weight(verdict.iri))
        verified = self.verified_to(body) if body else None
        last = bool(body and self.found.of("LastKnown", organisation=body))
        title = self.words.label(body or rule or "")
        option = Option(
            instrument=None, title=f"{self.words.label(through)} and {title}" if through else title, network=key(body) if body else None,
            through=key(through) if through else None, domestic=curie(rule) if rule else None,
            gives=next((key(kind) for kind in self.values(finding.get("viaService") or "", "serviceKind")), None),
            standing=key(standing.get("standing") or ""), verdict=key(verdict.get("verdict") or ""), rank=0, rank_reasons=(self.prover.sentence(verdict),),
            provisions=(), route=None, authorities=self.authorities(None, finding.get("measure") or ""), languages=(),
            conditions=tuple(self.conditions(finding, [], "")), refusal_grounds=tuple(self.refusals(finding)), time_limits=(), supplemented_by=(), bond={},
            certainty="last-known" if last else "confirmed", verified_to=verified, grade=grade or "memory", confidence=confidence or "low",
            finding=verdict.iri, proof=self.prover.prove(verdict.iri) if self.explain else None, disputed=self.prover.disputed(verdict.iri))
        order = Order(standing=self.weight(f"{CONCEPT}standing/{option.standing}"), verdict=VERDICTS.get(option.verdict, WORST), second=rule is None,
                      generality=NO_GENERALITY, strength=NO_STRENGTH, route=int(bool(through)), open=sum(c.state != "met" for c in option.conditions),
                      name=option.title)
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
        asked = {finding.iri: finding for of in (option.iri, *(basis.iri for basis in bases)) for finding in self.found.of("Condition", of=of)}
        for _, finding in sorted(asked.items()):
            state, why = next(((name, tested[0]) for name, kind in (("met", "ConditionMet"), ("unmet", "ConditionUnmet"))
                               if (tested := self.found.of(kind, condition=finding.iri))), ("unknown", None))
            provision, statement, rule = finding.get("provision"), finding.get("statement"), finding.get("domestic")
            requirement = finding.get("requirement") or ""
            if state == "unknown" and key(requirement) == "dual-criminality":
                why = self.nearest_conduct
            met_by = self.words.met_by(requirement, self.case, instrument)
            stated = [*finding.values.get("provision", ()), *((rule,) if rule else ())]
            years = [value for p in stated for name in ("minYears", "years") for value in self.values(p, name)]
            if told := next((s for s in self.values(rule, "summary")), "") if rule and key(requirement) == "domestic-law-terms" else "":
                met_by = f"{met_by}; of this law is recorded: {told}"
            if years and key(requirement) == "min-years":
                met_by = f"{met_by} (at least {float(max(years, key=float)):g} years)"
            basis = self.found.by_iri[finding.get("of") or ""].get("provision")
            yield Condition(code=key(requirement), state=state, provision=key(provision) if provision else None, basis=key(basis) if basis else None,
                            statement=curie(statement) if statement else None, domestic=curie(rule) if rule else None, met_by=met_by,
                            why=self.prover.sentence(why) if why else None, finding=finding.iri)

    @cached_property
    def nearest_conduct(self) -> Finding | None:
        """Of the pairs of offences that are not shown to take in the same conduct, the one that lacks the fewest elements."""
        found = self.found.by_kind.get("Uncovered", ())
        return min(found, key=lambda f: (len(f.values.get("element", ())), f.iri), default=None)

    def refusals(self, option: Finding) -> Iterable[RefusalGround]:
        for finding in self.found.of("RefusalFinding", of=option.iri):
            refusal, statement, rule = finding.get("refusal"), finding.get("statement"), finding.get("domestic")
            entry = self.base.entry(refusal) if refusal else None
            article = one(entry.block, "article") if entry else None
            instrument = key(one(entry.block, "instrument") or "") if entry else key(finding.get("instrument") or "")
            yield RefusalGround(
                ground=key(finding.get("ground") or ""), mandatory=bool(entry and one(entry.block, "mandatory") == "true"),
                provision=f"{instrument}.{slug_of_article(article)}" if article else None, statement=curie(statement) if statement else None,
                then=one(entry.block, "then") if entry else None, typical=finding.get("typical") == "true",
                domestic=curie(rule) if rule else None, instead=tuple(key(f.get("provision") or "") for f in self.found.of("Instead", of=option.iri)
                                                                      if f.get("ground") == finding.get("ground")), finding=finding.iri)

    def time_limits(self, option: Finding) -> Iterable[TimeLimit]:
        for finding in self.found.of("TimeLimit", of=option.iri):
            provision = finding.get("provision") or ""
            yield TimeLimit(days=int(finding.get("timeLimitDays") or 0), provision=key(provision), summary=next(iter(self.values(provision, "summary")), ""))

    def use_limits(self, option: Finding) -> Iterable[UseLimit]:
        """What the instrument lets nobody do with the person, or with what is handed over: speciality, use, confidentiality."""
        for finding in self.found.of("UseLimit", of=option.iri):
            provision = finding.get("provision") or ""
            yield UseLimit(provision=key(provision), summary=next(iter(self.values(provision, "summary")), ""), finding=finding.iri)

    def _statements(self, instrument: str) -> tuple[dict, ...]:
        return tuple(self._stated(instrument))

    def _stated(self, instrument: str) -> Iterable[dict]:
        """Reservations and declarations of the requested side on the instrument, and objections of either side, made and not withdrawn by the day."""
        day = self.case.on.toordinal()
        for item in self.base.concerning(instrument, *_STATEMENTS):
            party = key(one(item.block, "party") or "")
            if party not in (self.case.requested, *((self.case.requesting,) if item.kind == "Objection" else ())):
                continue
            if int(one(item.block, "fromDay") or 0) <= day < int(one(item.block, "untilDay") or 0):
                yield {"statement": curie(item.iri), "party": party, "kind": plain_kind(item.kind), "article": one(item.block, "article"),
                       "effect": sorted(key(e) for e in many(item.block, "effect")), "date": one(item.block, "doneOn") or one(item.block, "doneIn"),
                       "summary": one(item.block, "summary")}

    def route(self, option: Finding, provisions: list[str]) -> tuple[str | None, int]:
        """The route of the provision itself, else that of the instrument's article on channels; the most direct one."""
        own = [r for p in provisions for r in self.values(p, "route") if key(r) != "any"]
        listed = own or [f.get("route") or "" for f in self.found.of("RouteFinding", of=option.iri)]
        ordered = sorted(listed, key=lambda r: (self.weight(r), r))
        return (key(ordered[0]), self.weight(ordered[0])) if ordered else (None, NO_ROUTE)

    def rank_reasons(self, option: Finding) -> Iterable[str]:
        for kind in ("Supersession", "ResidualStanding", "Outranking"):
            found = self.found.of(kind, of=option.iri)
            for finding in sorted(found, key=lambda f: self.gives_way(f.get("other"), option)):
                yield self.prover.sentence(finding)
            if found:
                return

    def gives_way(self, other: str | None, option: Finding) -> bool:
        """Whether the instrument behind which an option stands back is itself replaced: such a reason is told last."""
        return bool(other and self.found.of("Supersession", instrument=other, measure=option.get("measure") or ""))

    def authorities(self, slug: str | None, measure: str) -> tuple[dict, ...]:
        """The requested side's authorities for the instrument and the channel; a lead that was not read is marked unverified."""
        entry = self.base.entry(measure)
        listed = self.authorities_for(key(one(entry.block, "inChannel") or "") if entry else "")
        return tuple(authority for named, excepted, authority in listed if slug not in excepted and (not named or slug in named))

    def _authorities_for(self, channel: str) -> list[tuple[set[str], set[str], dict]]:
        """The authorities of a channel, each with the instruments to which its task is limited, where it is, and those that it does not serve."""
        return [({key(i) for i in many(item.block, "instrument")}, {key(i) for i in many(item.block, "exceptInstrument")},
                 {"authority": curie(item.iri), "name": item.label, "languages": sorted(many(item.block, "language")),
                  "unverified": one(item.block, "unverified") == "true"})
                for item in self.base.concerning(f"{ID}jur/{self.case.requested}", "Authority")
                if channel in (key(g) for g in many(item.block, "measureGroup"))]

    def _languages(self, instrument: str) -> tuple[str, ...]:
        """The languages that the requested side has notified under the instrument by the day."""
        found = set()
        for item in self.base.concerning(instrument, "Declaration", "Notification", "Reservation"):
            made, gone = int(one(item.block, "fromDay") or 0), int(one(item.block, "untilDay") or 0)
            if one(item.block, "party") == f"{ID}jur/{self.case.requested}" and made <= self.case.on.toordinal() < gone:
                found.update(many(item.block, "language"))
        return tuple(sorted(found))

    def _bond(self, instrument: str) -> dict[str, Bond]:
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

    # small look-ups

    def look(self, instrument: str) -> str | None:
        entry = self.base.entry(instrument)
        return text(entry.block[URL][0]) if entry and URL in entry.block else None

    def values(self, iri: str, name: str) -> list[str]:
        entry = self.base.entry(iri)
        return many(entry.block, name) if entry else []

    def weight(self, concept: str) -> int:
        if concept not in self.weights:
            entry = self.base.entry(concept)
            self.weights[concept] = int((entry and one(entry.block, "weight")) or 0)
        return self.weights[concept]


def verified_to(base: Base, iri: str) -> str | None:
    """Return the day to which the list of an instrument's parties, or of a body's members, was verified; None where no source says."""
    entry = base.entry(iri)
    day = int(one(entry.block, "verifiedToDay") or 0) if entry else 0
    return dt.date.fromordinal(day).isoformat() if day else None


def slug_of_article(article: str) -> str:
    """Return an article as it stands in keys: `16(5)(a)` is `16-5-a`."""
    return article.replace(")(", "-").replace("(", "-").replace(")", "").replace(" ", "-").lower()
