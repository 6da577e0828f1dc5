"""Reservations, objections and their withdrawal, each from its day: an invented state with statements of its own, on top of the packaged facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawkb.api import KnowledgeBase, load
from lawkb.statements_pages import statements_page

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "xxa"
STATEMENTS = """\
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX effect: <https://w3id.org/lawkb/concept/effect/>
PREFIX instrument: <https://w3id.org/lawkb/id/instrument/>
PREFIX jur: <https://w3id.org/lawkb/id/jur/>
PREFIX law: <https://w3id.org/lawkb/ns#>
PREFIX provision: <https://w3id.org/lawkb/id/provision/>
PREFIX source: <https://w3id.org/lawkb/id/source/>
PREFIX statement: <https://w3id.org/lawkb/id/statement/>
PREFIX topic: <https://w3id.org/lawkb/concept/topic/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

statement:untoc.DEU.objection.2026-03-01
    a law:Objection ;
    law:instrument instrument:untoc ;
    law:party jur:DEU ;
    law:topic topic:other ;
    law:effect effect:excludes-relations ;
    law:towards jur:XXA ;
    law:doneOn "2026-03-01"^^xsd:date ;
    law:withdrawnOn "2026-09-01"^^xsd:date ;
    law:summary "Objects to the reservation and to the entry into force of the Convention between the two"@en ;
    dcterms:source source:example-notification ;
.

statement:untoc.XXA.reservation.18.2026-01-15
    a law:Reservation ;
    law:instrument instrument:untoc ;
    law:party jur:XXA ;
    law:article "18" ;
    law:touches provision:untoc.18-1 ;
    law:touches provision:untoc.18-3-c ;
    law:touches provision:untoc.18-3-i ;
    law:topic topic:other ;
    law:effect effect:excludes-provision ;
    law:doneOn "2026-01-15"^^xsd:date ;
    law:withdrawnOn "2026-06-01"^^xsd:date ;
    law:summary "Gives no searches"@en ;
    dcterms:source source:example-notification ;
.
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("statements")
    (folder / "statements.ttl").write_text(STATEMENTS, encoding="utf-8")
    return load(overlays=[EXAMPLE, folder])


def _search(kb: KnowledgeBase, a: str, b: str, day: str) -> tuple[set[str | None], dict[str | None, str]]:
    """The instruments on which a search can rest, and why others cannot carry it."""
    channel = kb.channels(a, b, measure="mla-search-seizure", on=day)["mla"]
    return ({o.instrument for o in channel.options if o.verdict in ("available", "conditional")},
            {r.instrument: r.code for r in channel.reasons})


def test_a_reservation_excludes_what_it_touches_until_it_is_withdrawn(ours: KnowledgeBase) -> None:
    before, why = _search(ours, "ITA", "XXA", "2026-05-31")
    after, _ = _search(ours, "ITA", "XXA", "2026-06-01")
    assert "untoc" not in before
    assert why["untoc"] == "excluded"
    assert "untoc" in after


def test_an_objection_to_entry_into_force_counts_between_these_two_from_its_day_until_its_withdrawal(ours: KnowledgeBase) -> None:
    def untoc(a: str, day: str) -> str | None:
        table = ours.treaties(a, "XXA", on=day)
        return next((name for name in ("in_force", "not_applied") if "untoc" in {line["instrument"] for line in table[name]}), None)

    assert [untoc("DEU", day) for day in ("2026-02-28", "2026-03-01", "2026-08-31", "2026-09-01")] == ["in_force", "not_applied", "not_applied", "in_force"]
    assert [untoc("ITA", day) for day in ("2026-02-28", "2026-03-01")] == ["in_force", "in_force"]


def test_the_statements_of_an_instrument_are_told_by_the_day(ours: KnowledgeBase) -> None:
    def state(key: str, day: str) -> str:
        answer = ours.statements("untoc", on=day)
        return next(row["state"] for row in (*answer["in_effect"], *answer["other"]) if row["statement"] == f"statement:{key}")

    reservation, objection = "untoc.XXA.reservation.18.2026-01-15", "untoc.DEU.objection.2026-03-01"
    assert [state(reservation, day) for day in ("2026-01-14", "2026-01-15", "2026-05-31", "2026-06-01")] == [
        "not yet made", "in effect", "in effect", "withdrawn"]
    assert [state(objection, day) for day in ("2026-02-28", "2026-03-01", "2026-09-01")] == ["not yet made", "in effect", "withdrawn"]


def test_the_answer_names_the_articles_on_reservations_and_who_made_them(ours: KnowledgeBase) -> None:
    answer = ours.statements("coe-197", on="2026-11-23")
    assert {"31(2)", "45"} <= {article["article"] for article in answer["articles"]}
    assert [(row["party"], row["articles"]) for row in answer["in_effect"] if row["kind"] == "reservation"] == [("DNK", ["31(2)"])]
    first = next(part for part in statements_page(ours.base, answer) if type(part).__name__ == "Para").text
    assert all(words in first for words in ("On 23 November 2026", "reservations by Denmark", "art. 31(2), 45"))
