"""The numbers of the knowledge base that README.md states, and the gaps that it names, counted and never typed."""

from __future__ import annotations

from collections import Counter

from lawkb.api import KnowledgeBase, load
from lawkb.base import Base, Entry
from lawkb.facts import many, one
from lawkb.rules import STAGES, load_rules
from lawkb.status import ACTS, STATEMENTS
from lawkb.terms import CONCEPT, key

JURISDICTIONS = {"State": "states", "Territory": "territories", "RegionalOrganisation": "regional organisations", "FormerState": "former states"}
INSTRUMENTS = ("Treaty", "Protocol", "BilateralTreaty", "EUAct", "Arrangement", "SoftLaw", "NationalLaw")


def opened() -> KnowledgeBase:
    """Open the packaged knowledge base."""
    return load()


def numbers() -> str:
    """Return how much the knowledge base holds, as a list."""
    base = opened().base
    people = {name: len(base.of_class(kind)) for kind, name in JURISDICTIONS.items()}
    several, two = by_openness(base)
    grades = graded(base)
    facts = sum(grades.values())
    listed = Counter(completeness(base).values())
    rules = load_rules()
    lines = [
        f"{_number(sum(people.values()))} jurisdictions: {_listed(people)}",
        f"{_number(len(several) + len(two))} instruments: {_number(len(several))} of several parties, {_number(len(two))} between two",
        f"{_number(_count(base, *ACTS))} acts of states (signatures, ratifications, withdrawals ...), each with its source; "
        f"{_number(_count(base, *STATEMENTS))} reservations, declarations and notifications; "
        f"{_number(_count(base, 'Provision'))} provisions; {_number(_count(base, 'RefusalGround'))} grounds of refusal",
        f"how the sources of {_number(facts)} facts were read: " + ", ".join(
            f"{_SAID.get(name, name)} {_number(count)} ({_share(count, facts)})" for name, count in grades.most_common()),
        "lists of parties of the instruments of several parties: " + ", ".join(f"{name} {_number(count)}" for name, count in listed.most_common()),
        f"{len(rules)} rules in {len(STAGES)} stages",
        f"release {base.meta['kb_version']} of the knowledge base",
    ]
    return "".join(f"- {line}\n" for line in lines)


def gaps() -> str:
    """Return what each channel may rest on that is not assessed, as a list."""
    base = opened().base
    lines = [text for entry in base.of_class("Coverage") if (one(entry.block, "about") or "").startswith(f"{CONCEPT}channel/")
             for text in many(entry.block, "gaps")]
    return "".join(f"- {line}\n" for line in sorted(lines))


def by_openness(base: Base) -> tuple[list[Entry], list[Entry]]:
    """Return the instruments of several parties and those between two; models, whose content only guides, are left out."""
    models = {key(model) for entry in base.of_class(*INSTRUMENTS) for model in many(entry.block, "typicalContent")}
    every = [entry for entry in base.of_class(*INSTRUMENTS) if key(entry.iri) not in models]
    two = {row[0] for row in base.execute("SELECT slug FROM instrument WHERE two")}
    return [e for e in every if key(e.iri) not in two], [e for e in every if key(e.iri) in two]


def completeness(base: Base) -> dict[str, str]:
    """Return instrument -> how complete its list of parties is, for the instruments of several parties."""
    said = {one(e.block, "about"): key(one(e.block, "completeness") or "") for e in base.of_class("Coverage")}
    return {entry.iri: said.get(entry.iri, "unknown") for entry in by_openness(base)[0]}


def graded(base: Base) -> Counter[str]:
    """Return how many facts were read in which way."""
    from lawkb.sources import coverage

    return Counter(coverage(base)["grades"])


_SAID = {"dataset": "in data sets", "page": "on pages", "memory": "recalled and not read"}


def _count(base: Base, *classes: str) -> int:
    return len(base.of_class(*classes))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{_number(count)} {name[:-1] if count == 1 else name}" for name, count in counts.items() if count)


def _number(count: int) -> str:
    return f"{count:,}"


def _share(count: int, whole: int) -> str:
    return f"{round(100 * count / whole)} %" if whole else "0 %"
