"""The names that rules mint, as numbers: gathers the forms of names while rules are compiled, and writes marks for them.

A form is what the names have in common that a rule mints: `/option/<measure>/<instrument>`. How many names of a form there
can be is known when facts are loaded (`lawkb.coding`); until then a statement holds marks: `«h3 t1."case"»` for the
beginning of a name of the third form, `«p3_2 t2.instrument»` for a part of it, `«c7»` for a value that a rule names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from lawkb.branches import NOTHING, Branch
from lawkb.errors import LawkbError
from lawkb.expressions import Expressions, Sql, literal
from lawkb.pattern import Call, is_variable
from lawkb.values import Value

CASE, NAME, CUT, TEXT = "case", "name", "cut", "text"
MINTED = "minted."
_FACT = "fact"


@dataclass(frozen=True)
class Part:
    """A part of a name: its case, another name with its case, what stands behind a mark in a value or a name, or a fixed text.

    The text of a part is the mark (empty: behind the case), or the fixed text.
    """

    kind: str
    text: str = ""


@dataclass(frozen=True)
class _Text(Sql):
    """A text made by functions: its parts, each with its expression."""

    parts: tuple[tuple[Part, Sql], ...] = ()


@dataclass(frozen=True)
class _Name(Sql):
    """A minted name, with the expressions of its parts."""

    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Maker:
    """A branch of a rule that adds to a table of findings.

    Attributes:
        rule: the rule.
        form: the form of the names that it mints; None where it takes the names from elsewhere.
        told: of each column behind the name, what tells its value: the place of a part of the name, a constant, or None.
    """

    rule: str
    form: int | None
    told: tuple[int | str | None, ...]


class Names:
    """The forms of the names that rules mint, and where minted names go.

    Attributes:
        constants: the values that rules name.
        forms: the forms by number.
        origins: of each part of each form, the columns from which it is taken.
        flows: of each column of findings, the columns, and the forms, from which it is filled.
        makers: of each table of findings, the branches of rules that fill it.
    """

    def __init__(self) -> None:
        self.constants: list[str] = []
        self.forms: list[tuple[Part, ...]] = []
        self.origins: list[list[set[str]]] = []
        self.flows: dict[str, set[str]] = {}
        self.makers: dict[str, list[Maker]] = {}

    def constant(self, value: str) -> str:
        """Return the mark of a value that a rule names."""
        return f"«c{_place(self.constants, value)}»"

    def minted(self, parts: tuple[tuple[Part, Sql], ...]) -> Sql:
        """Return the expression of a name, and take note of its form."""
        number = _place(self.forms, tuple(part for part, _ in parts))
        if number == len(self.origins):
            self.origins.append([set() for _ in parts])
        for origins, (_, value) in zip(self.origins[number], parts, strict=True):
            origins.update([value.origin] if value.origin else ())
        marks = [f"«h{number} {parts[0][1].text}»", *(f"«p{number}_{place} {value.text}»" for place, (part, value) in enumerate(parts) if part.kind == CUT)]
        return _Name(f"({' + '.join(marks)})", "iri", f"{MINTED}{number}", tuple(value.text for _, value in parts))

    def follow(self, rule: str, branch: Branch, write: type[Expressions], keeps: Iterable[tuple[str, tuple[int, ...]]],
               columns: Mapping[str, list[str]]) -> None:
        """Take note of where the values come from that a branch of a rule adds to the tables of findings."""
        env: dict[str, Sql] = {}
        for read in branch.reads:
            for name, term, sort in read.columns:
                env.setdefault(term, Sql(term, sort, f"{read.table}.{name}"))
        named = write(env, lambda what, mend: LawkbError(what, mend, ""))  # refused before, when the branch was written
        for variable, expression in branch.binds:
            env[variable] = named.expression(expression)
        for table, places in keeps:
            terms = [branch.shown[place] for place in places]
            for name, term in zip(columns[table], terms, strict=True):
                if term != NOTHING:
                    self.flows.setdefault(f"{table}.{name}", set()).add(env[term].origin if is_variable(term) else _FACT)
            subject = env[terms[0]]
            form = int(subject.origin.removeprefix(MINTED)) if isinstance(subject, _Name) else None
            self.makers.setdefault(table, []).append(Maker(rule, form, tuple(_told(subject, env.get(term, Sql(term, ""))) for term in terms[1:])))

    def stored(self) -> dict[str, Any]:
        """Return all of it in what JSON has."""
        return {"constants": self.constants, "forms": [[(part.kind, part.text) for part in form] for form in self.forms],
                "origins": [[sorted(each) for each in parts] for parts in self.origins], "flows": {name: sorted(each) for name, each in self.flows.items()},
                "makers": {table: [astuple(maker) for maker in makers] for table, makers in self.makers.items()}}


class CodedExpressions(Expressions):
    """Writes the expressions of a rule over numbered tables."""

    names: Names

    def constant(self, value: Value) -> str:
        """Return a constant as SQL writes it."""
        return literal(value) if isinstance(value, int) else self.names.constant(value)

    def expression(self, part: Call | str) -> Sql:
        """Return what a BIND names."""
        if isinstance(part, str):
            return _Text("", "text", parts=((Part(TEXT, self.plain(part)), Sql("", "text")),)) if part.startswith('"') else self.value(part)
        if part.name == "IRI":
            head, *rest = inner.arguments if isinstance(inner := part.arguments[0], Call) and inner.name == "CONCAT" else (inner,)
            return self.name(head, rest) if rest else self.whole(head)
        if part.name == "STRAFTER":
            return self.cut(*part.arguments)
        return _Text("", "text", parts=self.parts(part.arguments)) if part.name == "CONCAT" else super().expression(part)

    def name(self, head: Call | str, rest: Iterable[Call | str]) -> Sql:
        """Return a name that begins with that of the case or of a finding."""
        whole = self.whole(head)
        if not (case := _of_case(whole.origin)) and not whole.origin.startswith(("found_", MINTED)):
            raise self.refuse("begins a name with that of a fact", "Begin it with that of the case or of a finding: STR(?case)")
        return self.names.minted(((Part(CASE if case else NAME), whole), *self.parts(rest)))

    def parts(self, texts: Iterable[Call | str]) -> tuple[tuple[Part, Sql], ...]:
        """Return the parts of texts that are put together."""
        found: list[tuple[Part, Sql]] = []
        for each in map(self.expression, texts):
            if not isinstance(each, _Text):
                raise self.refuse("joins in CONCAT what is not a text", "Use STRAFTER of STR, and texts")
            found += each.parts
        return tuple(found)

    def cut(self, whole: Call | str, mark: Call | str) -> Sql:
        """Return what stands behind a mark in an IRI: behind a text, or behind its case."""
        value = self.whole(whole)
        if isinstance(mark, str):
            return _Text("", "text", parts=((Part(CUT, self.plain(mark)), value),))
        head, *rest = mark.arguments if mark.name == "CONCAT" else (mark,)
        if rest != ['"/"'] or not _of_case(self.whole(head).origin):
            raise self.refuse("cuts a name behind more than its case and a slash", "Cut it behind the case")
        return _Text("", "text", parts=((Part(CUT), value),))


def coded(names: Names) -> type[CodedExpressions]:
    """Return the class of expressions that takes note of names here."""
    return type("CodedExpressions", (CodedExpressions,), {"names": names})


def _told(name: Sql, value: Sql) -> int | str | None:
    if isinstance(name, _Name) and value.text in name.parts:
        return name.parts.index(value.text)
    return None if is_variable(value.text) or isinstance(value, _Name) else value.text


def _of_case(origin: str) -> bool:
    table, _, name = origin.partition(".")
    return name == '"case"' or (table.startswith("case_") and name == "s")


def _place(listed: list[Any], value: Any) -> int:
    if value not in listed:
        listed.append(value)
    return listed.index(value)
