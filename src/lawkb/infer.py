"""Runs the rules in their stages and gathers what they conclude, with the rule and the premises of each finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lawkb.facts import iri, is_iri, text
from lawkb.terms import LAW, RDF_TYPE

RESTS_ON = LAW + "restsOn"
# Findings have properties of their own for what facts also have, so that an engine finds the few findings on an instrument
# without wading through its hundreds of provisions; in code both go by one name.
_SAME = {"onInstrument": "instrument", "forMeasure": "measure", "forParty": "party", "underRelation": "relation", "because": "reason"}


class Engine(Protocol):
    """What an engine must do: run a CONSTRUCT over the dossier and what was found so far, keep its triples, and say whether any is new."""

    def construct(self, query: str) -> tuple[list[tuple[str, str, str]], bool]: ...


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


@dataclass
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

    def __init__(self) -> None:
        self.by_iri: dict[str, Finding] = {}
        self.by_kind: dict[str, list[Finding]] = {}

    def of(self, kind: str, **values: str) -> list[Finding]:
        """Return the findings of a class whose `law:` properties hold these values, in order of IRI."""
        return [f for f in self.by_kind.get(kind, ()) if all(v in f.values.get(n, ()) for n, v in values.items())]

    def add(self, triples: Iterable[tuple[str, str, str]], rule: str) -> None:
        """Take in the triples that a rule has found."""
        for subject, predicate, obj in triples:
            finding = self.by_iri.setdefault(subject, Finding(subject))
            value = iri(obj) if is_iri(obj) else text(obj)
            if predicate == RDF_TYPE:
                _once(finding.kinds, value.removeprefix(LAW))
                _once(finding.rules, rule)
            elif predicate == RESTS_ON:
                _once(finding.premises, value)
            else:
                name = predicate.removeprefix(LAW)
                _once(finding.values.setdefault(_SAME.get(name, name), []), value)

    def close(self) -> None:
        """Order everything, so that the same question gives the same bytes."""
        for subject in sorted(self.by_iri):
            finding = self.by_iri[subject]
            finding.premises.sort()
            finding.rules.sort()
            finding.kinds.sort()
            for values in finding.values.values():
                values.sort()
            for kind in finding.kinds:
                self.by_kind.setdefault(kind, []).append(finding)


def infer(engine: Engine, rules: Iterable[CompiledRule]) -> Findings:
    """Run the rules stage by stage, each stage to a fixpoint, and return the findings.

    Negation looks at earlier stages only (`lawkb.stratify`), so that the order inside a stage does not matter.
    """
    findings = Findings()
    stages: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        stages.setdefault(rule.stage, []).append(rule)
    for stage in sorted(stages):
        waiting = stages[stage]
        while waiting:
            made: set[str] = set()
            for rule in waiting:
                triples, new = engine.construct(rule.query)
                findings.add(triples, rule.iri)
                if new:
                    made.update(rule.concludes)
            # only a rule that reads what this round has made can find more
            waiting = [rule for rule in stages[stage] if any(f"{name} " in rule.query.partition("WHERE")[2] for name in made)]
    findings.close()
    return findings


def _once(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)
