"""Sources, and the places where sources differ."""

from __future__ import annotations

import datetime as dt

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.urls import add_url
from lawkb.importing.values import day, law, moment, plain, ref, slug
from lawkb.terms import XSD, key
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


@kind("conflicts", key="table key value_a value_b", needs="table key value_a source_a value_b source_b kept why")
def conflict(row: Row, context: Context) -> list[Block]:
    """Where sources differ: what was kept, what the other one says, and why."""
    first, second = row.get("value_a"), row.get("value_b")
    kept, other, source_other = row.get("kept"), second, row.get("source_b")
    if kept in ("b", second) and kept != first:
        kept, other, source_other = second, first, row.get("source_a")
    elif kept == "a":
        kept = first
    elif kept != first:
        other = f"{first}; {second}"
        source_other = f"{row.get('source_a')}; {row.get('source_b')}"
    found = _concerned(row, context)
    block = Block(ref("conflict", context.folder, slug(row.need("table")), slug(row.need("key"))), "Conflict", "conflicts.ttl")
    block.add("about", *found).add("key", plain(f"{row.get('table')}: {row.get('key')}"))
    for predicate, value in (("valueKept", kept), ("valueOther", other), ("sourceOther", source_other)):
        if value:
            block.add(predicate, plain(value))
    block.add_text("reason", row.get("why"))
    named = dict.fromkeys((row.get("source_a"), row.get("source_b")))
    known = [context.source(name) for name in named if _is_known(name, context)]
    block.add("dcterms:source", *(known or context.sources(row)))
    context.settle(block, "valueOther")
    return [block, *(_disputed(subject, block.subject, context) for subject in found if "/act/" in subject)]


def _is_known(name: str, context: Context) -> bool:
    try:
        return bool(name) and bool(context.source(name))
    except Refused:
        return False


def _concerned(row: Row, context: Context) -> list[Iri]:
    """Return the one act that a key such as `UNTOC/EU/approval` names; else the instrument, if the key names one."""
    parts = row.need("key").replace(" ", "/").split("/")
    instrument = slug(parts[0])
    if not context.store.exists(place(instrument, "instrument")):
        return []
    acts = [subject for subject in context.store.known(place(instrument, "parties"))
            if len(parts) == 3 and key(subject).startswith(f"{instrument}.{parts[1]}.{slug(parts[2])}")]
    return [Iri(acts[0])] if len(acts) == 1 else [ref("instrument", instrument)]


def _disputed(act: Iri, dispute: Iri, context: Context) -> Block:
    """Return the act again, with what disputes it."""
    file = place(key(act).partition(".")[0], "parties")
    facts = context.store.known(file)[act]
    block = Block(act, "StatusAct", file)
    block.facts = {predicate: sorted(terms, key=str) for predicate, terms in facts.items()}
    return block.add("disputedBy", dispute)
