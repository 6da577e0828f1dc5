"""The facts of a case as elements of an offence: acts, means, purposes, the age of the victim, consent. Read from a file or from a list of codes.

A file is refused with one sentence when it has an unknown key, a value that cannot be, or facts that contradict one another.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lawkb.base import Base
from lawkb.casefile import loaded
from lawkb.errors import LawkbError
from lawkb.facts import one
from lawkb.names import parse_day
from lawkb.terms import CONCEPT, key

SCHEMA = """\
act: [recruitment, transportation]     # codes of the acts
means: [deception]                     # codes of the means; [none] where none was used
purpose: [sexual-exploitation]         # codes of the purposes
victim_age: 16                         # at the time of the acts
consent: true                          # whether the victim consented
penalty: 5 years                       # the penalty that threatens or was imposed, with its unit
offence_on: 2025-05-01                 # the day of the acts"""
KINDS = {"act": "conduct", "means": "means", "purpose": "purpose"}
_KEYS = (*KINDS, "victim_age", "consent", "penalty", "offence_on")
_OLDEST = 120
_LONGEST = 12 * 1000  # months; sums of sentences reach hundreds of years
_MORE = "lawkb criminality --help shows a whole file"
_PENALTY = re.compile(r"^(\d+(?:\.\d+)?)\s*(year|month)s?$")


@dataclass(frozen=True)
class Conduct:
    """What was done, as codes; `victim` is child or adult, by the age under which the knowledge base has a child; None where the facts do not say."""

    elements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    victim_age: int | None = None
    victim: str | None = None
    consent: bool | None = None
    penalty_months: int | None = None
    offence_on: dt.date | None = None

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The facts as a case holds them: (word, code) pairs in a fixed order, so that the same facts make the same case."""
        found = [(kind, code) for kind in KINDS for code in sorted(self.elements.get(kind, ()))]
        if self.victim is not None:
            found.append(("victim", self.victim))
        if self.consent is not None:
            found.append(("consent", "yes" if self.consent else "no"))
        if self.penalty_months is not None:
            found.append(("penalty", str(self.penalty_months)))
        return tuple(found)


def of_codes(base: Base, codes: Iterable[str]) -> Conduct:
    """Read codes of acts, means and purposes: `recruitment,deception,forced-labour`.

    Raises:
        LawkbError: a code is no act, no means and no purpose.
    """
    found: dict[str, list[str]] = {}
    for code in codes:
        kind = next((kind for kind, scheme in KINDS.items() if base.entry(f"{CONCEPT}{scheme}/{code}")), None)
        if kind is None:
            raise _no_code(code, [c for scheme in KINDS.values() for c in _codes(base, scheme)], "element")
        found.setdefault(kind, []).append(code)
    return Conduct(_checked({kind: tuple(dict.fromkeys(codes)) for kind, codes in found.items()}))


def of_file(base: Base, path: Path, today: dt.date) -> Conduct:
    """Read a YAML or JSON file of facts; its keys are those of `SCHEMA`.

    Raises:
        LawkbError: the file cannot be read, or a fact in it cannot be.
    """
    facts = loaded(path, _MORE, "act: [recruitment]")
    for name in facts:
        if name not in _KEYS:
            near = difflib.get_close_matches(str(name), _KEYS, 1, 0.5)
            raise LawkbError(f"There is no fact '{name}'", f"Did you mean {near[0]}?" if near else f"Facts here are: {', '.join(_KEYS)}", _MORE)
    elements = {kind: codes for kind, scheme in KINDS.items() if (codes := _listed(base, facts, kind, scheme))}
    _checked(elements)
    consent = facts.get("consent")
    if consent is not None and not isinstance(consent, bool):
        raise LawkbError(f"'consent' is {consent!r}", "Write true or false", _MORE)
    age = _age(facts.get("victim_age"))
    return Conduct(elements, age, _victim(base, age), consent, _months(facts.get("penalty")), _day(facts.get("offence_on"), today))


def _checked(elements: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if not elements.get("act"):
        raise LawkbError("The facts name no act", "Say what was done, such as act: [recruitment], or --elements recruitment,deception,forced-labour", _MORE)
    if "none" in elements.get("means", ()) and len(elements["means"]) > 1:
        raise LawkbError("The facts say that no means was used and name a means", "Leave out none, or the others", _MORE)
    return elements


def _victim(base: Base, age: int | None) -> str | None:
    """Whether a victim of an age is a child: below the years that the concept of a child states."""
    child = base.entry(f"{CONCEPT}age/child")
    return None if age is None or child is None else "child" if age < int(one(child.block, "underYears") or 0) else "adult"


def _listed(base: Base, facts: Mapping[str, Any], kind: str, scheme: str) -> tuple[str, ...]:
    given = facts.get(kind)
    values = given if isinstance(given, list) else [] if given is None else [given]
    for value in values:
        if not isinstance(value, str) or not base.entry(f"{CONCEPT}{scheme}/{value}"):
            raise _no_code(str(value), _codes(base, scheme), kind)
    return tuple(dict.fromkeys(values))


def _codes(base: Base, scheme: str) -> list[str]:
    return [key(entry.iri) for entry in base.scheme(scheme)]


def _no_code(given: str, known: list[str], kind: str) -> LawkbError:
    near = difflib.get_close_matches(given, known, 2, 0.5)
    return LawkbError(f"There is no {kind} '{given}'", f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(known)}", _MORE)


def _age(given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _OLDEST:
        raise LawkbError(f"'victim_age' is {given!r}", f"Write whole years from 0 to {_OLDEST}", _MORE)
    return given


def _months(given: object) -> int | None:
    if given is None:
        return None
    match = _PENALTY.match(str(given).strip().lower()) if isinstance(given, str) else None
    if match is None:
        raise LawkbError(f"'penalty' is {given!r}, without a unit that is known", "Write it with its unit, such as 5 years or 18 months", _MORE)
    months = round(float(match.group(1)) * (12 if match.group(2) == "year" else 1))
    if not 0 < months <= _LONGEST:
        raise LawkbError(f"'penalty' is {given!r}", f"Write a term of one month to {_LONGEST // 12} years; leave it out for a life sentence", _MORE)
    return months


def _day(given: object, today: dt.date) -> dt.date | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise LawkbError(f"'offence_on' is {given!r}", "Write a day as 2025-05-01", _MORE)
    return parse_day(given, today)
