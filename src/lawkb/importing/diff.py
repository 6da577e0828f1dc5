"""What a change of facts brings about in law: which participations begin or end, and between how many pairs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from lawkb.facts import Block, Facts, one
from lawkb.importing.context import place
from lawkb.importing.store import Facts as Said
from lawkb.importing.store import Store
from lawkb.importing.values import law
from lawkb.participation import conclude
from lawkb.spans import FAR
from lawkb.terms import ID, curie, key
from lawkb.turtle import Iri, Literal, Term
from lawkb.wording import counted

Spells = dict[tuple[str, str], list[Block]]
_BOUNDS = ("possiblyFromDay", "surelyFromDay", "surelyUntilDay", "possiblyUntilDay")


def participations(before: Facts, after: Facts) -> Iterator[str]:
    """Yield a sentence for every participation that begins, ends, or is bounded otherwise after an import.

    Both hold the instruments that are touched, all acts of their parties, and the sources.
    """
    yield from (sentence for _, _, sentence in changed(spells(block for _, block in conclude(before)), spells(block for _, block in conclude(after))))


def changed(old: Spells, new: Spells) -> Iterator[tuple[str, str, str]]:
    """Yield (instrument, party, sentence) for every participation that begins, ends, or is bounded otherwise."""
    for instrument, party in sorted(old.keys() | new.keys()):
        was, now = (found.get((instrument, party), []) for found in (old, new))
        for count in range(max(len(was), len(now))):
            earlier, later = (listed[count] if count < len(listed) else None for listed in (was, now))
            if sentence := _sentence(key(party), key(instrument), earlier, later, new, instrument, party):
                yield instrument, party, sentence


def spells(participations: Iterable[Block]) -> Spells:
    """Return participations by instrument and party."""
    found: Spells = defaultdict(list)
    for block in participations:
        found[one(block, "instrument") or "", one(block, "party") or ""].append(block)
    return found


def _sentence(party: str, instrument: str, was: Block | None, now: Block | None, spells: Spells, iri: str, who: str) -> str:
    """Return how one participation changed, an empty text if it did not."""
    if now is None:
        return f"{party} is no longer bound by {instrument} (it was, {_from(was or {})})"
    if was is None or _days(was)[:2] != _days(now)[:2]:
        pairs = _pairs(spells, iri, who, _days(now)[1])
        if was:
            return f"{party} bound by {instrument} {_from(now)} (not {_from(was)}){_until(now)}; this concerns {counted(pairs, 'pair')}"
        return f"{party} bound by {instrument} {_from(now)}{_until(now)}; {_pairs_that(pairs, 'gain')}"
    if _days(was)[2:] != _days(now)[2:]:
        lost = f"; {_pairs_that(_pairs(spells, iri, who, _days(now)[2]), 'lose')}" if _until(now) else ""
        return f"{party} bound by {instrument}{_until(now) or ' without an end'}{lost}"
    return ""


def _days(block: Block) -> tuple[int, ...]:
    return tuple(int(one(block, name) or 0) for name in _BOUNDS)


def _from(block: Block) -> str:
    first, last = _days(block)[:2]
    if last >= FAR:
        return "from a day that is not established"
    return f"from {_day(last)}" if first == last else f"from a day between {_day(first)} and {_day(last)}"


def _until(block: Block) -> str:
    first, last = _days(block)[2:]
    if first >= FAR:
        return ""
    return f" until {_day(first)}" if first == last else f" until a day between {_day(first)} and {_day(min(last, FAR))}"


def _day(number: int) -> str:
    return dt.date.fromordinal(number).isoformat()


def _pairs(spells: Spells, instrument: str, party: str, day: int) -> int:
    """Return the number of other parties, on other sides, that the instrument surely binds on a day."""
    sides = {one(block, "onSide") for block in spells[instrument, party]}
    return sum(any(_days(block)[1] <= day < _days(block)[2] and one(block, "onSide") not in sides for block in blocks)
               for (treaty, other), blocks in spells.items() if treaty == instrument and other != party)


def _pairs_that(pairs: int, verb: str) -> str:
    return f"{counted(pairs, 'pair')} {verb}{'s' if pairs == 1 else ''} a basis"


def facts(store: Store) -> Iterator[str]:
    """Yield a line for every record that was added, and for every property that changed."""
    for subject, before, after in store.changes():
        if not before:
            yield f"+ {curie(subject)}"
        else:
            for predicate in sorted(after):
                if after[predicate] != before.get(predicate):
                    yield f"~ {curie(subject)} {curie(predicate)}: {_shown(before, predicate)} -> {_shown(after, predicate)}"


def _shown(said: Said, predicate: str) -> str:
    return ", ".join(sorted(_term(term) for term in said.get(predicate, ()))) or "nothing"


def _term(term: Term) -> str:
    return term.text if isinstance(term, Literal) else curie(term) if isinstance(term, Iri) else str(term)


def touched_instruments(store: Store) -> set[str]:
    """Return the files of the instruments that an import concerns, and of the acts of their parties."""
    concerned = {str(term) for _, before, after in store.changes() for said in (before, after) for term in said.get(law("instrument"), ())}
    concerned |= {str(subject) for subject, _, _ in store.changes() if subject.startswith(f"{ID}instrument/")}
    return {place(key(instrument), part) for instrument in concerned for part in ("instrument", "parties")}
