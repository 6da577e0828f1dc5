"""The authorities of a jurisdiction, its memberships on a day, and the networks and systems that two jurisdictions share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lawkb.base import Base, Entry
from lawkb.errors import LawkbError
from lawkb.facts import Block, law, many, one, text
from lawkb.spans import span_of
from lawkb.terms import CONCEPT, ID, curie, expand, key
from lawkb.words import plain_kind

STATEMENTS = ("Reservation", "Declaration", "Notification")
# Effects of statements that say whom to address and how.
_ADDRESSING = ("names-authority", "sets-language", "changes-route")


def authorities(base: Base, jurisdiction: str) -> dict[str, Any]:
    """Return the authorities of a jurisdiction, and what it notified on authorities, languages and routes."""
    iri = f"{ID}jur/{jurisdiction}"
    found = [_authority(base, entry) for entry in base.concerning(iri, "Authority") if one(entry.block, "jurisdiction") == iri]
    found.sort(key=lambda line: (line["group_label"], line["instrument"] or "", line["name"]))
    notified = [_notified(entry) for entry in base.concerning(iri, *STATEMENTS)
                if one(entry.block, "party") == iri and key(one(entry.block, "effect") or "") in _ADDRESSING and not one(entry.block, "withdrawnOn")]
    return {"question": {"command": "authorities", "jurisdiction": jurisdiction}, "label": base.label(iri), "authorities": found, "notified": notified}


def _authority(base: Base, entry: Entry) -> dict[str, Any]:
    block = entry.block
    group = one(block, "measureGroup") or ""
    grade, confidence = base.weakest([entry.iri])
    unverified = one(block, "unverified") == "true"
    instruments = [key(value) for value in many(block, "instrument")]
    return {"authority": curie(entry.iri), "group": key(group), "group_label": base.label(group), "instrument": instruments[0] if instruments else None,
            "name": entry.label, "native_name": one(block, "nativeName"), "how": one(block, "channelNote"), "languages": many(block, "language"),
            "url": next((text(term) for term in block.get(expand("schema:url"), ())), None), "verified": not unverified,
            "confirm": note(base, group) if unverified else None, "note": _first(block, "skos:note"), "grade": grade, "confidence": confidence,
            "disputed": bool(block.get(law("disputedBy")))}


def _notified(entry: Entry) -> dict[str, Any]:
    block = entry.block
    return {"statement": curie(entry.iri), "instrument": key(one(block, "instrument") or ""), "kind": plain_kind(entry.kind),
            "articles": many(block, "article"), "effects": [key(value) for value in many(block, "effect")], "languages": many(block, "language"),
            "date": one(block, "doneOn") or one(block, "doneIn"), "summary": one(block, "summary")}


def organisations(base: Base, a: str, b: str | None, on: dt.date) -> dict[str, Any]:
    """Return the memberships of one jurisdiction on a day; of two, what they share and the systems that this opens.

    Raises:
        LawkbError: the same jurisdiction is given twice.
    """
    if a == b:
        raise LawkbError(f"Both jurisdictions are {base.jurisdictions.label(a)} ({a})", "Give two different ones, for example: lawkb organisations ITA NGA")
    sides = [a] if b is None else [a, b]
    memberships = {side: _memberships(base, side, on) for side in sides}
    current = {side: _current(memberships[side]) for side in sides}
    shared = sorted(set.intersection(*(set(lines) for lines in current.values()))) if b else []
    named = sorted({line["organisation"] for lines in memberships.values() for line in lines})
    return {"question": {"command": "organisations", "a": a, "b": b, "on": on.isoformat()}, "memberships": memberships,
            "shared": [{"organisation": name, "links": {side: current[side][name] for side in sides}} for name in shared],
            "organisations": {name: _organisation(base, name) for name in named}}


def _current(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return organisation -> the links that a jurisdiction has with it on the day."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["state"] == "current":
            found.setdefault(line["organisation"], []).append({k: line[k] for k in ("kind", "kind_label", "grade", "confidence", "disputed")})
    return found


def _memberships(base: Base, jurisdiction: str, on: dt.date) -> list[dict[str, Any]]:
    found = [_membership(base, entry, on) for entry in base.concerning(f"{ID}jur/{jurisdiction}", "Membership")]
    return sorted(found, key=lambda line: (line["organisation"], line["membership"]))


def _membership(base: Base, entry: Entry, on: dt.date) -> dict[str, Any]:
    block = entry.block
    kind = key(one(block, "membershipKind") or "")
    grade, confidence = base.weakest([entry.iri])
    return {"membership": curie(entry.iri), "organisation": key(one(block, "org") or ""),
            "kind": kind, "kind_label": base.label(f"{CONCEPT}membership-kind/{kind}"),
            "since": one(block, "sinceOn") or one(block, "sinceIn"), "until": one(block, "untilOn") or one(block, "untilIn"),
            "state": _state(base, block, on.toordinal()), "grade": grade, "confidence": confidence,
            "disputed": bool(block.get(law("disputedBy")))}


def _state(base: Base, block: Block, day: int) -> str:
    """Say whether a link holds on a day: current, ended, not-yet, or unknown where the date is not known well enough."""
    since, until = span_of(block, "since"), span_of(block, "until")
    if until and day >= until.earliest:
        return "ended" if day > until.latest or until.exact else "unknown"
    kind = base.entry(one(block, "membershipKind") or "")
    if kind and not until and one(kind.block, "ended") == "true":
        return "ended"
    if since is None:
        return "current" if day >= int(one(block, "fromDay") or 0) else "unknown"
    return "current" if day >= since.latest else "unknown" if day >= since.earliest else "not-yet"


def _organisation(base: Base, name: str) -> dict[str, Any]:
    entry = base.entry(f"{ID}org/{name}")
    block = entry.block if entry else {}
    roles = many(block, "orgRole")
    systems = [system for system in base.of_class("InformationSystem") if one(system.block, "runBy") == f"{ID}org/{name}"]
    return {"name": base.label(f"{ID}org/{name}"), "kind": key(one(block, "orgKind") or ""), "roles": [key(role) for role in roles],
            "does": one(block, "summary"), "limits": [said for role in roles if (said := note(base, role))],
            "systems": [{"system": key(system.iri), "name": system.label, "purpose": one(system.block, "purpose"), "holds": one(system.block, "holds"),
                         "access": one(system.block, "access")} for system in systems]}


def note(base: Base, concept: str) -> str | None:
    """Return the note on a concept: what a role does not do, where an authority is confirmed."""
    entry = base.entry(concept)
    return _first(entry.block, "skos:note") if entry else None


def _first(block: Block, predicate: str) -> str | None:
    return next((text(term) for term in block.get(expand(predicate), ())), None)
