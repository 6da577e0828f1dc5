"""Where the knowledge base was read, how much rests on each source, and how far its lists are complete."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lawkb.answer import plain
from lawkb.base import Base, Entry
from lawkb.errors import UNKNOWN, LawkbError
from lawkb.explain import known
from lawkb.facts import one, text, types
from lawkb.proof import SOURCE, URL, citations
from lawkb.terms import ID, curie, key

_PUBLISHER = "http://purl.org/dc/terms/publisher"


def sources_of(base: Base, given: str) -> dict[str, Any]:
    """Return the sources of one fact, given as IRI or short name; of a source itself, that source.

    Raises:
        LawkbError: the knowledge base has no such fact.
    """
    entry = known(base, given)
    if entry.kind == "Source":
        found = [_source(base, entry, _resting(base)[entry.iri])]
        return {"question": {"command": "sources", "iri": entry.iri}, "about": None, "sources": found}
    facts = [entry] if SOURCE in entry.block else list(base.entries(text(t) for t in entry.block.get(_rests_on(), ())))
    found = [{**plain(citation), "facts": None} for fact in facts for citation in citations(base, fact)]
    return {"question": {"command": "sources", "iri": entry.iri}, "about": curie(entry.iri), "sources": found}


def _rests_on() -> str:
    from lawkb.terms import LAW

    return f"{LAW}restsOn"
