"""Answers `needs`: partner by partner, whether a convention of many suffices or a treaty between the two would add something.

What an option has (clocks, direct contact, speciality, provisional arrest) is read off the answers on channels; what a treaty
between two typically has is read off the model treaties that stand in the knowledge base.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from lawkb.answer import Option
from lawkb.ask import channels, identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.difference import partners
from lawkb.facts import many, one
from lawkb.terms import CONCEPT, ID, key
from lawkb.words import Words

Progress = Callable[[int, int], None]
_MEASURES = ("extradition", "mla")
_LIVE = ("available", "conditional")
FEATURES = {"deadlines": "time limits in days", "direct-contact": "direct contact of judicial authorities", "use-limits": "rules on speciality or use",
            "no-open-condition": "no condition that is left open", "named-refusals": "a list of grounds of refusal"}
_RESTS_ON = {"universal": "a convention of all", "union": "acts of the union", "regional": "a convention of a region"}
NOTES = (
    "A treaty between two is worth its negotiation where cases are many and what is missing costs time: the number of cases is yours to weigh.",
    "What a treaty between two typically has is read off the United Nations model treaties; the treaty that one negotiates may have less.",
    "Bilateral treaties whose articles are not recorded are taken as typical for their kind, and are marked so.",
)


def needs(base: Base, code: str, others: Sequence[str], on: dt.date, progress: Progress | None = None) -> dict[str, Any]:
    """Return for each partner on what extradition and assistance rest, what that lacks, and whether a treaty between the two would add it.

    Args:
        base: the compiled knowledge base.
        code: who asks.
        others: the partners; all others where empty.
        on: the day whose law is asked about.
        progress: called with (partners done, partners in all).
    """
    chosen, words = list(others) or partners(base, code), Words(base)
    models = {measure: _model(base, measure) for measure in _MEASURES}
    lines = []
    for done, other in enumerate(chosen, start=1):
        for measure in _MEASURES:
            lines.append({"partner": other, "label": words.label(f"{ID}jur/{other}"), "measure": measure, **_line(base, Case(code, other, on), measure,
                                                                                                                models[measure])})
        if progress:
            progress(done, len(chosen))
    counts = Counter((line["measure"], line["rests_on"]) for line in lines)
    return {"question": {"command": "needs", "jurisdiction": code, "on": on.isoformat(), "partners": list(others)}, "label": words.label(f"{ID}jur/{code}"),
            "kb": identity(base), "rules": rules_identity(base), "features": FEATURES,
            "counts": [{"measure": m, "rests_on": r, "partners": n} for (m, r), n in sorted(counts.items())], "partners": lines, "notes": list(NOTES)}


def _model(base: Base, measure: str) -> set[str]:
    """The features that the model treaties on a measure have."""
    found: set[str] = set()
    rows = base.execute("SELECT slug FROM model ORDER BY slug").fetchall()
    served = _served(base, measure)
    for (slug,) in rows:
        iri = f"{ID}instrument/{slug}"
        own = [e for e in base.concerning(iri, "Provision") if served & set(many(e.block, "measure"))]
        if any(one(e.block, "timeLimitDays") for e in own):
            found.add("deadlines")
        if any(key(one(e.block, "route") or "") == "direct-judicial" for e in own):
            found.add("direct-contact")
        if any(key(one(e.block, "role") or "") == "safeguard" for e in own):
            found.add("use-limits")
        if any(served & set(many(e.block, "measure")) for e in base.concerning(iri, "RefusalGround")):
            found.add("named-refusals")
    return found


def _served(base: Base, measure: str) -> set[str]:
    entry = base.entry(f"{CONCEPT}measure/{measure}")
    return set(many(entry.block, "servedBy")) if entry else set()


def _line(base: Base, case: Case, measure: str, model: set[str]) -> dict[str, Any]:
    channel = channels(base, case, measure).channels[0]
    live = [option for option in channel.options if option.verdict in _LIVE]
    own = [option for option in live if _openness(base, option) == "two"]
    best = own[0] if own else channel.best
    if best is None:
        return {"rests_on": "nothing", "instrument": None, "title": None, "verdict": channel.verdict, "has": [], "lacks": sorted(model), "adds": sorted(model),
                "advice": "a treaty would give a basis" if channel.verdict == "unavailable" else "not known", "finding": channel.finding}
    has = _features(best)
    kind = "a treaty between the two" if own else _RESTS_ON.get(_generality(base, best), "domestic law or practice")
    adds = [] if own else sorted(model - has)
    open_ones = sorted({condition.code for condition in best.conditions if condition.state == "unknown"})
    return {"rests_on": kind, "instrument": best.instrument, "title": best.title, "verdict": best.verdict, "has": sorted(has),
            "lacks": sorted(set(FEATURES) - has), "adds": adds,
            "advice": "has one" if own else "suffices on what is recorded" if not adds and not open_ones
            else "suffices if its open conditions are met" if not adds else "a treaty would add", "finding":
            best.finding}


def _features(option: Option) -> set[str]:
    found = {"deadlines": bool(option.time_limits), "direct-contact": option.route == "direct-judicial", "use-limits": bool(option.use_limits),
             "no-open-condition": not any(condition.state == "unknown" for condition in option.conditions),
             "named-refusals": any(not ground.typical for ground in option.refusal_grounds)}
    return {name for name, there in found.items() if there}


def _openness(base: Base, option: Option) -> str:
    entry = base.entry(f"{ID}instrument/{option.instrument}") if option.instrument else None
    return key(one(entry.block, "openness") or "") if entry else ""


def _generality(base: Base, option: Option) -> str:
    entry = base.entry(f"{ID}instrument/{option.instrument}") if option.instrument else None
    return key(one(entry.block, "generality") or "") if entry else ""
