"""Reservations, declarations, notifications and objections, with the effect that rules can use."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Row
from lawkb.importing.values import article_key, day, plain, ref, slug

_CLASSES = {"reservation": "Reservation", "declaration": "Declaration", "notification": "Notification",
            "objection": "Objection", "territorial_extension": "TerritorialStatement",
            "territorial_exclusion": "TerritorialStatement"}
# The effect that a topic always has. Where the words of the statement decide, the table says so in `effect`.
_EFFECTS = {"extradition-basis-yes": "takes-as-extradition-basis", "extradition-basis-no": "refuses-as-extradition-basis",
            "mla-language": "sets-language", "languages": "sets-language", "central-authority": "names-authority",
            "direct-transmission": "changes-route", "icj-jurisdiction": "excludes-icj",
            "dual-criminality": "adds-requirement", "legal-basis-search": "adds-requirement"}
_EXCLUSION = "excludes-provision"
_REQUIREMENTS = {"dual-criminality": "dual-criminality", "legal-basis-search": "domestic-law-consistency"}


@kind("statements", key="treaty_id party kind article topic date", needs="treaty_id party kind article topic summary",
      knows="language_codes date effect requires on_measure touches withdrawn")
def statement(row: Row, context: Context) -> list[Block]:
    """One statement of one party."""
    instrument, party = context.instrument(row.need("treaty_id")), context.jurisdiction(row.need("party"))
    name, word = slug(row.get("treaty_id")), row.one_of("kind", _CLASSES)
    subject = ref("statement", name, row.get("party"), slug(row.get("kind")), article_key(row.get("article")), row.get("date"))
    block = Block(subject, word, place(name, "declarations")).add("instrument", instrument).add("party", party)
    for article in row.each("article"):
        block.add("article", plain(article))
    _add_effect(block, row, context)
    whole = _EXCLUSION in row.each("effect")  # who excludes an article excludes its paragraphs
    for article in row.each("touches") or row.each("article"):
        block.add("touches", *context.provisions(name, article, below=whole))
    block.add("language", *context.languages(row, "language_codes")).add_moment("done", row, "date")
    if row.get("withdrawn"):
        block.add("withdrawnOn", day(row.get("withdrawn"), "withdrawn"))
    block.add_text("summary", row.need("summary")).add_text("skos:note", row.get("note"))
    return [context.settle(context.cite(block, row), "topic")]


def _add_effect(block: Block, row: Row, context: Context) -> None:
    """Add topic, effect and what the statement adds; an effect that cannot be typed is `unknown` and stays visible."""
    topic, territorial = row.need("topic"), row.get("kind").startswith("territorial_")
    block.add("topic", context.concept("topic", "territorial-application" if territorial else topic, "topic"))
    usual = slug(row.get("kind")) if territorial else _EFFECTS.get(topic, "unknown")
    block.add("effect", *(context.concepts("effect", row, "effect") or [context.concept("effect", usual, "topic")]))
    requires = context.concepts("requirement", row, "requires")
    if not requires and topic in _REQUIREMENTS and not row.get("effect"):
        requires = [context.concept("requirement", _REQUIREMENTS[topic], "topic")]
    block.add("requires", *requires).add("onMeasure", *context.concepts("measure", row, "on_measure"))
