"""The calendar stage: from acts and entry-into-force clauses to the interval in which an instrument binds a party.

Calendar arithmetic is not portable in SPARQL, so this one stage is in Python. Its results are findings like any other:
each names its rule and rests on the acts and the clause it was drawn from. Law: VCLT articles 11 to 18, 24, 25, 29,
54 to 57 and 65; the Vienna Convention on Succession of States in respect of Treaties; each instrument's own clauses.

A bound of the interval may be a day, a year, a month or unknown. So every participation has two intervals of day numbers:
*surely* [from, until) and *possibly* [from, until); a day inside the second and outside the first is answered "unknown".
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from lawkb.facts import Block, Facts, law, many, number, one, ref, types
from lawkb.spans import FAR, Span, known_by, span_of
from lawkb.terms import CONCEPT, ID, RDF_TYPE, RULE, XSD, key

CONSENTS = ("Ratification", "Acceptance", "Approval", "Accession", "Succession", "Bound", "OptIn", "TerritorialExtension")
ENDINGS = ("Withdrawal", "Termination", "Suspension")
_ACTS = (*CONSENTS, *ENDINGS, "Signature", "OptOut", "TerritorialExclusion")


@dataclass(frozen=True)
class Beginning:
    """When an act began to bind, under which rule, and on which facts that rests."""

    span: Span
    rule: str
    act: str
    side: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """When an act ended or cut the bond."""

    span: Span
    rule: str
    act: str


def conclude(facts: Facts) -> Iterator[tuple[str, Block]]:
    """Yield the participations of every party to every instrument as (IRI, block), in a stable order."""
    acts: dict[tuple[str, str], list[tuple[str, Block]]] = defaultdict(list)
    for subject, block in facts.of_class(*_ACTS):
        instrument, party = one(block, "instrument"), one(block, "party")
        if instrument and party:
            acts[instrument, party].append((subject, block))
    calendar = _Calendar(facts, acts)
    for instrument, party in sorted(acts):
        yield from calendar.participations(instrument, party)


def entry_into_force(deposit: dt.date, rule: str, count: int) -> dt.date:
    """Return the day on which a consent deposited on `deposit` takes effect under a clause of a known form.

    `rule` is a code of the scheme `entry`: on-deposit, days, months, month-start-after-months, month-start-after-days.
    """
    if rule == "days":
        return deposit + dt.timedelta(days=count)
    if rule == "months":
        return deposit + relativedelta(months=count)
    if rule in ("month-start-after-months", "month-start-after-days"):
        period = relativedelta(months=count) if rule.endswith("months") else relativedelta(days=count)
        return _next_month_start(deposit + period)
    if rule == "on-deposit":
        return deposit
    raise ValueError(rule)


def _next_month_start(expiry: dt.date) -> dt.date:
    # the first day of the month that follows the expiry; a period that expires on a first day runs to the next one
    return expiry.replace(day=1) + relativedelta(months=1)


class _Calendar:
    def __init__(self, facts: Facts, acts: dict[tuple[str, str], list[tuple[str, Block]]]) -> None:
        self.facts, self.acts = facts, acts

    def participations(self, instrument: str, party: str) -> Iterator[tuple[str, Block]]:
        acts = self.acts[instrument, party]
        beginnings = sorted(self._beginnings(instrument, acts), key=lambda b: (b.span.latest, b.span.earliest, b.act))
        endings = sorted(self._endings(instrument, self._with_those_of_its_state(instrument, acts)), key=lambda e: (e.span.latest, e.span.earliest, e.act))
        done = 0
        for count, (beginning, ending) in enumerate(_pair(beginnings, endings), start=1):
            done = count
            yield self._participation(instrument, party, count, beginning, ending)
        if not done and self._signed_bilateral(instrument, acts):
            span = Span(self._signature_day(instrument, acts), FAR)
            rests = tuple(subject for subject, _ in acts)
            unknown = Beginning(span, "entry-into-force-not-established", acts[0][0], party, rests)
            yield self._participation(instrument, party, 1, unknown, next((e for e in endings if e.span.latest > span.earliest), None))

    def _with_those_of_its_state(self, instrument: str, acts: list[tuple[str, Block]]) -> list[tuple[str, Block]]:
        """An extension to a territory ends with the participation of the state that extended it."""
        states = {state for _, block in acts if (state := one(block, "byState"))}
        return acts + [act for state in sorted(states) for act in self.acts.get((instrument, state), ())]

    def _beginnings(self, instrument: str, acts: list[tuple[str, Block]]) -> Iterator[Beginning]:
        clause = self.facts.blocks.get(instrument, {})
        for subject, block in acts:
            name = next((t for t in types(block) if t in CONSENTS), None)
            if name:
                span, rule = self._effect(clause, block, name)
                side = one(block, "onSide") or one(block, "party") or ""
                yield Beginning(span, rule, subject, side, (subject, instrument))

    def _effect(self, clause: Block, act: Block, name: str) -> tuple[Span, str]:
        """When an act of consent takes effect: a stated day wins; then the clause; then what the source allows."""
        stated = span_of(act, "effective")
        if stated:
            return stated, "stated-effective-date"
        deposit = span_of(act, "done")
        rule = key(one(clause, "entryRule") or "stated")
        if name == "Succession" and deposit:
            return deposit, "succession"  # a notification of succession usually gives the day of succession itself
        if deposit and rule != "stated":
            count = int(one(clause, "entryCount") or 0)
            first, last = (entry_into_force(dt.date.fromordinal(d), rule, count).toordinal()
                           for d in (deposit.earliest, deposit.latest))
            return self._not_before_general(clause, Span(first, last)), f"entry-{rule}"
        start = deposit.earliest if deposit else self._first_possible_day(clause)
        if not span_of(clause, "inForce") and not _between_two(clause):
            return Span(start, FAR), "entry-into-force-not-established"
        return Span(start, max(start, known_by(self.facts, act))), "reported-as-bound" if name == "Bound" else "day-unknown"

    def _not_before_general(self, clause: Block, span: Span) -> Span:
        general = span_of(clause, "inForce")
        if not general:
            return span if _between_two(clause) else Span(span.earliest, FAR)
        return Span(max(span.earliest, general.earliest), max(span.latest, general.latest))

    def _first_possible_day(self, clause: Block) -> int:
        for name in ("inForce", "adopted"):
            span = span_of(clause, name)
            if span:
                return span.earliest
        return 1

    def _endings(self, instrument: str, acts: list[tuple[str, Block]]) -> Iterator[Ending]:
        clause = self.facts.blocks.get(instrument, {})
        for subject, block in acts:
            name = next((t for t in types(block) if t in ENDINGS), None)
            if name is None or many(block, "towards"):
                continue  # an act towards some parties only is a matter of the pair: rules/0-parties
            stated, notified = span_of(block, "effective"), span_of(block, "done")
            months = one(clause, "withdrawalMonths")
            if stated:
                yield Ending(stated, "stated-end", subject)
            elif notified and months and name == "Withdrawal":
                first, last = ((dt.date.fromordinal(d) + relativedelta(months=int(months))).toordinal()
                               for d in (notified.earliest, notified.latest))
                yield Ending(Span(first, last), "withdrawal-after-notice", subject)
            else:
                start = notified.earliest if notified else self._first_possible_day(clause)
                yield Ending(Span(start, max(start, known_by(self.facts, block))), "end-day-unknown", subject)
        ended = span_of(clause, "terminated")
        if ended:
            yield Ending(ended, "instrument-terminated", instrument)

    def _signed_bilateral(self, instrument: str, acts: list[tuple[str, Block]]) -> bool:
        two = _between_two(self.facts.blocks.get(instrument, {}))
        return two and any("Signature" in types(block) for _, block in acts)

    def _signature_day(self, instrument: str, acts: list[tuple[str, Block]]) -> int:
        spans = [span for _, block in acts if (span := span_of(block, "done"))]
        return min((span.earliest for span in spans), default=self._first_possible_day(self.facts.blocks.get(instrument, {})))

    def _participation(self, instrument: str, party: str, count: int, begin: Beginning, end: Ending | None) -> tuple[str, Block]:
        until = end.span if end else Span(FAR, FAR)
        rests = dict.fromkeys((*begin.rests_on, *((end.act,) if end else ())))
        rules = dict.fromkeys((begin.rule, *((end.rule,) if end else ())))
        block: Block = {
            RDF_TYPE: [ref(law("Participation"))],
            law("instrument"): [ref(instrument)],
            law("party"): [ref(party)],
            law("onSide"): [ref(begin.side)],
            law("surelyFromDay"): [number(begin.span.latest)],
            law("surelyUntilDay"): [number(until.earliest)],
            law("possiblyFromDay"): [number(begin.span.earliest)],
            law("possiblyUntilDay"): [number(until.latest)],
            law("byAct"): [ref(begin.act)],
            law("restsOn"): [ref(fact) for fact in rests],
            law("concludedBy"): [ref(f"{RULE}calendar/{rule}") for rule in rules],
        }
        if begin.span.exact and begin.span.latest < FAR:
            block[law("fromOn")] = [_date(begin.span.latest)]
        if end and end.span.exact:
            block[law("untilOn")] = [_date(end.span.latest)]
        if end:
            block[law("endedBy")] = [ref(end.act)]
            suspended = "Suspension" in types(self.facts.blocks.get(end.act, {}))
            block[law("endedAs")] = [ref(f"{CONCEPT}reason/{'suspended' if suspended else 'ended'}")]
        return f"{ID}participation/{key(instrument)}.{key(party)}.{count}", block


def _pair(beginnings: list[Beginning], endings: list[Ending]) -> Iterator[tuple[Beginning, Ending | None]]:
    """Join each beginning with the first ending after it; a second consent inside a running participation adds nothing."""
    open_until: int | None = None
    for begin in beginnings:
        if open_until is not None and begin.span.earliest < open_until:
            continue
        end = next((e for e in endings if e.span.latest > begin.span.earliest), None)
        open_until = end.span.earliest if end else FAR
        yield begin, end


def _between_two(clause: Block) -> bool:
    return one(clause, "openness") == f"{CONCEPT}openness/two"


def _date(ordinal: int) -> str:
    return f'"{dt.date.fromordinal(ordinal).isoformat()}"^^<{XSD}date>'
