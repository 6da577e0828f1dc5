"""The dossier of a case: the facts that concern it and no others. It is also the list of exhibits.

It holds what every case needs (concepts, jurisdictions), the instruments to which either side (or its sovereign) is a
party, bilateral treaties only where both are, and what is recorded of each side: participations, statements, memberships.
"""

from __future__ import annotations

from lawkb.base import Base
from lawkb.case import Case
from lawkb.facts import ntriples


def dossier(base: Base, case: Case) -> list[str]:
    """Return the facts of a case as N-Triples texts, in a stable order."""
    chosen, values = _slices(base, case)
    rows = base.execute(f"SELECT triples FROM slice WHERE {chosen} ORDER BY jurisdiction, instrument", values)
    return [*(row[0] for row in rows), ntriples([(case.iri, case.block())])]


def slices_of(base: Base, case: Case) -> list[tuple[str, str, str]]:
    """Return the slices of the knowledge base that make up the dossier of a case: jurisdiction, instrument, N-Triples."""
    chosen, values = _slices(base, case)
    return base.execute(f"SELECT jurisdiction, instrument, triples FROM slice WHERE {chosen} ORDER BY jurisdiction, instrument", values).fetchall()


def _slices(base: Base, case: Case) -> tuple[str, tuple[str, ...]]:
    """Return the condition that selects the slices of a case, and its values."""
    sides = case.sides
    asked = ",".join("?" for _ in sides)
    sovereigns = [row[0] for row in base.execute(f"SELECT DISTINCT sovereign FROM jurisdiction WHERE code IN ({asked}) AND sovereign IS NOT NULL", sides)]
    people = sorted({*sides, *sovereigns})
    marks = ",".join("?" for _ in people)
    two = sides if case.question == "channels" else ("", "")  # treaties between two concern a case between two only
    known = base.execute(
        f"SELECT s.instrument FROM slice s JOIN instrument i ON i.slug=s.instrument WHERE s.jurisdiction IN ({marks}) "
        "GROUP BY s.instrument HAVING NOT i.two OR (SUM(s.jurisdiction=?) AND SUM(s.jurisdiction=?)) ORDER BY s.instrument",
        (*people, *two)).fetchall()
    instruments = [row[0] for row in known]
    models = ",".join("?" for _ in instruments)
    return (f"(jurisdiction='' AND (instrument='' OR instrument IN ({models}) OR instrument IN (SELECT slug FROM model))) "
            f"OR (jurisdiction IN ({marks}) AND (instrument='' OR instrument IN ({models})))", (*instruments, *people, *instruments))
