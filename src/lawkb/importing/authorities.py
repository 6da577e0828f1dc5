"""The authorities of a jurisdiction, by instrument and group of measures."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Row
from lawkb.importing.urls import add_url
from lawkb.importing.values import boolean, plain, ref, slug

_ANY = "*"
_RECALLED = "memory"


@kind("authorities", key="country treaty_id measure_group", needs="country treaty_id measure_group authority_name",
      knows="authority_native channel_note languages url")
def authority(row: Row, context: Context) -> list[Block]:
    """One authority. Where no source of the row was read, it is a lead to be confirmed: `law:unverified`."""
    country, instrument = row.need("country"), row.need("treaty_id")
    subject = ref("authority", country, "any" if instrument == _ANY else slug(instrument), row.need("measure_group"))
    block = Block(subject, "Authority", f"jurisdictions/{country}/authorities.ttl")
    block.add("jurisdiction", context.jurisdiction(country, "country"))
    if instrument != _ANY:
        block.add("instrument", context.instrument(instrument))
    block.add("measureGroup", context.concept("measure-group", row.get("measure_group"), "measure_group"))
    block.add_text("rdfs:label", row.need("authority_name"))
    if row.get("authority_native"):
        block.add("nativeName", plain(row.get("authority_native")))
    block.add_text("channelNote", row.get("channel_note")).add("language", *context.languages(row, "languages"))
    add_url(block, row, "url").add_text("skos:note", row.get("note"))
    if all(context.how_read(source) == _RECALLED for source in context.sources(row)):
        block.add("unverified", boolean(True))
    return [context.settle(context.cite(block, row), "instrument")]
