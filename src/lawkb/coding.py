"""Short codes for the values of tables, for an engine that holds the findings of thousands of cases at once.

A value that is known when the plans are compiled (an IRI, a literal) gets a code of a fixed width, and each fixed text in
the names that rules mint a tag of one or two characters. A minted name is then the codes of its parts and the tags between
them: it tells apart what the full names tell apart, at a fifth of their length, and `spelled` gives the full name back.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from lawkb.expressions import Expressions, Sql, literal
from lawkb.pattern import Call
from lawkb.values import Value

_DIGITS = string.digits + string.ascii_letters
_TAGS = "".join(c for c in string.punctuation if c not in "'\"\\~%_")
_SECOND = "~"  # begins a tag of two characters
_SPARE = 160_000  # codes that stay free for the cases of a batch


class Codes:
    """Value -> code and text -> tag, assigned once and kept with the plans that were made with them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        listed = list(values)
        self.width = 1
        while len(_DIGITS) ** self.width < len(listed) + _SPARE:
            self.width += 1
        self.codes: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        for value in listed:
            self.code(value)

    @classmethod
    def of(cls, codes: dict[str, str], tags: dict[str, str]) -> Codes:
        """Return codes as they were stored."""
        found = cls()
        found.codes, found.tags = codes, tags
        found.width = len(next(iter(codes.values())))
        return found

    def code(self, value: str) -> str:
        """Return the code of a value; one that has none yet gets the next."""
        if value not in self.codes:
            number, digits = len(self.codes), ""
            for _ in range(self.width):
                number, digit = divmod(number, len(_DIGITS))
                digits = _DIGITS[digit] + digits
            if number:
                raise OverflowError(f"{len(self.codes)} values have no code of {self.width} characters")
            self.codes[value] = digits
        return self.codes[value]

    def tag(self, text: str) -> str:
        """Return the tag of a text; the first ones are a single character."""
        if text not in self.tags:
            number = len(self.tags)
            self.tags[text] = _TAGS[number] if number < len(_TAGS) else _SECOND + _DIGITS[number - len(_TAGS)]
        return self.tags[text]

    def stored(self, value: Value | None) -> Value | None:
        """Return a value as it stands in coded tables."""
        return self.code(value) if isinstance(value, str) else value


def spelled(coded: str, values: Mapping[str, str], tags: Mapping[str, str], width: int) -> str:
    """Return the end of a minted name in full, from behind the case on.

    Args:
        coded: codes and tags.
        values, tags: what codes and tags stand for.
        width: the width of a code.
    """
    told, place = [], 0
    while place < len(coded):
        length = 2 if coded[place] == _SECOND else 1 if coded[place] in _TAGS else width
        part = coded[place:place + length]
        told.append(tags[part] if part in tags else values[part].rpartition("/")[2])
        place += length
    return "".join(told).replace("//", "/")  # where a name goes on with the end of another, which begins with its own slash


class CodedExpressions(Expressions):
    """Writes the expressions of a rule over coded tables. What is cut from a name stays whole: it tells the same things apart."""

    codes: Codes

    def constant(self, value: Value) -> str:
        """Return a constant as SQL writes it."""
        return literal(value if isinstance(value, int) else self.codes.code(value))

    def number(self, side: Sql) -> str:
        """Return a number; a column of which no value is known has no sort of its own, but the engine asks for one."""
        return f"CAST({side.text} AS BIGINT)" if side.sort == "any" else side.text

    def text(self, plain: str) -> str:
        """Return a fixed text in a name as SQL writes it."""
        return literal(self.codes.tag(plain))

    def after(self, whole: Call | str, mark: Call | str) -> str:
        """Return what stands behind a mark in a name: behind the case only that, else all of it."""
        text = self.string(whole)
        if not isinstance(mark, Call):
            return text
        head, *rest = mark.arguments if mark.name == "CONCAT" else (mark,)
        if rest not in ([], ['"/"']):
            raise self.refuse("cuts a name behind more than another name and a slash", "Cut it behind the case")
        return f"substr({text}, length({self.string(head)}) + 1)"


def coded(codes: Codes) -> type[CodedExpressions]:
    """Return the class of expressions that are written with these codes."""
    return type("CodedExpressions", (CodedExpressions,), {"codes": codes})
