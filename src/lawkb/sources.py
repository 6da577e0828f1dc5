"""Where the knowledge base was read, how much rests on each source, and how far its lists are complete."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from lawkb.age import age, review_due
from lawkb.answer import plain
from lawkb.ask import identity
from lawkb.base import Base, Entry
from lawkb.disputes import disputed, disputes
from lawkb.errors import LawkbError
from lawkb.explain import concluded, known, resolve_iri
from lawkb.facts import Block, law, many, one, text
from lawkb.fields import of_all, of_instrument, of_jurisdiction
from lawkb.names import quoted
from lawkb.paths import data_root
from lawkb.proof import SOURCE, URL, Prover
from lawkb.terms import CASE, CONCEPT, ID, curie, expand, key
from lawkb.words import Words, plain_kind

_PUBLISHER = "http://purl.org/dc/terms/publisher"
_KINDS = {f"{ID}jur/": "jurisdiction", f"{ID}instrument/": "instrument", f"{ID}org/": "organisation"}
_NOTE = "http://www.w3.org/2004/02/skos/core#note"


def sources_of(base: Base, given: str) -> dict[str, Any]:
    """Return the sources of a fact, of all facts that a finding or a participation rests on, or the source that is named itself.

    Raises:
        LawkbError: the knowledge base has no such thing.
    """
    iri = resolve_iri(base, given)
    question = {"command": "sources", "iri": iri}
    if iri.startswith(CASE):
        case, findings = concluded(base, iri)
        prover = Prover(base, case, findings)
        rests = prover.facts(iri)
        return {"question": question, "about": prover.sentence(findings.by_iri[iri]), "sources": _cited(base, base.entries(sorted(rests))),
                "disputes": _disputes(base, rests)}
    entry = known(base, iri)
    if entry.kind == "Source":
        return {"question": question, "about": None, "sources": [_source(base, entry, _resting(base)[iri])]}
    return {"question": question, "about": Words(base).label(iri), "sources": _cited(base, [entry]), "disputes": _disputes(base, [entry.iri])}


def all_sources(base: Base) -> dict[str, Any]:
    """Return every source with the number of facts that rest on it, those on which most rests first."""
    resting = _resting(base)
    found = [_source(base, entry, resting[entry.iri]) for entry in base.of_class("Source")]
    found.sort(key=lambda line: (-line["facts"], line["source"]))
    return {"question": {"command": "sources", "iri": None}, "about": None, "sources": found}


def _disputes(base: Base, facts: Iterable[str]) -> list[dict[str, Any]]:
    """What disputes facts, each with the fact that it disputes."""
    entries = base.entries(expand(name) for name in disputed(base, facts))
    return [{"fact": curie(entry.iri), **plain(dispute)} for entry in entries for dispute in disputes(base, entry)]


def _resting(base: Base) -> Counter[str]:
    rows = base.execute("SELECT s.value, count(*) FROM block, json_each(block.body, ?) s GROUP BY 1", (f'$."{SOURCE}"',))
    return Counter({text(term): count for term, count in rows})


def _cited(base: Base, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The sources of facts, and of those that they rest on, each with the facts for which it is cited."""
    cited: dict[str, list[str]] = defaultdict(list)
    waiting, seen = list(entries), set()
    while waiting:
        entry = waiting.pop(0)
        if entry.iri in seen:
            continue
        seen.add(entry.iri)
        for term in entry.block.get(SOURCE, ()):
            cited[text(term)].append(curie(entry.iri))
        waiting.extend(base.entries(many(entry.block, "restsOn")))
    found = [{**_source(base, source, len(cited[source.iri])), "cited_for": sorted(cited[source.iri])} for source in base.entries(sorted(cited))]
    return sorted(found, key=lambda line: (-line["facts"], line["source"]))


def _source(base: Base, entry: Entry, facts: int) -> dict[str, Any]:
    block = entry.block
    how, sure = one(block, "howRead"), one(block, "confidence")
    return {"source": curie(entry.iri), "title": entry.label or key(entry.iri), "publisher": _first(block, _PUBLISHER), "url": _first(block, URL),
            "as_at": one(block, "asAt") or one(block, "asAtPartial"), "grade": key(how) if how else None, "confidence": key(sure) if sure else None,
            "recorded_on": one(block, "recordedOn"), "review_due": review_due(base, entry), "facts": facts, "local": entry.local, "file": entry.file,
            "note": _first(block, _NOTE)}


def _first(block: Block, predicate: str) -> str | None:
    return text(block[predicate][0]) if predicate in block else None


def coverage(base: Base, subject: str | None = None) -> dict[str, Any]:
    """Return how far lists are complete: of an instrument, of a jurisdiction, or of everything.

    Lists that leave answers open stand first, those on which most entries hang before the others: what would settle most.

    Args:
        base: the compiled knowledge base.
        subject: an instrument or a jurisdiction, by key or name.

    Raises:
        LawkbError: the subject is neither.
    """
    about = _subject(base, subject) if subject else None
    hanging = _Hanging(base)
    entries = base.concerning(about, "Coverage") if about else base.of_class("Coverage")
    lines = [_line(base, entry.block, hanging) for entry in entries if about in (None, one(entry.block, "about"))]
    if about and not lines and about.startswith(f"{ID}instrument/"):
        lines = [_line(base, {law("about"): [f"<{about}>"]}, hanging)]
    lines.sort(key=lambda line: (not line["leaves_open"], -line["weight"], line["about"], line["subject"] or ""))
    if about and about.startswith(f"{ID}jur/"):
        fields = of_jurisdiction(base, about, hanging.others)
    elif about:
        fields = of_instrument(base, about, hanging.weight(about)) if about.startswith(f"{ID}instrument/") else []
    else:
        fields = of_all(base, hanging.others)
    return {"question": {"command": "coverage", "subject": key(about) if about else None}, "label": Words(base).label(about) if about else None,
            "kb_version": base.meta["kb_version"], "grades": _grades(base), "coverage": lines, "fields": fields,
            **({"age": age(base, about)} if about else {"totals": _totals(base), "benchmarks": _benchmarks()})}


def _totals(base: Base) -> dict[str, int]:
    """How many records of each class there are."""
    rows = base.execute("SELECT class, count(*) FROM block WHERE subject >= ? AND subject < ? GROUP BY 1 ORDER BY 1", (ID, f"{ID}~"))
    return {plain_kind(kind): count for kind, count in rows if kind}


def _benchmarks() -> dict[str, Any]:
    """What `make bench` measured last, as it lies in the checkout and in the package."""
    path = data_root() / "bench" / "RESULTS.json"
    try:
        return {"file": "bench/RESULTS.json", "there": True, "results": json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError):
        return {"file": "bench/RESULTS.json", "there": False, "made_by": "make bench"}


def facts(base: Base) -> dict[str, Any]:
    """Return how many facts there are of each kind, by how they were read and how sure they are; derived participations are left out."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, grade, count in base.execute("SELECT class, grade, count(*) FROM block WHERE grade IS NOT NULL AND class <> 'Participation' GROUP BY 1, 2"):
        for name in (base.grades.get(grade - grade % 10, "unknown"), base.confidences.get(grade % 10, "unknown"), "facts"):
            counts[kind][name] += count
    columns = ("dataset", "page", "memory", "high", "medium", "low", "facts")
    kinds = sorted(counts, key=lambda kind: (-counts[kind]["facts"], kind))
    lines = [{"kind": base.label(law(kind)), **{name: counts[kind][name] for name in columns}} for kind in kinds]
    return {"question": {"command": "coverage", "facts": True}, "kb": identity(base), "kinds": lines,
            "all": {name: sum(line[name] for line in lines) for name in columns}}


class _Hanging:
    """What hangs on a list: the parties of an instrument, the instruments of a jurisdiction, the members of a body. Territories go with their states."""

    def __init__(self, base: Base) -> None:
        territories = {f"{ID}jur/{row[0]}" for row in base.execute("SELECT code FROM jurisdiction WHERE class='Territory'")}
        two = {f"{ID}instrument/{row[0]}" for row in base.execute("SELECT slug FROM instrument WHERE two")}
        rows = base.execute("SELECT c.subject, c.item FROM concerns c JOIN block b ON b.subject=c.subject WHERE b.class IN ('Participation', 'Membership')")
        pairs: dict[str, set[str]] = defaultdict(set)
        for subject, item in rows:
            pairs[subject].add(item)
        self.others: dict[str, set[str]] = defaultdict(set)
        self.on_subject: dict[tuple[str, str], set[str]] = defaultdict(set)
        for items in pairs.values():
            for item in items - territories:
                self.others[item] |= items - {item} - territories
            for instrument in items & two:
                entry = base.entry(instrument)
                for subject in many(entry.block, "subject") if entry else ():
                    for party in items - {instrument}:
                        self.on_subject[party, subject].add(instrument)

    def weight(self, about: str) -> int:
        """How much an incomplete list leaves open: the parties, instruments or members that are known."""
        return len(self.others.get(about, ()))

    def entries(self, about: str, subject: str | None) -> int:
        """How many entries of a list are known."""
        return len(self.on_subject.get((about, subject), ())) if subject else self.weight(about)


def _subject(base: Base, given: str) -> str:
    try:
        return f"{ID}jur/{base.jurisdictions.resolve(given)}"
    except LawkbError:
        pass
    body = f"{ID}org/{given.strip().lower().removeprefix('org:')}"
    if base.entry(body):
        return body
    try:
        return f"{ID}instrument/{base.instruments.resolve(given)}"
    except LawkbError as error:
        if "may mean" in error.problem:
            raise
        near = [f"{base.jurisdictions.label(code)} ({code})" for code in base.jurisdictions.nearest(given)]
        near += [f"{base.instruments.label(slug)} ({slug})" for slug in base.instruments.nearest(given)]
        bodies = [key(entry.iri) for entry in base.of_class("Organisation", "Network")]
        near = [f"{base.label(f'{ID}org/{name}')} ({name})" for name in get_close_matches(given.strip().lower(), bodies, 2, 0.8)] + near
        raise LawkbError(f"Neither a jurisdiction, nor an instrument, nor an organisation is named {quoted(given)}",
                         f"Did you mean {' or '.join(near[:4])}?" if near else "Give a code, a name or a key, such as NGA, untoc or interpol",
                         "lawkb coverage lists everything") from None


def _line(base: Base, block: Block, hanging: _Hanging) -> dict[str, Any]:
    about = one(block, "about") or ""
    state, subject = one(block, "completeness") or f"{CONCEPT}completeness/unknown", one(block, "subject")
    entry = base.entry(state)
    expected = one(block, "expectedCount")
    return {
        "about": key(about), "label": Words(base).label(about), "kind": _KINDS.get(about.removesuffix(key(about)), "channel"),
        "subject": key(subject) if subject else None, "completeness": key(state),
        "leaves_open": bool(entry and one(entry.block, "leavesOpen") == "true"),
        "verified_to": one(block, "verifiedTo") or one(block, "verifiedToPartial") or _by_sources(base, about),
        "entries": hanging.entries(about, subject), "weight": hanging.weight(about), "expected": int(expected) if expected else None,
        "gaps": " ".join(many(block, "gaps")) or None,
    }


def _by_sources(base: Base, about: str) -> str | None:
    """The day up to which an instrument's acts were read, where no one has said how far its list was verified."""
    entry = base.entry(about)
    number = int(one(entry.block, "verifiedToDay") or 0) if entry else 0
    return dt.date.fromordinal(number).isoformat() if number else None


def _grades(base: Base) -> dict[str, int]:
    """How many facts were read in which way."""
    found: Counter[str] = Counter()
    for weight, count in base.execute("SELECT grade - grade % 10, count(*) FROM block WHERE grade IS NOT NULL AND class <> 'Participation' GROUP BY 1"):
        found[base.grades.get(weight, "unknown")] += count
    return dict(sorted(found.items()))
