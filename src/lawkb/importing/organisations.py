"""Organisations, networks, their information systems, and who belongs to them."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.urls import add_url
from lawkb.importing.values import plain, ref, slug
from lawkb.turtle import Iri

_NETWORK = "network"


def home(organisation: str) -> str:
    """Return the file of an organisation."""
    return f"organisations/{organisation}.ttl"


@kind("organisations", key="org_id", needs="org_id name kind role", knows="alt_labels founded seat url what_it_does")
def organisation(row: Row, context: Context) -> list[Block]:
    """One organisation or network, and what it does."""
    name, form = slug(row.need("org_id")), row.need("kind")
    block = Block(ref("org", name), "Network" if form == _NETWORK else "Organisation", home(name))
    block.add_text("rdfs:label", row.need("name"))
    for label in row.each("alt_labels"):
        block.add_text("skos:altLabel", label)
    block.add("orgKind", context.concept("org-kind", form, "kind"))
    row.need("role")
    block.add("orgRole", *context.concepts("org-role", row, "role")).add_moment("founded", row, "founded")
    if row.get("seat"):
        block.add("seat", plain(row.get("seat")))
    add_url(block, row, "url").add_text("summary", row.get("what_it_does"))
    return [context.cite(block.add_text("skos:note", row.get("note")), row)]


@kind("memberships", key="org_id member kind since", needs="org_id member kind", knows="since until")
def membership(row: Row, context: Context) -> list[Block]:
    """One membership, [since, until). A second one of the same member gets a number."""
    name = slug(row.need("org_id"))
    block = Block(ref("membership", name, row.need("member")), "Membership", home(name))
    block.add("org", _organisation(row, context)).add("member", context.jurisdiction(row.get("member"), "member"))
    block.add("membershipKind", context.concept("membership-kind", row.need("kind"), "kind"))
    block.add_moment("since", row, "since").add_moment("until", row, "until").add_text("skos:note", row.get("note"))
    return [context.settle(context.cite(block, row), "membershipKind", "sinceOn", "sinceIn")]


@kind("systems", key="system_id", needs="system_id org_id name", knows="purpose data access")
def system(row: Row, context: Context) -> list[Block]:
    """One information system: what it is for, what it holds, who may use it."""
    block = Block(ref("system", slug(row.need("system_id"))), "InformationSystem", home(slug(row.need("org_id"))))
    block.add_text("rdfs:label", row.need("name")).add("runBy", _organisation(row, context))
    block.add_text("purpose", row.get("purpose")).add_text("holds", row.get("data")).add_text("access", row.get("access"))
    return [context.cite(block.add_text("skos:note", row.get("note")), row)]


def _organisation(row: Row, context: Context) -> Iri:
    """Return an organisation of the KB."""
    name = slug(row.need("org_id"))
    if not context.store.exists(home(name)):
        raise Refused("unknown-organisation", f"org_id is {row.get('org_id')!r}, but the KB has no organisation {name}: "
                                              "import it first (kind organisations)")
    return ref("org", name)
