"""Several jurisdictions side by side: what their laws say, and the verdict on a channel for every ordered pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from typing import Any

from lawkb.ask import channels, identity
from lawkb.base import Base, Entry
from lawkb.case import TRAFFICKING, Case
from lawkb.duties import NOTE, obligations, rights
from lawkb.errors import LawkbError
from lawkb.facts import many, one, text
from lawkb.measures import chosen
from lawkb.names import quoted
from lawkb.options import verified_to
from lawkb.particulars import national
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import Words

TOPICS = ("definitions", "penalties", "rights", "cooperation", "liability")
_MOST = 30  # jurisdictions whose pairs are asked one by one, with all that an answer holds
_BRIEF = f"More than {_MOST} jurisdictions are asked all at once: for the grade of a verdict and the reason of a \"no\" ask the pair with lawkb channels."
_NOTE = "http://www.w3.org/2004/02/skos/core#note"
_MONTHS = 12
_UNKNOWN = "not recorded"
_LIABILITY = "liability-of-legal-persons"
RELATED = "related offences"  # a row that is there only where some are recorded


def compare(base: Base, jurisdictions: Sequence[str], topics: Sequence[str], on: dt.date) -> dict[str, Any]:
    """Return what is recorded of jurisdictions, topic by topic: rows, each with one cell a jurisdiction.

    Args:
        base: the compiled knowledge base.
        jurisdictions: alpha-3 codes, at least two.
        topics: definitions, penalties, rights, cooperation, liability.
        on: the day whose law is asked about.

    Raises:
        LawkbError: fewer than two jurisdictions, one twice, or an unknown topic.
    """
    _several(base, jurisdictions)
    for topic in topics:
        if topic not in TOPICS:
            raise LawkbError(f"There is no topic {quoted(topic)} to compare", f"Topics are {', '.join(TOPICS)}, joined by commas; the day is given with --date")
    make: dict[str, Callable[[_Side], dict[str, dict[str, Any]]]] = {
        "definitions": _Side.definitions, "penalties": _Side.penalties, "rights": _Side.rights, "cooperation": _Side.cooperation,
        "liability": _Side.liability}
    sides = {code: _Side(base, code, on) for code in jurisdictions}
    found = []
    for topic in dict.fromkeys(topics):
        cells = {code: make[topic](side) for code, side in sides.items()}
        rows = list(dict.fromkeys(name for each in cells.values() for name in each))
        found.append({"topic": topic, "rows": [{"row": name, "cells": {code: cells[code].get(name, _none()) for code in jurisdictions}} for name in rows]})
    return {"question": {"command": "compare", "jurisdictions": list(jurisdictions), "topics": list(topics), "on": on.isoformat()}, "kb": identity(base),
            "labels": {code: base.label(f"{ID}jur/{code}") for code in jurisdictions}, "topics": found,
            "notes": [NOTE, "A cell that is not recorded says nothing about the law: it is a blind spot of this knowledge base."]}


def matrix(base: Base, jurisdictions: Sequence[str], channel: str | None, measure: str | None, on: dt.date) -> dict[str, Any]:
    """Return the verdict and the first option for every ordered pair.

    Raises:
        LawkbError: fewer than two jurisdictions, one twice, an unknown channel or measure, or a measure of another channel.
    """
    _several(base, jurisdictions)
    code = _measure(base, channel, measure)
    ordered = list(permutations(jurisdictions, 2))
    pairs = [_pair(base, Case(a, b, on), code) for a, b in ordered] if len(jurisdictions) <= _MOST else _at_once(base, ordered, code, on)
    entry = base.entry(f"{CONCEPT}measure/{code}")
    return {"question": {"command": "matrix", "jurisdictions": list(jurisdictions), "channel": key((entry and one(entry.block, "inChannel")) or ""),
                         "measure": code, "on": on.isoformat()}, "kb": identity(base),
            "labels": {code: base.label(f"{ID}jur/{code}") for code in jurisdictions}, "pairs": pairs,
            "notes": [NOTE, *([_BRIEF] if len(jurisdictions) > _MOST else [])]}


def _pair(base: Base, case: Case, measure: str) -> dict[str, Any]:
    answer = channels(base, case, measure).channels[0]
    best = answer.best
    return {"requesting": case.requesting, "requested": case.requested, "verdict": answer.verdict, "instrument": best.instrument if best else None,
            "title": best.title if best else None, "standing": best.standing if best else None, "certainty": answer.certainty,
            "verified_to": answer.verified_to, "grade": answer.grade, "finding": answer.finding,
            "reason": None if best or not answer.reasons else answer.reasons[0].text}


def _at_once(base: Base, pairs: Sequence[tuple[str, str]], measure: str, on: dt.date) -> list[dict[str, Any]]:
    """The same for more pairs than can be asked one by one; without the grade, and without the reason of a "no"."""
    from lawkb.world import FIRST_OPTIONS, World

    world = World(base, [measure])
    world.run(pairs, on)
    found = {(a, b): rest for a, b, *rest in world.connection.execute(f"SELECT requesting, requested, verdict, instrument, organisation, rule, standing, "
                                                                      f"certainty, finding FROM ({FIRST_OPTIONS})").fetchall()}
    listed = []
    for a, b in pairs:
        verdict, instrument, body, rule, standing, certainty, finding = found[a, b]
        basis = f"{ID}instrument/{instrument}" if instrument else f"{ID}org/{body}" if body else f"{ID}cooprule/{rule}" if rule else None
        listed.append({"requesting": a, "requested": b, "verdict": verdict, "instrument": instrument, "title": base.label(basis) if basis else None,
                       "standing": standing, "certainty": certainty, "verified_to": verified_to(base, basis) if basis else None, "grade": None,
                       "finding": finding, "reason": None})
    return listed


def _several(base: Base, jurisdictions: Sequence[str]) -> None:
    if len(jurisdictions) < 2:
        raise LawkbError("Only one jurisdiction is given" if jurisdictions else "No jurisdiction is given", "Give at least two, such as ITA NGA")
    for code in jurisdictions:
        if list(jurisdictions).count(code) > 1:
            raise LawkbError(f"{base.jurisdictions.label(code)} ({code}) is given twice", "Name each jurisdiction once")


def _measure(base: Base, channel: str | None, measure: str | None) -> str:
    if not channel and not measure:
        raise LawkbError("Neither a channel nor a measure is given", "Add for example --channel mla, or --measure mla-search-seizure")
    return chosen(base, channel, measure)[0][1]


def _none() -> dict[str, Any]:
    return {"text": _UNKNOWN, "facts": []}


class _Side:
    """What is recorded of one jurisdiction on a day."""

    def __init__(self, base: Base, code: str, on: dt.date) -> None:
        self.base, self.code, self.on, self.words = base, code, on, Words(base)
        self.iri = f"{ID}jur/{code}"

    def cell(self, told: str, facts: Iterable[Entry]) -> dict[str, Any]:
        listed = list(facts)
        grade, confidence = self.base.weakest([fact.iri for fact in listed])
        return {"text": told or _UNKNOWN, "facts": [curie(fact.iri) for fact in listed], "grade": grade, "confidence": confidence}

    def offences(self, trafficking: bool = True) -> list[Entry]:
        """The versions of the trafficking offence, or else of related ones, that are not known to be out of force on the day."""
        return [entry for entry in self.base.concerning(self.iri, "Offence")
                if (one(entry.block, "offenceKind") == TRAFFICKING) is trafficking and self.maybe_in_force(entry)]

    def maybe_in_force(self, entry: Entry) -> bool:
        """Say whether a version may be in force on the day: one that ends in a year or a month may be, up to its end."""
        day, year = self.on.isoformat(), one(entry.block, "inForceUntilIn") or "9"
        begins = one(entry.block, "inForceFrom") or one(entry.block, "inForceFromIn") or ""
        return begins <= day < (one(entry.block, "inForceUntil") or "9") and day[:len(year)] <= year

    def kind(self, entry: Entry) -> str:
        return self.words.label(one(entry.block, "offenceKind") or "")

    def definitions(self) -> dict[str, dict[str, Any]]:
        found, related = self.offences(), self.offences(trafficking=False)
        also = {RELATED: self.cell("; ".join(f"{self.kind(entry)}: {self.article(entry)}" for entry in related), related)} if related else {}
        rows = {"offence": [self.article(entry) for entry in found]}
        for name, title in (("conduct", "conduct"), ("means", "means"), ("exploitation", "exploitation"), ("definitionGap", "gap that was reported")):
            rows[title] = [", ".join(sorted(self.words.label(value) for value in many(entry.block, name))) for entry in found]
        for name, title in (("meansRequiredForAdult", "means needed, adult victim"), ("meansRequiredForChild", "means needed, child victim"),
                            ("coversInternal", "within one country")):
            rows[title] = [{"true": "yes", "false": "no"}.get(one(entry.block, name) or "", _UNKNOWN) for entry in found]
        cells = {title: self.cell("; ".join(dict.fromkeys(filter(None, texts))), found) for title, texts in rows.items()}
        return {**(cells if found else {"offence": _none()}), **also}

    def penalties(self) -> dict[str, dict[str, Any]]:
        cells = {}
        for age in ("adult", "child"):
            chosen = [entry for offence in self.offences() for entry in self.ranges(offence, age)]
            cells[f"{age} victim"] = self.cell("; ".join(self.range(entry) for entry in chosen), chosen)
        related = [(f"{self.kind(offence)}, {age} victim: {self.range(entry)}", entry) for offence in self.offences(trafficking=False)
                   for age in ("adult", "child") for entry in self.ranges(offence, age)]
        return cells | ({RELATED: self.cell("; ".join(told for told, _ in related), [entry for _, entry in related])} if related else {})

    def ranges(self, offence: Entry, age: str) -> list[Entry]:
        return [entry for entry in self.base.concerning(offence.iri, "PenaltyRange") if key(one(entry.block, "victimAge") or "") == age]

    @staticmethod
    def range(entry: Entry) -> str:
        low, high = int(one(entry.block, "minMonths") or 0), one(entry.block, "maxMonths")
        parts = [f"from {_span(low)}" if low else "", f"{'to' if low else 'up to'} {_span(int(high))}" if high else ""]
        parts += [word for name, word in (("life", "life"), ("deathPenalty", "death penalty"), ("fine", "fine")) if one(entry.block, name) == "true"]
        return ", ".join(part for part in parts if part) or "its length is not recorded"

    def rights(self) -> dict[str, dict[str, Any]]:
        cells: dict[str, dict[str, Any]] = {}
        answer = rights(self.base, Case(self.code, None, self.on))
        for line in answer["rights"]:
            if line["state"] == "binds":
                name = self.words.label(f"{CONCEPT}measure/{line['measures'][0]}")
                cell = cells.setdefault(name, {"text": "", "facts": []})
                cell["facts"].append(f"provision:{line['provision']}")
        for cell in cells.values():
            titles = list(dict.fromkeys(self.words.label(f"{ID}provision/{fact.partition(':')[2]}").partition(" art. ")[0] for fact in cell["facts"]))
            cell["text"] = ", ".join(titles)
        return cells | self.each("VictimMeasure", "victimMeasure", "national: ", self.measure)

    def measure(self, entry: Entry) -> str:
        days, value = one(entry.block, "days"), one(entry.block, "value")
        return f"{days} days" if days else self.words.label(value or f"{CONCEPT}value/yes")

    def cooperation(self) -> dict[str, dict[str, Any]]:
        return self.each("CooperationRule", "coopTopic", "", self.rule)

    def rule(self, entry: Entry) -> str:
        years, value, summary = one(entry.block, "years"), one(entry.block, "value"), one(entry.block, "summary")
        told = f"{float(years):g} years" if years else self.words.label(value) if value else ""
        return f"{told}: {summary}" if summary else told

    def each(self, kind: str, topic: str, before: str, told: Callable[[Entry], str]) -> dict[str, dict[str, Any]]:
        """Return one cell for each topic of a kind of national rules; several rules on a topic share it."""
        by_topic: dict[str, list[Entry]] = {}
        for entry in self.base.concerning(self.iri, kind):
            by_topic.setdefault(before + self.words.label(one(entry.block, topic) or ""), []).append(entry)
        return {name: self.cell("; ".join(f"{told(entry)} ({self.article(entry)})" for entry in entries), entries) for name, entries in by_topic.items()}

    def liability(self) -> dict[str, dict[str, Any]]:
        """Whether and how legal persons answer for trafficking by national law, and what binds the jurisdiction to see to it."""
        cells = {}
        for line in national(self.base, self.code, "liability-of-legal-persons"):
            told = {"yes": "yes", "no": "no", "conditional": "on conditions"}.get(line["value"] or "", _UNKNOWN)
            cells["national law"] = {"text": f"{told}: {line['label']}", "facts": [line["fact"]], "grade": line["grade"], "confidence": line["confidence"]}
        duties = [line for line in obligations(self.base, Case(self.code, None, self.on), _LIABILITY)["obligations"] if line["state"] == "binds"]
        if duties:
            cells["bound by"] = {"text": ", ".join(line["label"] for line in duties), "facts": [f"provision:{line['provision']}" for line in duties]}
            firsts = list(dict.fromkeys(filter(None, (self.since(line["instrument"]) for line in duties))))
            cells["bound since"] = {"text": ", ".join(firsts) or _UNKNOWN, "facts": [f"instrument:{line['instrument']}" for line in duties] if firsts else []}
        return cells

    def since(self, instrument: str) -> str:
        """The day from which an instrument binds the jurisdiction on the day that is asked about."""
        for entry in self.base.concerning(f"{ID}instrument/{instrument}", "Participation"):
            until = int(one(entry.block, "surelyUntilDay") or 0)
            if one(entry.block, "party") == self.iri and until > self.on.toordinal() >= int(one(entry.block, "surelyFromDay") or 0):
                return f"{self.words.label(f'{ID}instrument/{instrument}')} {one(entry.block, 'fromOn') or 'day not known'}"
        return ""

    @staticmethod
    def article(entry: Entry) -> str:
        article = one(entry.block, "article")
        where = " ".join(part for part in (one(entry.block, "nationalLaw"), f"art. {article}" if article else "") if part)
        return where or (text(entry.block[_NOTE][0]) if _NOTE in entry.block else "law not named")


def _span(months: int) -> str:
    years, rest = divmod(months, _MONTHS)
    parts = [f"{years} year{'' if years == 1 else 's'}" if years else "", f"{rest} month{'' if rest == 1 else 's'}" if rest else ""]
    return " ".join(part for part in parts if part) or "0"
