"""Pages and rows of the answers on authorities and on organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lawkb.base import Base
from lawkb.bodies import note
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.pages import Rows
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

Line = Mapping[str, Any]
_STATES = {"unknown": "Not known on this day", "ended": "Ended", "not-yet": "Not yet on this day"}


def authorities_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `authorities`: by task, leads marked as such with where to confirm them."""
    words, found = Words(base), answer["authorities"]
    leads = sum(not line["verified"] for line in found)
    parts: list[Part] = [Heading(f"{answer['label']}: authorities", 1)]
    if found:
        parts.append(Para(f"{len(found)} recorded; {leads} of them {'is a lead' if leads == 1 else 'are leads'} that nobody has read at a source: confirm before use.",
                          strong=True))
    else:
        parts.append(Para("No authority is recorded here.", strong=True))
    for group in dict.fromkeys(line["group_label"] for line in found):
        mine = [line for line in found if line["group_label"] == group]
        parts += [Heading(group[:1].upper() + group[1:]), Items([(0, _authority(words, line)) for line in mine])]
        if any(line["confirm"] for line in mine):
            parts.append(Para(next(line["confirm"] for line in mine if line["confirm"])))
    if answer["notified"]:
        rows = [[words.label(f"{ID}instrument/{line['instrument']}"), ", ".join(line["articles"]), ", ".join(line["languages"]), line["summary"] or ""]
                for line in answer["notified"]]
        parts += [Heading("Notified under treaties"), Table(("instrument", "article", "languages", "what"), rows)]
    return parts


def _authority(words: Words, line: Line) -> str:
    said = [line["name"] + (f" ({line['native_name']})" if line["native_name"] else "")]
    if line["instrument"]:
        said.append(f"under {words.label(ID + 'instrument/' + line['instrument'])}")
    said += [part for part in (line["how"], f"languages {', '.join(line['languages'])}" if line["languages"] else "", line["url"], line["note"]) if part]
    return ("" if line["verified"] else "unverified: ") + "; ".join(said)


def authorities_rows(answer: Line) -> Rows:
    """Return `authorities` as a table."""
    columns = ("group", "instrument", "name", "native_name", "how", "languages", "url", "verified", "confirm", "grade", "confidence")
    return columns, [[" ".join(line[name]) if name == "languages" else str(line[name]).lower() if name == "verified" else line[name] or "" for name in columns]
                     for line in answer["authorities"]]


def organisations_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `organisations`."""
    words, question = Words(base), answer["question"]
    sides = [side for side in (question["a"], question["b"]) if side]
    names = " and ".join(_jur(words, side) for side in sides)
    parts: list[Part] = [Heading(f"{names}: organisations and networks, {words.day(question['on'])}", 1)]
    if question["b"]:
        parts += _shared(base, words, answer, sides)
    for side in sides:
        parts += _own(base, words, answer, side, alone=not question["b"])
    return parts


def _shared(base: Base, words: Words, answer: Line, sides: list[str]) -> list[Part]:
    lines = answer["shared"]
    parts: list[Part] = [Para(f"They meet in {len(lines)} organisations and networks." if lines else "They meet in no organisation or network recorded here.", strong=True)]
    for role, mine in _by_role(answer, [line["organisation"] for line in lines]):
        links = {line["organisation"]: line["links"] for line in lines}
        rows = [[answer["organisations"][name]["name"], *(", ".join(_kind(base, kind) for kind in links[name][side]) for side in sides),
                 answer["organisations"][name]["does"] or ""] for name in mine]
        parts += [Heading(_role(base, role)), Para(note(base, f"{CONCEPT}org-role/{role}") or ""),
                  Table(("organisation", *(_jur(words, side) for side in sides), "what it does"), rows)]
    systems = [[system["name"], answer["organisations"][line["organisation"]]["name"], system["purpose"] or "", system["access"] or ""]
               for line in lines for system in answer["organisations"][line["organisation"]]["systems"]]
    if systems:
        parts += [Heading("Systems that these bodies run"), Table(("system", "run by", "for", "who may use it"), systems)]
    return parts


def _own(base: Base, words: Words, answer: Line, side: str, alone: bool) -> list[Part]:
    """Return what one side belongs to: alone, by role with what each does; of two, what the other is not linked to."""
    shared = {line["organisation"] for line in answer["shared"]}
    lines = [line for line in answer["memberships"][side] if line["state"] == "current" and line["organisation"] not in shared]
    parts: list[Part] = []
    if alone:
        parts.append(Para(f"Linked to {len({line['organisation'] for line in lines})} organisations and networks.", strong=True))
        for role, mine in _by_role(answer, [line["organisation"] for line in lines]):
            rows = [[answer["organisations"][line["organisation"]]["name"], _kind(base, line["kind"]), _since(words, line),
                     answer["organisations"][line["organisation"]]["does"] or ""] for line in lines if line["organisation"] in mine]
            parts += [Heading(_role(base, role)), Para(note(base, f"{CONCEPT}org-role/{role}") or ""), Table(("organisation", "as", "since", "what it does"), rows)]
    elif lines:
        parts += [Heading(f"Only {_jur(words, side)}"), Items([(0, f"{answer['organisations'][line['organisation']]['name']}: {_kind(base, line['kind'])}") for line in lines])]
    for state, title in _STATES.items():
        rest = [line for line in answer["memberships"][side] if line["state"] == state]
        if rest:
            parts += [Heading(title + ("" if alone else f": {_jur(words, side)}")), Items([(0, _dated(base, words, answer, line)) for line in rest])]
    return parts


def _dated(base: Base, words: Words, answer: Line, line: Line) -> str:
    days = [f"{word} {words.day(line[word])}" for word in ("since", "until") if line[word]]
    said = f"{answer['organisations'][line['organisation']]['name']}: {_kind(base, line['kind'])}"
    return f"{said} ({', '.join(days)})" if days else f"{said} (dates not known)"


def _since(words: Words, line: Line) -> str:
    return words.day(line["since"]) if line["since"] else "not known"


def _by_role(answer: Line, names: list[str]) -> list[tuple[str, list[str]]]:
    """Group organisations by the first of their roles."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault((answer["organisations"][name]["roles"] or [""])[0], []).append(name)
    return sorted(groups.items())


def _role(base: Base, role: str) -> str:
    label = base.label(f"{CONCEPT}org-role/{role}")
    return label[:1].upper() + label[1:]


def _kind(base: Base, kind: str) -> str:
    return base.label(f"{CONCEPT}membership-kind/{kind}")


def _jur(words: Words, code: str) -> str:
    return words.label(f"{ID}jur/{code}")


def organisations_rows(answer: Line) -> Rows:
    """Return `organisations` as a table: a row a membership."""
    columns = ("jurisdiction", "organisation", "name", "roles", "kind", "state", "since", "until", "shared", "grade", "confidence")
    shared = {line["organisation"] for line in answer["shared"]}
    return columns, [[side, line["organisation"], answer["organisations"][line["organisation"]]["name"],
                      " ".join(answer["organisations"][line["organisation"]]["roles"]), line["kind"], line["state"], line["since"] or "", line["until"] or "",
                      "yes" if line["organisation"] in shared and line["state"] == "current" else "", line["grade"] or "", line["confidence"] or ""]
                     for side, lines in answer["memberships"].items() for line in lines]
