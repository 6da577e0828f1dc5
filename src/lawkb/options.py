"""Reads the options of an answer off the findings: on what a request can rest, and everything that decides it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from operator import itemgetter

from lawkb.answer import Bond, Condition, Option, RefusalGround, TimeLimit, UseLimit
from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.facts import text
from lawkb.infer import Finding, Findings
from lawkb.memo import remembered
from lawkb.proof import URL, Prover
from lawkb.ranking import NO_GENERALITY, NO_ROUTE, NO_STRENGTH, VERDICTS, WORST, Order
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import plain_kind

_STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
More = Mapping[str, Sequence[Finding]]  # what is found on an option or a basis, by class
_ON_LANGUAGES = ("Declaration", "Notification", "Reservation")


class OptionReader:
    """Reads the options of one case.

    An instrument serves many measures, an authority many instruments: what is the same for all of them is read once an answer.
    """

    def __init__(self, base: Base, case: Case, findings: Findings, explain: bool) -> None:
        self.base, self.case, self.found, self.explain = base, case, findings, explain
        self.prover = Prover(base, case, findings)
        self.words = self.prover.words

    def options(self, measure: str) -> tuple[Option, ...]:
        found = sorted([self.option(option) for option in self.found.of("Option", measure=measure)], key=itemgetter(0))
        return tuple(ranked(rank=rank) for rank, (_, ranked) in enumerate(found, start=1))

    def option(self, finding: Finding) -> tuple[Order, partial[Option]]:
        """Return what orders an option among the others, and the option, which waits for its rank."""
        if not finding.get("instrument"):
            return self.without_treaty(finding)
        instrument, measure = finding.get("instrument") or "", finding.get("measure") or ""
        slug = key(instrument)
        bases = self.bases(finding, "BasisStands")
        deciding = self.bases(finding, "BasisFree", "BasisStands")  # a basis without open conditions makes those of others idle
        provisions = sorted({p for basis in bases for p in basis.values.get("provision", ())})
        more = self.found.about(finding.iri)
        decided, verdict, standing = _decided(more)
        conditions = tuple(self.conditions(more, deciding, instrument))
        route, route_weight = self.route(more, provisions)
        entry = self.base.entry(instrument)
        rests = (decided.iri, *[basis.iri for basis in bases])
        grade, confidence = self.base.graded(self.prover.weight(*rests))
        option = partial(
            Option, instrument=slug, title=self.words.label(instrument), standing=standing, verdict=verdict,
            rank_reasons=tuple(self.rank_reasons(more, measure)), provisions=tuple(map(key, provisions)), route=route,
            authorities=self.authorities(slug, measure), languages=self.languages(instrument), conditions=conditions,
            refusal_grounds=tuple(self.refusals(more)), time_limits=tuple(self.time_limits(more)), use_limits=tuple(self.use_limits(more)),
            statements=self.statements(instrument), supplemented_by=tuple([key(f.get("by") or "") for f in more.get("Supplement", ())]),
            bond=self.bond(instrument), certainty=self.certainty(instrument=instrument), verified_to=self.verified_to(instrument),
            grade=grade or "memory", confidence=confidence or "low", finding=decided.iri, proof=self.prover.prove(decided.iri) if self.explain else None,
            disputed=self.prover.disputed(*rests))
        order = Order(standing=self.weight(f"{CONCEPT}standing/{standing}"), verdict=VERDICTS.get(verdict, WORST),
                      second="Narrowed" in more, generality=self.weight(entry.one("generality") or "") if entry else NO_GENERALITY,
                      strength=min([self.weight(s) for p in provisions for s in self.values(p, "strength")], default=NO_STRENGTH),
                      route=route_weight, open=_open(conditions), name=slug)
        return order, option

    def without_treaty(self, finding: Finding) -> tuple[Order, partial[Option]]:
        """An option that rests on a body to which both belong, or on the domestic law of the requested side."""
        body, rule, through = finding.get("organisation"), finding.get("domestic"), finding.get("through")
        more = self.found.about(finding.iri)
        decided, verdict, standing = _decided(more)
        conditions = tuple(self.conditions(more, [], ""))
        grade, confidence = self.base.graded(self.prover.weight(decided.iri))
        own = self.words.label(body or rule or "")
        title = f"{self.words.label(through)} and {own}" if through else own
        option = partial(
            Option, instrument=None, title=title, network=key(body) if body else None, through=key(through) if through else None,
            domestic=curie(rule) if rule else None, gives=next((key(kind) for kind in self.values(finding.get("viaService") or "", "serviceKind")), None),
            standing=standing, verdict=verdict, rank_reasons=(self.prover.sentence(decided),), provisions=(), route=None,
            authorities=self.authorities(None, finding.get("measure") or ""), languages=(), conditions=conditions,
            refusal_grounds=tuple(self.refusals(more)), time_limits=(), supplemented_by=(), bond={},
            certainty=self.certainty(organisation=body) if body else "confirmed", verified_to=self.verified_to(body) if body else None,
            grade=grade or "memory", confidence=confidence or "low", finding=decided.iri,
            proof=self.prover.prove(decided.iri) if self.explain else None, disputed=self.prover.disputed(decided.iri))
        order = Order(standing=self.weight(f"{CONCEPT}standing/{standing}"), verdict=VERDICTS.get(verdict, WORST), second=rule is None,
                      generality=NO_GENERALITY, strength=NO_STRENGTH, route=int(bool(through)), open=_open(conditions), name=title)
        return order, option

    def certainty(self, **of: str) -> str:
        """Whether the list of an instrument's parties, or of a body's members, was verified up to the day."""
        return "last-known" if self.found.of("LastKnown", **of) else "confirmed"

    def bases(self, option: Finding, *kinds: str) -> list[Finding]:
        """The bases of an option of which the first of these kinds of finding speaks, or all where none does."""
        told = self.found.about(option.iri, "option")
        every = told.get("LegalBasis", ())
        for kind in kinds:
            if chosen := {f.get("basis") for f in told.get(kind, ())}:
                return [basis for basis in every if basis.iri in chosen]
        return list(every)

    def conditions(self, more: More, bases: list[Finding], instrument: str) -> Iterable[Condition]:
        asked = {finding.iri: finding for told in (more, *[self.found.about(basis.iri) for basis in bases]) for finding in told.get("Condition", ())}
        for _, finding in sorted(asked.items()):
            tested = self.found.about(finding.iri, "condition")
            state, why = next(((name, tested[kind][0]) for name, kind in (("met", "ConditionMet"), ("unmet", "ConditionUnmet")) if kind in tested),
                              ("unknown", None))
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
            of = self.found.finding(finding.get("of") or "")
            basis = of.get("provision") if of else None
            yield Condition(code=key(requirement), state=state, provision=key(provision) if provision else None, basis=key(basis) if basis else None,
                            statement=curie(statement) if statement else None, domestic=curie(rule) if rule else None, met_by=met_by,
                            why=self.prover.sentence(why) if why else None, finding=finding.iri)

    @cached_property
    def nearest_conduct(self) -> Finding | None:
        """Of the pairs of offences that are not shown to take in the same conduct, the one that lacks the fewest elements."""
        found = self.found.by_kind.get("Uncovered", ())
        return min(found, key=lambda f: (len(f.values.get("element", ())), f.iri), default=None)

    def refusals(self, more: More) -> Iterable[RefusalGround]:
        instead = more.get("Instead", ())
        for finding in more.get("RefusalFinding", ()):
            refusal, statement, rule = finding.get("refusal"), finding.get("statement"), finding.get("domestic")
            entry = self.base.entry(refusal) if refusal else None
            article = entry.one("article") if entry else None
            instrument = key(entry.one("instrument") or "") if entry else key(finding.get("instrument") or "")
            yield RefusalGround(
                ground=key(finding.get("ground") or ""), mandatory=bool(entry and entry.one("mandatory") == "true"),
                provision=f"{instrument}.{slug_of_article(article)}" if article else None, statement=curie(statement) if statement else None,
                then=entry.one("then") if entry else None, typical=finding.get("typical") == "true",
                domestic=curie(rule) if rule else None,
                instead=tuple(key(f.get("provision") or "") for f in instead if f.get("ground") == finding.get("ground")), finding=finding.iri)

    def time_limits(self, more: More) -> Iterable[TimeLimit]:
        for finding in more.get("TimeLimit", ()):
            provision = finding.get("provision") or ""
            yield TimeLimit(days=int(finding.get("timeLimitDays") or 0), provision=key(provision), summary=next(iter(self.values(provision, "summary")), ""))

    def use_limits(self, more: More) -> Iterable[UseLimit]:
        """What the instrument lets nobody do with the person, or with what is handed over: speciality, use, confidentiality."""
        for finding in more.get("UseLimit", ()):
            provision = finding.get("provision") or ""
            yield UseLimit(provision=key(provision), summary=next(iter(self.values(provision, "summary")), ""), finding=finding.iri)

    @remembered
    def statements(self, instrument: str) -> tuple[dict, ...]:
        return tuple({"statement": curie(item.iri), "party": party, "kind": plain_kind(item.kind), "article": item.one("article"),
                      "effect": sorted(key(e) for e in item.many("effect")), "date": item.one("doneOn") or item.one("doneIn"),
                      "summary": item.one("summary")} for party, item in self.stated.get(instrument, ()))

    @cached_property
    def stated(self) -> dict[str, list[tuple[str | None, Entry]]]:
        """Instrument -> reservations and declarations of the requested side, and objections of either side, made and not withdrawn by the day,
        each after the code of who made it."""
        day = self.case.on.toordinal()
        found = defaultdict(list)
        for party, kinds in ((self.case.requested, _STATEMENTS), (self.case.requesting, ("Objection",))):
            for item in self.base.concerning(f"{ID}jur/{party}", *kinds):
                made, gone = int(item.one("fromDay") or 0), int(item.one("untilDay") or 0)
                if item.one("party") == f"{ID}jur/{party}" and made <= day < gone:
                    for instrument in item.many("instrument"):
                        found[instrument].append((party, item))
        return {instrument: sorted(items, key=lambda pair: pair[1].iri) for instrument, items in found.items()}

    def route(self, more: More, provisions: list[str]) -> tuple[str | None, int]:
        """The route of the provision itself, else that of the instrument's article on channels; the most direct one."""
        own = [r for p in provisions for r in self.values(p, "route") if key(r) != "any"]
        listed = own or [f.get("route") or "" for f in more.get("RouteFinding", ())]
        ordered = sorted(listed, key=lambda r: (self.weight(r), r))
        return (key(ordered[0]), self.weight(ordered[0])) if ordered else (None, NO_ROUTE)

    def rank_reasons(self, more: More, measure: str) -> Iterable[str]:
        for kind in ("Supersession", "ResidualStanding", "Outranking"):
            found = more.get(kind, ())
            for finding in sorted(found, key=lambda f: self.gives_way(f.get("other"), measure)) if len(found) > 1 else found:
                yield self.prover.sentence(finding)
            if found:
                return

    def gives_way(self, other: str | None, measure: str) -> bool:
        """Whether the instrument behind which an option stands back is itself replaced: such a reason is told last."""
        return bool(other and self.found.of("Supersession", instrument=other, measure=measure))

    def authorities(self, slug: str | None, measure: str) -> tuple[dict, ...]:
        """The requested side's authorities for the instrument and the channel; a lead that was not read is marked unverified."""
        entry = self.base.entry(measure)
        listed = self.authorities_for(key(entry.one("inChannel") or "") if entry else "")
        return tuple(authority for named, excepted, authority in listed if slug not in excepted and (not named or slug in named))

    @remembered
    def authorities_for(self, channel: str) -> list[tuple[set[str], set[str], dict]]:
        """The authorities of a channel, each with the instruments to which its task is limited, where it is, and those that it does not serve."""
        return [({key(i) for i in item.many("instrument")}, {key(i) for i in item.many("exceptInstrument")},
                 {"authority": curie(item.iri), "name": item.label, "languages": sorted(item.many("language")),
                  "unverified": item.one("unverified") == "true"})
                for item in self.base.concerning(f"{ID}jur/{self.case.requested}", "Authority")
                if channel in (key(g) for g in item.many("measureGroup"))]

    @remembered
    def languages(self, instrument: str) -> tuple[str, ...]:
        """The languages that the requested side has notified under the instrument by the day."""
        return tuple(sorted({language for _, item in self.stated.get(instrument, ()) if item.kind in _ON_LANGUAGES
                             for language in item.many("language")}))

    @remembered
    def bond(self, instrument: str) -> dict[str, Bond]:
        found = {}
        for kind in ("PossiblyBoundSide", "BoundSide"):
            for finding in self.found.of(kind, instrument=instrument):
                entry = self.base.entry(finding.get("participation") or "")
                if entry:
                    act = entry.one("byAct") or ""
                    known = self.base.entry(act)
                    since, until = entry.one("fromOn"), entry.one("untilOn")
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
        return entry.many(name) if entry else []

    @remembered
    def weight(self, concept: str) -> int:
        entry = self.base.entry(concept)
        return int((entry and entry.one("weight")) or 0)

    @remembered
    def verified_to(self, iri: str) -> str | None:
        return verified_to(self.base, iri)


def verified_to(base: Base, iri: str) -> str | None:
    """Return the day to which the list of an instrument's parties, or of a body's members, was verified; None where no source says."""
    entry = base.entry(iri)
    day = int(entry.one("verifiedToDay") or 0) if entry else 0
    return dt.date.fromordinal(day).isoformat() if day else None


def _decided(more: More) -> tuple[Finding, str, str]:
    """Return the finding that decides on an option, the verdict that it gives, and the standing of the option."""
    decided, standing = more["OptionVerdict"][0], more["Standing"][0]
    return decided, key(decided.get("verdict") or ""), key(standing.get("standing") or "")


def _open(conditions: tuple[Condition, ...]) -> int:
    """How many conditions are not met, or not known to be."""
    return sum([condition.state != "met" for condition in conditions])


def slug_of_article(article: str) -> str:
    """Return an article as it stands in keys: `16(5)(a)` is `16-5-a`."""
    return article.replace(")(", "-").replace("(", "-").replace(")", "").replace(" ", "-").lower()
