"""Answers `whatif`: what would differ for a jurisdiction if it joined an instrument, raised a penalty, or if facts of one's own were added.

A hypothesis is written as facts (one act, one penalty), compiled on top of the knowledge base into a folder of its own, and
answered by the same rules. The folder goes with the last who asks: nothing stays behind. Every proof marks it as local.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lawkb.ask import identity, rules_identity
from lawkb.base import Base
from lawkb.case import Case
from lawkb.difference import facts, participations, partners, verdicts
from lawkb.duties import obligations
from lawkb.errors import LawkbError
from lawkb.facts import many, one
from lawkb.reading import digest, turtle_below
from lawkb.snapshot import build
from lawkb.spans import FAR
from lawkb.statements import statements
from lawkb.terms import ID, LAW, XSD, key

Progress = Callable[[int, int], None]
NOTES = (
    "A hypothesis on what is recorded: it says nothing on whether the step is open to the jurisdiction under its own law.",
    "Both sides are answered by the same rules; what is not listed does not differ.",
)
_CLOSED = {"two": "is an instrument between its two sides", "union-members": "binds the members of a union by their membership"}


@dataclass(frozen=True)
class Hypothesis:
    """What is supposed of one jurisdiction: instruments that it joins by a deposit on a day, and penalties (offence, months) that it raises."""

    jurisdiction: str
    joins: tuple[str, ...] = ()
    deposited: dt.date | None = None
    penalties: tuple[tuple[str, int], ...] = ()
    folders: tuple[Path, ...] = ()

    def turtle(self, base: Base) -> str:
        """Return the hypothesis as Turtle."""
        lines = [f"<{ID}source/hypothesis> a <{LAW}Source> ; <http://purl.org/dc/terms/title> \"A hypothesis of the one who asks\"@en ;"
                 f" <{LAW}howRead> <https://w3id.org/lawkb/concept/howread/memory> ; <{LAW}confidence> <https://w3id.org/lawkb/concept/confidence/low> ."]
        end = f"<http://purl.org/dc/terms/source> <{ID}source/hypothesis> ."
        for instrument in self.joins:
            day = (self.deposited or dt.date.today()).isoformat()
            lines.append(f"<{ID}act/{instrument}.{self.jurisdiction}.hypothesis.{day}> a <{LAW}Accession> ; <{LAW}instrument> <{ID}instrument/{instrument}> ;"
                         f" <{LAW}party> <{ID}jur/{self.jurisdiction}> ; <{LAW}doneOn> \"{day}\"^^<{XSD}date> ; {end}")
        for offence, months in self.penalties:
            lines.append(f"<{ID}penalty/{offence}.hypothesis> a <{LAW}PenaltyRange> ; <{LAW}offence> <{ID}offence/{offence}> ;"
                         f" <{LAW}victimAge> <https://w3id.org/lawkb/concept/age/adult> ; <{LAW}maxMonths> {months} ; {end}")
        return "\n".join(lines) + "\n"


def checked(base: Base, hypothesis: Hypothesis, on: dt.date) -> None:
    """Refuse what cannot be supposed.

    Raises:
        LawkbError: nothing is supposed; an instrument that is not joined by accession, or that binds already; an offence of another jurisdiction,
            or a penalty that would not be a higher one.
    """
    if not (hypothesis.joins or hypothesis.penalties or hypothesis.folders):
        raise LawkbError("Nothing is supposed", "Give --join INSTRUMENT, --penalty OFFENCE=MONTHS, or --kb DIR with facts of your own", "lawkb whatif --help")
    name = base.jurisdictions.label(hypothesis.jurisdiction)
    for instrument in hypothesis.joins:
        entry = base.entry(f"{ID}instrument/{instrument}")
        openness = key((entry and one(entry.block, "openness")) or "")
        title = base.label(f"{ID}instrument/{instrument}")
        if openness in _CLOSED or (entry and entry.kind in ("SoftLaw", "NationalLaw")):
            raise LawkbError(f"{title} cannot be joined by a deposit: it {_CLOSED.get(openness, 'is no treaty')}", "Give a treaty that is open to others",
                             "lawkb whatif --help")
        spells = [e for e in base.concerning(f"{ID}instrument/{instrument}", "Participation") if one(e.block, "party") == f"{ID}jur/{hypothesis.jurisdiction}"]
        for spell in spells:
            if int(one(spell.block, "surelyFromDay") or 0) <= on.toordinal() < int(one(spell.block, "surelyUntilDay") or 0):
                raise LawkbError(f"{title} binds {name} already, since {one(spell.block, 'fromOn') or 'a day that is not known exactly'}",
                                 f"lawkb status {hypothesis.jurisdiction} lists what binds it")
    for offence, months in hypothesis.penalties:
        entry = base.entry(f"{ID}offence/{offence}")
        if entry is None or one(entry.block, "jurisdiction") != f"{ID}jur/{hypothesis.jurisdiction}":
            known = [key(e.iri) for e in base.concerning(f"{ID}jur/{hypothesis.jurisdiction}", "Offence")]
            raise LawkbError(f"{name} has no offence '{offence}' here", f"Recorded are: {', '.join(known) or 'none'}", "lawkb criminality --help")
        highest = max((int(one(r.block, "ceilingMonths") or one(r.block, "maxMonths") or 0) for r in base.concerning(entry.iri, "PenaltyRange")), default=0)
        if months <= highest:
            raise LawkbError(f"A maximum of {months} months is not above the {highest} months that are recorded for {offence}"
                             if highest < FAR else f"The recorded maximum for {offence} is life, which nothing exceeds",
                             "Only a higher maximum can be supposed", "lawkb whatif --help")


class Supposed:
    """A knowledge base with a hypothesis on top, in a temporary folder that is removed with the object, or when the process ends.

    Attributes:
        base: the knowledge base with the hypothesis.
        made_of: what it was made of, by which a second question on the same hypothesis knows it again.
    """

    def __init__(self, base: Base, hypothesis: Hypothesis, progress: Progress | None = None, kb: Path | None = None) -> None:
        """Compile; `kb` names another knowledge base than the packaged.

        Raises:
            LawkbError: a folder of one's own is missing or is not Turtle.
        """
        self.made_of = supposed_of(base, hypothesis)
        place = Path(tempfile.mkdtemp(prefix="lawkb-whatif-"))
        weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        own = place / "hypothesis"
        own.mkdir()
        (own / "hypothesis.ttl").write_text(hypothesis.turtle(base), encoding="utf-8")
        build(place / "kb.sqlite", [*overlays_of(base), *hypothesis.folders, own], progress, kb)
        self.base = Base(place / "kb.sqlite")


def supposed_of(base: Base, hypothesis: Hypothesis) -> tuple[str, str]:
    """Return what a knowledge base with a hypothesis is made of: the hypothesis as facts, and a digest of folders of one's own.

    Raises:
        LawkbError: a folder of one's own is missing or cannot be read.
    """
    folders = [*overlays_of(base), *hypothesis.folders]
    return hypothesis.turtle(base), digest(path for folder in folders for path in turtle_below(folder))


def whatif(before: Base, after: Base, hypothesis: Hypothesis, on: dt.date, others: Sequence[str] = (), measures: Sequence[str] | None = None,
           progress: Progress | None = None) -> dict[str, Any]:
    """Return what differs for a jurisdiction between two knowledge bases, the second of which holds the hypothesis.

    Args:
        before, after: the two compiled knowledge bases.
        hypothesis: what is supposed.
        on: the day whose law is asked about.
        others: the partners to look at; all others without it.
        measures: the measures to look at; all without it.
        progress: called with (pairs done, pairs in all).
    """
    one_side = hypothesis.jurisdiction
    chosen = list(others) or partners(before, one_side)
    cases = [Case(a, b, on) for other in chosen for a, b in ((one_side, other), (other, one_side))]
    rows = verdicts(before, after, cases, measures, progress)
    firm = [row for row in rows if row["verdict_changes"]]
    return {
        "question": {"command": "whatif", "jurisdiction": one_side, "on": on.isoformat(), "joins": list(hypothesis.joins),
                     "deposited": hypothesis.deposited.isoformat() if hypothesis.deposited else None,
                     "penalties": [{"offence": offence, "max_months": months} for offence, months in hypothesis.penalties],
                     "folders": [folder.as_posix() for folder in hypothesis.folders], "partners": list(others), "measures": list(measures or ())},
        "label": before.label(f"{ID}jur/{one_side}"), "kb": identity(before), "rules": rules_identity(before),
        "pairs_asked": len(cases), "rows": rows, "verdicts_that_change": len(firm),
        "partners_concerned": sorted({code for row in rows for code in (row["requesting"], row["requested"])} - {one_side}),
        "by_measure": [{"measure": m, "before": b, "after": a, "pairs": n} for (m, b, a), n in sorted(
            Counter((row["measure"], row["before"] or "", row["after"] or "") for row in firm).items())],
        "participations": participations(before, after), "facts": [line for line in facts(before, after) if line["kind"] != "source"],
        "joined": [_joined(before, after, one_side, instrument) for instrument in hypothesis.joins],
        "duties": _duties(before, after, one_side, on), "notes": list(NOTES),
    }


def _joined(before: Base, after: Base, code: str, instrument: str) -> dict[str, Any]:
    """When the instrument would bind, with whom, and what it lets one reserve."""
    iri = f"{ID}instrument/{instrument}"
    day = starts(after, code, instrument)
    spells = [e for e in after.concerning(iri, "Participation") if one(e.block, "party") != f"{ID}jur/{code}"]
    bound = sorted({key(one(e.block, "party") or "") for e in spells if day and int(one(e.block, "surelyFromDay") or 0) <= day.toordinal() <
                    int(one(e.block, "surelyUntilDay") or 0)})
    entry = before.entry(iri)
    told = statements(before, instrument, day or dt.date.today())
    made = Counter(article for row in told["in_effect"] if row["kind"] == "reservation" for article in (row["articles"] or ["not named"]))
    groups = many(entry.block, "openToMembersOf") if entry else []
    inside = any(one(m.block, "org") in groups for m in before.concerning(f"{ID}jur/{code}", "Membership"))
    return {"instrument": instrument, "title": before.label(iri), "binds_from": day.isoformat() if day else None, "already_bound": bound,
            "openness": key((entry and one(entry.block, "openness")) or "") or None, "member": inside if groups else None,
            "open_to_members_of": [key(group) for group in groups], "reservation_articles": told["articles"],
            "reservations_made": [{"article": article, "parties": count} for article, count in sorted(made.items())]}


def starts(after: Base, code: str, instrument: str) -> dt.date | None:
    """The day from which the instrument would bind, by its own clause; None where that cannot be computed."""
    days = [one(e.block, "fromOn") for e in after.concerning(f"{ID}instrument/{instrument}", "Participation") if one(e.block, "party") == f"{ID}jur/{code}"]
    return max((dt.date.fromisoformat(day) for day in days if day), default=None)


def _duties(before: Base, after: Base, code: str, on: dt.date) -> list[dict[str, Any]]:
    """The duties that bind in the second knowledge base and not in the first."""
    known, then = ({line["provision"]: line for line in obligations(base, Case(code, None, on))["obligations"] if line["state"] == "binds"}
                   for base in (before, after))
    return [{name: line[name] for name in ("provision", "label", "strength", "summary", "measures")} for p, line in sorted(then.items()) if p not in known]


def overlays_of(base: Base) -> list[Path]:
    """Return the folders of one's own facts that a knowledge base was compiled with."""
    return [Path(item["folder"]) for item in json.loads(base.meta["overlays"])]
