"""National offences: their versions, elements and penalties, what aggravates them, and the links on which they can be tried."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.values import boolean, law, moment, plain, ref, slug
from lawkb.terms import XSD
from lawkb.turtle import Iri, Literal

_YES_NO = {"yes": "yes", "no": "no", "unknown": "", "": ""}
_UNKNOWN = "unknown"
_MONTHS, _CLOSE = 12, Decimal("0.1")
_AGES = ("adult", "child")
_TERM_UNKNOWN = "The term of imprisonment was not read."


def home(country: str) -> str:
    """Return the file of a jurisdiction's offences."""
    return f"jurisdictions/{country}/offences.ttl"


@kind("offences", key="offence_id", needs="offence_id country instrument offence",
      knows="instrument_native article acts means_required_adult means means_required_child purposes covers_internal min_years_adult"
            " max_years_adult life_adult min_years_child max_years_child life_child fine death_penalty definition_gap in_force_from"
            " in_force_until elements_source_id penalty_source_id penalty_confidence notes")
def offence(row: Row, context: Context) -> list[Block]:
    """One version of an offence, and one penalty range for each age of the victim of which a penalty is known."""
    country = row.need("country")
    block = Block(_subject(row.need("offence_id")), "Offence", home(country))
    block.add("jurisdiction", context.jurisdiction(country, "country"))
    block.add("offenceKind", context.concept("offence-kind", row.need("offence"), "offence"))
    _add_law(block, row, "nationalLaw")
    if row.get("instrument_native"):
        block.add("nativeName", plain(row.get("instrument_native")))
    _add_version(block, row)
    for predicate, scheme, column in (("conduct", "conduct", "acts"), ("means", "means", "means"), ("exploitation", "purpose", "purposes")):
        block.add(predicate, *context.concepts(scheme, row, column))
    for predicate, column in (("meansRequiredForAdult", "means_required_adult"), ("meansRequiredForChild", "means_required_child"),
                              ("coversInternal", "covers_internal")):
        _add_sign(block, predicate, row, column)
    if row.get("definition_gap") != _UNKNOWN:
        block.add("definitionGap", *context.concepts("gap", row, "definition_gap"))
    elements = [context.source(name) for name in row.each("elements_source_id")]
    context.cite(block.add_text("skos:note", row.get("notes")).add_text("skos:note", row.get("note")), row)
    if set(elements) - set(context.sources(row)):
        block.add("elementsSource", *elements)
    return [block, *_penalties(block.subject, row, context)]


def _subject(name: str) -> Iri:
    """Return the IRI of an offence from its id, of which the first part is the jurisdiction."""
    country, _, rest = name.partition("-")
    if not rest:
        raise Refused("bad-key", f"offence_id is {name!r}, expected the code of the jurisdiction and a name, such as ITA-CP-601")
    return ref("offence", country, slug(rest))


def _add_law(block: Block, row: Row, predicate: str) -> None:
    if row.get("instrument"):
        block.add(predicate, plain(row.get("instrument")))
    if row.get("article"):
        block.add("article", plain(row.get("article")))


def _add_version(block: Block, row: Row) -> None:
    for predicate, column in (("inForceFrom", "in_force_from"), ("inForceUntil", "in_force_until")):
        if row.get(column):
            literal = moment(row.get(column), column)
            block.add(predicate if literal.datatype == XSD + "date" else predicate + "In", literal)


def _add_sign(block: Block, predicate: str, row: Row, column: str) -> None:
    """Add yes or no as a boolean; unknown and an empty cell add nothing."""
    value = _YES_NO.get(row.get(column))
    if value is None:
        raise Refused("unknown-code", f"{column} is {row.get(column)!r}, expected yes, no or unknown")
    if value:
        block.add(predicate, boolean(value == "yes"))


def _penalties(offence: Iri, row: Row, context: Context) -> list[Block]:
    """Return a range for each age that the row knows; a fine or death alone is entered for the age that the offence is about."""
    known = [age for age in _AGES if row.get(f"min_years_{age}") or row.get(f"max_years_{age}") or row.get(f"life_{age}") == "yes"]
    if not known and "yes" in (row.get("fine"), row.get("death_penalty")):
        known = ["child" if row.get("offence").startswith("child") else "adult"]
    return [_penalty(offence, age, row, context) for age in known]


def _penalty(offence: Iri, age: str, row: Row, context: Context) -> Block:
    block = Block(ref("penalty", offence.rpartition("/")[2], age), "PenaltyRange", home(row.get("country")))
    block.add("offence", offence).add("victimAge", context.concept("age", age, "victim"))
    _add_months(block, row, f"min_years_{age}", f"max_years_{age}")
    _add_sign(block, "life", row, f"life_{age}")
    _add_sign(block, "deathPenalty", row, "death_penalty")
    _add_sign(block, "fine", row, "fine")
    if not {law("minMonths"), law("maxMonths")} & block.facts.keys() and "yes" not in (row.get(f"life_{age}"), row.get("death_penalty")):
        block.add_text("skos:note", _TERM_UNKNOWN)
    sources = [context.source(name) for name in row.each("penalty_source_id")] or context.sources(row)
    grade = row.get("penalty_confidence") or row.get("confidence")
    if grade:
        block.add("confidence", context.concept("confidence", grade, "penalty_confidence"))
    return block.add("dcterms:source", *sources)


def _add_months(block: Block, row: Row, least: str, most: str) -> None:
    low, high = months(row.get(least), least), months(row.get(most), most)
    if low and high and int(low.text) > int(high.text):
        raise Refused("bad-number", f"{least} is {row.get(least)}, more than {most}, which is {row.get(most)}")
    for predicate, literal in (("minMonths", low), ("maxMonths", high)):
        if literal:
            block.add(predicate, literal)


def months(years: str, column: str) -> Literal | None:
    """Return years as whole months, None for an empty cell: 0.33 of a year is 4 months, 34.5 years are 414."""
    if not years:
        return None
    try:
        exact = Decimal(years) * _MONTHS
    except InvalidOperation:
        raise Refused("bad-number", f"{column} is {years!r}, expected a number of years such as 0.5") from None
    whole = exact.to_integral_value()
    if exact < 0 or abs(exact - whole) > _CLOSE:
        raise Refused("bad-number", f"{column} is {years!r}, which is no whole number of months")
    return Literal(str(whole), XSD + "integer")


@kind("aggravated", key="offence_id ground", needs="offence_id ground", knows="min_years max_years life")
def aggravation(row: Row, context: Context) -> list[Block]:
    """The penalty for an offence under one aggravating circumstance."""
    offence = _subject(row.need("offence_id"))
    file = home(row.get("offence_id").partition("-")[0])
    if offence not in context.store.known(file):
        raise Refused("unknown-offence", f"offence_id is {row.get('offence_id')!r}, but the KB has no such offence: import it first (kind offences)")
    block = Block(ref("aggravation", offence.rpartition("/")[2], row.need("ground")), "Aggravation", file)
    block.add("offence", offence).add("aggravatedBy", context.concept("aggravating", row.get("ground"), "ground"))
    _add_months(block, row, "min_years", "max_years")
    _add_sign(block, "life", row, "life")
    return [context.settle(context.cite(block.add_text("skos:note", row.get("note")), row), "minMonths", "maxMonths")]


@kind("jurisdiction", key="country basis", needs="country basis applies", knows="condition instrument article")
def head(row: Row, context: Context) -> list[Block]:
    """One link on which a jurisdiction can, or cannot, try an offence."""
    country = row.need("country")
    block = Block(ref("head", country, row.need("basis")), "JurisdictionHead", home(country))
    block.add("jurisdiction", context.jurisdiction(country, "country"))
    block.add("headKind", context.concept("head-basis", row.get("basis"), "basis"))
    block.add("value", context.concept("value", row.need("applies"), "applies"))
    _add_law(block, row, "nationalLaw")
    block.add_text("summary", row.get("condition")).add_text("skos:note", row.get("note"))
    return [context.settle(context.cite(block, row), "article")]
