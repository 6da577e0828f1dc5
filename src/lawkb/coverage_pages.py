"""The pages of `coverage`: how far lists go, what is recorded field by field, and how many facts there are of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.pages import READ
from lawkb.terms import CONCEPT, ID
from lawkb.wording import counted
from lawkb.words import Words

Line = Mapping[str, Any]
Rows = tuple[Sequence[str], Sequence[Sequence[object]]]
_SHOWN = 50
_NAMED = 6  # of the jurisdictions that lack a field
_COUNTED = "Counted from what is recorded. Where a field is not recorded nothing follows for the law: the answer is unknown."
_SCHEMES = {"penalty": "age", "jurisdiction": "head-basis", "cooperation-law": "coop-topic", "victims": "victim-measure", "authorities": "measure-group"}


def coverage_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `coverage`: what leaves answers open first."""
    words, lines, grades = Words(base), answer["coverage"], answer["grades"]
    if answer["label"]:
        heading = Heading(f"How far the knowledge base goes on {answer['label']}", 1)
        return [heading, *_lists(words, lines, named=False), *_fields_of_one(words, answer["fields"]), *_age(words, answer)]
    open_ones = sum(line["leaves_open"] for line in lines)
    read = ", ".join(f"{grades[name]:,} {READ[name]}" for name in READ if name in grades)
    return [Heading(f"What the knowledge base of {words.day(answer['kb_version'])} covers", 1),
            Para(f"{open_ones} of {counted(len(lines), 'list')} may lack entries. What would settle most answers stands first.", strong=True),
            Para(f"{sum(grades.values()):,} facts: {read}."), *_fields_of_all(words, answer["fields"]), *_lists(words, lines, named=True),
            *_age(words, answer)]


def _day(words: Words, day: str | None, otherwise: str) -> str:
    return words.day(day) if day else otherwise


def _age(words: Words, answer: Line) -> list[Part]:
    """How old what is recorded of the subject is, when it is to be read again, and where sources differ; for everything: where the speed is measured."""
    told = answer.get("age")
    if told is None:
        marks = answer["benchmarks"]
        how = "was written by the last measurement" if marks["there"] else f"is not there: {marks['made_by']} writes it"
        return [Heading("How fast it is"), Para(f"{marks['file']} {how}; with --format json it is part of this answer.")]
    due = f"the first is due on {words.day(told['next_review'])}" if told["next_review"] else "none has a day"
    parts: list[Part] = [Heading("How old it is, and when it is to be read again"),
                         Para(f"{counted(told['overdue_facts'], 'fact')} {'rests' if told['overdue_facts'] == 1 else 'rest'} on sources that are due; {due}."),
                         Table(("source", "as at", "grade", "facts", "to be read again"), [
                             [line["title"], _day(words, line["as_at"], "no day given"), f"{line['grade']} ({line['confidence']})", f"{line['facts']:,}",
                              _day(words, line["review_due"], "no day given") + (", due" if line["overdue"] else "")] for line in told["sources"]])]
    if told["conflicts"]:
        parts += [Heading("Where sources differ"), Items([(0, f"{c['key']}: kept {c['kept']}; other {c['other']} ({c['reason']})") for c in told["conflicts"]])]
    return parts


def _lists(words: Words, lines: Sequence[Line], named: bool) -> list[Part]:
    if not lines:
        return [Heading("Lists"), Para("Nothing is recorded on how complete its lists are: what is missing here is not known.", strong=True)]
    rows = [[*([line["label"]] if named else []), *_extent(words, line)] for line in lines[:_SHOWN]]
    told = [Para("Those of instruments with most parties, and of jurisdictions with most instruments, come first.")] if named else []
    return [Heading("Lists"), *told, Table([*(["list"] if named else []), "on", "complete", "known to", "entries", "what is missing"], rows), *_rest(lines)]


def _rest(lines: Sequence[Line]) -> list[Part]:
    return [Para(f"{len(lines) - _SHOWN:,} more: --format json or csv lists them all.")] if len(lines) > _SHOWN else []


def _extent(words: Words, line: Line) -> list[str]:
    on = words.label(f"{CONCEPT}subject/{line['subject']}") if line["subject"] else {"instrument": "parties", "organisation": "members"}.get(line["kind"], "")
    count = f"{line['entries'] or ''}{f' of {expected}' if (expected := line['expected']) else ''}"
    return [on, words.label(f"{CONCEPT}completeness/{line['completeness']}"), words.day(line["verified_to"]) if line["verified_to"] else "no day", count,
            line["gaps"] or ""]


def _fields_of_all(words: Words, lines: Sequence[Line]) -> list[Part]:
    rows = [[line["label"], f"{line['recorded']} of {line['of']}", f"{line['pairs']:,}", _read(words, line), _lacking(words, line)] for line in lines[:_SHOWN]]
    told = Para(f"{_COUNTED} Pairs are those of a jurisdiction that asks and one that is asked and of which the field is not recorded.")
    return [Heading("Field by field"), told, Table(["field", "recorded", "pairs", "read", "not recorded, among others"], rows), *_rest(lines)]


def _fields_of_one(words: Words, lines: Sequence[Line]) -> list[Part]:
    if not lines:
        return []
    rows = [[line["label"], f"{line['recorded']} of {line['of']}" if line["of"] else str(line["facts"] or "none"), _read(words, line), _missing(words, line)]
            for line in lines]
    return [Heading("Field by field"), Para(_COUNTED), Table(["field", "recorded", "read", "not recorded"], rows)]


def _read(words: Words, line: Line) -> str:
    """How the weakest fact of a field was read, and the newest day that a source shows."""
    if not line["facts"]:
        return ""
    until = f"up to {words.day(line['read_to'])}; " if line["read_to"] else ""
    return f"{until}weakest {READ.get(line['grade'] or '', 'not graded')}, {line['confidence'] or 'no'} confidence"


def _missing(words: Words, line: Line) -> str:
    scheme = _SCHEMES.get(line["field"])
    told = [words.label(f"{CONCEPT}{scheme}/{code}") for code in line["missing"]] if scheme else []
    if line["unverified"]:
        told.append(f"{line['unverified']} not verified")
    if line["field"].startswith("notifications/") and line["of"] > line["recorded"]:
        told.append(f"what {line['of'] - line['recorded']} parties notified is not known")
    return "; ".join(told)


def _lacking(words: Words, line: Line) -> str:
    named = [words.label(f"{ID}jur/{code}") for code in line["missing"][:_NAMED]]
    return ", ".join(named) + (f" and {len(line['missing']) - _NAMED} more" if len(line["missing"]) > _NAMED else "")


def coverage_rows(answer: Line) -> Rows:
    """Return `coverage` as a table: a row a list, then a row a field."""
    columns = ("about", "label", "kind", "subject", "completeness", "leaves_open", "verified_to", "entries", "expected", "gaps")
    about = answer["question"]["subject"]
    fields = [[line["about"] or about, line["label"], "field", line["field"], "", line["of"] is None or line["recorded"] < line["of"], line["read_to"],
               line["facts"] if line["of"] is None else line["recorded"], line["of"], " ".join(line["missing"])] for line in answer["fields"]]
    return columns, [[_cell(value) for value in row] for row in [*([line[column] for column in columns] for line in answer["coverage"]), *fields]]


def facts_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `coverage --facts`."""
    columns, rows = facts_rows(answer)
    return [Heading(f"The facts of {Words(base).day(answer['kb']['version'])}, by kind and grade", 1),
            Para(f"{answer['all']['facts']:,} facts, each by the best of its sources: how that was read, and how sure the fact is.", strong=True),
            Table([{"dataset": "data sets", "page": "pages", "memory": "recalled"}.get(name, name) for name in columns],
                  [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows])]


def facts_rows(answer: Line) -> Rows:
    """Return `coverage --facts` as a table: a row a kind, and one for all."""
    columns = ("kind", *answer["all"])
    return columns, [[line[column] for column in columns] for line in [*answer["kinds"], {"kind": "all", **answer["all"]}]]


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else value
