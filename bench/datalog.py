"""The rules as Datalog, for engines that read no SPARQL: made from the same parsed rules and the same tables as the plans of lawkb.

Only for measuring: each table is a predicate with a place for each column, MINUS is negation of an auxiliary predicate, and a
minted name is a term made of what it is minted from (clingo) or a text (nemo).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lawkb.joins import Item
from lawkb.pattern import Call, Construct, Group, is_variable
from lawkb.plan import _Compiler
from lawkb.ranges import classes_in
from lawkb.rules import Rule
from lawkb.tables import Catalogue, Found
from lawkb.terms import RDF_TYPE
from lawkb.values import Value, encode

Term = str | int | tuple[object, ...]  # "?x", a constant ("=text" or a number), or ("mint", parts)
Atom = tuple[str, list[Term]]
NULL = "="


@dataclass
class Clause:
    """One Datalog rule."""

    head: Atom
    body: list[Atom]
    absent: list[Atom] = field(default_factory=list)
    comparisons: list[tuple[str, Term, Term]] = field(default_factory=list)
    named: list[tuple[str, Term]] = field(default_factory=list)


def clauses(rule: Rule, construct: Construct, catalogue: Catalogue) -> Iterator[Clause]:
    """Yield the clauses of a rule, those of its exclusions first."""
    yield from _Translator(rule, construct, catalogue, None).clauses()


class _Translator(_Compiler):
    aliases = 0

    def clauses(self) -> Iterator[Clause]:
        stated = [(p, o) for _, p, o in self.template if p != RDF_TYPE]
        subject = next(iter({s for s, _, _ in self.template}))
        for number, chosen in enumerate(self.choices(self.where, self.known)):
            body = self.atoms(self.items(self.where, chosen))
            absent, named = [], [(variable, self.minted(expression)) for variable, expression in self.where.binds]
            for place, (shared, group) in enumerate(self.where.minus):
                head: Atom = (f"aux_{self.rule.stage[0]}_{self.rule.name}_{number}_{place}".replace("-", "_"), sorted(shared))
                absent.append(head)
                yield from self.auxiliary(head, shared, group)
            compared = [(op, self.term(left), self.term(right)) for op, left, right in self.where.filters]
            for kind in self.kinds:
                found = self.catalogue.found[kind]
                if found.read:
                    values = [next((self.term(o) for p, o in stated if p == name), NULL) for name in found.properties]
                    yield Clause((found.table, [subject, *values]), body, absent, compared, named)

    def auxiliary(self, head: Atom, shared: frozenset[str], group: Group) -> Iterator[Clause]:
        known = classes_in(group, self.catalogue.ranges, set(self.catalogue.found), {v: self.known[v] for v in shared if v in self.known})
        for chosen in self.choices(group, known):
            yield Clause(head, self.atoms(self.items(group, chosen)), [], [(op, self.term(left), self.term(right)) for op, left, right in group.filters])

    def atoms(self, items: list[Item]) -> list[Atom]:
        found: list[Atom] = []
        for item in items:
            given = {name: term for name, term, _ in item.columns}
            terms: list[Term] = []
            for name in item.source.columns:
                self.aliases += 1
                terms.append(self.term(given[name]) if name in given else f"?_{self.aliases}")
            found.append((item.source.table, terms))
            if isinstance(item.source, Found):
                found += [("!=", [self.term(term), NULL]) for name, term in given.items() if name in item.source.may_lack and is_variable(term)]
        return found

    def term(self, term: str) -> Term:
        if is_variable(term):
            return term
        value = encode(term)
        return value if isinstance(value, int) else f"={value}"

    def minted(self, part: Call | str) -> Term:
        if isinstance(part, str):
            return f"={part[1:-1]}" if part.startswith('"') else self.term(part)
        if part.name in ("IRI", "CONCAT"):
            return ("mint", tuple(self.minted(each) for each in part.arguments))
        return (part.name, tuple(self.minted(each) for each in part.arguments))


# the texts of the two engines

def clingo_text(clause: Clause) -> str:
    """Return a clause as clingo reads it; a name is a term of what it is minted from."""
    named: dict[str, str] = {}
    for variable, term in clause.named:  # a name may be made of others
        named[variable] = _clingo(term, named)
    positive = [f"{table}({', '.join(_clingo(t, named) for t in terms)})" if table != "!=" else f"{_clingo(terms[0], named)} != {_clingo(terms[1], named)}"
                for table, terms in clause.body]
    negative = [f"not {table}({', '.join(_clingo(t, named) for t in terms)})" for table, terms in clause.absent]
    compared = [f"{_clingo(left, named)} {op} {_clingo(right, named)}" for op, left, right in clause.comparisons]
    table, terms = clause.head
    return f"{table}({', '.join(_clingo(t, named) for t in terms)}) :- {', '.join([*positive, *negative, *compared])}."


def _clingo(term: Term, named: dict[str, str]) -> str:
    if isinstance(term, tuple):
        name, parts = term
        if name != "mint":  # a part of a name that is cut off or taken whole tells the same things apart
            return _clingo(parts[0], named)  # type: ignore[index]
        flat: list[str] = []
        for part in parts:  # type: ignore[attr-defined]
            flat += [_clingo(each, named) for each in part[1]] if isinstance(part, tuple) and part[0] == "mint" else [_clingo(part, named)]
        return f"n({', '.join(flat)})"
    if isinstance(term, int):
        return str(term)
    if term.startswith("?"):
        return named.get(term) or "V" + term[1:].replace("-", "_").replace("_", "u")
    return '"' + term[1:].replace("\\", "\\\\").replace('"', '\\"') + '"'


def nemo_text(clause: Clause) -> str:
    """Return a clause as nemo reads it; a name is the text that it has in RDF."""
    positive = [f"{table}({', '.join(map(_nemo, terms))})" if table != "!=" else f"{_nemo(terms[0])} != {_nemo(terms[1])}" for table, terms in clause.body]
    negative = [f"~{table}({', '.join(map(_nemo, terms))})" for table, terms in clause.absent]
    compared = [f"{_nemo(left)} {op} {_nemo(right)}" for op, left, right in clause.comparisons]
    named = [f"{_nemo(variable)} = {_nemo(term)}" for variable, term in clause.named]
    table, terms = clause.head
    return f"{table}({', '.join(map(_nemo, terms))}) :- {', '.join([*positive, *negative, *compared, *named])} ."


def _nemo(term: Term) -> str:
    if isinstance(term, tuple):
        name, parts = term
        told = [_nemo(part) for part in parts]  # type: ignore[attr-defined]
        if name == "mint":
            return f"CONCAT({', '.join(told)})" if len(told) > 1 else told[0]
        return told[0] if name == "STR" else f"STRAFTER({', '.join(told)})"
    if isinstance(term, int):
        return str(term)
    return "?" + term[1:].replace("_", "u") if term.startswith("?") else '"' + term[1:].replace("\\", "/").replace('"', "'") + '"'  # it knows no escapes


def fact_text(table: str, row: tuple[Value, ...], engine: str) -> str:
    """Return a row of a table as a fact."""
    write = (lambda term: _clingo(term, {})) if engine == "clingo" else _nemo
    return f"{table}({', '.join(write(value if isinstance(value, int) else f'={value}') for value in row)}){'.' if engine == 'clingo' else ' .'}"
