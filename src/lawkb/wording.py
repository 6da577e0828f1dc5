"""Small things of English that many pages need."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 row`, `2 rows`, `1,200 entries`; the plural is the noun and an s unless it is given."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
