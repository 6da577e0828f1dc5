"""Names that documents use, also wrong ones, and the true thing behind each."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.values import plain, ref, slug
from lawkb.terms import CONCEPT, expand
from lawkb.turtle import Iri

_FILE = "names.ttl"


@kind("names", key="name_id", needs="name_id name verdict summary", knows="alt_labels refers_to")
def name(row: Row, context: Context) -> list[Block]:
    """One name as written, what it is worth, and what it truly refers to (`org:europol;measure:mla`)."""
    block = Block(ref("name", slug(row.need("name_id"))), "Name", _FILE).add("rdfs:label", plain(row.need("name")))
    for label in row.each("alt_labels"):
        block.add("skos:altLabel", plain(label))
    block.add("nameVerdict", context.concept("name-verdict", row.need("verdict"), "verdict"))
    block.add("refersTo", *(_thing(word, context) for word in row.each("refers_to")))
    block.add_text("summary", row.need("summary"))
    return [context.cite(block.add_text("skos:note", row.get("note")), row)]


def _thing(word: str, context: Context) -> Iri:
    """Return the individual or concept that `prefix:key` names; one that the KB does not have is refused."""
    try:
        iri = Iri(expand(word))
    except KeyError:
        raise Refused("unknown-reference", f"refers_to has {word!r}, expected a prefix and a key such as org:interpol") from None
    prefix, _, local = word.partition(":")
    if iri.startswith(CONCEPT):
        return context.concept(prefix, local, "refers_to")
    if not context.has(iri):
        raise Refused("unknown-reference", f"refers_to has {word!r}, which the KB does not have")
    return iri
