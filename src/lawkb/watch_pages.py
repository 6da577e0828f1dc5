"""The pages of `complaints` and `monitoring`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part
from lawkb.terms import ID
from lawkb.words import Words

Answer = Mapping[str, Any]
Rows = tuple[Sequence[str], list[list[object]]]


def complaints_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `complaints`."""
    return list(_complaints(Words(base), answer))


def complaints_rows(answer: Answer) -> Rows:
    """Return `complaints` as a table: a row a procedure."""
    columns = ("state", "petitions", "body", "title", "instrument", "summary", "certainty", "grade", "confidence", "finding")
    return columns, [["" if line[c] is None else line[c] for c in columns] for line in (*answer["routes"], *answer["not_open"])]


def monitoring_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `monitoring`."""
    return list(_monitoring(Words(base), answer))


def monitoring_rows(answer: Answer) -> Rows:
    """Return `monitoring` as a table: a row a pronouncement."""
    columns = ("state", "date", "body", "verb", "case", "label", "measures", "summary", "grade", "confidence", "finding")
    return columns, [[" ".join(line[c]) if c == "measures" else line[c] for c in columns] for line in (*answer["told"], *answer["leading"])]


def _complaints(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"To which bodies one can turn about {who}, law as of {on}", 1)
    personal = [line for line in answer["routes"] if line["petitions"] and line["state"] == "open"]
    names = ", ".join(line["body"] for line in personal)
    yield Para(f"On {on} a person can bring a case about {who} before: {names}." if personal
               else f"On {on} no procedure that a person can use is recorded as open against {who}.", strong=True)
    for title, chosen in (("Open to persons", personal),
                          ("Open only if it has made a declaration, of which nothing is recorded", [r for r in answer["routes"] if r["state"] == "unknown"]),
                          ("Not known: it is not on the list of parties as far as that was read",
                           [r for r in answer["routes"] if r["state"] == "unknown-party"]),
                          ("No petitions, but these bodies read what one sends them",
                           [r for r in answer["routes"] if not r["petitions"] and r["state"] == "open"])):
        if chosen:
            yield Heading(title)
            yield Items([item for line in chosen for item in _route(line)])
    if answer["not_open"]:
        yield Heading(f"Not open: {who} is not bound")
        yield Items([(0, f"{line['body']} ({line['title']})") for line in answer["not_open"]])
    yield Heading("Read this too")
    yield Items([(0, note) for note in answer["notes"]])


def _route(line: Answer) -> Iterator[tuple[int, str]]:
    age = f", list read up to {line['verified_to'] or 'a day that is not recorded'}" if line["certainty"] == "last-known" else ""
    yield 0, f"{line['body']} ({line['title']}): {line['summary']} [{line['grade']}, {line['confidence']}{age}]"


def _monitoring(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"What {who} was told by courts and monitoring bodies, as of {on}", 1)
    count = len(answer["told"])
    yield Para(f"{count} pronouncement{'' if count == 1 else 's'} on {who} {'is' if count == 1 else 'are'} recorded here by {on}." if count
               else f"Nothing that {who} was told is recorded here: whether it was told to mend this is not known here.", strong=True)
    if answer["told"]:
        yield Heading(f"Told to {who}")
        yield Items([item for line in answer["told"] for item in _told(words, line)])
    if answer["leading"]:
        yield Heading(f"Told to others, on instruments that bind {who}")
        yield Items([item for line in answer["leading"] for item in _told(words, line)])
    yield Heading("Read this too")
    yield Items([(0, note) for note in answer["notes"]])


def _told(words: Words, line: Answer) -> Iterator[tuple[int, str]]:
    state = words.label(f"{ID}jur/{line['state']}")
    yield 0, (f"{words.day(line['date'])}, {line['body']} {line['verb']}, {line['case']} ({state}; {line['label']}): {line['summary']} "
              f"[{line['grade']}, {line['confidence']}]")
