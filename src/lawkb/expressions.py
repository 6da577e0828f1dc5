"""The comparisons of a rule and the IRIs that it mints, as SQL.

An IRI of ours lacks its root in the tables, so its whole text (STR) may only stand where that cannot show: at the head of
an IRI that is minted, or where STRAFTER cuts it behind the root. Anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lawkb.errors import LawkbError
from lawkb.pattern import Call, is_variable
from lawkb.terms import ROOT
from lawkb.values import Value, encode, sort_of

_OPERATORS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
Refuse = Callable[[str, str], LawkbError]


@dataclass(frozen=True)
class Sql:
    """An expression with the sort of its value: `iri`, `number`, `literal`, `text` (made by a function), `mixed`, or `any` (no value is known).

    `origin` says where a value comes from, for writers who ask: `table.column`.
    """

    text: str
    sort: str
    origin: str = ""


class Expressions:
    """Writes the expressions of one rule, from where its variables are found."""

    def __init__(self, env: dict[str, Sql], refuse: Refuse) -> None:
        self.env, self.refuse = env, refuse

    def value(self, term: str) -> Sql:
        """Return a variable's place, or a constant."""
        if not is_variable(term):
            return Sql(self.constant(encode(term)), sort_of(term))
        if term not in self.env:
            raise self.refuse(f"reads {term}, which it does not match", "Bind it by a pattern of the WHERE")
        return self.env[term]

    def constant(self, value: Value) -> str:
        """Return a constant as SQL writes it."""
        return literal(value)

    def comparison(self, operator: str, left: str, right: str) -> str:
        """Return a comparison of whole numbers, or whether two IRIs are the same."""
        a, b = self.value(left), self.value(right)
        sorts = {a.sort, b.sort} - {"any"}
        if not (sorts <= {"number"} or (operator in ("=", "!=") and sorts <= {"iri"})):
            raise self.refuse(f"compares {left} {operator} {right}, which are {' and '.join(sorted(sorts))}", "Compare whole numbers, or IRIs by = and !=")
        return f"{a.text} {_OPERATORS[operator]} {b.text}"

    def expression(self, part: Call | str) -> Sql:
        """Return what a BIND names."""
        if isinstance(part, str):
            return Sql(literal(self.plain(part)), "text") if part.startswith('"') else self.value(part)
        if part.name == "IRI":
            inner = part.arguments[0]
            return Sql(self._headed(inner if isinstance(inner, Call) and inner.name == "CONCAT" else Call("CONCAT", (inner,))), "iri")
        if part.name == "STRAFTER":
            return Sql(self.after(*part.arguments), "text")
        if part.name == "CONCAT":
            return Sql(self._texts(part.arguments), "text")
        raise self.refuse("uses the whole text of an IRI elsewhere than at the head of a minted IRI", "Take its last part with STRAFTER")

    def whole(self, part: Call | str) -> Sql:
        """Return the IRI of which the whole text is asked."""
        if not isinstance(part, Call) or part.name != "STR":
            raise self.refuse("makes or cuts an IRI that does not begin with STR of one", "Begin it with that of the case or of a finding: STR(?case)")
        inner = self.expression(part.arguments[0])
        if inner.sort not in ("iri", "any"):
            raise self.refuse("uses STR of what is not an IRI", "Make names from IRIs")
        return inner

    def _headed(self, concat: Call) -> str:
        head, *rest = concat.arguments
        whole = self.whole(head).text
        return f"({whole} || {self._texts(rest)})" if rest else whole

    def _texts(self, parts: Iterable[Call | str]) -> str:
        values = [self.expression(part) for part in parts]
        if any(value.sort != "text" for value in values):
            raise self.refuse("joins in CONCAT what is not a text", "Use STRAFTER of STR, and texts")
        return " || ".join(value.text for value in values)

    def after(self, whole: Call | str, mark: Call | str) -> str:
        """Return what stands behind a mark in a name."""
        text = self.whole(whole).text
        if isinstance(mark, str) and mark.startswith('"'):
            plain = self.plain(mark)
            if not plain or plain in ROOT or any(ROOT.endswith(plain[:n]) for n in range(1, len(plain))):
                raise self.refuse(f"cuts an IRI at {mark}, which may stand in its root", 'Cut it at a kind, such as "/instrument/"')
            at = f"instr({text}, {literal(plain)})"
            return f"CASE WHEN {at} > 0 THEN substr({text}, {at} + {len(plain)}) ELSE '' END"
        if isinstance(mark, Call) and mark.name == "CONCAT":
            head = self._headed(mark)  # it has the root, so it can only stand at the beginning
            return f"CASE WHEN substr({text}, 1, length({head})) = {head} THEN substr({text}, length({head}) + 1) ELSE '' END"
        raise self.refuse("cuts an IRI at what is neither a text nor the head of another IRI", 'Cut it at a kind, such as "/instrument/"')

    def plain(self, term: str) -> str:
        """Return what stands between the quotes of a text."""
        body = term[1:term.rindex('"')]
        if "\\" in body or not term.endswith('"'):
            raise self.refuse(f"makes a name with {term}", "Use a plain text without escapes")
        return body


def literal(value: Value) -> str:
    """Return a value as SQL writes it."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
