"""Web addresses."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.rows import Refused, Row
from lawkb.turtle import Iri

_NOT_IN_ADDRESS = frozenset(' <>"{}|\\^`')


def add_url(block: Block, row: Row, column: str) -> Block:
    """Add the web address in a cell, if there is one."""
    value = row.get(column)
    if not value:
        return block
    if not value.startswith(("http://", "https://")) or _NOT_IN_ADDRESS.intersection(value):
        raise Refused("bad-address", f"{column} is {value!r}, expected a web address such as https://treaties.un.org/")
    return block.add("schema:url", Iri(value))
