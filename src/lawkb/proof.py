"""The proof of a finding: its rule, its premises, and their premises, down to acts, articles and sources."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from lawkb.answer import Citation, Proof
from lawkb.base import Base, Entry
from lawkb.calendar_rules import calendar_rule
from lawkb.case import Case
from lawkb.disputes import disputes
from lawkb.facts import iri, many, one, text
from lawkb.infer import Finding, Findings
from lawkb.terms import LAW, RULE, curie, key
from lawkb.words import Words, plain_kind

SOURCE = "http://purl.org/dc/terms/source"
TITLE = "http://purl.org/dc/terms/title"
URL = "https://schema.org/url"
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
        block = entry.block
        rules = [calendar_rule(key(rule)) for rule in many(block, "concludedBy")]
        party, instrument = self.words.named(one(block, "party") or ""), self.words.label(one(block, "instrument") or "")
        start, end = one(block, "fromOn"), one(block, "untilOn")
        begins = f"from {self.words.day(start)}" if start else "from a day that is not known exactly"
        ends = f" until {self.words.day(end)} (the first day on which it no longer binds)" if end else (
            " until a day that is not known exactly" if block.get(LAW + "endedBy") else "")
        return Proof(finding=entry.iri, rule=f"{RULE}calendar/{rules[0].name}", law="; ".join(rule.law for rule in rules),
                     says=f"{instrument} binds {party} {begins}{ends}: {'; '.join(rule.says for rule in rules)}.",
                     premises=tuple(self.fact(fact) for fact in many(block, "restsOn")))

    def _told(self, entry: Entry) -> str:
        label, summary = self.words.label(entry.iri), one(entry.block, "summary")
        if summary and summary not in label:
            return f"{label}: {summary}"
        return f"{label} ({plain_kind(entry.kind)})" if entry.kind and label == key(entry.iri) else label


class Prover(FactProver):
    """Writes proofs for the findings of one case."""

    def __init__(self, base: Base, case: Case, findings: Findings) -> None:
        super().__init__(base)
        self.case, self.findings = case, findings
        self._rules = {rule.iri: rule for rule in base.rules}
        self._proofs: dict[str, Proof] = {}
        self._weights: dict[str, int | None] = {}
        self._disputed: dict[str, frozenset[str]] = {}

    def prove(self, subject: str) -> Proof:
        """Return the proof tree of a finding or, for a fact, its citation.

        A finding that carries several others is proved once: a rule needs what it rests on before it can conclude, so that proofs have no circles.
        """
        finding = self.findings.by_iri.get(subject)
        if finding is None:
            return self.fact(subject)
        known = self._proofs.get(subject)
        if known is None:
            rule = self._rules.get(finding.rules[0]) if finding.rules else None
            known = self._proofs[subject] = Proof(finding=subject, rule=rule.iri if rule else None, law=rule.law if rule else None,
                                                  says=self.sentence(finding), premises=tuple(map(self.prove, finding.premises)))
        return known

    def weight(self, *subjects: str) -> int | None:
        """Return the weight of the weakest fact on which findings rest, at any depth (`Base.weight`)."""
        return max((weight for subject in subjects if (weight := self._weight(subject)) is not None), default=None)

    def _weight(self, subject: str) -> int | None:
        if subject not in self._weights:
            finding = self.findings.by_iri.get(subject)
            self._weights[subject] = self.weight(*finding.premises) if finding else self.base.weight(subject)
        return self._weights[subject]

    def disputed(self, *subjects: str) -> tuple[str, ...]:
        """Return the facts on which findings rest, at any depth, and on which sources differ, by their short names."""
        return tuple(sorted(map(curie, self._differing(*subjects))))

    def _differing(self, *subjects: str) -> frozenset[str]:
        for subject in subjects:
            if subject not in self._disputed:
                finding = self.findings.by_iri.get(subject)
                self._disputed[subject] = self._differing(*finding.premises) if finding else self.base.disputed.get(subject, frozenset())
        return frozenset().union(*(self._disputed[subject] for subject in subjects))

    def sentence(self, finding: Finding) -> str:
        """Return the sentence in which the rule says its finding."""
        rule = self._rules.get(finding.rules[0]) if finding.rules else None
        return self.words.says(self.case, finding, rule.says) if rule else key(finding.iri)

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
    own = one(entry.block, "confidence")
    for term in entry.block.get(SOURCE, ()):
        source = base.entry(iri(term))
        if source is None:
            continue
        block = source.block
        how, sure = one(block, "howRead"), own or one(block, "confidence")
        found.append(Citation(
            fact=curie(entry.iri), label=entry.label or key(entry.iri), source=curie(source.iri), title=source.label,
            url=text(block[URL][0]) if URL in block else None, as_at=one(block, "asAt") or one(block, "asAtPartial"),
            grade=key(how) if how else None, confidence=key(sure) if sure else None, file=entry.file, local=entry.local))
    return tuple(found)

