"""How findings and facts are said: labels as people use them, and the sentence that a rule's header gives for its findings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lawkb.base import Base
from lawkb.case import Case
from lawkb.infer import Finding
from lawkb.terms import CASE, ID, key

_HOLE = re.compile(r"\{([a-z-]+)\}")
_STATE = f"{ID}jur/"


# a compiled knowledge base never changes, so a label is looked up once for all the questions asked of it
_SAID: WeakKeyDictionary[Base, dict[str, str]] = WeakKeyDictionary()


class Form(NamedTuple):
    """A sentence with `%s` for each of its holes, and their names in order."""

    text: str
    holes: tuple[str, ...]


class Words:
    """Labels and sentences in plain English, drawn from the knowledge base."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._known = _SAID.setdefault(base, {})

    def label(self, value: str) -> str:
        """Return what people call a thing: "Nigeria", "UNTOC art. 16(4)", "search and seizure"; a plain text stays as it is."""
        known = self._known.get(value)
        if known is None:
            known = self._label(value)
            if not value.startswith(CASE):  # findings are as many as questions
                self._known[value] = known
        return known

    def named(self, jurisdiction: str) -> str:
        """Return the name of a jurisdiction, given by its key or IRI, as it stands in a sentence: "the United Kingdom", "Italy"."""
        iri = jurisdiction if jurisdiction.startswith(ID) else f"{ID}jur/{jurisdiction}"
        said = f"named {iri}"
        if said not in self._known:
            entry = self.base.entry(iri)
            self._known[said] = (entry and entry.one("nameInSentence")) or self.label(iri)
        return self._known[said]

    def _label(self, value: str) -> str:
        if value.startswith(ID + "provision/"):
            return self._provision(value)
        if value.startswith((ID + "act/", ID + "statement/")):
            return self._act(value)
        if value.startswith((ID + "content/", ID + "particular/", ID + "head/", ID + "victim/")):
            return self._national(value) or self.base.label(value)
        if value.startswith((ID + "offence/", ID + "cooprule/", ID + "clause/", ID + "penalty/", ID + "norm/", ID + "bridge/")):
            return self._law(value)
        if value.startswith((ID + "nationalrule/", ID + "complaint/", ID + "pronouncement/", ID + "saving/")):
            return self._practice(value)
        if value.startswith(ID + "rel/"):
            return self._relation(value)
        if value.startswith(ID + "coverage/"):
            entry = self.base.entry(value)
            return (entry and entry.one("gaps")) or self.base.label(value)
        if value.startswith("https://w3id.org/lawkb/"):
            return self.base.label(value)
        return value

    def _provision(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        article, instrument = entry.one("article"), entry.one("instrument")
        number = f"art. {article}" if article and entry.one("unverifiedArticle") != "true" else "(article number not verified)"
        return f"{self.label(instrument or '')} {number}"

    def _act(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        done = entry.one("doneOn") or entry.one("doneIn")
        effect = entry.one("effectiveOn") or entry.one("effectiveIn")
        when = (f" of {self.day(done)}" if done else "") + (f", effective {self.day(effect)}" if effect else "")
        article = entry.one("article")
        return (f"{plain_kind(entry.kind)} by {self.named(entry.one('party') or '')}{when}"
                f"{f' on art. {article}' if article else ''} ({self.label(entry.one('instrument') or '')})")

    def _national(self, iri: str) -> str:
        """What a request says, or what a national law holds: what it is about, then where it stands."""
        entry = self.base.entry(iri)
        if not entry:
            return ""
        what = next((self.label(value) for name in ("item", "point", "headKind", "victimMeasure") if (value := entry.one(name))), "")
        instrument, law, article = entry.one("instrument"), entry.one("nationalLaw"), entry.one("article")
        where = " ".join(part for part in (self.label(instrument) if instrument else law, f"art. {article}" if article else "") if part)
        return f"{what} ({where})" if where else what

    def _law(self, iri: str) -> str:
        """A rule of national law or a clause: the law, or the instrument, with its article."""
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        if bridge := entry.one("bridges"):
            return self.label(bridge)
        if offence := entry.one("offence"):
            return f"the penalty of {self.label(offence)}"
        where = self.label(entry.one("instrument") or "") or entry.one("nationalLaw") or key(iri)
        topic, article = entry.one("coopTopic"), entry.one("article")
        return " ".join(part for part in (where, f"art. {article}" if article else "", f"({self.label(topic)})" if topic else "") if part)

    def _practice(self, iri: str) -> str:
        """What a state does, what a body said or may be asked, what goes on: where it stands, then what it is."""
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        instrument, article, day = entry.one("instrument"), entry.one("article"), entry.one("doneOn")
        named = next((name for name in (entry.one("caseName"), entry.one("actName"), entry.one("nationalLaw")) if name), "")
        where = " ".join(part for part in (named or self.label(instrument or ""), f"art. {article}" if article and not entry.one("caseName") else "") if part)
        body = entry.one("bodyName")
        head = ", ".join(part for part in (body, where, self.day(day) if day else "") if part)
        return ": ".join(part for part in (head, entry.one("summary")) if part)

    def _relation(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        article = entry.one("article")
        text = entry.one("summary") or key(iri)
        own = self.label(entry.one("from") or "")
        return f"{own} art. {article}: {text}" if article and article[0].isdigit() else f"{own}: {text}"

    @staticmethod
    @lru_cache(maxsize=4096)
    def day(text: str | dt.date) -> str:
        """Return a date as people write it: "29 September 2003", "September 2003", "2003"."""
        if isinstance(text, dt.date):
            text = text.isoformat()
        if len(text) == 7:
            return f"{dt.date.fromisoformat(text + '-01'):%B %Y}"
        if len(text) != 10:
            return text
        found = dt.date.fromisoformat(text)
        return f"{found.day} {found:%B %Y}"

    def says(self, case: Case, finding: Finding, template: str) -> str:
        """Fill the sentence of a rule's header with what the case tells and a finding holds."""
        return self.filled(self.form(case, template), finding)

    def form(self, case: Case, template: str) -> Form:
        """Fill a sentence with what the case tells; the other holes wait for a finding."""
        told = {"on": self.day(case.on), "requesting": self.named(case.requesting), "requested": self.named(case.requested or "")}
        return Form(_HOLE.sub(lambda hole: _escaped(told[hole[1]]) if hole[1] in told else "%s", _escaped(template)),
                    tuple(name for name in _HOLE.findall(template) if name not in told))

    def filled(self, form: Form, finding: Finding) -> str:
        """Fill a form with what a finding holds."""
        values = finding.values
        return opening(form.text % tuple([self._held(values.get(name, ())) if name != "days" else finding.get("timeLimitDays") or "?"
                                          for name in form.holes]))

    def _held(self, values: Sequence[str]) -> str:
        """Return what is said of values; findings among them stand in the proof."""
        if len(values) == 1 and not values[0].startswith(_STATE) and (known := self._known.get(values[0])):
            return known
        return ", ".join([self.named(value) if value.startswith(_STATE) else self.label(value)
                          for value in values if not value.startswith(CASE)]) or "see the premises"

    def met_by(self, requirement: str, case: Case, instrument: str) -> str:
        """Return what would meet a requirement, for this case."""
        entry = self.base.entry(requirement)
        texts = entry.many("metBy") if entry else []
        named = {"requesting": self.named(case.requesting), "requested": self.named(case.requested or ""),
                 "instrument": self.label(instrument)}
        return _HOLE.sub(lambda m: named.get(m.group(1), m.group(0)), texts[0]) if texts else ""


def opening(text: str) -> str:
    """Return a sentence or a heading that begins with a name, "the United Kingdom asks ...", with its first letter as a capital."""
    return f"The {text[4:]}" if text.startswith("the ") else text


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def plain_kind(kind: str | None) -> str:
    """Return a class name as words: `TerritorialExtension` is "territorial extension"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind or "fact").lower()
