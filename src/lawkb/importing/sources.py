"""Sources, and the places where sources differ."""

from __future__ import annotations

import datetime as dt

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.disputes import Fact, disputed
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.urls import add_url
from lawkb.importing.values import day, law, moment, plain, ref, slug
from lawkb.terms import XSD
from lawkb.turtle import Iri


@kind("sources", key="source_id", needs="source_id title how_read confidence",
      knows="publisher url as_at notes recorded_on")
def source(row: Row, context: Context) -> list[Block]:
    """One source: what it is, what day it shows, how it was read and how far it is trusted."""
    folder = context.folder or "local"
    name = slug(row.need("source_id") if not context.folder else f"{folder}-{row.need('source_id')}")
    block = Block(ref("source", name), "Source", f"sources/{folder}.ttl", frozenset({law("recordedOn")}))
    block.add_text("dcterms:title", row.need("title"))
    block.add_text("dcterms:publisher", row.get("publisher"))
    add_url(block, row, "url")
    if row.get("as_at"):
        literal = moment(row.get("as_at"), "as_at")
        block.add("asAt" if literal.datatype == XSD + "date" else "asAtPartial", literal)
    block.add("howRead", context.concept("howread", row.need("how_read"), "how_read"))
    block.add("confidence", context.concept("confidence", row.need("confidence"), "confidence"))
    block.add("recordedOn", day(row.get("recorded_on") or dt.date.today().isoformat(), "recorded_on"))
    return [block.add_text("skos:note", row.get("notes"))]


@kind("conflicts", key="table key value_a value_b", needs="table key value_a source_a value_b source_b kept why", knows="no_fact")
def conflict(row: Row, context: Context) -> list[Block]:
    """Where sources differ: what was kept, what the other one says, and why; `no_fact` says why no fact is linked to it."""
    first, second = row.get("value_a"), row.get("value_b")
    kept, other, source_other = row.get("kept"), second, row.get("source_b")
    if kept in ("b", second) and kept != first:
        kept, other, source_other = second, first, row.get("source_a")
    elif kept == "a":
        kept = first
    elif kept != first:
        other = f"{first}; {second}"
        source_other = f"{row.get('source_a')}; {row.get('source_b')}"
    facts = disputed(row.need("table"), row.need("key"), context.store)
    block = Block(ref("conflict", context.folder, slug(row.need("table")), slug(row.need("key"))), "Conflict", "conflicts.ttl")
    block.add("about", *([fact.subject for fact in facts] or _instrument(row, context)))
    block.add("key", plain(f"{row.get('table')}: {row.get('key')}"))
    for predicate, value in (("valueKept", kept), ("valueOther", other), ("sourceOther", source_other)):
        if value:
            block.add(predicate, plain(value))
    block.add_text("reason", row.get("why")).add_text("skos:editorialNote", row.get("no_fact"))
    named = dict.fromkeys((row.get("source_a"), row.get("source_b")))
    known = [context.source(name) for name in named if _is_known(name, context)]
    block.add("dcterms:source", *(known or context.sources(row)))
    context.settle(block, "valueOther")
    return [block, *(_linked(fact, block.subject, context) for fact in facts)]


def _is_known(name: str, context: Context) -> bool:
    try:
        return bool(name) and bool(context.source(name))
    except Refused:
        return False


def _instrument(row: Row, context: Context) -> list[Iri]:
    """Return the instrument with which a key begins, if it is one: a conflict about a fact that was never entered."""
    name = slug(row.need("key").replace(" ", "/").split("/")[0])
    return [ref("instrument", name)] if context.store.exists(place(name, "instrument")) else []


def _linked(fact: Fact, dispute: Iri, context: Context) -> Block:
    """Return a fact again, with what disputes it."""
    known = context.store.known(fact.file)[fact.subject]
    block = Block(fact.subject, "Fact", fact.file)
    block.facts = {predicate: sorted(terms, key=str) for predicate, terms in known.items()}
    return block.add("disputedBy", dispute)
