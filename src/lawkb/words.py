"""How findings and facts are said: labels as people use them, and the sentence that a rule's header gives for its findings."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from weakref import WeakKeyDictionary

from lawkb.base import Base
from lawkb.case import Case
from lawkb.facts import many, one
from lawkb.infer import Finding
from lawkb.terms import CASE, ID, key

_HOLE = re.compile(r"\{([a-z-]+)\}")
_STATE = f"{ID}jur/"


# a compiled knowledge base never changes, so a label is looked up once for all the questions asked of it
_SAID: WeakKeyDictionary[Base, dict[str, str]] = WeakKeyDictionary()


class Words:
    """Labels and sentences in plain English, drawn from the knowledge base."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._known = _SAID.setdefault(base, {})

    def label(self, value: str) -> str:
        """Return what people call a thing: "Nigeria", "UNTOC art. 16(4)", "search and seizure"; a plain text stays as it is."""
        if value not in self._known:
            self._known[value] = self._label(value)
        return self._known[value]

    def named(self, jurisdiction: str) -> str:
        """Return the name of a jurisdiction, given by its key or IRI, as it stands in a sentence: "the United Kingdom", "Italy"."""
        iri = jurisdiction if jurisdiction.startswith(ID) else f"{ID}jur/{jurisdiction}"
        said = f"named {iri}"
        if said not in self._known:
            entry = self.base.entry(iri)
            self._known[said] = (entry and one(entry.block, "nameInSentence")) or self.label(iri)
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
            return (entry and one(entry.block, "gaps")) or self.base.label(value)
        if value.startswith("https://w3id.org/lawkb/"):
            return self.base.label(value)
        return value

    def _provision(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        article, instrument = one(entry.block, "article"), one(entry.block, "instrument")
        number = f"art. {article}" if article and one(entry.block, "unverifiedArticle") != "true" else "(article number not verified)"
        return f"{self.label(instrument or '')} {number}"

    def _act(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        block = entry.block
        done = one(block, "doneOn") or one(block, "doneIn")
        effect = one(block, "effectiveOn") or one(block, "effectiveIn")
        when = (f" of {self.day(done)}" if done else "") + (f", effective {self.day(effect)}" if effect else "")
        article = one(block, "article")
        return (f"{plain_kind(entry.kind)} by {self.named(one(block, 'party') or '')}{when}"
                f"{f' on art. {article}' if article else ''} ({self.label(one(block, 'instrument') or '')})")

    def _national(self, iri: str) -> str:
        """What a request says, or what a national law holds: what it is about, then where it stands."""
        entry = self.base.entry(iri)
        if not entry:
            return ""
        block = entry.block
        what = next((self.label(value) for name in ("item", "point", "headKind", "victimMeasure") if (value := one(block, name))), "")
        instrument, law, article = one(block, "instrument"), one(block, "nationalLaw"), one(block, "article")
        where = " ".join(part for part in (self.label(instrument) if instrument else law, f"art. {article}" if article else "") if part)
        return f"{what} ({where})" if where else what

    def _law(self, iri: str) -> str:
        """A rule of national law or a clause: the law, or the instrument, with its article."""
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        block = entry.block
        if bridge := one(block, "bridges"):
            return self.label(bridge)
        if offence := one(block, "offence"):
            return f"the penalty of {self.label(offence)}"
        where = self.label(one(block, "instrument") or "") or one(block, "nationalLaw") or key(iri)
        topic, article = one(block, "coopTopic"), one(block, "article")
        return " ".join(part for part in (where, f"art. {article}" if article else "", f"({self.label(topic)})" if topic else "") if part)

    def _practice(self, iri: str) -> str:
        """What a state does, what a body said or may be asked, what goes on: where it stands, then what it is."""
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        block = entry.block
        instrument, article, day = one(block, "instrument"), one(block, "article"), one(block, "doneOn")
        named = next((name for name in (one(block, "caseName"), one(block, "actName"), one(block, "nationalLaw")) if name), "")
        where = " ".join(part for part in (named or self.label(instrument or ""), f"art. {article}" if article and not one(block, "caseName") else "") if part)
        body = one(block, "bodyName")
        head = ", ".join(part for part in (body, where, self.day(day) if day else "") if part)
        return ": ".join(part for part in (head, one(block, "summary")) if part)

    def _relation(self, iri: str) -> str:
        entry = self.base.entry(iri)
        if not entry:
            return key(iri)
        article = one(entry.block, "article")
        text = one(entry.block, "summary") or key(iri)
        own = self.label(one(entry.block, "from") or "")
        return f"{own} art. {article}: {text}" if article and article[0].isdigit() else f"{own}: {text}"

    @staticmethod
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
        """Fill the sentence of a rule's header with what a finding holds."""
        return opening("".join(part if place % 2 == 0 else self._hole(case, finding, part) for place, part in enumerate(_parts(template))))

    def _hole(self, case: Case, finding: Finding, name: str) -> str:
        if name == "on":
            return self.day(case.on)
        if name == "days":
            return finding.get("timeLimitDays") or "?"
        if name in ("requesting", "requested"):
            return self.named(case.requesting if name == "requesting" else case.requested or "")
        values = [self.named(v) if v.startswith(_STATE) else self.label(v) for v in finding.values.get(name, ()) if not v.startswith(CASE)]
        return ", ".join(values) if values else "see the premises"

    def met_by(self, requirement: str, case: Case, instrument: str) -> str:
        """Return what would meet a requirement, for this case."""
        entry = self.base.entry(requirement)
        texts = many(entry.block, "metBy") if entry else []
        named = {"requesting": self.named(case.requesting), "requested": self.named(case.requested or ""),
                 "instrument": self.label(instrument)}
        return _HOLE.sub(lambda m: named.get(m.group(1), m.group(0)), texts[0]) if texts else ""


def opening(text: str) -> str:
    """Return a sentence or a heading that begins with a name, "the United Kingdom asks ...", with its first letter as a capital."""
    return f"The {text[4:]}" if text.startswith("the ") else text


@cache
def _parts(template: str) -> tuple[str, ...]:
    """Split a sentence at its holes: text and names of holes in turn."""
    return tuple(_HOLE.split(template))


def plain_kind(kind: str | None) -> str:
    """Return a class name as words: `TerritorialExtension` is "territorial extension"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind or "fact").lower()
