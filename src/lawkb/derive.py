"""What the compiled knowledge base adds to the written one, so that rules stay short and compare whole numbers only.

Everything here follows from the facts without a choice of law: closures of hierarchies, day numbers beside dates,
defaults that the data model states (`docs/model.md`, "What is derived").
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from lawkb.facts import Block, Facts, iri, law, many, number, one, ref
from lawkb.participation import conclude
from lawkb.spans import FAR, as_at, known_by, span_of
from lawkb.terms import CONCEPT, RDF_TYPE

BROADER = "http://www.w3.org/2004/02/skos/core#broader"
IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
ANY_MEASURE = f"{CONCEPT}measure/any"
_JURISDICTIONS = ("State", "Territory", "RegionalOrganisation", "FormerState", "Jurisdiction")
_STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
_INSTRUMENTS = ("Treaty", "Protocol", "BilateralTreaty", "EUAct", "Arrangement", "SoftLaw", "NationalLaw")


def derive(facts: Facts) -> None:
    """Add to the facts all that is derived when a knowledge base is compiled."""
    _measures(facts)
    _sovereigns(facts)
    _limits_to_measures(facts)
    _months(facts)
    _penalties_by_jurisdiction(facts)
    _elements(facts)
    for subject, block in list(conclude(facts)):
        facts.blocks[subject] = block
    _day_numbers(facts)
    _verified_to(facts)


def _measures(facts: Facts) -> None:
    """Each measure is served by itself, by every broader one, by its equivalents, and by what concerns any measure."""
    scheme = ref(f"{CONCEPT}scheme/measure")
    measures = [s for s, block in facts.blocks.items() if scheme in block.get(IN_SCHEME, ())]
    for measure in measures:
        for server in sorted({*_upwards(facts, measure), ANY_MEASURE}):
            facts.add(measure, law("servedBy"), ref(server))


def _upwards(facts: Facts, start: str) -> Iterator[str]:
    seen, waiting = set(), [start]
    while waiting:
        measure = waiting.pop()
        if measure in seen:
            continue
        seen.add(measure)
        yield measure
        block = facts.blocks.get(measure, {})
        waiting.extend(iri(term) for term in block.get(BROADER, ()))
        if measure == start:
            waiting.extend(many(block, "equivalentMeasure"))


def _sovereigns(facts: Facts) -> None:
    for subject, block in list(facts.of_class(*_JURISDICTIONS)):
        if not {ref(law("State")), ref(law("FormerState")), ref(law("Territory"))}.intersection(block[RDF_TYPE]):
            continue  # an organisation, or a land whose status is open, is nobody's territory and no state: it has no sovereign
        facts.add(subject, law("sovereign"), ref(one(block, "territoryOf") or subject))


def _limits_to_measures(facts: Facts) -> None:
    """A statement, a relation or a requirement that names no measure concerns any."""
    requirement = ref(f"{CONCEPT}scheme/requirement")
    requirements = [s for s, block in facts.blocks.items() if requirement in block.get(IN_SCHEME, ())]
    for subject in [s for s, _ in facts.of_class(*_STATEMENTS, "InstrumentRelation")] + requirements:
        if not facts.blocks[subject].get(law("onMeasure")):
            facts.add(subject, law("onMeasure"), ref(ANY_MEASURE))


def _months(facts: Facts) -> None:
    """A threshold in years is also given in whole months, in which penalties are recorded, so that rules compare whole numbers."""
    for _subject, block in facts.of_class("Provision", "CooperationRule"):
        years = one(block, "minYears") or one(block, "years")
        if years:
            block[law("thresholdMonths")] = [number(math.ceil(Decimal(years) * 12))]
    for _subject, block in facts.of_class("PenaltyNorm"):
        if law("months") in block:
            block[law("thresholdMonths")] = block[law("months")]


def _penalties_by_jurisdiction(facts: Facts) -> None:
    """A penalty belongs to the jurisdiction of the offence that it punishes."""
    for _subject, block in facts.of_class("PenaltyRange", "Aggravation"):
        owner = one(facts.blocks.get(one(block, "offence") or "", {}), "jurisdiction")
        if owner:
            block[law("jurisdiction")] = [ref(owner)]
        if "true" in (one(block, "life"), one(block, "deathPenalty")):
            block[law("ceilingMonths")] = [number(FAR)]  # beyond every threshold
        elif law("maxMonths") in block:
            block[law("ceilingMonths")] = block[law("maxMonths")]
        # what the penalty can surely reach: where no maximum is recorded, the least penalty, since the highest is not below it
        reached = block.get(law("ceilingMonths")) or block.get(law("minMonths"))
        if reached:
            block[law("reachesMonths")] = reached


_ELEMENTS = {"conduct": "act", "means": "means", "exploitation": "purpose"}
_ELEMENT_SCHEMES = {"conduct": "act", "means": "means", "purpose": "purpose"}


_MEANS_FOR = {"meansRequiredForAdult": "adult", "meansRequiredForChild": "child"}


def _elements(facts: Facts) -> None:
    """What an offence names, in one property, with what falls under it, of which kinds anything is recorded, and for which ages it asks for a means."""
    within: dict[str, list[str]] = defaultdict(list)
    for scheme, kind in _ELEMENT_SCHEMES.items():
        for subject in [s for s, block in facts.blocks.items() if ref(f"{CONCEPT}scheme/{scheme}") in block.get(IN_SCHEME, ())]:
            if not _nothing(facts, subject):
                facts.add(subject, law("isKind"), ref(f"{CONCEPT}element-kind/{kind}"))
                for wider in _upwards(facts, subject):
                    within[ref(wider)].append(ref(subject))
    for subject, block in facts.of_class("Offence"):
        for name, kind in _ELEMENTS.items():
            for element in block.get(law(name), ()):
                facts.add(subject, law("tellsOf"), ref(f"{CONCEPT}element-kind/{kind}"))
                if not _nothing(facts, iri(element)):
                    facts.add(subject, law("names"), element)
                for narrower in within[element]:
                    facts.add(subject, law("takesIn"), narrower)
        for name, age in _MEANS_FOR.items():
            if (asked := one(block, name)) is not None:
                facts.add(subject, law("asksMeansFor" if asked == "true" else "asksNoMeansFor"), ref(f"{CONCEPT}age/{age}"))


def _nothing(facts: Facts, element: str) -> bool:
    """Whether an element says that none of its kind is named."""
    return one(facts.blocks.get(element, {}), "standsForNone") == "true"


def _day_numbers(facts: Facts) -> None:
    for _subject, block in facts.of_class(*_STATEMENTS):
        _interval(facts, block, "done", "withdrawn")
        if not span_of(block, "done") and not _favours(facts, block):
            # such statements are made when signing or consenting (VCLT art. 19): a limit whose day is not recorded counts all along
            block[law("fromDay")] = [number(1)]
    for _subject, block in facts.of_class("Membership"):
        _interval(facts, block, "since", "until")
        start, end = span_of(block, "since"), span_of(block, "until")
        block[law("possiblyFromDay")] = [number(start.earliest if start else 1)]
        block[law("possiblyUntilDay")] = [number(end.latest if end else FAR)]
    for _subject, block in facts.of_class("Offence"):
        _interval(facts, block, "inForce", "inForceUntil", ("From", "FromIn"), ("", "In"))
    for _subject, block in facts.of_class("NationalRule", "Pronouncement"):
        _interval(facts, block, "done", "until")
    for _subject, block in facts.of_class("Suspension"):
        _interval(facts, block, "effective" if span_of(block, "effective") else "done", "until")
    for _subject, block in facts.of_class("OptOut"):
        _interval(facts, block, "effective" if span_of(block, "effective") else "done", "until")
        if not span_of(block, "effective") and not span_of(block, "done"):
            block[law("fromDay")] = [number(1)]  # who opts out does so before the act binds: one whose day is not recorded counts all along


def _favours(facts: Facts, block: Block) -> bool:
    """Whether a statement opens something; then a day that is not recorded is never taken to be an early one."""
    return any(one(facts.blocks.get(effect, {}), "favours") == "true" for effect in many(block, "effect"))


def _interval(facts: Facts, block: Block, begins: str, ends: str, first: tuple[str, str] = ("On", "In"), last: tuple[str, str] = ("On", "In")) -> None:
    start, end = span_of(block, begins, first), span_of(block, ends, last)
    block[law("fromDay")] = [number(start.latest if start else known_by(facts, block))]
    block[law("untilDay")] = [number(end.earliest if end else FAR)]


def _verified_to(facts: Facts) -> None:
    """The day up to which the acts of an instrument, or the members of a body, were verified: coverage says so, else the oldest source.

    The number is 0 where no source says which day it speaks of: then no answer about it is confirmed.
    """
    told: dict[str, int] = {}
    for _subject, block in facts.of_class("Coverage"):
        span = span_of(block, "verified", suffixes=("To", "ToPartial"))
        about = one(block, "about")
        if about and span:
            told[about] = span.earliest
    shown: dict[str, list[int]] = defaultdict(list)
    for _subject, block in facts.of_class("Membership"):
        shown[one(block, "org") or ""].append(_source_day(facts, block))
    for block in facts.blocks.values():
        instrument, party = one(block, "instrument"), one(block, "party")
        acted = not {law("byAct"), law("verb"), law("actName")} & block.keys()  # what a body said, or a clause saves, is no act of a party
        if instrument and party and instrument not in told and acted:
            shown[instrument].append(_source_day(facts, block))
    for subject, _block in list(facts.of_class(*_INSTRUMENTS, "Organisation", "Network")):
        verified = told.get(subject) or min(shown.get(subject, [0]))
        facts.blocks[subject][law("verifiedToDay")] = [number(verified)]


def _source_day(facts: Facts, block: Block) -> int:
    spans = [as_at(facts.blocks.get(iri(term), {})) for term in block.get("http://purl.org/dc/terms/source", ())]
    return min((span.earliest if span else 0 for span in spans), default=0)
