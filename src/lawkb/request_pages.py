"""The page and rows of `request`, and the skeleton of the request: every legal sentence with its citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

Line = Mapping[str, Any]
_DIRECT = ("direct-judicial",)


def request_page(base: Base, answer: Line) -> list[Part]:
    """Return the page of `request`."""
    return list(_Page(base, answer).parts())


def skeleton(base: Base, answer: Line) -> list[Part]:
    """Return the skeleton of the request under the best option: what to fill in stands in square brackets."""
    return list(_Page(base, answer).skeleton())


def request_rows(answer: Line) -> tuple[Sequence[str], list[list[object]]]:
    """Return `request` as a table: a row a required content."""
    return ("item", "name", "required", "articles"), [[c["item"], c["name"], str(c["required"]).lower(), "; ".join(c["articles"])] for c in answer["contents"]]


class _Page:
    def __init__(self, base: Base, answer: Line) -> None:
        self.answer, self.words = answer, Words(base)
        question = answer["question"]
        self.asking, self.asked = (self.words.named(question[side]) for side in ("requesting", "requested"))
        self.on = self.words.day(question["on"])
        self.measure = self.words.label(f"{CONCEPT}measure/{answer['measure']}")

    def parts(self) -> Iterator[Part]:
        options = self.answer["options"]
        yield Heading(f"A request of {self.asking} to {self.asked} for {self.measure}, law as of {self.on}", 1)
        yield Para(self.sentence(), strong=True)
        for number, option in enumerate(options):
            yield Heading(f"{'The best option' if not number else 'Another option'}: {self.basis(option)} ({option['verdict']}, {option['standing']})")
            yield Items(list(self.option(option)))
        if self.answer["further"]:
            yield Para(f"Further options: {', '.join(self.answer['further'])}.")
        if self.answer["contents"]:
            yield Heading("What the request must say, whichever option is taken")
            yield Table(("content", "needed", "asked for by"), [[c["name"], "yes" if c["required"] else "where it applies", "; ".join(c["articles"])]
                                                                for c in self.answer["contents"]])
        yield Heading(f"National law of {self.asked} and {self.asking} on time and additions")
        yield Items(list(self.national()))
        if self.answer["reasons"]:
            yield Heading("What is not covered, or stands in the way")
            yield Items([(0, reason["text"]) for reason in self.answer["reasons"]])
        yield Heading("Read this too")
        yield Items([(0, note) for note in self.answer["notes"]] + [(0, f"This can be traced: lawkb explain {self.answer['finding']}")])

    def national(self) -> Iterator[tuple[int, str]]:
        """What is recorded of limitation, data protection and additions; what is not recorded is named."""
        told = self.answer["national"]
        question = self.answer["question"]
        for line in told:
            topic = self.words.label(f"{CONCEPT}rule-topic/{line['topic']}")
            yield 0, f"{topic}, {line['jurisdiction']}: {line['label']} [{line['grade']}, {line['confidence']}]"
        for side, label, topic in ((question["requested"], self.asked, "limitation"), (question["requesting"], self.asking, "limitation"),
                                   (question["requested"], self.asked, "data-protection"), (question["requested"], self.asked, "request-additions")):
            if not any(line["jurisdiction"] == side and line["topic"] == topic for line in told):
                yield 0, f"{self.words.label(CONCEPT + 'rule-topic/' + topic)}, {label}: not recorded"

    def sentence(self) -> str:
        options = self.answer["options"]
        if not options:
            return f"On {self.on} no option is recorded here on which {self.asking} can ask {self.asked} for {self.measure}: {self.answer['says']}"
        best = options[0]
        first = self.first(best)
        authority = f" to {first}" if first else ""
        route = f" {self.words.label(CONCEPT + 'route/' + best['route'])}" if best["route"] and best["route"] != "any" else ""
        condition = ", conditionally" if best["verdict"] == "conditional" else ""
        return f"On {self.on} {self.asking} can address a request for {self.measure}{authority}{route} under {self.basis(best)}{condition}."

    @staticmethod
    def first(option: Line) -> str:
        """To whom a request goes; where requests go directly, only an authority that is recorded for this instrument."""
        fitting = [a for a in option["authorities"] if a["own"] or option["route"] not in _DIRECT]
        return fitting[0]["name"] if fitting else ""

    def basis(self, option: Line) -> str:
        return ", ".join(p["label"] for p in option["provisions"]) or option["title"]

    def option(self, option: Line) -> Iterator[tuple[int, str]]:
        yield 0, "To whom: " + ("" if option["authorities"] else "no authority is recorded here: look in the UNODC directory of competent authorities")
        if option["authorities"] and not self.first(option):
            yield 1, "the judicial authority that is competent for the place: look in the EJN Atlas; for the channel in general these are recorded:"
        for authority in option["authorities"]:
            note = " (unverified: confirm in the UNODC directory or the EJN Atlas)" if authority.get("unverified") else ""
            yield 1, f"{authority['name']}{note}"
        yield 0, f"Way: {self.words.label(CONCEPT + 'route/' + option['route']) if option['route'] else 'not recorded'}"
        for item in option["urgent"][:2]:
            yield 1, f"urgent: {item['label']}: {item['summary']}"
        yield 0, self.language(option)
        yield 0, "Contents: " + ("" if option["contents"] else "none is recorded for this instrument: read its text")
        for content in option["contents"]:
            typical = ", typically" if content["typical"] else ""
            yield 1, f"{content['name']}{'' if content['required'] else ' (where it applies)'}: {content['summary'].rstrip('.')} ({content['label']}{typical})"
        open_ones = [c for c in option["conditions"] if c["state"] != "met"]
        if open_ones:
            yield 0, "To be shown:"
            for condition in open_ones:
                why = f" ({condition['why'].rstrip('.')})" if condition.get("why") else ""
                yield 1, f"{self.words.label(CONCEPT + 'requirement/' + condition['code'])}: {condition['met_by'] or 'see the provision'}{why}"
        yield from self.grounds(option)
        yield from self.particulars(option)
        for title, name in (("Clocks:", "time_limits"), ("Use of what comes back:", "use_limits")):
            if option[name]:
                yield 0, title
                for limit in option[name]:
                    days = f"{limit['days']} days: " if "days" in limit else ""
                    yield 1, f"{days}{limit['summary'].rstrip('.')} ({limit['label']})"

    def particulars(self, option: Line) -> Iterator[tuple[int, str]]:
        if option["particulars"]:
            yield 0, "How it is carried out:"
            for line in option["particulars"]:
                yield 1, f"{line['name']}: {line['summary'].rstrip('.')} ({line['label']}) [{line['grade']}, {line['confidence']}]"
        if option["open_points"]:
            names = ", ".join(self.words.label(f"{CONCEPT}point/{point}") for point in option["open_points"])
            yield 0, f"Not recorded for this option, so agree on it or read the law of {self.asked}: {names}"

    def grounds(self, option: Line) -> Iterator[tuple[int, str]]:
        for title, mandatory in (("Must be refused for:", True), ("May be refused for:", False)):
            chosen = [g for g in option["refusal_grounds"] if g["mandatory"] is mandatory]
            if chosen:
                yield 0, title
                for ground in chosen:
                    then = f"; {ground['then']}" if ground["then"] else ""
                    meet = f". To meet it: {ground['meet']}" if ground["meet"] else ""
                    yield 1, f"{self.ground(ground['ground'])} ({ground['label']}{', typically' if ground['typical'] else ''}){then}{meet}"
        if option["excluded_grounds"]:
            yield 0, "May not be refused for:"
            for ground in option["excluded_grounds"]:
                yield 1, f"{self.ground(ground['ground'])} ({ground['label']}){': ' + ground['then'] if ground['then'] else ''}"

    def ground(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}ground/{code}")

    def language(self, option: Line) -> str:
        told = option["languages"]
        if not told["accepted"]:
            return "Language: none is recorded: ask the authority, or write in its official language"
        if not told["yours"] and told["own"]:
            own = (f"of those recorded for {self.asking} ({', '.join(told['own'])}) it is recorded to accept: {', '.join(told['own_accepted'])}"
                   if told["own_accepted"] else f"none of those recorded for {self.asking} ({', '.join(told['own'])}) is among them: add a translation")
            return f"Language: {', '.join(told['accepted'])} ({'notified' if told['notified'] else 'recorded for the authority'}); {own}"
        yours = {"yes": f"; yours ({told['yours']}) is one of them",
                 "not-recorded": f"; yours ({told['yours']}) is not among those recorded: add a translation"}
        source = "notified" if told["notified"] else "recorded for the authority"
        return f"Language: {', '.join(told['accepted'])} ({source}){yours.get(told['yours_accepted'], '')}"

    def skeleton(self) -> Iterator[Part]:
        best = self.answer["options"][0]
        yield Heading(f"Request for {self.measure}", 1)
        yield Para("[Draft made from a knowledge base of the law. Fill in what stands in square brackets; check every citation. Not legal advice.]")
        yield Heading("Addressee and sender")
        direct = "[the judicial authority that is competent for the place]" if best["authorities"] and not self.first(best) else ""
        names = direct or "; ".join(a["name"] + (" [to be confirmed]" if a.get("unverified") else "")
                                    for a in best["authorities"]) or "[authority: not recorded]"
        yield Items([(0, f"To: {names}, {self.asked}"), (0, f"From: [authority, contact], {self.asking}"),
                     (0, f"Way: {self.words.label(CONCEPT + 'route/' + best['route']) if best['route'] else '[not recorded]'}"), (0, self.language(best)),
                     (0, "Reference and date: [..]")])
        yield Heading("Legal basis")
        yield Para(f"This request is made under {self.basis(best)}.")
        others = [self.basis(option) for option in self.answer["options"][1:]]
        if others:
            yield Para(f"Should that basis not carry it, it is asked to be treated as made under: {'; '.join(others)}.")
        for condition in best["conditions"]:
            where = self.words.label(f"{ID}provision/{condition['provision']}") if condition["provision"] else best["title"]
            if condition["state"] != "met":
                what = self.words.label(CONCEPT + "requirement/" + condition["code"]).capitalize()
                yield Para(f"{what} ({where}): [{condition['met_by'] or 'to be shown'}].")
        yield Heading("Contents")
        for number, content in enumerate(best["contents"] or self.answer["contents"], start=1):
            label = content.get("label") or "; ".join(content["articles"])
            yield Heading(f"{number}. {content['name'].capitalize()} ({label}){'' if content['required'] else ' [where it applies]'}", 3)
            yield Para("[..]")
        if not best["contents"] and not self.answer["contents"]:
            yield Para(f"[No list of contents is recorded for {best['title']}: read its text.]")
        if best["particulars"]:
            yield Heading("How it is to be carried out")
            yield Items([(0, f"{line['name'].capitalize()}: {line['summary'].rstrip('.')} ({line['label']}). [agree in detail]")
                         for line in best["particulars"]])
        if best["refusal_grounds"]:
            yield Heading("Points that the requested authority will examine")
            yield Items([(0, f"{self.ground(g['ground']).capitalize()} ({g['label']}): [{g['meet'] or 'address it'}]") for g in best["refusal_grounds"]])
        if best["use_limits"]:
            yield Heading("Undertakings")
            yield Items([(0, f"{limit['summary'].rstrip('.')} ({limit['label']}).") for limit in best["use_limits"]])
        if best["urgent"]:
            yield Heading("Urgency")
            yield Items([(0, f"[if urgent] {item['summary'].rstrip('.')} ({item['label']}).") for item in best["urgent"][:2]])
        yield Heading("Signature")
        yield Para("[Name, function, place, date]")
