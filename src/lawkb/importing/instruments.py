"""Instruments, how far their lists were verified, and how they stand to each other."""

from __future__ import annotations

import re

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.urls import add_url
from lawkb.importing.values import concept, day, integer, moment, plain, ref, slug
from lawkb.terms import XSD

_CLASSES = {"multilateral": "Treaty", "regional": "Treaty", "protocol": "Protocol", "bilateral": "BilateralTreaty",
            "eu-instrument": "EUAct", "scheme": "Arrangement", "arrangement": "Arrangement", "soft-law": "SoftLaw",
            "national-law": "NationalLaw"}
# Who may take part, in the words of the tables, as (generality, openness); no word means everyone.
_PARTIES = {"": ("universal", "open"), "two": ("bilateral", "two"), "eu-members": ("union", "union-members"),
            "regional-members": ("regional", "members"), "open": ("regional", "by-invitation")}
_RULE = re.compile(r"(stated|on-deposit)|(days|months|month-start-after-months|month-start-after-days):([0-9]+)")
_RELATIONS = {"between-parties-replaces": "replaces-between-parties",
              "self-contained-MLA-applies-only-if-no-other": "applies-only-if-no-other"}
_EVERY = "*"


@kind("treaties", key="treaty_id", needs="treaty_id title kind",
      knows="short_title alt_labels parent_treaty_id adopted place opened_for_signature in_force terminated depositary"
            " registration official_url entry_rule entry_rule_code entry_rule_article entry_rule_days entry_rule_note parties_rule"
            " subjects generality openness open_to_members_of material_scope withdrawal_months withdrawal_article typical_content")
def instrument(row: Row, context: Context) -> list[Block]:
    """One instrument, with its clauses on entry into force and on who may take part."""
    name = slug(row.need("treaty_id"))
    block = Block(ref("instrument", name), row.one_of("kind", _CLASSES), place(name, "instrument"))
    block.add_text("dcterms:title", row.need("title")).add_text("shortTitle", row.get("short_title"))
    for label in row.each("alt_labels"):
        block.add_text("skos:altLabel", label)
    if row.get("parent_treaty_id"):
        block.add("supplementTo", context.instrument(row.get("parent_treaty_id"), "parent_treaty_id"))
    block.add("subject", *context.concepts("subject", row, "subjects"))
    _add_circle(block, row, context)
    block.add("materialScope", *context.concepts("scope", row, "material_scope"))
    block.add_moment("adopted", row, "adopted").add_text("place", row.get("place"))
    if row.get("opened_for_signature"):
        block.add("openedOn", day(row.get("opened_for_signature"), "opened_for_signature"))
    block.add_moment("inForce", row, "in_force")
    if row.get("terminated"):
        block.add("terminatedOn", day(row.get("terminated"), "terminated"))
    _add_entry(block, row)
    _add_exit(block, row)
    if row.get("typical_content"):
        block.add("typicalContent", context.instrument(row.get("typical_content"), "typical_content"))
    block.add_text("depositary", row.get("depositary"))
    if row.get("registration"):
        block.add("dcterms:identifier", plain(row.get("registration")))
    add_url(block, row, "official_url")
    return [context.cite(block.add_text("skos:note", row.get("note")), row)]


def _add_circle(block: Block, row: Row, context: Context) -> None:
    """Add how general the instrument is and to whom it is open."""
    circle = row.get("parties_rule")
    if circle not in _PARTIES:
        raise Refused("unknown-code", f"parties_rule is {circle!r}, expected one of {', '.join(filter(None, _PARTIES))}")
    generality, openness = _PARTIES[circle]
    if row.get("kind") == "scheme":
        generality = "scheme"
    block.add("generality", context.concept("generality", row.get("generality") or generality, "generality"))
    block.add("openness", context.concept("openness", row.get("openness") or openness, "openness"))
    members = row.each("open_to_members_of") or (["eu"] if circle == "eu-members" else [])
    block.add("openToMembersOf", *(ref("org", slug(name)) for name in members))


def _add_entry(block: Block, row: Row) -> None:
    """Add the clause on entry into force: a rule code if the table has one, else a number of days."""
    days = row.get("entry_rule_days")
    code = row.get("entry_rule_code").replace("_", "-").replace("immediate", "on-deposit")
    code = code or (f"days:{days}" if days and days != "0" else "on-deposit" if days else "")
    if code:
        match = _RULE.fullmatch(code)
        if not match:
            raise Refused("unknown-code", f"entry_rule_code is {code!r}, expected stated, on-deposit, days:30, months:3, "
                                          "month-start-after-months:3 or month-start-after-days:60")
        block.add("entryRule", concept("entry", match[1] or match[2]))
        if match[3]:
            block.add("entryCount", integer(match[3], "entry_rule_code"))
    if row.get("entry_rule_article"):
        block.add("entryArticle", plain(row.get("entry_rule_article")))
    block.add_text("entryNote", row.get("entry_rule_note") or row.get("entry_rule"))


def _add_exit(block: Block, row: Row) -> None:
    if row.get("withdrawal_months"):
        block.add("withdrawalMonths", integer(row.get("withdrawal_months"), "withdrawal_months"))
    if row.get("withdrawal_article"):
        block.add("withdrawalArticle", plain(row.get("withdrawal_article")))


@kind("coverage", key="treaty_id", needs="treaty_id completeness",
      knows="sourced_up_to expected_parties_or_signatories gaps")
def coverage(row: Row, context: Context) -> list[Block]:
    """How far the list of an instrument's parties was verified."""
    about = context.instrument(row.need("treaty_id"))
    name = slug(row.get("treaty_id"))
    block = Block(ref("coverage", name), "Coverage", place(name, "instrument")).add("about", about)
    return [_add_extent(block, row, context, "expected_parties_or_signatories")]


@kind("coverage-bilateral", key="country subject", needs="country subject completeness",
      knows="sourced_up_to known_count expected_count gaps")
def coverage_bilateral(row: Row, context: Context) -> list[Block]:
    """How far a jurisdiction's list of bilateral instruments on a subject was verified."""
    about = context.jurisdiction(row.need("country"), "country")
    subject = context.concept("subject", row.need("subject"), "subject")
    block = Block(ref("coverage", f"{row.get('country')}.{row.get('subject')}"), "Coverage", "coverage.ttl")
    return [_add_extent(block.add("about", about).add("subject", subject), row, context, "expected_count")]


def _add_extent(block: Block, row: Row, context: Context, count: str) -> Block:
    block.add("completeness", context.concept("completeness", row.need("completeness"), "completeness"))
    if row.get("sourced_up_to"):
        literal = moment(row.get("sourced_up_to"), "sourced_up_to")
        block.add("verifiedTo" if literal.datatype == XSD + "date" else "verifiedToPartial", literal)
    if row.get(count):
        block.add("expectedCount", integer(row.get(count), count))
    block.add_text("gaps", row.get("gaps"))
    return context.cite(block, row)


@kind("treaty-relations", key="treaty_a relation treaty_b article", needs="treaty_a relation treaty_b article summary",
      knows="on_measure")
def relation(row: Row, context: Context) -> list[Block]:
    """How one instrument stands to another, to every one (`*`), or to every one of a generality (`*bilateral`)."""
    name, other = slug(row.need("treaty_a")), row.need("treaty_b")
    word = _RELATIONS.get(row.need("relation"), row.get("relation"))
    subject = ref("rel", name, word, slug(other) or "any")
    block = Block(subject, "InstrumentRelation", place(name, "instrument"))
    block.add("from", context.instrument(row.get("treaty_a"), "treaty_a"))
    block.add("relation", context.concept("relation", word, "relation"))
    if not other.startswith(_EVERY):
        block.add("to", context.instrument(other, "treaty_b"))
    elif other != _EVERY:
        block.add("toGenerality", context.concept("generality", other.removeprefix(_EVERY), "treaty_b"))
    block.add("onMeasure", *context.concepts("measure", row, "on_measure"))
    block.add("article", plain(row.need("article"))).add_text("summary", row.need("summary"))
    return [context.settle(context.cite(block.add_text("skos:note", row.get("note")), row), "article", "onMeasure")]

