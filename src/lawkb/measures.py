"""The measures that can be asked for, each in its channel, and what a user may mean by a code."""

from __future__ import annotations

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.names import quoted
from lawkb.terms import CONCEPT, key


def measures(base: Base) -> list[str]:
    """Return the codes of the measures that belong to a channel, in order."""
    return [key(entry.iri) for entry in base.scheme("measure") if entry.one("inChannel")]


def leads(base: Base) -> list[tuple[str, str]]:
    """Return (channel, lead measure) as codes, in the order of channels."""
    ordered = sorted(base.scheme("channel"), key=lambda entry: (int(entry.one("order") or 0), entry.iri))
    return [(key(entry.iri), key(lead)) for entry in ordered for lead in entry.many("leadMeasure")]


def channel_of(base: Base, measure: str) -> str:
    """Return the channel of a measure.

    Raises:
        LawkbError: there is no such measure; near ones are suggested.
    """
    entry = base.entry(f"{CONCEPT}measure/{measure}")
    channel = entry.one("inChannel") if entry else None
    if channel:
        return key(channel)
    from rapidfuzz import process

    near = [code for code, score, _ in process.extract(measure, measures(base), limit=3) if score >= 60]
    hint = f"Did you mean {' or '.join(near)}?" if near else "A measure is a code such as extradition, mla-search-seizure, joint-investigation"
    raise LawkbError(f"There is no measure {quoted(measure)}", hint, "lawkb channels --help lists them")


def chosen(base: Base, channel: str | None, measure: str | None) -> list[tuple[str, str]]:
    """Return (channel, measure) of what a user names: a measure, the lead measure of a channel, or those of all channels where neither is named.

    Raises:
        LawkbError: there is no such channel or measure, or the measure belongs to another channel.
    """
    listed = leads(base)
    name = channel.strip().lower() if channel is not None else None
    if name is not None and name not in dict(listed):
        raise LawkbError(f"There is no channel {quoted(channel or '')}", f"Channels are {', '.join(sorted(dict(listed)))}")
    if measure is not None:
        code = measure.strip().lower()
        belongs = channel_of(base, code)
        if name is not None and belongs != name:
            raise LawkbError(f"The measure {code} belongs to the channel {belongs}, not to {name}", f"Ask with --channel {belongs}, or without --channel")
        return [(belongs, code)]
    return [pair for pair in listed if name in (None, pair[0])]
