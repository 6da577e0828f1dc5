"""How cells become terms: dates that stay as partial as they are, texts, numbers, keys."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from lawkb.importing.rows import Refused
from lawkb.terms import CONCEPT, ID, LAW, XSD
from lawkb.turtle import Iri, Literal

_PARTIAL = {4: "gYear", 7: "gYearMonth"}
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9]+")


def law(name: str) -> Iri:
    """Return a term of the ontology."""
    return Iri(LAW + name)


def ref(kind: str, *parts: str) -> Iri:
    """Return the IRI of an individual from the parts of its key; empty parts are left out."""
    return Iri(f"{ID}{kind}/{'.'.join(part for part in parts if part)}")


def concept(scheme: str, code: str) -> Iri:
    """Return the IRI of a concept."""
    return Iri(f"{CONCEPT}{scheme}/{code}")


def text(value: str) -> Literal:
    """Return a text of ours."""
    return Literal(value, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "en")


def plain(value: str) -> Literal:
    """Return a code or a citation."""
    return Literal(value)


def integer(value: str, column: str) -> Literal:
    """Return a whole number."""
    if not value.isdecimal():
        raise Refused("bad-number", f"{column} is {value!r}, expected a whole number such as 30")
    return Literal(str(int(value)), XSD + "integer")


def decimal(value: str, column: str) -> Literal:
    """Return a decimal number."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Refused("bad-number", f"{column} is {value!r}, expected a number such as 0.5") from None
    written = format(number, "f")
    return Literal(written if "." in written else f"{written}.0", XSD + "decimal")


def boolean(value: bool) -> Literal:
    """Return true or false."""
    return Literal("true" if value else "false", XSD + "boolean")


def day(value: str, column: str) -> Literal:
    """Return a full day; a year or a month is refused."""
    literal = moment(value, column)
    if literal.datatype != XSD + "date":
        raise Refused("bad-date", f"{column} is {value!r}, expected a full day such as 2003-09-29")
    return literal


def moment(value: str, column: str) -> Literal:
    """Return a day, a month or a year with the datatype that says which; nothing is rounded."""
    kind = _PARTIAL.get(len(value), "date")
    whole = value + "-01-01"[len(value) - 4:] if kind != "date" else value
    try:
        if dt.date.fromisoformat(whole).isoformat() != whole:
            raise ValueError
    except ValueError:
        raise Refused("bad-date", f"{column} is {value!r}, expected a real day, month or year "
                                  "such as 2003-09-29, 2003-09 or 2003") from None
    return Literal(value, XSD + kind)


def slug(value: str) -> str:
    """Return an identifier as the keys of the knowledge base have it: lower case, no blanks."""
    return _NOT_IN_KEY.sub("-", value.strip().lower()).strip("-")


def article_key(article: str) -> str:
    """Return a citation as a part of a key: `16(5)(a)` is `16-5-a`; case is kept, for there are articles I and i."""
    return _NOT_IN_KEY.sub("-", article.replace(";", "_").strip()).strip("-") if ";" not in article else \
        "_".join(article_key(part) for part in article.split(";"))
