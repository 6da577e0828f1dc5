"""Pages of `atlas`: one sentence, the counts, the instruments that carry pairs, who is isolated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.words import Words

Line = Mapping[str, Any]
_MOST = 12  # instruments and jurisdictions that a page names; JSON has them all
OPEN = ("available", "conditional")
_VERDICTS = (*OPEN, "unavailable", "unknown")


def atlas_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `atlas`."""
    on = Words(base).day(answer["question"]["on"])
    measures = answer["measures"]
    one = len(measures) == 1
    parts: list[Part] = [Heading(f"The world, law as of {on}", 1), Para(_sentence(measures[0], on) if one else _every(answer, on), strong=True),
                         Table(("channel", "measure", *_VERDICTS), [[m["channel"], m["label"], *(f"{m['pairs'][v]:,}" for v in _VERDICTS)] for m in measures])]
    for each in measures:
        parts += _carried(each, detail=one)
    if one:
        parts += _people(measures[0])
    kb = answer["kb"]
    made = f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]})."
    return [*parts, Heading("Read this too"), Items([(0, note) for note in [*answer["notes"], made]])]


def _sentence(measure: Line, on: str) -> str:
    pairs = measure["pairs"]
    known = sum(pairs[verdict] for verdict in OPEN)
    return (f"On {on} {measure['label']} can be asked for in {known:,} of {sum(pairs.values()):,} directions between jurisdictions, "
            f"in {pairs['available']:,} of them without an open condition; for {pairs['unknown']:,} it is not known here.")


def _every(answer: Line, on: str) -> str:
    pairs = [measure["pairs"] for measure in answer["measures"]]
    known, every = sum(p[verdict] for p in pairs for verdict in OPEN), sum(sum(p.values()) for p in pairs)
    return f"On {on}, of {every:,} answers on {len(pairs)} measures in each direction between jurisdictions, {known:,} find something available or conditional."


def _carried(measure: Line, detail: bool) -> list[Part]:
    listed = measure["instruments"]
    shown = listed[:_MOST] if detail else sorted(listed, key=lambda i: -i["alone"])[:3]
    title = "Instruments that carry pairs, the most first" if detail else f"{measure['label'].capitalize()}: what carries most pairs alone"
    if not shown:
        return [Heading(title), Para("No instrument opens it between any two.")]
    return [Heading(title), Table(("instrument", "pairs", "stands first", "alone"),
                                  [[i["title"], f"{i['pairs']:,}", f"{i['first']:,}", f"{i['alone']:,}"] for i in shown])]


def _people(measure: Line) -> list[Part]:
    people = sorted(measure["jurisdictions"], key=lambda p: (-sum(p["asked"][v] for v in OPEN), p["label"]))
    least = [p for p in people if p["jurisdiction"] not in measure["isolated"]][-_MOST:]
    columns = ("jurisdiction", "can be asked by", "can ask", "not known, as the one asked")
    labels = {p["jurisdiction"]: p["label"] for p in people}

    def rows(chosen: list[Line]) -> list[list[str]]:
        return [[p["label"], *(f"{sum(p[way][v] for v in OPEN):,}" for way in ("asked", "asks")), f"{p['asked']['unknown']:,}"] for p in chosen]

    isolated = ", ".join(labels[code] for code in measure["isolated"]) or "Nobody."
    return [Heading("The best connected"), Table(columns, rows(people[:_MOST])),
            Heading("The least connected that have any partner"), Table(columns, rows(least)),
            Heading("Isolated: nobody can ask them, and they can ask nobody, as far as is known here"), Para(isolated)]
