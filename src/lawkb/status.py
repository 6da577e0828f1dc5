"""Who is bound by what: the participants of an instrument, the instruments between two jurisdictions, the acts of one.

What is in force comes from participations (the calendar stage) and, between two, from the bonds that the rules conclude.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import many, one
from lawkb.infer import infer
from lawkb.participation import CONSENTS, ENDINGS
from lawkb.terms import CONCEPT, ID, curie, key
from lawkb.words import Words, plain_kind

ACTS = (*CONSENTS, *ENDINGS, "Signature", "OptOut", "TerritorialExclusion")
STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
_BOND_STAGES = ("0-parties", "1-bonds")


def parties(base: Base, instrument: str, on: dt.date) -> dict[str, Any]:
    """Return the participants of an instrument on a day.

    `bound` counts participants (states and organisations, no territories) for which the instrument is in force on the day;
    `consents` counts consents deposited by that day and not withdrawn, which is what depositaries print as "Parties".
    """
    iri = f"{ID}instrument/{instrument}"
    table = _Table(base, iri, on)
    rows = {party: table.row(party) for party in table.parties}
    people = {p: r for p, r in rows.items() if r["kind"] != "territory"}
    verified = _verified(base, iri)
    return {
        "instrument": instrument, "title": base.label(iri), "on": on.isoformat(),
        "bound": sum(r["state"] == "bound" for r in people.values()),
        "consents": sum(r["consented"] for r in people.values()),
        "signatories_only_count": sum(r["state"] == "signed" for r in people.values()),
        "verified_to": verified, "certainty": "confirmed" if verified and verified >= on.isoformat() else "last-known",
        "parties": _pick(people, "bound"), "deposited_not_yet_bound": _pick(people, "pending"), "uncertain": _pick(people, "uncertain"),
        "signatories_only": _pick(people, "signed"), "ended": _pick(people, "ended"), "opted_out": _pick(people, "opted-out"),
        "territories": [{k: v for k, v in r.items() if k != "consented"} for r in rows.values() if r["kind"] == "territory"],
    }


def _pick(rows: dict[str, dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in ("state", "consented")} for row in rows.values() if row["state"] == state]


class _Table:
    """The status table of one instrument on one day."""

    def __init__(self, base: Base, instrument: str, on: dt.date) -> None:
        self.base, self.on, self.day = base, on, on.toordinal()
        self.acts: dict[str, list[Entry]] = defaultdict(list)
        self.spells: dict[str, list[Entry]] = defaultdict(list)
        for entry in base.concerning(instrument, *ACTS):
            self.acts[one(entry.block, "party") or ""].append(entry)
        for entry in base.concerning(instrument, "Participation"):
            self.spells[one(entry.block, "party") or ""].append(entry)
        self.parties = sorted(self.acts, key=key)

    def row(self, party: str) -> dict[str, Any]:
        spell, state = self.spell(party)
        act = self.base.entry(one(spell.block, "byAct") or "") if spell else self.latest(party)
        kinds = {"Territory": "territory", "RegionalOrganisation": "organisation"}
        known = self.base.entry(party)
        return {
            "party": key(party), "kind": kinds.get((known.kind if known else None) or "State", "state"), "state": state,
            "consented": self.consented(party), "from": one(spell.block, "fromOn") if spell else None,
            "until": one(spell.block, "untilOn") if spell else None, "act": plain_kind(act.kind) if act else None,
            "date": (one(act.block, "doneOn") or one(act.block, "doneIn")) if act else None,
            "grade": self.base.weakest([act.iri])[0] if act else None, "finding": curie(spell.iri) if spell else None,
        }

    def spell(self, party: str) -> tuple[Entry | None, str]:
        """The participation that counts on the day, and where the party stands: bound, pending, uncertain, ended, signed, opted-out."""
        ended = None
        for spell in self.spells[party]:
            surely_from, surely_until, from_, until = (int(one(spell.block, n) or 0) for n in (
                "surelyFromDay", "surelyUntilDay", "possiblyFromDay", "possiblyUntilDay"))
            if surely_from <= self.day < surely_until:
                return spell, "bound"
            if from_ <= self.day < until:
                return spell, "pending" if self.waiting(spell) else "uncertain"
            if self.day >= until:
                ended = spell
            elif self.consented(party):
                return spell, "pending"
        if ended:
            return ended, "ended"
        if any(entry.kind == "OptOut" and self.holds(entry) for entry in self.acts[party]):
            return None, "opted-out"
        if any(entry.kind == "Signature" and self.done(entry) for entry in self.acts[party]):
            return None, "signed"
        return None, "not-yet"

    def holds(self, act: Entry) -> bool:
        """Whether the day lies between the beginning and the end of what an act sets."""
        return int(one(act.block, "fromDay") or 0) <= self.day < int(one(act.block, "untilDay") or 0)

    def waiting(self, spell: Entry) -> bool:
        """Whether consent was given on a known day and it is the entry into force of the instrument that is not established."""
        act = self.base.entry(one(spell.block, "byAct") or "")
        given = one(act.block, "doneOn") if act and act.kind in CONSENTS else None
        return given is not None and given <= self.on.isoformat() and any(key(rule).startswith("entry-") for rule in many(spell.block, "concludedBy"))

    def on_one_side(self, a: str, b: str) -> bool:
        """Whether two parties have only ever stood on the same side of the instrument, so that it has bound neither towards the other."""
        sides = [[one(spell.block, "onSide") for spell in self.spells[party]] for party in (a, b)]
        return all(sides) and all(mine == theirs for mine in sides[0] for theirs in sides[1])

    def consented(self, party: str) -> bool:
        acts = self.acts[party]
        gave = any(entry.kind in CONSENTS and self.done(entry) for entry in acts)
        spells = self.spells[party]
        begun = [spell for spell in spells if int(one(spell.block, "possiblyFromDay") or 0) <= self.day]
        over = begun and all(int(one(spell.block, "possiblyUntilDay") or 0) <= self.day for spell in begun)
        return gave and not over

    def done(self, entry: Entry) -> bool:
        """Whether an act was done by the day; an undated one counts from the day that its participation counts from."""
        text = one(entry.block, "doneOn") or one(entry.block, "effectiveOn")
        if text:
            return text <= self.on.isoformat()
        partial = one(entry.block, "doneIn") or one(entry.block, "effectiveIn")
        if partial:
            return partial <= self.on.isoformat()[:len(partial)]
        return any(int(one(s.block, "surelyFromDay") or 0) <= self.day for s in self.spells[one(entry.block, "party") or ""]) or entry.kind == "Signature"

    def latest(self, party: str) -> Entry | None:
        done = [entry for entry in self.acts[party] if self.done(entry)]
        return max(done, key=lambda e: one(e.block, "doneOn") or one(e.block, "doneIn") or "", default=None)


def treaties(base: Base, a: str, b: str, on: dt.date) -> dict[str, Any]:
    """Return the instruments between two jurisdictions on a day, and statements on those in force.

    In force, signed only, ended, pending, uncertain, and not applied: both are bound, and one has suspended it towards the other or excluded it.
    """
    if a == b:
        raise LawkbError(f"Both jurisdictions are {base.jurisdictions.label(a)} ({a})", "Give two different ones, for example: lawkb treaties ITA NGA")
    case = Case(a, b, on)
    with base.engine(case) as engine:
        findings = infer(engine, base.rules_of(_BOND_STAGES))
    bonds = {f.get("instrument"): f for f in findings.of("TreatyBond")}
    apart = {f.get("instrument"): f for f in findings.of("PairSuspension")}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("in_force", "signed_only", "ended", "pending", "uncertain", "not_applied")}
    for instrument in _shared(base, a, b):
        table = _Table(base, instrument, on)
        if instrument not in bonds and table.on_one_side(f"{ID}jur/{a}", f"{ID}jur/{b}"):
            continue  # it never bound them towards each other
        rows = [table.row(f"{ID}jur/{side}") for side in (a, b)]
        states = {row["state"] for row in rows}
        if instrument in bonds:
            name = "in_force"
        elif states == {"bound"} and instrument in apart:
            name = "not_applied"
        elif states == {"bound"} or "opted-out" in states or "not-yet" in states:
            continue  # two parties on one side, or of one state; or one of them never acted by that day
        else:
            name = next(n for n in ("ended", "signed", "pending", "uncertain") if n in states)
        found["signed_only" if name == "signed" else name].append(_line(base, instrument, rows, bonds.get(instrument) or apart.get(instrument)))
    found["statements"] = _statements(base, [f"{ID}instrument/{line['instrument']}" for line in found["in_force"]], (a, b), on)
    internal = [findings.by_iri[f.iri] for f in findings.of("InternalRelation")]
    notes = [Words(base).says(case, f, next(r.says for r in base.rules if r.iri == f.rules[0])) for f in internal]
    return {"question": {"command": "treaties", "a": a, "b": b, "on": on.isoformat()}, **found, "notes": notes}


def _shared(base: Base, a: str, b: str) -> list[str]:
    query = "SELECT instrument FROM slice WHERE jurisdiction=? AND instrument<>''"
    sets = [{row[0] for row in base.execute(query, (side,))} | {key(one(e.block, "instrument") or "") for e in base.concerning(f"{ID}jur/{side}", "Signature")}
            for side in (a, b)]
    return [f"{ID}instrument/{slug}" for slug in sorted(sets[0] & sets[1])]


def _line(base: Base, instrument: str, rows: list[dict[str, Any]], bond: Any) -> dict[str, Any]:
    entry = base.entry(instrument)
    block = entry.block if entry else {}
    starts, ends = [row["from"] for row in rows], [row["until"] for row in rows if row["until"]]
    verified = _verified(base, instrument)
    return {
        "instrument": key(instrument), "title": base.label(instrument), "kind": plain_kind(entry.kind if entry else None),
        "subjects": sorted(key(s) for s in many(block, "subject")), "from": max(starts) if all(starts) else None, "until": min(ends, default=None),
        "verified_to": verified, "sides": {row["party"]: {"state": row["state"], "act": row["act"], "date": row["date"], "from": row["from"]} for row in rows},
        "finding": bond.iri if bond else None, **({"act": curie(act)} if bond and (act := bond.get("act")) else {}),
    }


def _statements(base: Base, instruments: list[str], sides: tuple[str, ...], on: dt.date) -> list[dict[str, Any]]:
    found = []
    for instrument in instruments:
        for entry in base.concerning(instrument, *STATEMENTS):
            party = key(one(entry.block, "party") or "")
            if party in sides and int(one(entry.block, "fromDay") or 0) <= on.toordinal() < int(one(entry.block, "untilDay") or 0):
                found.append({"instrument": key(instrument), "party": party, "kind": plain_kind(entry.kind), "article": one(entry.block, "article"),
                              "effect": key(one(entry.block, "effect") or "unknown"), "date": one(entry.block, "doneOn") or one(entry.block, "doneIn"),
                              "summary": one(entry.block, "summary"), "statement": curie(entry.iri)})
    return found


def status(base: Base, jurisdiction: str, on: dt.date) -> dict[str, Any]:
    """Return every act of a jurisdiction by instrument, with where it stands on a day; bilateral instruments apart."""
    party = f"{ID}jur/{jurisdiction}"
    found: dict[str, list[dict[str, Any]]] = {"instruments": [], "bilateral": []}
    acts = base.concerning(party, *ACTS)
    instruments = sorted({one(entry.block, "instrument") or "" for entry in acts if one(entry.block, "party") == party})
    for instrument in instruments:
        row = _Table(base, instrument, on).row(party)
        entry = base.entry(instrument)
        mine = [e for e in acts if one(e.block, "instrument") == instrument and one(e.block, "party") == party]
        line = {"instrument": key(instrument), "title": base.label(instrument), "state": row["state"], "from": row["from"], "until": row["until"],
                "acts": [_act(base, e) for e in mine], "finding": row["finding"]}
        two = entry is not None and one(entry.block, "openness") == f"{CONCEPT}openness/two"
        if two:
            line["with"] = _partner(base, instrument, party)
        found["bilateral" if two else "instruments"].append(line)
    return {"question": {"command": "status", "jurisdiction": jurisdiction, "on": on.isoformat()}, "label": base.label(party), **found}


def _act(base: Base, entry: Entry) -> dict[str, Any]:
    grade, confidence = base.weakest([entry.iri])
    return {"act": curie(entry.iri), "kind": plain_kind(entry.kind), "date": one(entry.block, "doneOn") or one(entry.block, "doneIn"),
            "effective": one(entry.block, "effectiveOn") or one(entry.block, "effectiveIn"), "grade": grade, "confidence": confidence}


def _partner(base: Base, instrument: str, party: str) -> str | None:
    others = {one(e.block, "party") for e in base.concerning(instrument, *ACTS)} - {party}
    return key(min(o for o in others if o)) if others else None


def _verified(base: Base, instrument: str) -> str | None:
    entry = base.entry(instrument)
    day = int(one(entry.block, "verifiedToDay") or 0) if entry else 0
    return dt.date.fromordinal(day).isoformat() if day else None
