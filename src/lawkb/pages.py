"""Pages and rows of the answers on treaties, parties, status and sources: the state first, dates as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lawkb.answer import Dispute
from lawkb.base import Base
from lawkb.disputes import in_words
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID, expand
from lawkb.wording import counted
from lawkb.words import Words, opening

Rows = tuple[Sequence[str], list[list[object]]]
Line = Mapping[str, Any]

_STATES = {"bound": "bound", "pending": "deposited, not yet bound", "uncertain": "not known", "signed": "signed only", "ended": "ended",
           "opted-out": "opted out", "not-yet": "no act yet"}
READ = {"dataset": "read in data sets", "page": "read on pages", "memory": "recalled, not read"}
_PARTS = {"in_force": "In force between them", "pending": "Not yet in force between them", "uncertain": "Not known whether in force on this day",
          "signed_only": "Signed only by one of them: not in force", "ended": "No longer in force between them",
          "not_applied": "Bind both, but do not work between them"}
_LISTS = {"parties": ("Bound", "since"), "deposited_not_yet_bound": ("Deposited, not yet bound", "bound from"),
          "uncertain": ("Bound or not: the day is not known exactly", "since"), "signatories_only": ("Signed only", ""),
          "ended": ("Ended", "until"), "opted_out": ("Opted out", "")}


def treaties_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `treaties`."""
    words, question = Words(base), answer["question"]
    a, b = words.named(question["a"]), words.named(question["b"])
    count = len(answer["in_force"])
    on, verb = words.day(question["on"]), "is" if count == 1 else "are"
    parts: list[Part] = [Heading(opening(f"{a} and {b}: treaties, law as of {on}"), 1),
                         Para(f"On {on} {counted(count, 'instrument')} {verb} in force between {a} and {b}, as far as recorded here." if count
                              else f"On {on} no instrument that is recorded here is in force between {a} and {b}.", strong=True)]
    parts += [Para(note) for note in answer["notes"]]
    for name, title in _PARTS.items():
        lines = sorted(answer[name], key=_by_title)
        if not lines:
            continue
        parts.append(Heading(title))
        if name == "in_force":
            rows = [[line["title"], _subjects(words, line), _day(words, line["from"], "day not recorded"), _day(words, line["verified_to"], "no day given")]
                    for line in lines]
            parts.append(Table(("instrument", "on", "since", "known to"), rows))
        else:
            rows = [[line["title"], *(_stand(words, line["sides"][side]) for side in (question["a"], question["b"]))] for line in lines]
            parts.append(Table(("instrument", _jur(words, question["a"]), _jur(words, question["b"]), *(("by",) if name == "not_applied" else ())),
                               [[*row, *([words.label(expand(line["act"]))] if name == "not_applied" else [])] for row, line in zip(rows, lines, strict=True)]))
    if answer["statements"]:
        parts += [Heading("Reservations, declarations and notifications on what is in force"), _statements(words, answer["statements"])]
    return parts


def _statements(words: Words, statements: Sequence[Line]) -> Table:
    rows = [[_jur(words, s["party"]), words.label(f"{ID}instrument/{s['instrument']}"), s["kind"] + (f" on art. {s['article']}" if s["article"] else ""),
             s["summary"] or words.label(f"{CONCEPT}effect/{s['effect']}")] for s in statements]
    return Table(("by", "instrument", "what", "content"), rows)


def _stand(words: Words, side: Line) -> str:
    if side["state"] == "bound":
        day = side["from"] or side["date"]
        return f"bound since {words.day(day)}" if day else "bound"
    said = f" ({side['act']} {words.day(side['date'])})" if side["act"] and side["date"] else ""
    return f"{_STATES[side['state']]}{said}"


def treaties_rows(answer: Line) -> Rows:
    """Return `treaties` as a table: a row an instrument, with the part of the answer in which it stands."""
    columns = ("state", "instrument", "title", "subjects", "from", "until", "verified_to")
    return columns, [[name, line["instrument"], line["title"], " ".join(line["subjects"]), *(line[column] or "" for column in columns[4:])]
                     for name in _PARTS for line in answer[name]]


def parties_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `parties`."""
    words = Words(base)
    bodies = sum(row["kind"] == "organisation" for row in answer["parties"])
    who = counted(len(answer["parties"]) - bodies, "state") + (f" and {counted(bodies, 'organisation')}" if bodies else "")
    known = f"The list was verified to {words.day(answer['verified_to'])}" if answer["verified_to"] else "Up to which day the list was verified is not recorded"
    sure = "." if answer["certainty"] == "confirmed" else ": later acts may be missing here."
    parts: list[Part] = [
        Heading(f"{answer['title']}: parties on {words.day(answer['on'])}", 1),
        Para(f"On {words.day(answer['on'])} {answer['title']} binds {who}. "
             f"Consents deposited and not withdrawn: {answer['consents']}. Signed only: {answer['signatories_only_count']}.", strong=True),
        Para(known + sure)]
    for name, (title, column) in _LISTS.items():
        rows = sorted(answer[name], key=lambda row: _jur(words, row["party"]))
        if rows:
            parts += [Heading(f"{title} ({len(rows)})"), _party_table(words, rows, column)]
    if answer["territories"]:
        cells = [[_jur(words, row["party"]), _STATES[row["state"]], _day(words, row["from"]), row["act"] or "", _day(words, row["date"])]
                 for row in answer["territories"]]
        parts += [Heading(f"Territories ({len(cells)})"), Table(("territory", "state", "since", "by", "done on"), sorted(cells))]
    return parts


def _party_table(words: Words, rows: Sequence[Line], column: str) -> Table:
    field = "until" if column == "until" else "from"
    columns = ["party", *([column] if column else []), "by", "done on", "grade"]
    return Table(columns, [[_jur(words, row["party"]), *([_day(words, row[field], "not known")] if column else []), row["act"] or "",
                            _day(words, row["date"], "not known"), row["grade"] or ""] for row in rows])


def parties_rows(answer: Line) -> Rows:
    """Return `parties` as a table: a row a party, with the list of the answer in which it stands."""
    columns = ("list", "party", "kind", "from", "until", "act", "date", "grade", "finding")
    return columns, [[name, *(row[column] or "" for column in columns[1:])] for name in (*_LISTS, "territories") for row in answer[name]]


def status_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `status`."""
    words, question = Words(base), answer["question"]
    several, two = answer["instruments"], answer["bilateral"]
    bound = [sum(line["state"] == "bound" for line in lines) for lines in (several, two)]
    parts: list[Part] = [
        Heading(f"{answer['label']}: its acts and where it stands, law as of {words.day(question['on'])}", 1),
        Para(f"On {words.day(question['on'])} {words.named(question['jurisdiction'])} is bound by {counted(bound[0], 'instrument')} of several parties and "
             f"{counted(bound[1], 'instrument')} between two, as far as recorded here.", strong=True)]
    if several:
        order = list(_STATES)
        rows = [[line["title"], _STATES[line["state"]], _spell(words, line), _acts(words, line["acts"])]
                for line in sorted(several, key=lambda line: (order.index(line["state"]), _by_title(line)))]
        parts += [Heading("Between several parties"), Table(("instrument", "state", "since", "acts"), rows)]
    if two:
        rows = [[_jur(words, line["with"]) if line["with"] else "", line["title"], _STATES[line["state"]], _spell(words, line), _acts(words, line["acts"])]
                for line in two]
        parts += [Heading("Between two"), Table(("with", "instrument", "state", "since", "acts"), sorted(rows))]
    return parts


def _by_title(line: Line) -> str:
    return str(line["title"]).casefold()


def _spell(words: Words, line: Line) -> str:
    until = f"until {words.day(line['until'])}" if line["until"] else ""
    return " ".join(part for part in (_day(words, line["from"]), until) if part)


def _acts(words: Words, acts: Sequence[Line]) -> str:
    done = sorted(acts, key=lambda act: act["date"] or act["effective"] or "")
    return "; ".join(act["kind"] + (f" {words.day(act['date'])}" if act["date"] else "")
                     + (f", effective {words.day(act['effective'])}" if act["effective"] else "") for act in done)


def status_rows(answer: Line) -> Rows:
    """Return `status` as a table: a row an act."""
    columns = ("instrument", "title", "with", "state", "from", "until", "act", "kind", "date", "effective", "grade", "confidence")
    return columns, [[*(line.get(column) or "" for column in columns[:6]), *(act[column] or "" for column in columns[6:])]
                     for part in ("instruments", "bilateral") for line in answer[part] for act in line["acts"]]


def sources_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `sources`: in full for one thing, as a table for all."""
    words, sources = Words(base), answer["sources"]
    if answer["question"]["iri"] is None:
        rows = [[line["title"], _day(words, line["as_at"], "no day given"), f"{line['grade']} ({line['confidence']})", f"{line['facts']:,}"]
                for line in sources]
        return [Heading("What the knowledge base was read from", 1), Table(("source", "as at", "grade", "facts"), rows)]
    heading = Heading(answer["about"] or "Source", 1)
    if not sources:
        return [heading, Para("No source is recorded.", strong=True)]
    items: list[tuple[int, str]] = []
    for line in sources:
        items.append((0, line["title"] + (f", {line['publisher']}" if line["publisher"] else "")))
        read = READ.get(line["grade"] or "", "not graded")
        again = f"; to be read again on {words.day(line['review_due'])}" if line["review_due"] else ""
        items.append((1, f"as at {_day(words, line['as_at'], 'a day not given')}; {read}, confidence {line['confidence']}{again}"))
        items += [(1, text) for text in (line["url"], line["note"]) if text]
        items.append((1, f"cited for {', '.join(words.label(expand(name)) for name in line['cited_for'])}" if "cited_for" in line
                      else f"{counted(line['facts'], 'fact')} resting on it"))
    parts: list[Part] = [heading, Items(items)]
    if answer.get("disputes"):
        found = [(words.label(expand(line["fact"])), Dispute(**{name: line[name] for name in line if name != "fact"})) for line in answer["disputes"]]
        parts += [Heading("On which sources differ"), Items([(0, f"{fact}: {in_words(dispute)}") for fact, dispute in found])]
    return parts


def sources_rows(answer: Line) -> Rows:
    """Return `sources` as a table: a row a source."""
    columns = ("source", "title", "publisher", "url", "as_at", "grade", "confidence", "recorded_on", "facts", "file")
    return columns, [["" if line[column] is None else line[column] for column in columns] for line in answer["sources"]]


def _subjects(words: Words, line: Line) -> str:
    return ", ".join(words.label(f"{CONCEPT}subject/{name}") for name in line["subjects"])


def _jur(words: Words, code: str) -> str:
    return words.label(f"{ID}jur/{code}")


def _day(words: Words, day: str | None, otherwise: str = "") -> str:
    return words.day(day) if day else otherwise
