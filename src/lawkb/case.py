"""The question as a case: who asks whom, on which dates, how strictly. A case's IRI says all of it, so a finding can be explained later."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lawkb.errors import LawkbError
from lawkb.facts import Block, law, number, ref
from lawkb.terms import CASE, CONCEPT, ID, RDF_TYPE

# the offence that the knowledge base is about; other kinds are concepts of the same scheme
TRAFFICKING = f"{CONCEPT}offence-kind/trafficking-in-persons"
# how the facts of a prosecution link it to jurisdictions: the word in the IRI of the case, and the property that rules read
LINKS = {
    "act": "actIn", "flag": "flagOf", "suspect-national": "suspectNational", "suspect-resident": "suspectResident", "suspect-present": "suspectPresent",
    "victim-national": "victimNational", "victim-resident": "victimResident", "forum": "side",
}
# the facts of a case of which dual criminality is asked: the word in the IRI of the case, the property, and the scheme of its values
FACTS = {
    "act": ("factElement", "conduct"), "means": ("factElement", "means"), "purpose": ("factElement", "purpose"), "victim": ("victimIs", "age"),
    "consent": ("consentOf", "value"), "penalty": ("factMonths", ""),
}
# what rules can read of a case
PROPERTIES = ("requesting", "requested", "side", "onDay", "offenceDay", "concerns", "mode", *(name for name in LINKS.values() if name != "side"),
              *dict.fromkeys(name for name, _ in FACTS.values()))
_DATES = r"(\d{4}-\d{2}-\d{2})(?:\.offence-(\d{4}-\d{2}-\d{2}))?"
_TOLD = rf"((?:\.(?:{'|'.join(FACTS)})-[a-z0-9-]+)*)"
_KEY = re.compile(rf"^([A-Z]{{2,3}})(?:\.([A-Z]{{2,3}}))?\.{_DATES}(\.strict)?{_TOLD}$")
_LINKED = re.compile(rf"^{_DATES}((?:\.[a-z]+(?:-[a-z]+)?-[A-Z]{{2,3}})+)$")


@dataclass(frozen=True)
class Case:
    """A question: between two jurisdictions, on one, or on which of several can prosecute.

    Attributes:
        requesting, requested: alpha-3 codes; direction matters. A question on one jurisdiction has no `requested`.
        on: the day whose law is asked about.
        offence_on: the day of the offence, where it differs (None: the same day).
        strict: whether a list that was not verified up to the day leaves the answer open.
        links: for a question on who can prosecute, (word of LINKS, jurisdiction) pairs; then `requesting` is empty.
        facts: for a question on dual criminality, (word of FACTS, code) pairs: acts, means, purposes, child or adult, yes or no, months.
    """

    requesting: str
    requested: str | None
    on: dt.date
    offence_on: dt.date | None = None
    strict: bool = False
    links: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def question(self) -> str:
        """What kind of question it is, and so which stages of rules answer it: channels, duties or forums."""
        return "forums" if self.links else "channels" if self.requested else "duties"

    @property
    def sides(self) -> tuple[str, ...]:
        """The jurisdictions that the question is about."""
        if self.links:
            return tuple(sorted({code for _, code in self.links}))
        return (self.requesting, self.requested) if self.requested else (self.requesting,)

    @property
    def key(self) -> str:
        """The case in one word, as it stands in IRIs."""
        offence = f".offence-{self.offence_on.isoformat()}" if self.offence_on else ""
        days = f"{self.on.isoformat()}{offence}"
        if self.links:
            return ".".join([days, *(f"{word}-{code}" for word, code in self.links)])
        told = "".join(f".{word}-{code}" for word, code in self.facts)
        return f"{'.'.join(self.sides)}.{days}{'.strict' if self.strict else ''}{told}"

    @property
    def iri(self) -> str:
        """The IRI of the case; the IRIs of its findings begin with it."""
        return CASE + self.key

    @classmethod
    def of_iri(cls, finding: str) -> Case:
        """Read the case back from the IRI of one of its findings.

        Raises:
            LawkbError: the IRI is not that of a case or a finding.
        """
        named = finding.removeprefix(CASE).split("/", 1)[0]
        try:
            if finding.startswith(CASE) and (match := _KEY.match(named)):
                a, b, on, offence, strict, told = match.groups()
                facts = tuple((word, code) for part in told[1:].split(".") if part for word, _, code in [part.partition("-")])
                if all(code.isdigit() for word, code in facts if word == "penalty"):
                    return cls(a, b, dt.date.fromisoformat(on), dt.date.fromisoformat(offence) if offence else None, bool(strict), facts=facts)
            if finding.startswith(CASE) and (match := _LINKED.match(named)):
                on, offence, told = match.groups()
                links = tuple((word, code) for word, _, code in (part.rpartition("-") for part in told[1:].split(".")))
                if all(word in LINKS for word, _ in links):
                    return cls("", None, dt.date.fromisoformat(on), dt.date.fromisoformat(offence) if offence else None, links=links)
        except ValueError:
            pass  # not a real day
        raise LawkbError(f"{finding} is not the IRI of a finding",
                         f"Findings are named {CASE}ITA.NGA.2024-01-01/..., as answers print them in JSON",
                         "lawkb channels A B --format json")

    def block(self) -> Block:
        """Return the case as facts for the rules: its sides, the dates as day numbers, the offence, the mode."""
        sides = [ref(f"{ID}jur/{code}") for code in self.sides]
        block = {
            RDF_TYPE: [ref(law("Case"))],
            law("side"): sides,
            law("onDay"): [number(self.on.toordinal())],
            law("offenceDay"): [number((self.offence_on or self.on).toordinal())],
            law("concerns"): [ref(TRAFFICKING)],
        }
        if not self.links:
            for name, side in zip(("requesting", "requested"), sides, strict=False):
                block[law(name)] = [side]
        for word, code in self.links:
            if LINKS[word] != "side":
                block.setdefault(law(LINKS[word]), []).append(ref(f"{ID}jur/{code}"))
        for word, code in self.facts:
            name, scheme = FACTS[word]
            block.setdefault(law(name), []).append(ref(f"{CONCEPT}{scheme}/{code}") if scheme else number(int(code)))
        if self.strict:
            block[law("mode")] = [ref(f"{CONCEPT}mode/strict")]
        return block
