"""Renders `docs/coverage.md`: which instruments are there, how complete their lists are, and to which day they were verified."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from lawkb.api import KnowledgeBase
from lawkb.docs.markdown import generated, page, table
from lawkb.docs.numbers import by_openness, gaps, numbers, opened
from lawkb.facts import many
from lawkb.terms import key

_ORDER = ("complete", "nearly", "partial", "unknown", "none")


def coverage_page() -> str:
    """Return `docs/coverage.md`."""
    from lawkb.sources import coverage

    kb = opened()
    lists = coverage(kb.base)["coverage"]
    version = kb.base.meta["kb_version"]
    return page([
        "# What is covered", "", generated("`kb/`"), "",
        "Where a list is not `complete`, the absence of an entry is no answer: verdicts that would rest on it are `unknown`. Past the day up to which a "
        "list was verified an answer is `last-known`, and with `--strict` a \"no\" becomes unknown. The same, for one instrument or jurisdiction: "
        "`lawkb coverage untoc`, `lawkb coverage NGA`.", "",
        "## In numbers", "", numbers(),
        "## Instruments of several parties", "",
        f"Bound: states and organisations for which the instrument is in force on {version}; territories are not counted.", "",
        *_several(kb, lists, version),
        "## Instruments between two", "", *_between_two(kb),
        "## Lists of bilateral instruments, by jurisdiction", "",
        "How many jurisdictions have a list of their bilateral instruments on a subject, by how complete it is. "
        "A pair is answered with \"no\" only where the list of one of them is complete.", "",
        *_by_subject(lists),
        "## Not assessed", "", gaps(),
    ])


def _several(kb: KnowledgeBase, lists: list[dict[str, Any]], version: str) -> Iterator[str]:
    said = {line["about"]: line for line in lists if line["kind"] == "instrument"}

    def rows() -> Iterator[tuple[str, ...]]:
        for entry in sorted(by_openness(kb.base)[0], key=lambda e: key(e.iri)):
            line = said.get(key(entry.iri), {})
            bound = kb.parties(key(entry.iri), on=version)["bound"]
            yield (f"`{key(entry.iri)}`", entry.label or "", str(bound), line.get("completeness") or "unknown", line.get("verified_to") or "",
                   line.get("gaps") or "")

    yield from table(("key", "instrument", "bound", "list", "verified to", "what is missing"), rows())


def _between_two(kb: KnowledgeBase) -> Iterator[str]:
    two = by_openness(kb.base)[1]
    own = {row[0] for row in kb.base.execute(
        "SELECT DISTINCT c.item FROM concerns c JOIN block b ON b.subject = c.subject WHERE b.class = 'Provision'")}
    subjects: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in two:
        for subject in many(entry.block, "subject"):
            subjects[kb.base.label(subject)]["all"] += 1
            subjects[kb.base.label(subject)]["own"] += entry.iri in own
            subjects[kb.base.label(subject)]["typical"] += bool(many(entry.block, "typicalContent"))
    yield ("Where the articles of a treaty are not recorded, a model treaty of the United Nations tells what such treaties typically hold; "
           "answers that rest on it ask for the text to be read.")
    yield ""
    yield from table(("subject", "instruments", "articles recorded", "typical content only"), (
        (name, str(c["all"]), str(c["own"]), str(c["typical"])) for name, c in sorted(subjects.items())))


def _by_subject(lists: list[dict[str, Any]]) -> Iterator[str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lists:
        if line["kind"] == "jurisdiction":
            counts[line["subject"] or "any"][line["completeness"]] += 1
    yield from table(("subject", *_ORDER), ((subject, *(str(found[name]) for name in _ORDER)) for subject, found in sorted(counts.items())))
