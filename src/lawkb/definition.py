"""Answers `definition`: where the trafficking offence of a jurisdiction falls short of the definitions that it is held against.

Element by element, with the states whose recorded offence names what is missing, and where their laws and the definitions can be read.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from lawkb.ask import identity
from lawkb.base import Base, Entry
from lawkb.case import TRAFFICKING
from lawkb.errors import LawkbError
from lawkb.facts import many, one, text
from lawkb.proof import SOURCE, URL
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import Words

_KINDS = {"act": "conduct", "means": "means", "purpose": "exploitation"}
# how grave it is that an element is missing: without a purpose or an act the conduct is no offence; a means may be covered by another
_SEVERITY = {"purpose": "high", "act": "high", "rule": "high", "means": "medium"}
_RULES = {f"{CONCEPT}element-rule/means-not-required-child": "meansRequiredForChild"}
_DOMESTIC = f"{CONCEPT}element-rule/domestic-or-transnational"
NOTES = (
    "An offence names what is recorded of it: read its text before you say that it falls short.",
    "An element that the offence does not name may be covered by an open list, by another offence or by case law.",
    "Model wording: the text of the instruments, and the laws of the states that are named, at the addresses that are given.",
)


def definition(base: Base, code: str, on: dt.date, instruments: Sequence[str] = ()) -> dict[str, Any]:
    """Return the elements of each definition with whether the offence of a jurisdiction names them.

    Args:
        base: the compiled knowledge base.
        code: whose offence is looked at.
        on: the day whose law is asked about.
        instruments: the instruments that define; by default those of universal and regional reach on trafficking.

    Raises:
        LawkbError: an instrument of which no definition is recorded.
    """
    words = Words(base)
    defined: dict[str, list[Entry]] = defaultdict(list)
    for entry in base.of_class("DefinitionElement"):
        defined[key(one(entry.block, "instrument") or "")].append(entry)
    wanted = list(instruments) or [name for name in sorted(defined) if _on_trafficking(base, name)]
    for name in wanted:
        if name not in defined:
            raise LawkbError(f"No definition of {words.label(f'{ID}instrument/{name}')} is recorded", f"Recorded are: {', '.join(sorted(defined))}",
                             "lawkb definition --help")
    offences = in_force(base, code, on)
    others = {other: found for other in _states(base) if other != code and (found := in_force(base, other, on))}
    tables = [{"instrument": name, "title": words.label(f"{ID}instrument/{name}"), "binds": _binds(base, code, name, on),
               "url": _url(base, f"{ID}instrument/{name}"),
               "elements": [_row(base, words, entry, offences, others) for entry in defined[name] if _comparable(entry)]} for name in wanted]
    return {"question": {"command": "definition", "jurisdiction": code, "on": on.isoformat(), "instruments": wanted}, "label": words.label(f"{ID}jur/{code}"),
            "kb": identity(base), "offences": [{"offence": key(o.iri), "title": words.label(o.iri), "gaps": sorted(key(g) for g in many(
                o.block, "definitionGap") if key(g) != "none"), "sources": _addresses(base, o)} for o in offences], "definitions": tables,
            "compared_with": len(others), "notes": list(NOTES)}


def _on_trafficking(base: Base, name: str) -> bool:
    entry = base.entry(f"{ID}instrument/{name}")
    return entry is not None and key(one(entry.block, "materialScope") or "") == "trafficking"


def _states(base: Base) -> list[str]:
    return [row[0] for row in base.execute("SELECT code FROM jurisdiction ORDER BY code").fetchall()]


def in_force(base: Base, code: str, on: dt.date) -> list[Entry]:
    """The trafficking offences of a jurisdiction that are shown to be in force on the day."""
    day = on.toordinal()
    return [entry for entry in base.concerning(f"{ID}jur/{code}", "Offence") if one(entry.block, "offenceKind") == TRAFFICKING
            and int(one(entry.block, "fromDay") or 0) <= day < int(one(entry.block, "untilDay") or 0)
            and f"{CONCEPT}gap/no-law" not in many(entry.block, "definitionGap")]


def _binds(base: Base, code: str, name: str, on: dt.date) -> bool:
    day = on.toordinal()
    return any(one(e.block, "party") == f"{ID}jur/{code}" and int(one(e.block, "surelyFromDay") or 0) <= day < int(one(e.block, "surelyUntilDay") or 0)
               for e in base.concerning(f"{ID}instrument/{name}", "Participation"))


def _comparable(entry: Entry) -> bool:
    """Whether what national offences are recorded by can be held against an element: acts, means, purposes, and two of the rules."""
    element = one(entry.block, "element") or ""
    return key(one(entry.block, "elementKind") or "") in _KINDS or element in _RULES or element == _DOMESTIC


def _row(base: Base, words: Words, entry: Entry, offences: Sequence[Entry], others: dict[str, list[Entry]]) -> dict[str, Any]:
    kind, element = key(one(entry.block, "elementKind") or ""), one(entry.block, "element") or ""
    states = [_names(base, o, kind, element) for o in offences]
    state = next((s for s in ("yes", "open", "no") if s in states), "unknown") if offences else "unknown"
    have = sorted(code for code, found in others.items() if any(_names(base, o, kind, element) == "yes" for o in found))
    return {"element": key(element), "name": words.label(element), "kind": kind, "article": one(entry.block, "article"), "need":
            key(one(entry.block, "elementNeed") or ""), "state": {"yes": "named", "open": "open list", "no": "missing"}.get(state, "unknown"),
            "severity": _SEVERITY.get(kind, "medium") if state == "no" else None, "states_that_name_it": len(have), "such_as": have[:8],
            "fact": curie(entry.iri)}


def _names(base: Base, offence: Entry, kind: str, element: str) -> str:
    """Whether an offence names an element: yes, no, open (its list is open-ended) or unknown (nothing of the kind is recorded)."""
    block = offence.block
    if element in _RULES:
        return {"false": "yes", "true": "no"}.get(one(block, _RULES[element]) or "", "unknown")
    if element == _DOMESTIC:
        return {"true": "yes", "false": "no"}.get(one(block, "coversInternal") or "", "unknown")
    named = many(block, _KINDS.get(kind, "conduct"))
    if element in named:
        return "yes"
    if not named:
        return "unknown"
    return "open" if any(_open(base, value) for value in named) else "no"


def _open(base: Base, element: str) -> bool:
    entry = base.entry(element)
    return bool(entry and one(entry.block, "openEnded") == "true")


def _url(base: Base, iri: str) -> str | None:
    entry = base.entry(iri)
    return text(entry.block[URL][0]) if entry and URL in entry.block else None


def _addresses(base: Base, offence: Entry) -> list[str]:
    """Where the law, or what tells of it, was read."""
    return [address for term in offence.block.get(SOURCE, ()) if (address := _url(base, term[1:-1]))]
