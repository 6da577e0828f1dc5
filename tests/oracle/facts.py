"""What the oracle knows: the blocks of a compiled knowledge base, by the words of docs/model.md, and nothing of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from lawkb.base import Base, Entry
from lawkb.facts import text
from lawkb.terms import CONCEPT, key

INSTRUMENTS = ("Treaty", "Protocol", "BilateralTreaty", "EUAct", "Arrangement", "SoftLaw", "NationalLaw")
JURISDICTIONS = ("State", "Territory", "FormerState", "RegionalOrganisation", "Jurisdiction")
STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
DEFINITION = "palermo-tip"  # whose article 3 is the international definition
BROADER = "http://www.w3.org/2004/02/skos/core#broader"


@dataclass(frozen=True)
class Thing:
    """One block, with its values as short keys: `mla-evidence`, `ITA`, `untoc.16-4`."""

    name: str
    kind: str | None
    values: dict[str, list[str]] = field(hash=False)

    @classmethod
    def of(cls, entry: Entry) -> Thing:
        """Read a block of the knowledge base."""
        block = entry.block
        return cls(key(entry.iri), entry.kind, {name.rpartition("#")[2]: [key(text(t)) for t in terms] for name, terms in block.items()})

    def all(self, name: str) -> list[str]:
        """All values of a property."""
        return self.values.get(name, [])

    def get(self, name: str, default: str = "") -> str:
        """The first value of a property."""
        return next(iter(self.all(name)), default)

    def day(self, name: str) -> int:
        """A day number."""
        return int(self.get(name))

    def holds(self, day: int) -> bool:
        """Whether a dated fact counts on a day."""
        return self.day("fromDay") <= day < self.day("untilDay")


class World:
    """All facts that bear on bonds, assistance and extradition, by what they concern."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.instruments = {thing.name: thing for thing in self.things(*INSTRUMENTS)}
        self.participations: dict[tuple[str, str], list[Thing]] = defaultdict(list)
        for part in self.things("Participation"):
            self.participations[part.get("instrument"), part.get("party")].append(part)
        self.provisions = self.grouped("instrument", "Provision")
        self.grounds = self.grouped("instrument", "RefusalGround")
        self.statements = self.grouped("instrument", *STATEMENTS)
        self.relations = self.grouped("from", "InstrumentRelation")
        self.domestic = self.grouped("jurisdiction", "CooperationRule")
        self.coverage = self.grouped("about", "Coverage")
        self.offences = self.grouped("jurisdiction", "Offence")
        self.penalties = self.grouped("offence", "PenaltyRange")
        elements = [thing for thing in self.things("DefinitionElement") if DEFINITION in thing.all("instrument")]
        self.definition = {e for thing in elements for e in thing.all("element")}
        self.means_of_definition = {e for thing in elements if "means" in thing.all("elementKind") for e in thing.all("element")}
        self.aimed = [thing for thing in self.things("Suspension", "Withdrawal", "Termination") if thing.all("towards")]
        self.sovereign = {thing.name: thing.get("sovereign") for thing in self.things(*JURISDICTIONS)}

    def things(self, *classes: str) -> Iterator[Thing]:
        """Every block of these classes."""
        return map(Thing.of, self.base.of_class(*classes))

    def grouped(self, name: str, *classes: str) -> dict[str, list[Thing]]:
        """The blocks of these classes by the value of a property."""
        found: dict[str, list[Thing]] = defaultdict(list)
        for thing in self.things(*classes):
            for value in thing.all(name):
                found[value].append(thing)
        return found

    @cache  # noqa: B019 - a world lives as long as the tests do
    def concept(self, scheme: str, code: str) -> Thing:
        """A concept of a closed list."""
        entry = self.base.entry(f"{CONCEPT}{scheme}/{code}")
        assert entry, f"no concept {scheme}:{code}"
        return Thing.of(entry)

    def says(self, scheme: str, code: str, name: str) -> bool:
        """Whether a concept bears a mark."""
        return bool(code) and self.concept(scheme, code).get(name) == "true"

    @cache  # noqa: B019
    def concepts(self, scheme: str) -> list[Thing]:
        """All concepts of a scheme."""
        rows = self.base.execute("SELECT subject FROM block WHERE subject >= ? AND subject < ?", (f"{CONCEPT}{scheme}/", f"{CONCEPT}{scheme}0"))
        return [Thing.of(entry) for entry in self.base.entries([row[0] for row in rows])]

    @cache  # noqa: B019
    def serving(self, measure: str) -> set[str]:
        """The measures whose provisions can carry a request for one: itself, what is broader, its equivalents (SKOS, not the derived closure)."""
        found: set[str] = set()
        waiting = [measure, *self.concept("measure", measure).all("equivalentMeasure")]
        while waiting:
            code = waiting.pop()
            if code not in found:
                found.add(code)
                entry = self.base.entry(f"{CONCEPT}measure/{code}")
                waiting += [key(text(term)) for term in (entry.block.get(BROADER, ()) if entry else ())]
        return found | {"any"}
