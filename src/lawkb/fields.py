"""How far the knowledge base goes field by field: what is recorded of a jurisdiction or an instrument, and what is missing.

Counted from the facts, never declared: where a field is not recorded nothing follows for the law. The closed lists of the
ontology say what there could be (topics of cooperation law, heads of jurisdiction, measures for victims, tasks of authorities).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lawkb.base import Base, Entry
from lawkb.case import TRAFFICKING
from lawkb.facts import many, one, text
from lawkb.spans import SOURCE
from lawkb.terms import CONCEPT, ID, key

_PARAGRAPH = re.compile(r"\d+\(\d+\)")
Others = Mapping[str, set[str]]
_PLACES = ("State", "Territory", "RegionalOrganisation", "Jurisdiction")


@dataclass(frozen=True)
class Field:
    """A field of national law: the class of its facts, and the property whose closed list says what there could be."""

    code: str
    label: str
    kind: str
    listed: str
    scheme: str


NATIONAL = (
    Field("offence", "offence of trafficking in persons", "Offence", "offenceKind", ""),
    Field("penalty", "penalty for trafficking in persons", "PenaltyRange", "victimAge", "age"),
    Field("jurisdiction", "heads of jurisdiction", "JurisdictionHead", "headKind", "head-basis"),
    Field("cooperation-law", "domestic law on cooperation", "CooperationRule", "coopTopic", "coop-topic"),
    Field("victims", "measures for victims", "VictimMeasure", "victimMeasure", "victim-measure"),
    Field("authorities", "authorities", "Authority", "measureGroup", "measure-group"),
)
OF_INSTRUMENTS = {"articles": "Provision", "grounds of refusal": "RefusalGround", "contents of a request": "RequestContent",
                  "relations to other instruments": "InstrumentRelation", "definitions": "DefinitionElement", "norms on penalties": "PenaltyNorm"}


def of_jurisdiction(base: Base, iri: str, others: Others) -> list[dict[str, Any]]:
    """Return what is recorded of a jurisdiction, field by field: those of which least is recorded first."""
    lines = []
    for field in NATIONAL:
        recorded = _recorded(base, field)
        could = [code for code, entries in recorded.items() if (only := _only(entries)) is None or only in others.get(iri, ())]
        found = [entry for entries in recorded.values() for entry in entries if one(entry.block, "jurisdiction") == iri]
        missing = [code for code in could if not any(one(entry.block, "jurisdiction") == iri for entry in recorded[code])]
        lines.append(_line(base, field.code, field.label, found, len(could) - len(missing), len(could), missing))
    lines.sort(key=lambda line: (line["recorded"] / line["of"], line["field"]))
    return lines


def of_instrument(base: Base, iri: str, parties: int) -> list[dict[str, Any]]:
    """Return what is recorded of an instrument beside its parties: its articles, and the notifications that its articles ask for."""
    lines = []
    for name, kind in OF_INSTRUMENTS.items():
        property_ = "from" if kind == "InstrumentRelation" else "instrument"
        found = [entry for entry in base.concerning(iri, kind) if one(entry.block, property_) == iri]
        lines.append({**_line(base, name.replace(" ", "-"), name, found, None, None, []),
                      "unverified": sum(one(entry.block, "unverifiedArticle") == "true" for entry in found)})
    return lines + [line for line in _notified(base, {iri: parties}) if line["about"] == key(iri)]


def of_all(base: Base, others: Others) -> list[dict[str, Any]]:
    """Return, for every field and every entry of its closed list, for how many jurisdictions it is recorded and for which not.

    Args:
        base: the compiled knowledge base.
        others: the parties of an instrument, the instruments of a jurisdiction; jurisdictions with most are named first.

    Returns:
        What would settle the answers of most ordered pairs of jurisdictions first: `pairs` counts those whose requested side lacks it.
    """
    rows = base.execute(f"SELECT code FROM jurisdiction WHERE class IN ({','.join('?' * len(_PLACES))})", _PLACES)
    places = sorted((f"{ID}jur/{row[0]}" for row in rows), key=lambda place: (-len(others.get(place, ())), place))
    lines = []
    for field in NATIONAL:
        for code, entries in _recorded(base, field).items():
            there, only = {one(entry.block, "jurisdiction") for entry in entries}, _only(entries)
            could = [place for place in places if only is None or only in others.get(place, ())]
            missing = [key(place) for place in could if place not in there]
            name = f": {base.label(f'{CONCEPT}{field.scheme}/{code}')}" if field.scheme else ""
            field_code = f"{field.code}/{code}" if field.scheme else field.code
            line = _line(base, field_code, field.label + name, entries, len(could) - len(missing), len(could), missing)
            lines.append({**line, "pairs": len(missing) * (len(places) - 1)})
    lines += _notified(base, {item: len(listed) for item, listed in others.items()})
    lines.sort(key=lambda line: (-line["pairs"], line["field"]))
    return lines


def _recorded(base: Base, field: Field) -> dict[str, list[Entry]]:
    """The facts of a field by the codes of its closed list; of offences and penalties those of trafficking in persons."""
    found: dict[str, list[Entry]] = {code: [] for code in _codes(base, field)}
    for entry in base.of_class(field.kind):
        offence = base.entry(one(entry.block, "offence") or "") if field.kind == "PenaltyRange" else entry
        code = key(one(entry.block, field.listed) or "")
        if code in found and (field.kind not in ("Offence", "PenaltyRange") or (offence and one(offence.block, "offenceKind") == TRAFFICKING)):
            found[code].append(entry)
    return found


def _only(entries: list[Entry]) -> str | None:
    """The instrument under which all of these facts stand, if it is one: only its parties can have such a fact."""
    named = {one(entry.block, "instrument") for entry in entries}
    return named.pop() if len(named) == 1 else None


def _codes(base: Base, field: Field) -> list[str]:
    if not field.scheme:
        return [key(TRAFFICKING)]
    return [key(entry.iri) for entry in base.scheme(field.scheme)]


def _notified(base: Base, parties: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """What parties must notify, article by article: an article counts where at least one notification under it is recorded."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in base.of_class("Notification", "Declaration"):
        paragraph = _PARAGRAPH.match(one(entry.block, "article") or "")
        if paragraph:
            found[one(entry.block, "instrument") or "", paragraph[0]].append(entry)
    for (instrument, article), entries in sorted(found.items()):
        if any(entry.kind == "Notification" for entry in entries) and instrument in parties:
            there = {one(entry.block, "party") for entry in entries}
            known, whole = len(there), max(parties[instrument], len(there))
            code, label = f"notifications/{key(instrument)}/{article}", f"notifications under {base.label(instrument)} art. {article}"
            line = _line(base, code, label, entries, known, whole, [])
            yield {**line, "about": key(instrument), "pairs": (whole - known) * (whole - 1)}


def _line(base: Base, code: str, label: str, found: list[Entry], recorded: int | None, of: int | None, missing: list[str]) -> dict[str, Any]:
    grade, confidence = base.weakest([entry.iri for entry in found])
    return {"field": code, "label": label, "about": None, "facts": len(found), "recorded": recorded, "of": of, "missing": missing,
            "read_to": _read_to(base, found), "grade": grade, "confidence": confidence,
            "unverified": sum(one(entry.block, "unverified") == "true" for entry in found), "pairs": 0}


def _read_to(base: Base, found: Iterable[Entry]) -> str | None:
    """The newest day, month or year that a source of these facts shows."""
    sources = {text(term) for entry in found for term in entry.block.get(SOURCE, ())}
    days = [day for source in base.entries(sorted(sources)) for name in ("asAt", "asAtPartial") for day in many(source.block, name)]
    return max(days, default=None)
