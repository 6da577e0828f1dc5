"""How a term stands in the tables of the relational engine.

A whole number is a number; an IRI of ours is its text from the root on, so that it begins with a slash; every other term
is its N-Triples text. So two values are equal where the terms are.
"""

from __future__ import annotations

import re

from lawkb.terms import ROOT, XSD

Value = str | int
_OURS, _LENGTH = f"{ROOT}/", len(ROOT)
_INTEGER = re.compile(rf'^"(0|-?[1-9]\d{{0,17}})"\^\^<{re.escape(XSD)}integer>$')


def encode(term: str) -> Value:
    """Return an N-Triples term as it stands in a table."""
    if term.startswith("<"):
        return short(term[1:-1])
    whole = _INTEGER.match(term)
    return int(whole.group(1)) if whole else term


def short(iri: str) -> str:
    """Return an IRI as it stands in a table: one of ours from the root on."""
    return iri[_LENGTH:] if iri.startswith(_OURS) else iri


def sort_of(term: str) -> str:
    """Return what kind of value a term is in a table: `iri`, `number` or `literal`."""
    return "iri" if term.startswith("<") else "number" if _INTEGER.match(term) else "literal"
