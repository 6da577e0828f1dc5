"""The pages that compare definitions and bases: `definition`, `needs`, `distinguish`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.words import Words

Answer = Mapping[str, Any]
Rows = tuple[Sequence[str], list[list[object]]]
_MEASURES = {"extradition": "extradition", "mla": "mutual legal assistance"}


def definition_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `definition`."""
    return list(_definition(Words(base), answer))


def definition_rows(answer: Answer) -> Rows:
    """Return `definition` as a table: a row an element of a definition."""
    columns = ("instrument", "article", "kind", "element", "need", "state", "severity", "states_that_name_it", "such_as")
    return columns, [[table["instrument"], *(" ".join(row[c]) if c == "such_as" else "" if row[c] is None else row[c] for c in columns[1:])]
                     for table in answer["definitions"] for row in table["elements"]]


def needs_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `needs`."""
    return list(_needs(Words(base), answer))


def needs_rows(answer: Answer) -> Rows:
    """Return `needs` as a table: a row a partner and a measure."""
    columns = ("partner", "measure", "rests_on", "instrument", "verdict", "has", "lacks", "adds", "advice", "finding")
    return columns, [["" if line[c] is None else " ".join(line[c]) if isinstance(line[c], list) else line[c] for c in columns] for line in answer["partners"]]


def distinguish_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `distinguish`."""
    return list(_distinguish(Words(base), answer))


def distinguish_rows(answer: Answer) -> Rows:
    """Return `distinguish` as a table: a row an element, a column a definition."""
    names = [line["instrument"] for line in answer["instruments"]]
    return ("element", *names), [[row["element"], *(row["cells"][name]["need"] for name in names)] for row in answer["elements"]]


def _distinguish(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"Smuggling or trafficking, by the definitions and by the law of {who}, {on}", 1)
    bound = ", ".join(f"{line['title']}{'' if line['binds'] else ' (does not bind it, as far as recorded)'}" for line in answer["instruments"])
    yield Para(f"Where exploitation is intended it is trafficking, whatever the person agreed to and whether or not a border is crossed; where illegal entry "
               f"is procured for a benefit it is smuggling. Compared: {bound}.", strong=True)
    yield Heading("What tells them apart")
    yield Table(("element", *(line["title"] for line in answer["instruments"])), [
        [row["name"], *(f"{row['cells'][line['instrument']]['need'].replace('-', ' ')} (art. {row['cells'][line['instrument']]['article']}): "
                        f"{row['cells'][line['instrument']]['summary']}" for line in answer["instruments"])] for row in answer["elements"]])
    yield Heading(f"The law of {who}")
    yield Items([(0, f"trafficking: {o['title']}: {', '.join(o['names']) or 'elements not recorded'}") for o in answer["trafficking"]]
                or [(0, "trafficking: no offence is shown to be in force")])
    yield Items([(0, f"smuggling: {line['label']} [{line['grade']}, {line['confidence']}]") for line in answer["smuggling"]]
                or [(0, "smuggling: no offence is recorded here: look at its law on foreigners")])
    yield Heading("Read this too")
    yield Items([(0, note) for note in answer["notes"]])


def _definition(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"The trafficking offence of {who} against international definitions, law of {on}", 1)
    missing = [(table, row) for table in answer["definitions"] for row in table["elements"] if row["state"] == "missing"]
    names = list(dict.fromkeys(row["name"] for _, row in missing))
    if not answer["offences"]:
        yield Para(f"No trafficking offence of {who} is shown to be in force on {on}: nothing can be compared here.", strong=True)
    else:
        offences = ", ".join(o["title"] for o in answer["offences"])
        yield Para(f"As recorded, {offences} of {who} does not name {', '.join(names)}." if names
                   else f"As recorded, {offences} of {who} names every element that was compared, or leaves its list open.", strong=True)
        yield Items([(0, f"{o['title']}{': reported gap: ' + ', '.join(g.replace('-', ' ') for g in o['gaps']) if o['gaps'] else ''}; read at: "
                         f"{', '.join(o['sources']) or 'no address recorded'}") for o in answer["offences"]])
    for table in answer["definitions"]:
        binds = "binds it" if table["binds"] else "does not bind it, as far as recorded"
        yield Heading(f"{table['title']} ({binds})")
        yield Table(("kind", "element", "article", "needed", f"law of {who}", "severity", "other states that name it"), [
            [row["kind"], row["name"], row["article"] or "", row["need"].replace("-", " "), row["state"], row["severity"] or "",
             f"{row['states_that_name_it']}{': ' + ', '.join(row['such_as']) if row['state'] == 'missing' and row['such_as'] else ''}"]
            for row in table["elements"]])
        if table["url"]:
            yield Para(f"Wording: {table['url']}")
    yield Heading("Read this too")
    yield Items([(0, f"Compared with the offences of {answer['compared_with']} other jurisdictions.")] + [(0, note) for note in answer["notes"]])


def _needs(words: Words, answer: Answer) -> Iterator[Part]:
    who, on = words.named(answer["question"]["jurisdiction"]), words.day(answer["question"]["on"])
    yield Heading(f"On what {who} relies with its partners, and what a treaty between two would add, law as of {on}", 1)
    nothing = [line for line in answer["partners"] if line["rests_on"] == "nothing"]
    alone = [line for line in answer["partners"] if line["rests_on"] == "a convention of all"]
    yield Para(f"On {on}, of {len(answer['partners'])} answers, {len(alone)} rest on a convention of all states alone, {len(nothing)} on nothing that is "
               "recorded.", strong=True)
    yield Heading("On what it rests")
    yield Table(("measure", "rests on", "partners"), [[_MEASURES[line["measure"]], line["rests_on"], str(line["partners"])] for line in answer["counts"]])
    yield Heading("Partner by partner")
    yield Table(("partner", "measure", "rests on", "by", "a treaty would add", "advice"), [
        [line["label"], _MEASURES[line["measure"]], line["rests_on"], f"{line['title'] or ''} ({line['verdict']})",
         ", ".join(answer["features"][name] for name in line["adds"]), line["advice"]] for line in answer["partners"]])
    yield Heading("Read this too")
    yield Items([(0, note) for note in answer["notes"]])
