"""The rules on Oxigraph in an order of joins made for the facts: each rule's own patterns, comparisons and exclusions, and no others.

Oxigraph's planner knows which places of a pattern are bound and nothing of the facts; over a dossier that makes a few rules a hundred
times slower than they need be. Here the order comes from counts over a few cases, `LATERAL` (which Oxigraph adds to SPARQL) holds
Oxigraph to it, and what is better read whole and then matched stands in a sub-select. Findings are inserted where they are found, so
that they need not pass through Python. `tests/test_agreement.py` holds what is written here to the rules as they stand.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from pyoxigraph import NamedNode, RdfFormat, Store

from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.facts import iri, ref
from lawkb.infer import CONCLUDED_BY, RESTS_ON, CompiledRule, Findings, TripleFindings, predicate_of, run
from lawkb.parsed import parsed_rules
from lawkb.pattern import Call, Construct, Group, Triple, is_variable
from lawkb.rules import STAGES_OF, load_rules
from lawkb.terms import LAW, RDF_TYPE

_CHECKED = 0.5  # what part of the rows is left by a pattern of which both ends are known
_LEAST = 0.1
_APART = 1e6  # a pattern that shares nothing with those before it comes last
_ANY = ""  # the class of what a rule does not say the class of


@dataclass
class _Count:
    rows: int = 0
    subjects: set[str] = field(default_factory=set)
    objects: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Counts:
    """How often each property stands in facts and findings, also by the class of its subject."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """`triples` are (IRI, IRI, N-Triples term)."""
        listed = list(triples)
        classes: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, obj in listed:
            if predicate == RDF_TYPE:
                classes[subject].append(obj)
        self.counts: dict[tuple[str, str], _Count] = defaultdict(_Count)
        for subject, predicate, obj in listed:
            for kind in (_ANY, *classes[subject]):
                count = self.counts[kind, predicate]
                count.rows += 1
                count.subjects.add(subject)
                count.objects[obj] += 1

    def rows(self, triple: Triple, bound: set[str], kind: str = _ANY) -> float:
        """Return how many matches of a pattern to expect for each row so far; `kind` is the class of its subject, where that counts."""
        subject, predicate, obj = triple
        count = self.counts[kind, predicate]
        known = not is_variable(obj) or obj in bound
        if subject in bound:
            return _CHECKED if known else count.rows / max(len(count.subjects), 1)
        if not is_variable(obj):
            return float(count.objects.get(obj, 0))
        return count.rows / max(len(count.objects), 1) if known else float(count.rows)


def ordered(construct: Construct, counts: Counts) -> str:
    """Return the WHERE of a rule with its patterns in order."""
    where = construct.where
    parts = [_joined(where.triples, counts), *(f"FILTER({left} {operator} {right})" for operator, left, right in where.filters)]
    parts += [f"BIND({_written(expression)} AS {variable})" for variable, expression in where.binds]
    parts += [f"MINUS {{ {_excluded(shared, group, counts, place)} }}" for place, (shared, group) in enumerate(where.minus)]
    return "\n".join(parts)


def _excluded(shared: frozenset[str], group: Group, counts: Counts, place: int) -> str:
    """A group that is excluded; what it does not share with what stands before it in the rule gets names of its own."""
    own = {variable: f"{variable}_{place}" for variable in group.variables - shared}
    triples = [(own.get(s, s), p, own.get(o, o)) for s, p, o in group.triples]
    filters = [f"FILTER({own.get(left, left)} {operator} {own.get(right, right)})" for operator, left, right in group.filters]
    return " ".join([_joined(triples, counts), *filters])


def _joined(triples: list[Triple], counts: Counts) -> str:
    text = ""
    for step in _steps(triples, counts):
        if isinstance(step, list):
            text = f"{{ {text} {{ SELECT * {{ {_joined(step, counts)} }} }} }}"
        else:
            text = f"{text} LATERAL {{ {_pattern(step)} }}" if text else f"{{ {_pattern(step)} }}"
    return text


def _steps(triples: list[Triple], counts: Counts) -> Iterator[Triple | list[Triple]]:
    """Yield patterns that are looked up for each row so far, and lists of patterns that are read whole and then matched; the fewest rows first."""
    left, bound, rows = list(triples), set[str](), 1.0
    kinds = {s: o for s, p, o in triples if p == RDF_TYPE}

    def expected(triple: Triple) -> float:
        apart = bool(bound) and not {triple[0], triple[2]} & bound
        return counts.rows(triple, bound, _ANY if triple[1] == RDF_TYPE else kinds.get(triple[0], _ANY)) * (_APART if apart else 1)

    while left:
        first = min(left, key=expected)
        rows, found = rows * max(expected(first), _LEAST), [first]
        if bound and first[0] not in bound:
            whole = [triple for triple in left if triple[0] == first[0]]
            few = min(counts.rows(triple, set(), kinds.get(triple[0], _ANY)) for triple in whole)
            if len(whole) > 1 and few < rows / max(expected(first), _LEAST) * counts.rows(first, bound):
                found = whole
        yield found if len(found) > 1 else first
        left = [triple for triple in left if triple not in found]
        bound |= {term for s, _, o in found for term in (s, o) if is_variable(term)}


def _pattern(triple: Triple) -> str:
    return f"{triple[0]} <{triple[1]}> {triple[2]} ."


def _written(expression: Call | str) -> str:
    return expression if isinstance(expression, str) else f"{expression.name}({', '.join(map(_written, expression.arguments))})"


class Ordered:
    """Rules in order, to be run over many dossiers."""

    def __init__(self, rules: Iterable[tuple[CompiledRule, Construct]], counts: Counts) -> None:
        listed = list(rules)
        self.rules = [rule for rule, _ in listed]
        concluded = {f"<{LAW}{name}>" for rule in self.rules for name in rule.plan.kinds}
        self.updates: dict[str, str] = {}
        self.needed: dict[str, list[NamedNode]] = {}
        for rule, construct in listed:
            template = [*construct.template, (construct.template[0][0], CONCLUDED_BY, ref(rule.iri))]
            self.updates[rule.iri] = f"INSERT {{ {' '.join(map(_pattern, template))} }} WHERE {{ {ordered(construct, counts)} }}"
            self.needed[rule.iri] = [NamedNode(o[1:-1]) for _, p, o in construct.where.triples if p == RDF_TYPE and o in concluded]
        places = {rule.iri: place for place, rule in enumerate(sorted(self.rules, key=lambda rule: (rule.stage, rule.plan.turn)))}
        self.circular = {rule.iri for rule in self.rules for other in self.rules
                         if places[other.iri] <= places[rule.iri] and set(other.plan.reads) & set(rule.plan.kinds)}

    @classmethod
    def of(cls, base: Base, kind: str, like: Iterable[Case]) -> Ordered:
        """Return the rules for a kind of question; `like` are cases whose facts and findings are counted, the more is recorded of them the better."""
        constructs = {rule.iri: construct for rule, construct in parsed_rules(load_rules(), base.path.parent).items()}
        counts = Counts(triple for case in like for triple in _triples(base, case, kind))
        return cls(((rule, constructs[rule.iri]) for rule in base.rules if rule.stage in STAGES_OF[kind]), counts)

    def over(self, ntriples: Iterable[str]) -> OrderedEngine:
        """Run the rules over a dossier."""
        engine = OrderedEngine(self, ntriples)
        run(engine, self.rules)
        return engine


class OrderedEngine:
    """Runs rules over one dossier."""

    def __init__(self, rules: Ordered, ntriples: Iterable[str]) -> None:
        self.rules, self.store = rules, Store()
        self.there: set[NamedNode] = set()
        for text in ntriples:
            self.store.load(text, format=RdfFormat.N_TRIPLES)

    def apply(self, rule: CompiledRule) -> bool:
        """Add what a rule concludes, unless there is nothing of a class that it needs; whether it is new counts where a rule may have to run again."""
        if not all(map(self.any, self.rules.needed[rule.iri])):
            return False
        before = len(self.store) if rule.iri in self.rules.circular else 0
        self.store.update(self.rules.updates[rule.iri])
        return bool(before) and len(self.store) > before

    def any(self, kind: NamedNode) -> bool:
        """Say whether there is anything of a class."""
        if kind not in self.there and next(self.store.quads_for_pattern(None, _TYPE, kind), None) is not None:
            self.there.add(kind)
        return kind in self.there

    def findings(self, kinds: Iterable[str] | None = None) -> Findings:
        """Return the findings, or those of some classes (IRIs) only."""
        matches = [(_TYPE, NamedNode(kind)) for kind in kinds] if kinds is not None else [(_BY, NamedNode(rule.iri)) for rule in self.rules.rules]
        quads = (quad for predicate, obj in matches for quad in self.store.quads_for_pattern(None, predicate, obj))
        found = TripleFindings()
        for subject in dict.fromkeys(quad.subject for quad in quads):
            found.add((str(subject)[1:-1], quad.predicate.value, str(quad.object)) for quad in self.store.quads_for_pattern(subject, None, None))
        found.close()
        return found


def in_order(base: Base) -> Callable[[Case, str], Findings]:
    """Return the engine: a callable from a case and the kind of question to findings."""
    of_kind = cache(lambda kind: Ordered.of(base, kind, rich(base)))
    return lambda case, kind: of_kind(kind).over(dossier(base, case)).findings()


def rich(base: Base) -> list[Case]:
    """Return a case between the two of whom most is recorded, on the day of the release."""
    one, other = (row[0] for row in base.execute("SELECT jurisdiction FROM packed_slice WHERE jurisdiction<>'' GROUP BY jurisdiction "
                                                 "ORDER BY COUNT(*) DESC, jurisdiction LIMIT 2"))
    return [Case(one, other, dt.date.fromisoformat(base.meta["kb_version"]))]


_TYPE, _BY = NamedNode(RDF_TYPE), NamedNode(CONCLUDED_BY)


def _triples(base: Base, case: Case, kind: str) -> Iterator[Triple]:
    """The facts of a case, and what is found."""
    for line in "".join(dossier(base, case)).splitlines():
        subject, predicate, rest = line.split(" ", 2)
        yield iri(subject), iri(predicate), rest.removesuffix(" .")
    for finding in conclude(base, case, kind, engine="relational").by_iri.values():
        yield from ((finding.iri, RDF_TYPE, ref(LAW + name)) for name in finding.kinds)
        yield from ((finding.iri, RESTS_ON, ref(premise)) for premise in finding.premises)
        for name, values in finding.values.items():
            yield from ((finding.iri, predicate_of(name), ref(value) if value.startswith("http") else value) for value in values)
