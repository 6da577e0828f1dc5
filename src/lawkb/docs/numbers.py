"""The numbers of the knowledge base that README.md states, and the gaps that it names, counted and never typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lawkb.api import KnowledgeBase, load
from lawkb.base import Base, Entry
from lawkb.facts import many, one
from lawkb.paths import kb_dir
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
        *_national(base),
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


def ledger() -> str:
    """Return how many rows of research were restated, by part of the ledger, as a list."""
    rows = [line.split("\t") for line in (kb_dir() / "ledger.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    parts: dict[str, list[int]] = {}
    for table, _, *counts in rows:
        total = parts.setdefault(table.partition("/")[0], [0, 0, 0])
        for place in range(3):
            total[place] += int(counts[place])
    lines = [f"{name}: {_number(read)} rows, {_number(restated)} restated, {_number(left)} left out" for name, (read, restated, left) in sorted(parts.items())]
    return "".join(f"- {line}\n" for line in lines)


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


def _national(base: Base) -> Iterator[str]:
    """Yield what is recorded of national law and of bodies, as far as there is any."""
    offences = base.of_class("Offence")
    if offences:
        states = {one(entry.block, "jurisdiction") for entry in offences}
        yield (f"national law: {_number(len(offences))} offences of {_number(len(states))} jurisdictions, {_number(_count(base, 'CooperationRule'))} rules on "
               f"cooperation, {_number(_count(base, 'JurisdictionHead'))} heads of jurisdiction, {_number(_count(base, 'VictimMeasure'))} measures for victims")
    bodies = _count(base, "Organisation", "Network")
    if bodies:
        yield (f"{_number(bodies)} organisations and networks with {_number(_count(base, 'Membership'))} memberships; "
               f"{_number(_count(base, 'Authority'))} authorities")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{_number(count)} {name[:-1] if count == 1 else name}" for name, count in counts.items() if count)


def _number(count: int) -> str:
    return f"{count:,}"


def _share(count: int, whole: int) -> str:
    return f"{round(100 * count / whole)} %" if whole else "0 %"
