"""Answers `cite`: whether the knowledge base holds an article of an instrument, and what it says there; what it does not hold it does not vouch for."""

from __future__ import annotations

import re
from typing import Any

from lawkb.answer import plain
from lawkb.ask import identity
from lawkb.base import Base, Entry
from lawkb.errors import LawkbError
from lawkb.facts import many, one
from lawkb.proof import citations
from lawkb.terms import ID, curie, key
from lawkb.words import Words, plain_kind

CLASSES = ("Provision", "RequestContent", "RefusalGround", "Particular", "DefinitionElement", "PenaltyNorm", "InstrumentRelation")
_WORDS = re.compile(r"(?i)\b(articles?|arts?\.?|para(?:graph)?s?\.?|no\.?|section|§)\s*")
_PART = re.compile(r"[0-9]+[a-z]*|[a-z]+", re.IGNORECASE)


def cite(base: Base, instrument: str, article: str) -> dict[str, Any]:
    """Return what is recorded at an article: itself, its parts, and the articles near it.

    Args:
        base: the compiled knowledge base.
        instrument: the key of an instrument.
        article: its number as people write it: `18(15)(a)`, `art. 18, para. 15 a`.

    Raises:
        LawkbError: the text holds no number of an article.
    """
    wanted = _parts(article)
    if not wanted or not wanted[0][:1].isdigit():
        raise LawkbError(f"'{article}' is no article", "Write its number, such as 18(15)(a)", "lawkb cite --help")
    iri = f"{ID}instrument/{instrument}"
    owned = [entry for entry in base.concerning(iri, *CLASSES)
             if iri in (*many(entry.block, "instrument"), *many(entry.block, "from")) and one(entry.block, "article")]
    at = [_held(base, entry) for entry in owned if any(parts == wanted for parts in _articles(entry))]
    below = [_held(base, entry) for entry in owned if any(parts[:len(wanted)] == wanted and parts != wanted for parts in _articles(entry))]
    above = [_held(base, entry) for entry in owned if any(len(parts) < len(wanted) and wanted[:len(parts)] == parts for parts in _articles(entry))]
    title = Words(base).label(iri)
    number = _written(wanted)
    state = "recorded" if at else "parts-recorded" if below else "not-recorded"
    look = "whether the instrument has such an article is not known. Read its text before citing it"
    told = {"recorded": f"{title} art. {number} is recorded here.",
            "parts-recorded": f"Of {title} art. {number} only parts are recorded here.",
            "not-recorded": f"{title} art. {number} is not recorded here: {look}."}
    return {"question": {"command": "cite", "instrument": instrument, "article": article}, "kb": identity(base), "title": title, "article": number,
            "state": state, "says": told[state], "at": at, "below": below, "above": above if not at else [],
            "recorded_articles": len({one(entry.block, "article") for entry in owned})}


def _parts(article: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _PART.findall(_WORDS.sub("", article)))


def _articles(entry: Entry) -> list[tuple[str, ...]]:
    """The articles that a record names: one, or several joined by commas."""
    return [_parts(part) for text in many(entry.block, "article") for part in re.split(r"[,;]", text) if _parts(part)]


def _written(parts: tuple[str, ...]) -> str:
    return parts[0] + "".join(f"({part})" for part in parts[1:])


def _held(base: Base, entry: Entry) -> dict[str, Any]:
    words, block = Words(base), entry.block
    grade, confidence = base.weakest([entry.iri])
    return {"fact": curie(entry.iri), "kind": plain_kind(entry.kind), "article": one(block, "article"), "summary": one(block, "summary") or
            words.label(entry.iri), "role": key(one(block, "role") or "") or None, "strength": key(one(block, "strength") or "") or None,
            "verified": one(block, "unverifiedArticle") != "true", "grade": grade, "confidence": confidence, "sources": plain(citations(base, entry))}
