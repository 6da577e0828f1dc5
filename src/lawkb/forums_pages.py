"""The page and the rows of `prosecute`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT
from lawkb.words import Words

Line = Mapping[str, Any]


def prosecute_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `prosecute`."""
    return list(_parts(base, answer))


def prosecute_rows(answer: Line) -> tuple[Sequence[str], list[list[object]]]:
    """Return `prosecute` as a table: a row a jurisdiction."""
    columns = ("jurisdiction", "verdict", "heads", "treaties", "grade", "confidence", "finding")
    return columns, [[f["jurisdiction"], f["verdict"], " ".join(sorted({h["head"] for h in f["heads"]})),
                      " ".join(sorted({t["provision"] for t in f["treaties"]})),
                      f["grade"] or "", f["confidence"] or "", f["finding"]] for f in answer["forums"]]


def _parts(base: Base, answer: Line) -> Iterator[Part]:
    words = Words(base)
    on = words.day(answer["question"]["on"])
    yield Heading(f"Who can prosecute on these facts, law as of {on}", 1)
    yield Para(_sentence(words, answer, on), strong=True)
    yield Heading("Verdicts")
    yield Table(("jurisdiction", "verdict", "why", "grade"),
                [[f["label"], f["verdict"], _why(words, f), f"{f['grade']} ({f['confidence']})" if f["grade"] else ""] for f in answer["forums"]])
    for forum in answer["forums"]:
        yield Heading(forum["label"])
        yield Items(list(_forum(words, forum)))
    if answer["consult"]:
        yield Heading("Consult one another")
        yield Items([(0, f"{c['text'].rstrip('.')}: {c['summary']}") for c in answer["consult"]])
    for title, points in (("Not twice for the same acts", ("ne-bis-in-idem",)), ("Inform and consult, point by point", ("consultation",)),
                          ("Which of them is best placed", ("choice-of-forum", "supporting-body"))):
        chosen = [line for line in answer["particulars"] if line["point"] in points]
        if chosen:
            yield Heading(title)
            yield Items([(0, f"{', '.join(line['parties'])}: {line['summary'].rstrip('.')} ({line['label']}) [{line['grade']}, {line['confidence']}]")
                         for line in chosen])
    yield Heading("Read this too")
    kb = answer["kb"]
    yield Items([(0, note) for note in answer["notes"]] + [(0, f"Each verdict can be traced: lawkb explain {answer['forums'][0]['finding']}")]
                + [(0, f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]}).")])


def _sentence(words: Words, answer: Line, on: str) -> str:
    def named(verdict: str) -> str:
        return _and([words.named(f["jurisdiction"]) for f in answer["forums"] if f["verdict"] == verdict])

    said = [text for verdict, text in (("yes", "{} can prosecute under its own law"), ("conditional", "{} on a condition"), ("no", "{} cannot"),
                                       ("unknown", "of {} it is not known here")) if (who := named(verdict)) for text in (text.format(who),)]
    plural = said and " and " in named("yes")
    text = "; ".join(said).replace("can prosecute under its own law", "can prosecute under their own law") if plural else "; ".join(said)
    return f"On {on}, on these facts, {text}."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _why(words: Words, forum: Line) -> str:
    heads = [h for h in forum["heads"] if h["verdict"] == forum["verdict"]]
    if heads:
        return "; ".join(f"{_head(words, h['head'])}, {_law(h)}" for h in heads)
    duties = [t for t in forum["treaties"] if t["strength"] == "shall"]
    if duties and forum["verdict"] == "conditional":
        return "if its law has what " + ", ".join(dict.fromkeys(t["label"] for t in duties)) + " asks for"
    return "its law on this is not recorded here"


def _forum(words: Words, forum: Line) -> Iterator[tuple[int, str]]:
    yield 0, forum["says"]
    for head in forum["heads"]:
        condition = f": {head['condition']}" if head["condition"] else ""
        yield 1, f"{head['verdict']}: {_head(words, head['head'])}, {_law(head)}{condition} [{head['grade']}, {head['confidence']}]"
    for treaty in forum["treaties"]:
        yield 1, f"{treaty['label']} ({treaty['strength']}): {_head(words, treaty['head'])}: {treaty['summary']}"
    for item in forum["open"]:
        yield 1, item["text"]


def _law(head: Line) -> str:
    return " ".join(part for part in (head["law"], f"art. {head['article']}" if head["article"] else "") if part) or "law not named"


def _head(words: Words, code: str) -> str:
    return words.label(f"{CONCEPT}head-basis/{code}")
