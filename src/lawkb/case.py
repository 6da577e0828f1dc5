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
_KEY = re.compile(r"^([A-Z]{2,3})\.([A-Z]{2,3})\.(\d{4}-\d{2}-\d{2})(?:\.offence-(\d{4}-\d{2}-\d{2}))?(\.strict)?$")


@dataclass(frozen=True)
class Case:
    """A question between two jurisdictions.

    Attributes:
        requesting, requested: alpha-3 codes; direction matters.
        on: the day whose law is asked about.
        offence_on: the day of the offence, where it differs (None: the same day).
        strict: whether a list that was not verified up to the day leaves the answer open.
    """

    requesting: str
    requested: str
    on: dt.date
    offence_on: dt.date | None = None
    strict: bool = False

    @property
    def key(self) -> str:
        """The case in one word, as it stands in IRIs."""
        offence = f".offence-{self.offence_on.isoformat()}" if self.offence_on else ""
        return f"{self.requesting}.{self.requested}.{self.on.isoformat()}{offence}{'.strict' if self.strict else ''}"

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
        match = _KEY.match(finding.removeprefix(CASE).split("/", 1)[0])
        try:
            if finding.startswith(CASE) and match:
                a, b, on, offence, strict = match.groups()
                return cls(a, b, dt.date.fromisoformat(on), dt.date.fromisoformat(offence) if offence else None, bool(strict))
        except ValueError:
            pass  # not a real day
        raise LawkbError(f"{finding} is not the IRI of a finding",
                         f"Findings are named {CASE}ITA.NGA.2024-01-01/..., as answers print them in JSON",
                         "lawkb channels A B --format json")

    def block(self) -> Block:
        """Return the case as facts for the rules: both sides, the dates as day numbers, the offence, the mode."""
        a, b = ref(f"{ID}jur/{self.requesting}"), ref(f"{ID}jur/{self.requested}")
        block = {
            RDF_TYPE: [ref(law("Case"))],
            law("requesting"): [a],
            law("requested"): [b],
            law("side"): [a, b],
            law("onDay"): [number(self.on.toordinal())],
            law("offenceDay"): [number((self.offence_on or self.on).toordinal())],
            law("concerns"): [ref(TRAFFICKING)],
        }
        if self.strict:
            block[law("mode")] = [ref(f"{CONCEPT}mode/strict")]
        return block
