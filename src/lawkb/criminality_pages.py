"""The page of a `criminality` answer: the verdict, the table of elements, thresholds, bridges, other offences that may cover the conduct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

_SAID = {"met": "is met on what is recorded", "unmet": "is not met", "unknown": "is not settled by what is recorded"}


def criminality_page(base: Base, answer: dict[str, Any]) -> list[Part]:
    """Return the page of a `criminality` answer."""
    return list(_Page(base, answer).parts())


def criminality_rows(answer: dict[str, Any]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return the elements of every comparison as a table."""
    columns = ("offence", "other", "verdict", "kind", "element", "requesting", "requested", "definition", "facts", "alignment", "finding")
    return columns, [[p["offence"], p["other"], p["verdict"], *(row[c] if row[c] is not None else "" for c in columns[3:])]
                     for p in answer["comparisons"] for row in p["elements"]]


class _Page:
    def __init__(self, base: Base, answer: dict[str, Any]) -> None:
        self.answer, self.words = answer, Words(base)
        question = answer["question"]
        self.a, self.b = (self.words.named(question[side]) for side in ("requesting", "requested"))
        self.columns = tuple(self.words.label(f"{ID}jur/{question[side]}") for side in ("requesting", "requested"))

    def parts(self) -> Iterator[Part]:
        question = self.answer["question"]
        day = self.words.day(question["offence_on"] or question["on"])
        yield Heading(f"Dual criminality, {self.a} and {self.b}: trafficking in persons, offences in force on {day}", 1)
        yield Para(self.sentence(day), strong=True)
        for side, label in ((question["requesting"], self.a), (question["requested"], self.b)):
            if not self.answer["offences"][side]:
                yield Para(f"No offence of {label} is shown to have been in force on that day: look at its criminal code.")
        if self.answer["comparisons"]:
            yield from self.comparison(self.answer["comparisons"][0])
        others = self.answer["comparisons"][1:]
        if others:
            yield Heading("Other pairs of offences")
            yield Table(("offence", "other offence", "verdict", "elements met", "grade"),
                        [[p["titles"][0], p["titles"][1], p["verdict"], str(p["met"]), f"{p['grade']} ({p['confidence']})"] for p in others[:12]])
        if self.answer["thresholds"]:
            yield Heading("Penalty thresholds")
            given = ("facts",) if self.answer["question"]["facts"]["penalty_months"] is not None else ()
            yield Table(("threshold", "months", *self.columns, *given), [self.threshold(row) for row in self.answer["thresholds"]])
            yield from self.depends()
        if self.answer["bridges"]:
            yield Heading("What bridges differences")
            yield Items([(0, f"{b['title']}: {self.words.label(CONCEPT + 'bridge-kind/' + b['kind'])} ({b['summary']})") for b in self.answer["bridges"]])
        if self.answer["not_in_force"]:
            yield Heading("Recorded, but not shown to be in force on that day")
            yield Items([(0, f"{o['title']} (from {o['from'] or 'a day not recorded'}{', until ' + o['until'] if o['until'] else ''})")
                         for o in self.answer["not_in_force"]])
        yield Heading("Read this too")
        yield Items([(0, note) for note in self.answer["notes"]])

    def sentence(self, day: str) -> str:
        pairs = self.answer["comparisons"]
        head = f"By the law of {day} dual criminality between {self.a} and {self.b} {_SAID[self.answer['verdict']]}"
        if not pairs:
            return f"{head}: {self.answer['no_offence'][0]['says']}" if self.answer["no_offence"] else f"{head}: no pair of offences is recorded."
        best = pairs[0]
        differ = "; sources differ" if best["disputed"] else ""
        return f"{head}: {best['says'].rstrip('.')} (grade: {best['grade']}, {best['confidence']}{differ})."

    def comparison(self, pair: dict[str, Any]) -> Iterator[Part]:
        yield Heading(f"{pair['titles'][0]} against {pair['titles'][1]}")
        said = [*pair["failing"], *pair["open"]] if pair["tests"] else pair["not_shown"]
        if pair["verdict"] != "met" and said:
            yield Items([(0, text) for text in said])
        facts = any(row["facts"] is not None for row in pair["elements"])
        columns = ("kind", "element", *self.columns, "definition", *(("facts",) if facts else ()), "alignment")
        rows = [[row["kind"], row["label"], row["requesting"], row["requested"], "yes" if row["definition"] else "",
                 *((("yes" if row["facts"] else ""),) if facts else ()), row["alignment"] or ""] for row in pair["elements"]]
        rows += [["rule", row["rule"], row["requesting"], row["requested"], row["definition"], *(("",) if facts else ()), row["alignment"]]
                 for row in pair["rules"]]
        yield Table(columns, rows)

    def depends(self) -> Iterator[Part]:
        """What is lost, what is kept and what is not needed, by threshold."""
        months = self.answer["question"]["facts"]["penalty_months"]
        whose = f"a maximum of {months} months" if months is not None else f"the maximum of {self.b}"
        yield Heading(f"What depends on {whose}")
        items = []
        for effect, told in (("lost", "lost"), ("not-needed", "not needed"), ("kept", "kept"), ("unknown", "not known, since no maximum is recorded")):
            for row in self.answer["thresholds"]:
                if row["effect"] == effect:
                    about = ", ".join(m.replace("-", " ") for m in row["measures"])
                    text = f"{told}: {row['title']} ({row['months']} months; {about}): {row['summary'].rstrip('.')}"
                    items.append((0, text + (f". {row['spared']['text'].rstrip('.')}" if row["spared"] else "")))
        yield Items(items)

    def threshold(self, row: dict[str, Any]) -> list[str]:
        question = self.answer["question"]
        states = [row["sides"].get(question[side], {}).get("state", "not asked") for side in ("requesting", "requested")]
        return [row["title"], str(row["months"]), *states, *((row["facts"],) if row["facts"] else ())]
