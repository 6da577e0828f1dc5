"""Runs the rules in their stages and gathers what they conclude, with the rule and the premises of each finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, Protocol, runtime_checkable

from lawkb.facts import iri, is_iri, text
from lawkb.terms import LAW, RDF_TYPE

RESTS_ON = LAW + "restsOn"
CONCLUDED_BY = LAW + "concludedBy"
# Findings have properties of their own for what facts also have, so that an engine finds the few findings on an instrument
# without wading through its hundreds of provisions; in code both go by one name.
_SAME = {
    "onInstrument": "instrument", "forMeasure": "measure", "forParty": "party", "underRelation": "relation", "because": "reason",
    "onOrganisation": "organisation", "throughOrganisation": "through", "onTopic": "topic", "onRule": "domestic", "onOffence": "offence",
    "onElement": "element", "otherOffence": "other-offence", "carriedOutBy": "carried-out-by", "ofSide": "of-side",
    "ofKind": "kind", "ofAge": "age", "onGap": "gap",
}
_STATED = {name: predicate for predicate, name in _SAME.items()}


class Runner(Protocol):
    """What an engine must do: run a rule over the facts and what was found so far, and say whether any of what it finds is new."""

    def apply(self, rule: CompiledRule) -> bool:
        """Add what a rule concludes to the findings, and to what the next rules read."""


@runtime_checkable
class BatchRunner(Protocol):
    """A runner for whom one large errand is cheaper than many small ones."""

    def apply_all(self, rules: list[CompiledRule]) -> list[bool]:
        """Apply rules one after the other, each to what those before it have found too; say of each whether any of it may be new."""


class Engine(Runner, Protocol):
    """An engine that hands over what it found."""

    @property
    def findings(self) -> Findings:
        """What was found so far."""


@dataclass(frozen=True)
class Plan:
    """A rule compiled for tables (`lawkb.plan`).

    Attributes:
        sql: a SELECT whose first column is the finding's IRI.
        turn: its place among the rules: makers of a class before its readers.
        reads: the classes of findings that it reads, by their local names.
        needs: the tables of findings without which it finds nothing.
        kinds: the classes that it concludes, in order.
        values: the names of the finding's properties, each with the columns that hold its values.
        premises: the columns that hold what the finding rests on.
        keeps: the tables that its findings go to, each with the columns that it takes.
    """

    sql: str
    turn: int
    reads: tuple[str, ...]
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    values: tuple[tuple[str, tuple[int, ...]], ...]
    premises: tuple[int, ...]
    keeps: tuple[tuple[str, tuple[int, ...]], ...]

    @cached_property
    def classes(self) -> list[str]:
        """The classes that it concludes, as its findings hold them: all of them one list, since nothing changes it."""
        return [*self.kinds]

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """The columns that hold the values of a property, by its name."""
        return dict(self.values)

    @cached_property
    def single(self) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], tuple[Any, ...]]] | None:
        """The names of the finding's properties, and what picks their values out of a row, where each has one column."""
        columns = [place for _, places in self.values for place in places]
        return (tuple(self.places), _picker(columns)) if len(columns) == len(self.places) else None

    @cached_property
    def resting(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """What picks the premises out of a row."""
        return _picker(self.premises)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Plan:
        """Read a plan as the snapshot keeps it: as JSON, in lists, with properties by the names that rules give them."""
        return cls(stored["sql"], stored["turn"], tuple(stored["reads"]), tuple(stored["needs"]), tuple(stored["kinds"]),
                   tuple((value_name(name), tuple(places)) for name, places in stored["values"]), tuple(stored["premises"]),
                   tuple((table, tuple(places)) for table, places in stored["keeps"]))


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what picks some columns out of a row: in one step, also where there is one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))


@dataclass(frozen=True)
class CompiledRule:
    """A rule as the snapshot keeps it: enough to run it and to say what it says."""

    iri: str
    stage: str
    title: str
    law: str
    concludes: tuple[str, ...]
    says: str
    dates: tuple[str, ...]
    query: str
    plan: Plan


@dataclass(slots=True)
class Finding:
    """One conclusion: its classes, its values, the rules that drew it and the findings and facts that it rests on."""

    iri: str
    kinds: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    premises: list[str] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """Return the first value of a `law:` property, as an IRI or a text."""
        found = self.values.get(name)
        return found[0] if found else None


class Findings:
    """All findings of a case, by IRI and by class."""

    @cached_property
    def written(self) -> defaultdict[str, dict[str, Any]]:
        """What was written of these findings, such as sentences and proofs: while they are in memory it need not be written again."""
        return defaultdict(dict)

    @property
    def by_iri(self) -> Mapping[str, Finding]:
        """IRI -> finding."""
        raise NotImplementedError

    @property
    def by_kind(self) -> Mapping[str, list[Finding]]:
        """Class -> its findings, in order of IRI."""
        raise NotImplementedError

    def of(self, kind: str, **values: str) -> list[Finding]:
        """Return the findings of a class whose `law:` properties hold these values, in order of IRI."""
        if not values:
            return list(self.by_kind.get(kind, ()))
        (first, wanted), *others = values.items()
        found = self.having(kind, first, wanted)
        return [f for f in found if all(v in f.values.get(n, ()) for n, v in others)] if others else list(found)

    def finding(self, iri: str) -> Finding | None:
        """Return the finding of an IRI, or None where it is that of a fact."""
        return self.by_iri.get(iri)

    def having(self, kind: str, name: str, value: str) -> Sequence[Finding]:
        """Return the findings of a class that have a value of a property, in order of IRI."""
        raise NotImplementedError

    def about(self, iri: str, by: str = "of") -> Mapping[str, Sequence[Finding]]:
        """Return all findings that name a finding by a `law:` property, by class, each class in order of IRI."""
        raise NotImplementedError

    def close(self) -> None:
        """Order everything, so that the same question gives the same bytes."""
        raise NotImplementedError


class TripleFindings(Findings):
    """Findings gathered from triples."""

    def __init__(self) -> None:
        self._by_iri: dict[str, Finding] = {}
        self._by_kind: dict[str, list[Finding]] = {}
        self._indexes: dict[tuple[str, str], dict[str, list[Finding]]] = {}

    @property
    def by_iri(self) -> dict[str, Finding]:
        """IRI -> finding."""
        return self._by_iri

    @property
    def by_kind(self) -> dict[str, list[Finding]]:
        """Class -> its findings, in order of IRI."""
        return self._by_kind

    def add(self, triples: Iterable[tuple[str, str, str]], rule: str | None = None) -> None:
        """Take in the triples that a rule has found; without a rule, those that say by themselves which rules found them."""
        for subject, predicate, obj in triples:
            finding = self.by_iri.setdefault(subject, Finding(subject))
            value = iri(obj) if is_iri(obj) else text(obj)
            if predicate == RDF_TYPE:
                _once(finding.kinds, value.removeprefix(LAW))
                if rule:
                    _once(finding.rules, rule)
            elif predicate == CONCLUDED_BY:
                _once(finding.rules, value)
            elif predicate == RESTS_ON:
                _once(finding.premises, value)
            else:
                _once(finding.values.setdefault(value_name(predicate), []), value)

    def having(self, kind: str, name: str, value: str) -> Sequence[Finding]:
        """Return the findings of a class that have a value of a property; the index is made when it is first asked for, since findings do not
        change once closed."""
        if (kind, name) not in self._indexes:
            index = self._indexes[kind, name] = {}
            for finding in self.by_kind.get(kind, ()):
                for each in finding.values.get(name, ()):
                    index.setdefault(each, []).append(finding)
        return self._indexes[kind, name].get(value, ())

    def about(self, iri: str, by: str = "of") -> Mapping[str, Sequence[Finding]]:
        """Return all findings that name a finding by a `law:` property, by class, each class in order of IRI."""
        return {kind: found for kind in self.by_kind if (found := self.having(kind, by, iri))}

    def close(self) -> None:
        """Order everything, so that the same question gives the same bytes."""
        for subject in sorted(self.by_iri):
            finding = self.by_iri[subject]
            for listed in (finding.premises, finding.rules, finding.kinds, *finding.values.values()):
                if len(listed) > 1:
                    listed.sort()
            for kind in finding.kinds:
                self.by_kind.setdefault(kind, []).append(finding)


def infer(engine: Engine, rules: Iterable[CompiledRule]) -> Findings:
    """Run the rules and return the findings."""
    run(engine, rules)
    engine.findings.close()
    return engine.findings


def run(engine: Runner, rules: Iterable[CompiledRule]) -> None:
    """Run the rules stage by stage, each stage to a fixpoint.

    Negation looks at earlier stages only (`lawkb.stratify`), so that the order inside a stage does not matter.
    """
    stages: dict[str, list[CompiledRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.plan.turn):
        stages.setdefault(rule.stage, []).append(rule)
    for stage in sorted(stages):
        _fixpoint(engine, stages[stage])


def _fixpoint(engine: Runner, rules: list[CompiledRule]) -> None:
    """Run rules until none finds more: a rule runs again only if what it reads was made since it began to run."""
    ran: dict[str, int] = {}
    made: dict[str, int] = {}
    clock, due = 0, rules
    while due:
        found = engine.apply_all(due) if isinstance(engine, BatchRunner) else map(engine.apply, due)
        for rule, new in zip(due, found, strict=True):
            clock += 1
            ran[rule.iri] = clock
            if new:
                made.update(dict.fromkeys(rule.plan.kinds, clock))
        due = [rule for rule in rules if not made.keys().isdisjoint(rule.plan.reads) and any(made.get(name, 0) >= ran[rule.iri] for name in rule.plan.reads)]


def value_name(predicate: str) -> str:
    """Return the name under which findings keep the values of a property."""
    name = predicate.removeprefix(LAW)
    return _SAME.get(name, name)


def predicate_of(name: str) -> str:
    """Return the property under which rules state what findings keep under a name."""
    return LAW + _STATED.get(name, name)


def _once(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)
