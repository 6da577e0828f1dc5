"""Holds engines to one another: the same question, the same findings, triple by triple.

An engine is a name and a callable from a case and the kind of question to findings, so that any engine can be plugged in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engines.invented import codes_of
from engines.memory import Dossier, over_loops, over_oxigraph, over_tables
from engines.ordered import in_order
from engines.shrink import shrink
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import LINKS, Case
from lawkb.dossier import dossier
from lawkb.facts import many, text
from lawkb.infer import Finding, Findings
from lawkb.pattern import parse
from lawkb.rules import STAGES_OF, Rule, load_rules
from lawkb.terms import curie, key

Run = Callable[[Case, str], Findings]
Plain = dict[str, Finding]


@dataclass(frozen=True)
class Question:
    """A case, and the kind of question that it is asked as (`lawkb.rules.STAGES_OF`)."""

    case: Case
    kind: str

    def __str__(self) -> str:
        return f"{self.case.key} ({self.kind})"


def engines(base: Base, *names: str) -> dict[str, Run]:
    """Return engines by name: those of `lawkb.ask.conclude`, and `oxigraph-in-order`, the rules on Oxigraph in another order (`engines.ordered`)."""
    def run(name: str) -> Run:
        return in_order(base) if name == "oxigraph-in-order" else lambda case, kind: conclude(base, case, kind, engine=name)

    return {name: run(name) for name in names}


def kinds(case: Case) -> tuple[str, ...]:
    """The kinds of question that a case can be, those that run the most rules."""
    return ("request", "criminality") if case.question == "channels" else (case.question,)


def differences(found: Findings, expected: Findings, names: tuple[str, str] = ("relational", "oxigraph")) -> list[str]:
    """Return what two engines see differently: findings that one lacks, or whose classes, values, rules or premises differ."""
    width = max(map(len, names)) + 1
    return [f"{iri}\n  {f'{names[0]}:':<{width}} {found.by_iri.get(iri)}\n  {f'{names[1]}:':<{width}} {expected.by_iri.get(iri)}"
            for iri in sorted(set(found.by_iri) | set(expected.by_iri)) if found.by_iri.get(iri) != expected.by_iri.get(iri)]


def disagreements(questions: Iterable[Question], first: tuple[str, Run], others: dict[str, Run]) -> Iterator[tuple[Question, str, list[str]]]:
    """Yield the questions on which an engine disagrees with the first one, with its name and the differences."""
    for question in questions:
        expected = first[1](question.case, question.kind)
        for name, run in others.items():
            if unlike := differences(expected, run(question.case, question.kind), (first[0], name)):
                yield question, name, unlike


IN_MEMORY = {"oxigraph": over_oxigraph, "loops": over_loops}


def smallest(base: Base, question: Question, engine: str = "oxigraph") -> str:
    """Return the smallest dossier, and the fewest rules, on which tables and an engine of `IN_MEMORY` still disagree about a question.

    Where they agree over the dossier, the dossier itself lacks a fact that the rules read in the whole knowledge base.
    """
    rules = {rule: parse(rule) for rule in load_rules() if rule.stage in STAGES_OF[question.kind]}
    whole = Dossier.of(dossier(base, question.case), question.case)

    def differs(facts: Dossier, chosen: list[Rule]) -> bool:
        picked = {rule: rules[rule] for rule in chosen}
        return plain(over_tables(facts, picked)) != plain(IN_MEMORY[engine](facts, picked))

    if not differs(whole, list(rules)):
        return "Over the dossier both agree: it leaves out facts that the rules read in the whole knowledge base."
    return told(*reduced(whole, list(rules), differs))


def reduced(whole: Dossier, rules: list[Rule], differs: Callable[[Dossier, list[Rule]], bool]) -> tuple[Dossier, list[Rule]]:
    """Return as few facts and rules as still differ: rules first, since few rules are compiled quickly, then subjects, then statements."""
    chosen = shrink(rules, lambda some: differs(whole, some))
    subjects = shrink(whole.subjects, lambda some: differs(whole.only(subjects=some), chosen))
    small = whole.only(subjects=subjects)
    triples = shrink(small.triples, lambda some: differs(small.only(triples=some), chosen))
    small = small.only(triples=triples)
    return small, shrink(chosen, lambda some: differs(small, some))


def told(facts: Dossier, rules: list[Rule]) -> str:
    """Return a dossier and rules as people read them."""
    lines = [f"  {curie(s)} {curie(p)} {curie(o[1:-1]) if o.startswith('<') else o} ." for s, p, o in facts.triples]
    return "\n".join(["Rules: " + ", ".join(f"{rule.stage}/{rule.name}" for rule in rules), f"The case is {facts.case.key}; the facts are", *lines])


def plain(findings: Findings) -> Plain:
    """Return findings by IRI, all of them made."""
    return dict(findings.by_iri.items())


# seeded questions

FIRST, LAST = dt.date(1950, 1, 1).toordinal(), dt.date(2027, 1, 1).toordinal()
_DATED = ("Participation", "Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement", "Offence", "Membership", "Suspension")


def turning_days(base: Base) -> dict[str, list[int]]:
    """Return, for each jurisdiction, the days on which something recorded of it begins or ends."""
    found: dict[str, set[int]] = {}
    for entry in base.of_class(*_DATED):
        days = {int(text(value)) for name, values in entry.block.items() if name.endswith("Day") for value in values}
        for owner in (key(value) for name in ("party", "jurisdiction", "member") for value in many(entry.block, name)):
            found.setdefault(owner, set()).update(day for day in days if FIRST <= day <= LAST)
    return {code: sorted(days) for code, days in found.items()}


def questions(groups: Sequence[Sequence[str]], turns: Mapping[str, Sequence[int]], count: int, seed: object) -> Iterator[Question]:
    """Yield questions by chance, the same for the same seed: between two of a group, on one, or on links of the facts to several.

    Two in three fall on a day on which something begins or ends for one of them, or on the day before or after; some are asked
    strictly, some with another day of the offence.

    Args:
        groups: jurisdictions that have to do with one another.
        turns: the days on which something begins or ends for each.
        count: how many.
        seed: what the choice depends on.
    """
    rng = random.Random(f"{seed}")

    def day(of: Sequence[str]) -> dt.date:
        near = [day for code in of for day in turns.get(code, ())]
        if near and rng.random() < 2 / 3:
            return dt.date.fromordinal(rng.choice(near) + rng.choice((-1, 0, 1)))
        return dt.date.fromordinal(rng.randint(FIRST, LAST))

    for _ in range(count):
        group, kind = rng.choice(groups), rng.random()
        if kind < 0.15:
            some = (rng.choice(group),)
            case = Case(some[0], None, day(some))
        elif kind < 0.3:
            links = tuple(sorted((word, rng.choice(group)) for word in rng.sample(sorted(LINKS), rng.randint(1, 3))))
            case = Case("", None, day([code for _, code in links]), links=links)
        else:
            two = rng.sample(list(group), 2)
            case = Case(two[0], two[1], day(two), offence_on=day(two) if rng.random() < 0.2 else None, strict=rng.random() < 0.2)
            if kind < 0.45:
                yield Question(replace(case, facts=_told(rng)), "criminality")
                continue
        yield Question(case, rng.choice(kinds(case)))


def _told(rng: random.Random) -> tuple[tuple[str, str], ...]:
    """Facts of a case: some acts, means and purposes, and maybe who the victim is, whether it agreed, and a penalty in months."""
    told = [("act", rng.choice(_codes("conduct"))), ("means", rng.choice(["none", *_codes("means")])), ("purpose", rng.choice(_codes("purpose"))),
            ("victim", rng.choice(("adult", "child"))), ("consent", rng.choice(("yes", "no"))), ("penalty", rng.choice(("11", "12", "48")))]
    return tuple(part for part in told if rng.random() < 0.7) or (told[0],)


def _codes(scheme: str) -> list[str]:
    return [code.partition(":")[2] for code in codes_of(scheme)]
