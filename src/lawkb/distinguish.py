"""Answers `distinguish`: what tells trafficking and smuggling apart, by the two definitions and by the law of a jurisdiction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lawkb.ask import identity
from lawkb.base import Base, Entry
from lawkb.definition import in_force
from lawkb.facts import many, one
from lawkb.particulars import national
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import Words

_SCHEME = f"{CONCEPT}element-rule/"
_TELLING = f"{_SCHEME}procures-illegal-entry"
NOTES = (
    "The two may follow one another: a person who was smuggled may be trafficked on arrival. What is done for exploitation decides, not the name of the case.",
    "Who may be a victim is treated as one until that is settled: identification comes first.",
    "National law may differ from both definitions: read the articles.",
)


def distinguish(base: Base, code: str, on: dt.date) -> dict[str, Any]:
    """Return both definitions element by element, what binds the jurisdiction, and its offences of both kinds as far as recorded."""
    words = Words(base)
    rows: dict[str, dict[str, Entry]] = {}
    for entry in base.of_class("DefinitionElement"):
        element = one(entry.block, "element") or ""
        if element.startswith(_SCHEME):
            rows.setdefault(element, {})[one(entry.block, "instrument") or ""] = entry
    instruments = sorted(rows.get(_TELLING, {}))  # who says whether illegal entry is an element is one of the two kinds of definition
    shared = {element: cells for element, cells in rows.items() if instruments and all(i in cells for i in instruments)
              and len({one(cells[i].block, "elementNeed") for i in instruments}) > 1}
    offences = [{"offence": key(o.iri), "title": words.label(o.iri), "names": sorted(words.label(v) for v in many(o.block, "names"))}
                for o in in_force(base, code, on)]
    return {"question": {"command": "distinguish", "jurisdiction": code, "on": on.isoformat()}, "label": words.label(f"{ID}jur/{code}"), "kb": identity(base),
            "instruments": [{"instrument": key(i), "title": words.label(i), "binds": _binds(base, code, i, on)} for i in instruments],
            "elements": [{"element": key(element), "name": words.label(element), "cells": {key(i): _cell(base, cells[i]) for i in instruments}}
                         for element, cells in sorted(shared.items())],
            "trafficking": offences, "smuggling": national(base, code, "smuggling-of-migrants"), "notes": list(NOTES)}


def _cell(base: Base, entry: Entry) -> dict[str, Any]:
    return {"need": key(one(entry.block, "elementNeed") or ""), "article": one(entry.block, "article"), "summary": one(entry.block, "summary") or "",
            "fact": curie(entry.iri), "grade": base.weakest([entry.iri])[0]}


def _binds(base: Base, code: str, instrument: str, on: dt.date) -> bool:
    day = on.toordinal()
    return any(one(e.block, "party") == f"{ID}jur/{code}" and int(one(e.block, "surelyFromDay") or 0) <= day < int(one(e.block, "surelyUntilDay") or 0)
               for e in base.concerning(instrument, "Participation"))
