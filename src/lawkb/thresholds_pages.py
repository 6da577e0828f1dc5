"""The page of `thresholds`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.words import Words

Answer = Mapping[str, Any]
_NAMED = 6


def thresholds_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `thresholds`."""
    return list(_parts(Words(base), answer))


def thresholds_rows(answer: Answer) -> tuple[Sequence[str], list[list[object]]]:
    """Return `thresholds` as a table: a row a threshold."""
    columns = ("months", "threshold", "title", "measures", "state", "partners", "not_needed_with", "summary")
    return columns, [[line["months"], line["threshold"], line["title"], " ".join(line["measures"]), line["state"], len(line["partners"]),
                      len(line["spared"]), line["summary"]] for line in answer["thresholds"]]


def _parts(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"Which maximum penalty {who} needs, law as of {on}", 1)
    yield Para(_sentence(answer, who, on), strong=True)
    if answer["thresholds"]:
        states = {line["threshold"]: line["state"] + (f"; not needed with {len(line['spared'])}" if line["spared"] else "") for line in answer["thresholds"]}
        yield Heading("Thresholds, with the partners behind each")
        yield Table(("months", "threshold", "about", "law of " + who, "partners", "which"), [[
            str(line["months"]), line["title"], ", ".join(m.replace("-", " ") for m in line["measures"]),
            states[line["threshold"]], str(len(line["partners"])), _some(line["partners"])]
            for line in answer["thresholds"]])
    if answer["steps"]:
        yield Heading("Partners that are served in full at a maximum of at least")
        yield Table(("months", "partners"), [[str(step["months"]), str(step["partners"])] for step in answer["steps"]])
    yield Heading("Read this too")
    yield Items([(0, note) for note in answer["notes"]])


def _sentence(answer: Answer, who: str, on: str) -> str:
    if not answer["steps"]:
        return f"No threshold is recorded on {on} between {who} and the {answer['asked']} partners that were asked."
    top = answer["steps"][-1]
    short = [line for line in answer["thresholds"] if line["state"] == "short" and len(line["spared"]) < len(line["partners"])]
    lost = f"; its recorded law is short of {len(short)} of them" if short else ""
    return (f"On {on} {answer['with_threshold']} of {answer['asked']} partners hold the maximum penalty of {who} against a threshold; a maximum of at least "
            f"{top['months']} months reaches all that are recorded{lost}.")


def _some(partners: Sequence[str]) -> str:
    return ", ".join(partners[:_NAMED]) + (f" and {len(partners) - _NAMED} more" if len(partners) > _NAMED else "")
