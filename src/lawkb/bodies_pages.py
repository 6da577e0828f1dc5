"""Pages and rows of the answers on authorities and on organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lawkb.base import Base
from lawkb.bodies import note
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.pages import Rows
from lawkb.terms import CONCEPT, ID
from lawkb.wording import counted
from lawkb.words import Words

Line = Mapping[str, Any]
_RECALLED = "memory"
_STATES = {"unknown": "Not known on this day", "ended": "Ended", "not-yet": "Not yet on this day"}


def authorities_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `authorities`: by task, leads marked as such with where to confirm them."""
    words, found = Words(base), answer["authorities"]
    leads = counted(sum(not line["verified"] for line in found), "is a lead", "are leads")
    parts: list[Part] = [Heading(f"{answer['label']}: authorities", 1)]
    if found:
        named = words.named(answer["question"]["jurisdiction"])
        told = counted(len(found), f"authority of {named} is", f"authorities of {named} are")
        parts.append(Para(f"{told} recorded here; {leads} that nobody has read at a source: confirm before use.", strong=True))
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
    said += ["sources differ"] if line["disputed"] else []
    return ("" if line["verified"] else "unverified: ") + "; ".join(said)


def authorities_rows(answer: Line) -> Rows:
    """Return `authorities` as a table."""
    columns = ("group", "instrument", "name", "native_name", "how", "languages", "url", "verified", "confirm", "grade", "confidence")
    return columns, [[" ".join(line[name]) if name == "languages" else str(line[name]).lower() if name == "verified" else line[name] or "" for name in columns]
                     for line in answer["authorities"]]


def organisations_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `organisations`: what two share by role, or what one belongs to; then what is not shared, not known, over."""
    words, question = Words(base), answer["question"]
    sides = [side for side in (question["a"], question["b"]) if side]
    names = " and ".join(_jur(words, side) for side in sides)
    page = _Page(base, words, answer, alone=len(sides) == 1)
    parts: list[Part] = [Heading(f"{names}: organisations and networks, {words.day(question['on'])}", 1)]
    parts += page.one(sides[0]) if page.alone else page.two(sides)
    for side in sides:
        parts += page.rest(side)
    return parts


class _Page:
    """What the parts of the page of `organisations` have in common."""

    def __init__(self, base: Base, words: Words, answer: Line, alone: bool) -> None:
        self.base, self.words, self.alone, self.on = base, words, alone, words.day(answer["question"]["on"])
        self.memberships, self.shared, self.bodies = answer["memberships"], answer["shared"], answer["organisations"]

    def two(self, sides: list[str]) -> list[Part]:
        """What two jurisdictions share, and the systems that this opens."""
        links = {line["organisation"]: line["links"] for line in self.shared}
        met = counted(len(links), "organisation or network", "organisations and networks") if links else "no organisation or network recorded here"
        parts: list[Part] = [Para(f"On {self.on} {' and '.join(self.words.named(side) for side in sides)} meet in {met}.", strong=True)]
        for role, names in self._by_role(list(links)):
            rows = [[self.bodies[name]["name"], *(", ".join(_as(link) for link in links[name][side]) for side in sides), self.bodies[name]["does"] or ""]
                    for name in names]
            parts += [*self._role(role), Table(("organisation", *(_jur(self.words, side) for side in sides), "what it does"), rows)]
        return parts + self._systems(list(links))

    def one(self, side: str) -> list[Part]:
        """What one jurisdiction is linked to, with what each body does."""
        lines = self._in_state(side, "current")
        linked = counted(len({line["organisation"] for line in lines}), "organisation or network", "organisations and networks")
        parts: list[Part] = [Para(f"On {self.on} {self.words.named(side)} is linked to {linked}.", strong=True)]
        for role, names in self._by_role([line["organisation"] for line in lines]):
            rows = [[self.bodies[line["organisation"]]["name"], _as(line), self.words.day(line["since"]) if line["since"] else "not known",
                     self.bodies[line["organisation"]]["does"] or ""] for line in lines if line["organisation"] in names]
            parts += [*self._role(role), Table(("organisation", "as", "since", "what it does"), rows)]
        return parts

    def rest(self, side: str) -> list[Part]:
        """What the other side is not linked to, what is not known on the day, and what is over."""
        shared = {line["organisation"] for line in self.shared}
        only = [] if self.alone else [line for line in self._in_state(side, "current") if line["organisation"] not in shared]
        whose = "" if self.alone else f": {_jur(self.words, side)}"
        lists = [(f"Only {_jur(self.words, side)}", [self._line(line, dated=False) for line in only])]
        lists += [(f"{title}{whose}", [self._line(line) for line in self._in_state(side, state)]) for state, title in _STATES.items()]
        return [part for title, items in lists if items for part in (Heading(title), Items([(0, item) for item in items]))]

    def _in_state(self, side: str, state: str) -> list[Line]:
        lines = [line for line in self.memberships[side] if line["state"] == state]
        return sorted(lines, key=lambda line: str(self.bodies[line["organisation"]]["name"]))

    def _line(self, line: Line, dated: bool = True) -> str:
        said = f"{self.bodies[line['organisation']]['name']}: {_as(line)}"
        days = ", ".join(f"{word} {self.words.day(line[word])}" for word in ("since", "until") if line[word])
        return f"{said}; {days or 'days not known'}" if dated else said

    def _role(self, role: str) -> list[Part]:
        iri = f"{CONCEPT}org-role/{role}"
        label, said = self.base.label(iri), note(self.base, iri)
        return [Heading(label[:1].upper() + label[1:]), *([Para(said)] if said else [])]

    def _by_role(self, names: list[str]) -> list[tuple[str, list[str]]]:
        """Group organisations by the first of their roles."""
        groups: dict[str, list[str]] = {}
        for name in sorted(dict.fromkeys(names), key=lambda name: str(self.bodies[name]["name"])):
            groups.setdefault((self.bodies[name]["roles"] or [""])[0], []).append(name)
        return sorted(groups.items())

    def _systems(self, names: list[str]) -> list[Part]:
        items: list[tuple[int, str]] = []
        for name in names:
            systems = self.bodies[name]["systems"]
            if systems:
                items.append((0, self.bodies[name]["name"]))
                items += [(1, f"{system['name']}: {system['purpose']}" if system["purpose"] else system["name"]) for system in systems]
        return [Heading("Systems that these bodies run"), Items(items)] if items else []


def _as(link: Line) -> str:
    """Return the kind of a link; one that nobody has read at a source, or on which sources differ, is marked."""
    marks = ["recalled"] * (link["grade"] == _RECALLED) + ["sources differ"] * link["disputed"]
    return f"{link['kind_label']} ({', '.join(marks)})" if marks else str(link["kind_label"])


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
