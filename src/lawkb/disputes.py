"""What disputes a fact: where sources differ, what was kept and why. A disputed fact still counts; whoever reads an answer is told."""

from __future__ import annotations

from collections.abc import Iterable

from lawkb.answer import Dispute
from lawkb.base import Base, Entry
from lawkb.terms import curie


def disputes(base: Base, entry: Entry) -> tuple[Dispute, ...]:
    """Return the conflicts, or the sources that say otherwise, to which a fact points."""
    return tuple(Dispute(conflict=curie(found.iri), kept=found.one("valueKept"), other=found.one("valueOther"),
                         source_other="; ".join(found.many("sourceOther")) or None, reason=found.one("reason"), title=found.label)
                 for found in base.entries(sorted(entry.many("disputedBy"))))


def disputed(base: Base, iris: Iterable[str]) -> tuple[str, ...]:
    """Return those of some facts, and of the acts on which the participations among them rest, that anything disputes, by their short names."""
    return tuple(sorted({curie(fact) for subject in iris for fact in base.disputed.get(subject, ())}))


def in_words(dispute: Dispute) -> str:
    """Return in words what disputes a fact."""
    if dispute.kept is None and dispute.other is None:
        return f"disputed: {dispute.title or dispute.conflict} says otherwise" + (f" ({dispute.reason})" if dispute.reason else "")
    kept = f"kept: {dispute.kept}" if dispute.kept else "nothing was kept"
    other = f"; said elsewhere: {dispute.other}" if dispute.other else ""
    return f"disputed: {kept}{other}" + (f" ({dispute.reason})" if dispute.reason else "")
