"""Domestic law on cooperation with other jurisdictions, and what it gives to victims."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Row
from lawkb.importing.values import decimal, integer, plain, ref

_IN_YEARS, _IN_DAYS = "-years", "-days"


@kind("cooperation-law", key="country topic", needs="country topic value", knows="instrument article summary")
def cooperation_rule(row: Row, context: Context) -> list[Block]:
    """What domestic law says on one question of cooperation: yes, no, conditional, or a number of years."""
    country, topic = row.need("country"), row.need("topic")
    block = Block(ref("cooprule", country, topic), "CooperationRule", f"jurisdictions/{country}/cooperation.ttl")
    block.add("jurisdiction", context.jurisdiction(country, "country")).add("coopTopic", context.concept("coop-topic", topic, "topic"))
    if topic.endswith(_IN_YEARS) and _is_number(row):
        block.add("years", decimal(row.get("value"), "value"))
    else:
        block.add("value", context.concept("value", row.need("value"), "value"))
    return [_finish(block, row, context).add_text("summary", row.get("summary"))]


@kind("victims", key="country measure", needs="country measure value", knows="instrument article")
def victim_measure(row: Row, context: Context) -> list[Block]:
    """One measure for victims: yes, no, conditional, or a number of days."""
    country, measure = row.need("country"), row.need("measure")
    block = Block(ref("victim", country, measure), "VictimMeasure", f"jurisdictions/{country}/victims.ttl")
    block.add("jurisdiction", context.jurisdiction(country, "country"))
    block.add("victimMeasure", context.concept("victim-measure", measure, "measure"))
    if measure.endswith(_IN_DAYS) and _is_number(row):
        block.add("days", integer(row.get("value"), "value"))
    else:
        block.add("value", context.concept("value", row.need("value"), "value"))
    return [_finish(block, row, context)]


def _is_number(row: Row) -> bool:
    return row.need("value")[0].isdecimal()


def _finish(block: Block, row: Row, context: Context) -> Block:
    for predicate, column in (("nationalLaw", "instrument"), ("article", "article")):
        if row.get(column):
            block.add(predicate, plain(row.get(column)))
    return context.settle(context.cite(block.add_text("skos:note", row.get("note")), row), "article")
