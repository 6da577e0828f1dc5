"""The proof of a finding: its rule, its premises, and their premises, down to acts, articles and sources."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from lawkb.answer import Citation, Proof
from lawkb.base import Base, Entry
from lawkb.calendar_rules import calendar_rule
from lawkb.case import Case
from lawkb.disputes import disputes
from lawkb.facts import iri, text
from lawkb.infer import Finding, Findings
from lawkb.terms import LAW, RULE, curie, key
from lawkb.words import Form, Words, plain_kind

SOURCE = "http://purl.org/dc/terms/source"
URL = "https://schema.org/url"
_NOT_GRADED = -1  # lower than the weight of any fact
_NONE: frozenset[str] = frozenset()
# a compiled knowledge base never changes, so a fact is written once for all the questions asked of it
_PROVED: WeakKeyDictionary[Base, dict[str, Proof]] = WeakKeyDictionary()


class FactProver:
    """Writes what is known of single facts, without a case."""

    def __init__(self, base: Base) -> None:
        self.base, self.words = base, Words(base)

    def fact(self, subject: str) -> Proof:
        """Return a fact with its citations; a participation also with its calendar rules and the acts that it rests on."""
        known = _PROVED.setdefault(self.base, {})
        if subject not in known:
            known[subject] = self._fact(subject)
        return known[subject]

    def _fact(self, subject: str) -> Proof:
        entry = self.base.entry(subject)
        if entry is None:
            return Proof(finding=subject, rule=None, law=None, says=self.words.label(subject))
        if entry.kind == "Participation":
            return self._participation(entry)
        return Proof(finding=subject, rule=None, law=None, says=self._told(entry), citations=citations(self.base, entry),
                     disputes=disputes(self.base, entry))

    def _participation(self, entry: Entry) -> Proof:
        rules = [calendar_rule(key(rule)) for rule in entry.many("concludedBy")]
        party, instrument = self.words.named(entry.one("party") or ""), self.words.label(entry.one("instrument") or "")
        start, end = entry.one("fromOn"), entry.one("untilOn")
        begins = f"from {self.words.day(start)}" if start else "from a day that is not known exactly"
        ends = f" until {self.words.day(end)} (the first day on which it no longer binds)" if end else (
            " until a day that is not known exactly" if entry.block.get(LAW + "endedBy") else "")
        return Proof(finding=entry.iri, rule=f"{RULE}calendar/{rules[0].name}", law="; ".join(rule.law for rule in rules),
                     says=f"{instrument} binds {party} {begins}{ends}: {'; '.join(rule.says for rule in rules)}.",
                     premises=tuple(self.fact(fact) for fact in entry.many("restsOn")))

    def _told(self, entry: Entry) -> str:
        label, summary = self.words.label(entry.iri), entry.one("summary")
        if summary and summary not in label:
            return f"{label}: {summary}"
        return f"{label} ({plain_kind(entry.kind)})" if entry.kind and label == key(entry.iri) else label


class Prover(FactProver):
    """Writes proofs for the findings of one case."""

    def __init__(self, base: Base, case: Case, findings: Findings) -> None:
        super().__init__(base)
        self.case, self.findings = case, findings
        self._forms: dict[str, Form] = findings.written["forms"]
        self._proofs: dict[str, Proof] = findings.written["proofs"]
        self._sentences: dict[str, str] = findings.written["sentences"]
        self._grounds: dict[str, tuple[int, frozenset[str]]] = findings.written["grounds"]

    def prove(self, subject: str) -> Proof:
        """Return the proof tree of a finding or, for a fact, its citation.

        A finding that carries several others is proved once: a rule needs what it rests on before it can conclude, so that proofs have no circles.
        """
        known = self._proofs.get(subject)
        if known is None:
            known = self._proofs[subject] = self._prove(subject)
        return known

    def _prove(self, subject: str) -> Proof:
        finding = self.findings.finding(subject)
        if finding is None:
            return self.fact(subject)
        rule = self.base.rule(finding.rules[0]) if finding.rules else None
        return Proof(finding=subject, rule=rule.iri if rule else None, law=rule.law if rule else None,
                     says=self.sentence(finding), premises=tuple([self.prove(premise) for premise in finding.premises]))

    def weight(self, *subjects: str) -> int | None:
        """Return the weight of the weakest fact on which findings rest, at any depth (`Base.weight`)."""
        weight, _ = self._together(subjects)
        return None if weight == _NOT_GRADED else weight

    def disputed(self, *subjects: str) -> tuple[str, ...]:
        """Return the facts on which findings rest, at any depth, and on which sources differ, by their short names."""
        _, disputed = self._together(subjects)
        return tuple(sorted(map(curie, disputed)))

    def _together(self, subjects: Iterable[str]) -> tuple[int, frozenset[str]]:
        """Return the weight of the weakest fact on which findings rest, and the facts among those on which sources differ."""
        weakest, disputed = _NOT_GRADED, _NONE
        for subject in subjects:
            weight, differing = self._ground(subject)
            weakest = max(weakest, weight)
            if differing:
                disputed |= differing
        return weakest, disputed

    def _ground(self, subject: str) -> tuple[int, frozenset[str]]:
        known = self._grounds.get(subject)
        if known is None:
            finding = self.findings.finding(subject)
            known = self._grounds[subject] = self._together(finding.premises) if finding else self._fact_ground(subject)
        return known

    def _fact_ground(self, subject: str) -> tuple[int, frozenset[str]]:
        weight = self.base.weight(subject)
        return _NOT_GRADED if weight is None else weight, self.base.disputed.get(subject, _NONE)

    def sentence(self, finding: Finding) -> str:
        """Return the sentence in which the rule says its finding."""
        known = self._sentences.get(finding.iri)
        if known is None:
            known = self._sentences[finding.iri] = self._sentence(finding)
        return known

    def _sentence(self, finding: Finding) -> str:
        rule = self.base.rule(finding.rules[0]) if finding.rules else None
        if rule is None:
            return key(finding.iri)
        form = self._forms.get(rule.iri)
        if form is None:
            form = self._forms[rule.iri] = self.words.form(self.case, rule.says)
        return self.words.filled(form, finding)

    def facts(self, subject: str) -> set[str]:
        """Return the facts of the knowledge base on which a finding rests, at any depth."""
        found: set[str] = set()
        waiting, seen = [subject], set()
        while waiting:
            item = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            finding = self.findings.by_iri.get(item)
            if finding:
                waiting.extend(finding.premises)
            else:
                found.add(item)
        return found


def citations(base: Base, entry: Entry) -> tuple[Citation, ...]:
    """Return where a fact was read, one citation a source; the fact's own grade of confidence counts before its source's."""
    found = []
    own = entry.one("confidence")
    for term in entry.block.get(SOURCE, ()):
        source = base.entry(iri(term))
        if source is None:
            continue
        how, sure = source.one("howRead"), own or source.one("confidence")
        found.append(Citation(
            fact=curie(entry.iri), label=entry.label or key(entry.iri), source=curie(source.iri), title=source.label,
            url=text(source.block[URL][0]) if URL in source.block else None, as_at=source.one("asAt") or source.one("asAtPartial"),
            grade=key(how) if how else None, confidence=key(sure) if sure else None, file=entry.file, local=entry.local))
    return tuple(found)

