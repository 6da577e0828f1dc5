"""Pages and rows of `compare` and `matrix`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.compare import RELATED
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT
from lawkb.wording import counted
from lawkb.words import Words

Line = Mapping[str, Any]
Rows = tuple[Sequence[str], list[list[object]]]
_WIDEST = 5  # jurisdictions beside one another; more are written pair by pair


def compare_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `compare`: a table a topic."""
    codes, labels = answer["question"]["jurisdictions"], answer["labels"]
    on = Words(base).day(answer["question"]["on"])
    names = ", ".join(labels[code] for code in codes)
    parts: list[Part] = [Heading(f"{names} side by side, law as of {on}", 1), Para(_compared(answer, on), strong=True)]
    for topic in answer["topics"]:
        parts.append(Heading(topic["topic"].capitalize()))
        if not topic["rows"]:
            parts.append(Para("Nothing is recorded on this for any of them."))
        elif len(codes) <= _WIDEST:
            parts.append(Table(["", *(labels[code] for code in codes)],
                               [[row["row"], *(row["cells"][code]["text"] for code in codes)] for row in topic["rows"]]))
        else:
            parts.append(Items([item for row in topic["rows"] for item in [(0, row["row"]),
                                                                           *((1, f"{labels[code]}: {row['cells'][code]['text']}") for code in codes)]]))
    return [*parts, *_end(answer)]


def _compared(answer: Line, on: str) -> str:
    cells = [cell for topic in answer["topics"] for row in topic["rows"] if row["row"] != RELATED for cell in row["cells"].values()]
    missing = sum(not cell["facts"] for cell in cells)
    topics = ", ".join(topic["topic"] for topic in answer["topics"])
    who = f"these {len(answer['labels'])} jurisdictions"
    rest = f"; {missing} {'is' if missing == 1 else 'are'} not known here" if missing else ""
    return f"On {on} {len(cells) - missing} of {counted(len(cells), 'point')} on {topics} are recorded for {who}{rest}."


def compare_rows(answer: Line) -> Rows:
    """Return `compare` as a table: a row a cell."""
    return (("topic", "row", "jurisdiction", "text", "facts", "grade", "confidence"),
            [[topic["topic"], row["row"], code, cell["text"], " ".join(cell["facts"]), cell.get("grade") or "", cell.get("confidence") or ""]
             for topic in answer["topics"] for row in topic["rows"] for code, cell in row["cells"].items()])


def matrix_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `matrix`: who asks stands before the row, who is asked above the column."""
    words, question, labels = Words(base), answer["question"], answer["labels"]
    codes, on = question["jurisdictions"], words.day(question["on"])
    what = words.label(f"{CONCEPT}measure/{question['measure']}")
    counts = Counter(pair["verdict"] for pair in answer["pairs"])
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("available", "conditional", "unavailable", "unknown") if counts[verdict])
    pairs = {(pair["requesting"], pair["requested"]): pair for pair in answer["pairs"]}
    parts: list[Part] = [Heading(f"Who can ask whom for {what}, law as of {on}", 1),
                         Para(f"On {on}, of {len(pairs)} directions between {len(codes)} jurisdictions, requests for {what} are {told}.", strong=True)]
    if len(codes) <= _WIDEST:
        parts.append(Table(["asks", *(labels[code] for code in codes)],
                           [[labels[a], *(_cell(pairs[a, b]) if a != b else "" for b in codes)] for a in codes]))
    else:
        parts.append(Table(("asks", "is asked", "verdict", "basis"), [[labels[p["requesting"]], labels[p["requested"]], p["verdict"], _basis(p)]
                                                                      for p in answer["pairs"]]))
    closed = [(0, f"{labels[p['requesting']]} asks {labels[p['requested']]}: {p['reason']}") for p in answer["pairs"] if p["reason"]]
    if closed:
        parts += [Heading("Why not, or why not known"), Items(closed)]
    return [*parts, *_end(answer)]


def _cell(pair: Line) -> str:
    return f"{pair['verdict']}: {_basis(pair)}" if pair["title"] else pair["verdict"]


def _basis(pair: Line) -> str:
    return f"{pair['title']} ({pair['standing']})" if pair["title"] else ""


def matrix_rows(answer: Line) -> Rows:
    """Return `matrix` as a table: a row an ordered pair."""
    columns = ("requesting", "requested", "verdict", "instrument", "standing", "certainty", "verified_to", "grade", "finding")
    return columns, [[pair[column] or "" for column in columns] for pair in answer["pairs"]]


def _end(answer: Line) -> list[Part]:
    kb = answer["kb"]
    made = f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]})."
    return [Heading("Read this too"), Items([(0, note) for note in [*answer["notes"], made]])]
