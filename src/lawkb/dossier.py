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
    rows = base.execute(
        f"SELECT triples FROM slice WHERE jurisdiction='' AND (instrument='' OR instrument IN ({models}) "
        f"OR instrument IN (SELECT slug FROM model)) UNION ALL "
        f"SELECT triples FROM slice WHERE jurisdiction IN ({marks}) AND (instrument='' OR instrument IN ({models}))",
        (*instruments, *people, *instruments))
    return [*(row[0] for row in rows), ntriples([(case.iri, case.block())])]
