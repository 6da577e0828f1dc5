"""Pages and rows of the answers on one jurisdiction: rights of victims, obligations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part
from lawkb.terms import CONCEPT
from lawkb.words import Words, opening

Line = Mapping[str, Any]
Rows = tuple[Sequence[str], list[list[object]]]
# the order in which a victim's lawyer asks; what is not named here comes last
_ASKED = ("recovery-reflection-period", "victim-residence", "victim-compensation", "non-punishment", "victim-repatriation", "victim-identification",
          "victim-assistance", "witness-protection", "data-protection")
_STRENGTHS = ("shall", "shall-endeavour", "shall-consider", "may")
_NAMED = 4


def rights_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `rights`."""
    return list(_Page(base, answer).rights())


def obligations_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `obligations`."""
    return list(_Page(base, answer).obligations())


def rights_rows(answer: Line) -> Rows:
    """Return `rights` as a table: a row a provision."""
    columns = ("provision", "instrument", "measures", "strength", "role", "cooperation", "state", "certainty", "verified_to", "grade",
               "confidence", "summary", "finding")
    return columns, _rows(columns, answer["rights"])


def obligations_rows(answer: Line) -> Rows:
    """Return `obligations` as a table: a row a provision."""
    columns = ("strength", "provision", "instrument", "measures", "role", "addressees", "state", "carried_out",
               "certainty", "verified_to", "grade", "confidence",
               "summary", "finding")
    return columns, _rows(columns, answer["obligations"])


def _rows(columns: Sequence[str], lines: Sequence[Line]) -> list[list[object]]:
    return [[" ".join(value) if isinstance(value := line[column], list) else value or "" for column in columns] for line in lines]


class _Page:
    def __init__(self, base: Base, answer: Line) -> None:
        self.base, self.answer, self.words = base, answer, Words(base)
        self.who, self.on = self.words.named(answer["question"]["jurisdiction"]), self.words.day(answer["question"]["on"])

    def rights(self) -> Iterator[Part]:
        lines = self.answer["rights"]
        sure = [line for line in lines if line["state"] == "binds"]
        free = [line for line in sure if line["cooperation"] == "independent"]
        yield Heading(opening(f"{self.who}: what victims of trafficking are entitled to, law as of {self.on}"), 1)
        yield Para(self.sentence(sure, free), strong=True)
        if free:
            yield Heading("Whatever the victim does: not conditional on cooperation")
            yield Items([item for line in free for item in self.line(line, why=True)])
        rest = [line for line in sure if line["cooperation"] != "independent"]
        for measure in self.ordered(rest):
            yield Heading(self.measure(measure).capitalize())
            yield Items([item for line in rest if self.first(line) == measure for item in self.line(line, why=True)] + list(self.national(measure))
                        + list(self.beside(measure)))
        elsewhere = [item for m in _ASKED if m not in set(self.ordered(rest)) for item in (*self.national(m), *self.beside(m))]
        if elsewhere:
            yield Heading("National measures and particulars on other points")
            yield Items(elsewhere)
        yield from self.uncertain(lines)
        yield from self.end()

    def sentence(self, sure: Sequence[Line], free: Sequence[Line]) -> str:
        if not sure:
            return f"No provision that is recorded here and binds {self.who} on {self.on} gives rights to victims of trafficking."
        firm = sum(line["strength"] == "shall" for line in sure)
        named = f": {self.articles(free)}" if free else ""
        other = (f"{len(free)} of them do not depend on the victim's cooperation{named}" if free
                 else "of none of them is it recorded that it does not depend on the victim's cooperation")
        return f"On {self.on} {len(sure)} provisions that bind {self.who} protect victims of trafficking, {firm} of them as a duty; {other}."

    @staticmethod
    def articles(lines: Sequence[Line]) -> str:
        labels = [line["label"] for line in lines[:_NAMED]]
        return ", ".join(labels) + (f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else "")

    def ordered(self, lines: Sequence[Line]) -> list[str]:
        found = {self.first(line) for line in lines}
        return [m for m in _ASKED if m in found] + sorted(found - set(_ASKED))

    @staticmethod
    def first(line: Line) -> str:
        return next((m for m in _ASKED if m in line["measures"]), line["measures"][0])

    def national(self, measure: str) -> Iterator[tuple[int, str]]:
        for item in self.answer["national"]:
            if item["measure"] == measure:
                where = " ".join(part for part in (item["law"], f"art. {item['article']}" if item["article"] else "") if part)
                value = f"{item['days']} days" if item["days"] else self.words.label(f"{CONCEPT}value/{item['value']}")
                note = f"; {item['note']}" if item["note"] else ""
                yield 0, f"national law: {self.kind(item['national'])}: {value} ({where or 'law not named'}{note}) [{item['grade']}, {item['confidence']}]"
        for gap in self.answer["gaps"]:
            if gap["measure"] == measure:
                yield 0, f"national law: {gap['text']}"

    def beside(self, measure: str) -> Iterator[tuple[int, str]]:
        """How the measure is carried out, point by point, and what courts and monitoring bodies said on it."""
        for line in self.answer["particulars"]:
            if measure in line["measures"]:
                yield 0, f"{line['name']}: {line['summary'].rstrip('.')} ({line['label']}) [{line['grade']}, {line['confidence']}]"
        for told in self.answer["pronouncements"]:
            if measure in told["measures"]:
                yield 0, f"said on it: {told['text'].rstrip('.')} [{told['grade']}, {told['confidence']}]"

    def obligations(self) -> Iterator[Part]:
        lines = self.answer["obligations"]
        sure = [line for line in lines if line["state"] == "binds"]
        topic = self.answer["question"]["topic"]
        about = f" on {self.topic(topic)}" if topic else ""
        yield Heading(opening(f"{self.who}: what it has bound itself to{about}, law as of {self.on}"), 1)
        counts = {s: sum(line["strength"] == s for line in sure) for s in _STRENGTHS}
        told = ", ".join(f"{counts[s]} with \"{self.strength(s)}\"" for s in _STRENGTHS if counts[s])
        yield Para(f"On {self.on} {self.who} is bound by {len(sure)} recorded provisions{about} that bear on trafficking: {told}." if sure
                   else f"No provision that is recorded here{about} binds {self.who} on {self.on}.", strong=True)
        yield from self.compliance(sure)
        for strength in _STRENGTHS:
            chosen = [line for line in sure if line["strength"] == strength]
            if chosen:
                yield Heading(f"{self.strength(strength).capitalize()} ({len(chosen)})")
                yield Items([item for line in chosen for item in self.line(line)])
        yield from self.uncertain(lines)
        yield from self.end()

    def compliance(self, lines: Sequence[Line]) -> Iterator[Part]:
        """How many provisions are carried out by national law, as far as that is recorded, and which are not or only in part."""
        counts = {state: [line for line in lines if line["carried_out"] == state] for state in ("done", "partly", "missing", "unknown")}
        if not lines:
            return
        yield Heading("Carried out by national law, as far as recorded")
        yield Items([(0, f"{state}: {len(found)}{': ' + ', '.join(line['label'] for line in found) if state in ('partly', 'missing') and found else ''}")
                     for state, found in counts.items()])

    def line(self, line: Line, why: bool = False) -> Iterator[tuple[int, str]]:
        known = f", as last known on {self.words.day(line['verified_to'])}" if line["certainty"] == "last-known" and line["verified_to"] else (
            ", as last known" if line["certainty"] == "last-known" else "")
        only = f" [only for: {', '.join(self.requirement(code) for code in line['only_for'])}]" if line["only_for"] and why else ""
        yield 0, f"{line['label']} ({self.strength(line['strength'])}): {line['summary'].rstrip('.')}{only} [{line['grade']}, {line['confidence']}{known}]"
        if why and line["because"]:
            told = "does not depend on cooperation" if line["cooperation"] == "independent" else "depends on cooperation"
            others = [b["label"] for b in line["because"] if b["provision"] != line["provision"]]
            yield 1, f"{told}: {', '.join(others)}" if others else f"{told} by its own terms"
        if line.get("carried_out", "unknown") != "unknown":
            yield 1, f"{line['carried_out']}: {'; '.join(dict.fromkeys(item['label'] for item in line['by']))}"
        for statement in line["statements"]:
            yield 1, f"{statement['label']}: {statement['summary'] or 'see the statement'}"

    def uncertain(self, lines: Sequence[Line]) -> Iterator[Part]:
        open_ones = [line for line in lines if line["state"] != "binds"]
        if open_ones:
            yield Heading("Perhaps: whether the instrument binds on this day is not known")
            yield Items([item for line in open_ones for item in self.line(line)])

    def end(self) -> Iterator[Part]:
        yield Heading("Read this too")
        kb = self.answer["kb"]
        first = next((line["finding"] for name in ("rights", "obligations") for line in self.answer.get(name, ())), None)
        yield Items([(0, item["text"]) for item in self.answer["unread"]] + [(0, note) for note in self.answer["notes"]]
                    + ([(0, f"Each line can be traced, for example: lawkb explain {first}")] if first else [])
                    + [(0, f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]}).")])

    def measure(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}measure/{code}")

    def topic(self, code: str) -> str:
        known = self.base.entry(f"{CONCEPT}channel/{code}") or self.base.entry(f"{CONCEPT}measure/{code}")
        return known.label or code if known else code

    def kind(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}victim-measure/{code}")

    def strength(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}strength/{code}")

    def requirement(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}requirement/{code}")
