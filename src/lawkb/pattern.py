"""Reads a rule's SPARQL into plain patterns: what it matches, compares, excludes and names, in the order of its text.

The one place that knows rdflib's algebra. A construct outside the subset that rules may use is refused by name, so that no
compiler downstream has to guess. Terms are texts: `?name` for a variable, `<iri>` or `"text"^^<type>` for a constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lawkb.errors import LawkbError
from lawkb.rules import Rule

MORE = "docs/rules.md, section 'What a rule may say'"
_NAMED = re.compile(r"\?\w+|\blaw:\w+|\b[A-Z]{3,}(?: (?:BY|EXISTS))?\b")
Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Call:
    """A function of a BIND (`IRI`, `CONCAT`, `STR`, `STRAFTER`) with its arguments: calls or terms."""

    name: str
    arguments: tuple[Call | str, ...]


@dataclass
class Group:
    """A group of patterns.

    Attributes:
        triples: what must hold.
        filters: comparisons (operator, left, right), all of which must hold.
        binds: (variable, expression), each after the variables that it reads.
        minus: (shared variables, group): solutions that agree with the group on these variables are removed.
    """

    triples: list[Triple] = field(default_factory=list)
    filters: list[tuple[str, str, str]] = field(default_factory=list)
    binds: list[tuple[str, Call | str]] = field(default_factory=list)
    minus: list[tuple[frozenset[str], Group]] = field(default_factory=list)

    @property
    def variables(self) -> set[str]:
        """The variables that the group binds."""
        found = {term for triple in self.triples for term in triple if is_variable(term)}
        return found | {variable for variable, _ in self.binds}

    def groups(self) -> Iterator[Group]:
        """Yield the group and the groups that it excludes."""
        yield self
        for _, group in self.minus:
            yield group

    def stars(self) -> dict[str, list[Triple]]:
        """Return the triples of the group by subject."""
        found: dict[str, list[Triple]] = {}
        for triple in self.triples:
            found.setdefault(triple[0], []).append(triple)
        return found


@dataclass(frozen=True)
class Construct:
    """A rule as patterns: the triples that it concludes and the group that it reads."""

    template: list[Triple]
    where: Group


def is_variable(term: str) -> bool:
    """Say whether a term is a variable."""
    return term.startswith("?")


def refused(rule: Rule, what: str, mend: str) -> LawkbError:
    """Return the error that refuses a rule: where, what it does, and how to mend it."""
    line = _line_of(rule, what)
    return LawkbError(f"The rule {rule.stage}/{rule.name}.rq{f', line {line},' if line else ''} {what}", mend, MORE)


def _line_of(rule: Rule, what: str) -> int | None:
    """Return the line of the rule's file in which the first thing stands that a refusal names; None where that cannot be told."""
    lines = rule.path.read_text(encoding="utf-8").splitlines() if rule.path.is_file() else []
    for name in _NAMED.findall(what):
        stands = re.compile(rf"(?<![\w?:]){re.escape(name)}(?![\w-])", re.IGNORECASE if name.isupper() else 0)
        for number, line in enumerate(lines, start=1):
            if not line.startswith("#") and ("MINUS" in line or not what.startswith("negates")) and stands.search(line):
                return number
    return None


def parse(rule: Rule) -> Construct:
    """Read a rule.

    Raises:
        LawkbError: the rule is not SPARQL, not a CONSTRUCT, or uses what rules may not use; names the rule and the construct.
    """
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(rule.query)).algebra
    except Exception as error:  # rdflib raises many kinds of errors for a malformed query
        raise refused(rule, f"is not SPARQL ({str(error).splitlines()[0]})", "Compare it with a neighbour in the same folder") from error
    if algebra.name != "ConstructQuery":
        raise refused(rule, "is not a CONSTRUCT", "Write one CONSTRUCT { finding } WHERE { premises }")
    return _Reader(rule).construct(algebra)


_SAID = {
    "LeftJoin": "OPTIONAL", "Union": "UNION", "Group": "GROUP BY", "AggregateJoin": "an aggregate", "ToMultiSet": "VALUES or a sub-select", "Values": "VALUES",
    "Graph": "GRAPH", "ServiceGraphPattern": "SERVICE", "OrderBy": "ORDER BY", "Slice": "LIMIT or OFFSET", "Distinct": "DISTINCT", "Reduced": "REDUCED",
    "Builtin_NOTEXISTS": "FILTER NOT EXISTS", "Builtin_EXISTS": "FILTER EXISTS", "ConditionalOrExpression": "||", "UnaryNot": "!",
}
_MEND = "Use basic patterns, MINUS, comparisons joined by &&, and BIND of IRI, CONCAT, STR and STRAFTER"
_FUNCTIONS = {"Builtin_IRI": "IRI", "Builtin_CONCAT": "CONCAT", "Builtin_STR": "STR", "Builtin_STRAFTER": "STRAFTER"}
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class _Reader:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def construct(self, algebra: Any) -> Construct:
        if algebra.datasetClause:
            raise self.refuse("FROM")
        return Construct([self.triple(t) for t in algebra.template], self.group(algebra.p.p if algebra.p.name == "Project" else algebra.p))

    def group(self, part: Any) -> Group:
        group = Group()
        self.into(group, part)
        return group

    def into(self, group: Group, part: Any) -> None:
        """Add an operator of the algebra and all below it to a group, innermost first."""
        if part.name == "BGP":
            group.triples.extend(self.triple(t) for t in part.triples)
        elif part.name == "Join":
            self.into(group, part.p1)
            self.joined(group, self.group(part.p2))
        elif part.name == "Minus":
            self.into(group, part.p1)
            self.excluded(group, self.group(part.p2))
        elif part.name == "Extend":
            self.into(group, part.p)
            self.named(group, f"?{part.var}", self.expression(part.expr))
        elif part.name == "Filter":
            inner = self.group(part.p)
            for comparison in self.comparisons(part.expr):
                self.bound(inner, [term for term in comparison[1:] if is_variable(term)], "compares")
                inner.filters.append(comparison)
            self.joined(group, inner)
        else:
            raise self.refuse(_SAID.get(part.name, part.name))

    def joined(self, group: Group, other: Group) -> None:
        """Join two groups: what is excluded from the second, or named in it, keeps to the variables that it had there."""
        for variable, _ in other.binds:
            if variable in group.variables:
                raise self.refuse(f"a BIND of {variable}, which is bound already")
        group.triples += other.triples
        group.filters += other.filters
        group.binds += other.binds
        group.minus += other.minus

    def excluded(self, group: Group, other: Group) -> None:
        shared = frozenset(group.variables & other.variables)
        if not shared:
            raise refused(self.rule, "has a MINUS that shares no variable with what stands before it, so that it would remove nothing",
                          "Name in it a variable of the patterns above it")
        if other.minus or other.binds:
            raise self.refuse(f"{'MINUS' if other.minus else 'BIND'} inside a MINUS")
        group.minus.append((shared, other))

    def named(self, group: Group, variable: str, expression: Call | str) -> None:
        if variable in group.variables:
            raise self.refuse(f"a BIND of {variable}, which is bound already")
        self.bound(group, variables_of(expression), "makes a name from")
        group.binds.append((variable, expression))

    def bound(self, group: Group, wanted: list[str], does: str) -> None:
        for variable in wanted:
            if variable not in group.variables:
                raise refused(self.rule, f"{does} {variable}, which no pattern of its group binds", "Bind it by a pattern first")

    def comparisons(self, part: Any) -> Iterator[tuple[str, str, str]]:
        name = getattr(part, "name", None)
        if name == "ConditionalAndExpression":
            for each in (part.expr, *part.other):
                yield from self.comparisons(each)
        elif name == "RelationalExpression" and part.op in _COMPARISONS:
            left, right = self.expression(part.expr), self.expression(part.other)
            if isinstance(left, Call) or isinstance(right, Call):
                raise self.refuse("a function in a FILTER")
            yield part.op, left, right
        else:
            raise self.refuse(_SAID.get(name or "", f"FILTER with {getattr(part, 'op', None) or name or part}"))

    def expression(self, part: Any) -> Call | str:
        name = getattr(part, "name", None)
        if name is None:
            return self.term(part)
        if name not in _FUNCTIONS:
            raise self.refuse(_SAID.get(name, name.removeprefix("Builtin_")))
        arguments = part.arg if name == "Builtin_CONCAT" else [part.arg1, part.arg2] if name == "Builtin_STRAFTER" else [part.arg]
        return Call(_FUNCTIONS[name], tuple(self.expression(each) for each in arguments))

    def triple(self, triple: Any) -> Triple:
        subject, predicate, obj = triple
        if type(predicate).__name__ != "URIRef":
            raise self.refuse("a variable as a property" if type(predicate).__name__ == "Variable" else f"the property path {predicate}")
        return self.term(subject), str(predicate), self.term(obj)

    def term(self, term: Any) -> str:
        kind = type(term).__name__
        if kind == "Variable":
            return f"?{term}"
        if kind == "BNode":
            raise self.refuse("a blank node")
        return ntriples_of(term) if kind == "Literal" else f"<{term}>"

    def refuse(self, construct: str) -> LawkbError:
        return refused(self.rule, f"uses {construct}", _MEND)


def ntriples_of(literal: Any) -> str:
    """Return a literal of rdflib as facts write it."""
    text = "".join(_ESCAPED.get(character, character) for character in str(literal))
    return f'"{text}"' + (f"@{literal.language}" if literal.language else f"^^<{literal.datatype}>" if literal.datatype else "")


def variables_of(expression: Call | str) -> list[str]:
    """Return the variables that an expression reads, in order."""
    if isinstance(expression, str):
        return [expression] if is_variable(expression) else []
    return [variable for argument in expression.arguments for variable in variables_of(argument)]
