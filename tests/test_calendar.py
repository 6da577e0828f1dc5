"""The calendar stage: when an instrument begins and ceases to bind a party, on small invented facts and against the days that sources state.

XXA and XXB are invented states (ISO 3166-1 leaves these codes to users); the compact and the pact are invented treaties.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta

from lawkb.calendar_rules import calendar_rules
from lawkb.facts import Block, Facts, day, one, types
from lawkb.participation import CONSENTS, conclude, entry_into_force
from lawkb.paths import kb_dir
from lawkb.reading import read, turtle_below
from lawkb.spans import FAR
from lawkb.terms import key, prefixes

DEVIATIONS = Path(__file__).resolve().parent / "data" / "calendar-deviations.csv"
COMPACT = "instrument:compact a law:Treaty ; law:openness openness:open ; law:inForceOn {general} ; law:entryRule entry:{rule} ; law:entryCount {count} ."
PACT = "instrument:pact a law:BilateralTreaty ; law:openness openness:two ; law:adoptedOn {signed} ; law:entryRule entry:stated ."
SOURCE = 'source:table law:asAt {read} .'


def _facts(*blocks: str, folder: Path) -> Facts:
    """Turtle with dates written plainly (2020-01-31, 2020-01, 2020) to facts."""
    kinds = {10: "date", 7: "gYearMonth", 4: "gYear"}
    body = "\n".join(blocks)
    body = re.sub(r"(?<![\w.-])(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?![\w.-])(?= *[;.\n]| *$)", lambda m: f'"{m[1]}"^^xsd:{kinds[len(m[1])]}', body)
    path = folder / "facts.ttl"
    path.write_text("".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(prefixes().items())) + body, encoding="utf-8")
    return read([path])


class Spell:
    """A participation as a test reads it."""

    def __init__(self, block: Block) -> None:
        self.party = key(one(block, "party") or "")
        self.surely = _day(block, "surelyFromDay"), _day(block, "surelyUntilDay")
        self.possibly = _day(block, "possiblyFromDay"), _day(block, "possiblyUntilDay")
        self.rules = {key(value) for value in (v.strip("<>") for v in block["https://w3id.org/lawkb/ns#concludedBy"])}
        self.days = one(block, "fromOn"), one(block, "untilOn")

    def on(self, text: str) -> str:
        asked = dt.date.fromisoformat(text)
        if self.surely[0] <= asked < self.surely[1]:
            return "bound"
        return "perhaps" if self.possibly[0] <= asked < self.possibly[1] else "not bound"


def _day(block: Block, name: str) -> dt.date:
    return dt.date.fromordinal(int(one(block, name) or 0))


@pytest.fixture
def spells(tmp_path: Path):
    """Return the participations that blocks of Turtle give, by party."""

    def of(*blocks: str, party: str = "XXA") -> list[Spell]:
        found = [Spell(block) for _iri, block in conclude(_facts(*blocks, folder=tmp_path))]
        return [spell for spell in found if spell.party == party]

    return of


def _compact(rule: str = "days", count: int = 30, general: str = "2000-01-01") -> str:
    return COMPACT.format(rule=rule, count=count, general=general)


def _act(kind: str, rest: str, party: str = "XXA", instrument: str = "compact", name: str = "") -> str:
    return f"act:{instrument}.{party}.{name or kind.lower()} a law:{kind} ; law:instrument instrument:{instrument} ; law:party jur:{party} ; {rest} ."


@pytest.mark.parametrize(("rule", "count", "deposit", "bound"), [
    pytest.param("on-deposit", 0, "2020-03-10", "2020-03-10", id="the day of the deposit"),
    pytest.param("days", 30, "2003-08-30", "2003-09-29", id="the thirtieth day after the deposit"),
    pytest.param("days", 90, "2001-06-15", "2001-09-13", id="ninety days after the deposit"),
    pytest.param("days", 30, "2020-02-15", "2020-03-16", id="thirty days over a leap day"),
    pytest.param("months", 1, "2020-03-10", "2020-04-10", id="one month"),
    pytest.param("months", 1, "2019-01-31", "2019-02-28", id="one month after the 31st of January is the last day of February"),
    pytest.param("months", 1, "2020-01-31", "2020-02-29", id="one month after the 31st of January in a leap year"),
    pytest.param("months", 3, "2019-11-30", "2020-02-29", id="three months after the 30th of November"),
    pytest.param("month-start-after-months", 3, "2020-01-15", "2020-05-01", id="the first of the month after three months"),
    pytest.param("month-start-after-months", 3, "2014-07-01", "2014-11-01", id="a deposit on a first, so that three months end on a first (Sweden, CETS 210)"),
    pytest.param("month-start-after-months", 3, "2020-10-31", "2021-02-01", id="a deposit on the last day of October, over the end of the year"),
    pytest.param("month-start-after-months", 3, "2020-11-30", "2021-03-01", id="three months after the 30th of November end in February"),
    pytest.param("month-start-after-days", 60, "2020-01-01", "2020-04-01", id="the first of the month after sixty days, which end on a first"),
    pytest.param("month-start-after-days", 60, "2020-01-15", "2020-04-01", id="the first of the month after sixty days"),
])
def test_a_consent_binds_from(spells, rule: str, count: int, deposit: str, bound: str) -> None:
    (spell,) = spells(_compact(rule, count), _act("Ratification", f"law:doneOn {deposit}"))
    before = (dt.date.fromisoformat(bound) - dt.timedelta(days=1)).isoformat()
    assert (spell.on(before), spell.on(bound)) == ("not bound", "bound")
    assert spell.days == (bound, None)
    assert spell.rules == {f"entry-{rule}"}


def test_an_unknown_form_of_clause_is_refused() -> None:
    with pytest.raises(ValueError, match="moonrise"):
        entry_into_force(dt.date(2020, 1, 1), "moonrise", 1)


def test_nobody_is_bound_before_the_general_entry_into_force(spells) -> None:
    (spell,) = spells(_compact(general="2003-09-29"), _act("Ratification", "law:doneOn 2001-06-28"))
    assert (spell.on("2001-07-28"), spell.on("2003-09-28"), spell.on("2003-09-29")) == ("not bound", "not bound", "bound")


def test_a_treaty_not_yet_in_force_binds_nobody_for_sure(spells) -> None:
    clause = _compact().replace(" law:inForceOn 2000-01-01 ;", "")
    (spell,) = spells(clause, _act("Ratification", "law:doneOn 2020-01-01"))
    assert spell.on("2020-01-30") == "not bound"
    assert spell.on("2020-02-01") == "perhaps"
    assert spell.on("2090-01-01") == "perhaps"


def test_a_signature_is_no_consent(spells) -> None:
    assert spells(_compact(), _act("Signature", "law:doneOn 2020-01-01")) == []


def test_a_stated_day_wins_over_the_clause(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:doneOn 2011-09-29 ; law:effectiveOn 2011-12-29"))
    assert (spell.on("2011-12-28"), spell.on("2011-12-29")) == ("not bound", "bound")
    assert spell.rules == {"stated-effective-date"}


def test_a_succession_counts_from_its_own_day(spells) -> None:
    (spell,) = spells(_compact(), _act("Succession", "law:doneOn 2006-06-06"))
    assert (spell.on("2006-06-05"), spell.on("2006-06-06")) == ("not bound", "bound")
    assert spell.rules == {"succession"}


def test_a_year_leaves_the_days_of_that_year_open(spells) -> None:
    (spell,) = spells(_compact("on-deposit", 0), _act("Ratification", "law:doneIn 2008"))
    assert [spell.on(d) for d in ("2007-12-31", "2008-01-01", "2008-12-30", "2008-12-31")] == ["not bound", "perhaps", "perhaps", "bound"]
    assert spell.days == (None, None)


def test_a_month_leaves_the_days_of_that_month_open(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:effectiveIn 2020-02"))
    assert [spell.on(d) for d in ("2020-01-31", "2020-02-01", "2020-02-28", "2020-02-29")] == ["not bound", "perhaps", "perhaps", "bound"]


def test_a_year_of_deposit_is_carried_through_the_clause(spells) -> None:
    (spell,) = spells(_compact("days", 30), _act("Ratification", "law:doneIn 2008"))
    assert [spell.on(d) for d in ("2008-01-30", "2008-01-31", "2009-01-29", "2009-01-30")] == ["not bound", "perhaps", "perhaps", "bound"]


def test_an_unknown_day_counts_from_the_day_the_source_speaks_of(spells) -> None:
    (spell,) = spells(_compact(), SOURCE.format(read="2024-05-04"), _act("Ratification", "dcterms:source source:table"))
    assert [spell.on(d) for d in ("1999-12-31", "2000-01-01", "2024-05-03", "2024-05-04")] == ["not bound", "perhaps", "perhaps", "bound"]


def test_a_party_reported_as_bound_counts_from_the_day_the_source_speaks_of(spells) -> None:
    (spell,) = spells(_compact("stated", 0), SOURCE.format(read="2024-05-04"), _act("Bound", "dcterms:source source:table"))
    assert [spell.on(d) for d in ("2000-01-01", "2024-05-03", "2024-05-04")] == ["perhaps", "perhaps", "bound"]
    assert spell.rules == {"reported-as-bound"}


def test_a_withdrawal_with_a_clause_takes_effect_after_the_notice(spells) -> None:
    clause = _compact().replace("law:entryRule", "law:withdrawalMonths 12 ; law:entryRule")
    (spell,) = spells(clause, _act("Ratification", "law:doneOn 2004-09-21"), _act("Withdrawal", "law:doneOn 2016-10-27"))
    assert (spell.on("2017-10-26"), spell.on("2017-10-27")) == ("bound", "not bound")
    assert "withdrawal-after-notice" in spell.rules


def test_a_stated_end_is_the_first_day_without_the_bond(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:doneOn 2010-01-01"), _act("Withdrawal", "law:doneOn 2022-03-16 ; law:effectiveOn 2022-09-16"))
    assert (spell.on("2022-09-15"), spell.on("2022-09-16")) == ("bound", "not bound")
    assert spell.days[1] == "2022-09-16"


def test_a_withdrawal_without_clause_or_day_leaves_open_when_it_takes_effect(spells) -> None:
    (spell,) = spells(_compact(), SOURCE.format(read="2024-05-04"), _act("Ratification", "law:doneOn 2010-01-01"),
                      _act("Withdrawal", "law:doneOn 2022-03-16 ; dcterms:source source:table"))
    assert [spell.on(d) for d in ("2022-03-15", "2022-03-16", "2024-05-03", "2024-05-04")] == ["bound", "perhaps", "perhaps", "not bound"]


def test_a_suspension_ends_the_bond_until_it_is_known_to_be_lifted(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:doneOn 2010-01-01"), _act("Suspension", "law:doneOn 2020-07-03 ; law:effectiveOn 2020-07-03"))
    assert (spell.on("2020-07-02"), spell.on("2020-07-03")) == ("bound", "not bound")


def test_a_suspension_in_a_month_leaves_that_month_open(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:doneOn 2010-01-01"), _act("Suspension", "law:effectiveIn 2020-10"))
    assert [spell.on(d) for d in ("2020-09-30", "2020-10-01", "2020-10-30", "2020-10-31")] == ["bound", "perhaps", "perhaps", "not bound"]


def test_a_suspension_towards_one_party_leaves_the_participation_alone(spells) -> None:
    (spell,) = spells(_compact(), _act("Ratification", "law:doneOn 2010-01-01"), _act("Suspension", "law:effectiveOn 2020-07-03 ; law:towards jur:XXB"))
    assert spell.on("2020-07-03") == "bound"


def test_a_state_may_join_again_after_a_withdrawal(spells) -> None:
    first, second = spells(_compact("on-deposit", 0), _act("Accession", "law:doneOn 2001-01-01", name="first"),
                           _act("Withdrawal", "law:effectiveOn 2010-01-01"), _act("Accession", "law:doneOn 2015-01-01", name="second"))
    assert (first.on("2009-12-31"), first.on("2010-01-01")) == ("bound", "not bound")
    assert (second.on("2014-12-31"), second.on("2015-01-01"), second.days) == ("not bound", "bound", ("2015-01-01", None))


def test_a_second_consent_inside_a_running_participation_adds_nothing(spells) -> None:
    (spell,) = spells(_compact("on-deposit", 0), _act("Ratification", "law:doneOn 2001-01-01"), _act("Acceptance", "law:doneOn 2005-01-01"))
    assert spell.days == ("2001-01-01", None)


def test_an_extension_to_a_territory_ends_with_its_state(spells) -> None:
    blocks = (_compact("on-deposit", 0), _act("Ratification", "law:doneOn 2001-01-01"), _act("Withdrawal", "law:effectiveOn 2021-01-01"),
              _act("TerritorialExtension", "law:doneOn 2005-01-01 ; law:byState jur:XXA", party="XXC"))
    (spell,) = spells(*blocks, party="XXC")
    assert [spell.on(d) for d in ("2004-12-31", "2005-01-01", "2020-12-31", "2021-01-01")] == ["not bound", "bound", "bound", "not bound"]


def test_an_instrument_that_has_ended_binds_nobody(spells) -> None:
    (spell,) = spells(_compact().replace("law:inForceOn", "law:terminatedOn 2020-01-01 ; law:inForceOn"), _act("Ratification", "law:doneOn 2001-01-01"))
    assert (spell.on("2019-12-31"), spell.on("2020-01-01")) == ("bound", "not bound")


def test_a_bilateral_treaty_that_was_only_signed_may_bind_from_its_signature(spells) -> None:
    (spell,) = spells(PACT.format(signed="2012-09-10"), _act("Signature", "law:doneOn 2012-09-10", instrument="pact"))
    assert [spell.on(d) for d in ("2012-09-09", "2012-09-10", "2090-01-01")] == ["not bound", "perhaps", "perhaps"]
    assert spell.rules == {"entry-into-force-not-established"}


def test_a_bilateral_treaty_that_was_only_signed_and_then_suspended_binds_no_more(spells) -> None:
    (spell,) = spells(PACT.format(signed="2013-05-20"), _act("Signature", "law:doneOn 2013-05-20", instrument="pact"),
                      _act("Suspension", "law:effectiveOn 2020-10-20", instrument="pact"))
    assert (spell.on("2020-10-19"), spell.on("2020-10-20")) == ("perhaps", "not bound")


def test_parties_on_one_side_of_an_agreement_keep_their_side(tmp_path: Path) -> None:
    facts = _facts(_compact("on-deposit", 0), _act("Bound", "law:effectiveOn 2010-02-01 ; law:onSide jur:EU"), folder=tmp_path)
    ((_iri, block),) = conclude(facts)
    assert key(one(block, "onSide") or "") == "EU"


def test_every_participation_rests_on_its_acts_and_its_clause(tmp_path: Path) -> None:
    facts = _facts(_compact(), _act("Ratification", "law:doneOn 2010-01-01"), _act("Withdrawal", "law:effectiveOn 2022-09-16"), folder=tmp_path)
    ((_iri, block),) = conclude(facts)
    assert {key(v.strip("<>")) for v in block["https://w3id.org/lawkb/ns#restsOn"]} == {"compact.XXA.ratification", "compact", "compact.XXA.withdrawal"}


def test_every_calendar_rule_is_told_in_the_table(spells) -> None:
    text = Path(__file__).resolve().parent.parent.joinpath("src", "lawkb", "participation.py").read_text(encoding="utf-8")
    untold = [name for name in calendar_rules() if name not in text and not name.startswith("entry-")]
    assert not untold, f"rules/calendar.tsv tells rules that the code does not have: {untold}"


# the days that sources state against the days that clauses give


def _stated() -> Iterator[tuple[str, dt.date, dt.date, dt.date]]:
    """Every act whose days of deposit and effect are both stated: (act, deposit, stated, by the clause).

    Successions take effect from another day than their deposit, and extensions to territories follow clauses of their own.
    """
    facts = read(turtle_below(kb_dir() / "treaties") + turtle_below(kb_dir() / "bilateral"))
    for subject, block in facts.of_class(*(c for c in CONSENTS if c not in ("Succession", "TerritorialExtension")), "Withdrawal"):
        clause = facts.blocks.get(one(block, "instrument") or "", {})
        done, effective = day(block, "doneOn"), day(block, "effectiveOn")
        rule, months, general = key(one(clause, "entryRule") or "stated"), one(clause, "withdrawalMonths"), day(clause, "inForceOn")
        if not done or not effective:
            continue
        if "Withdrawal" in types(block):
            if months:
                yield key(subject), done, effective, done + relativedelta(months=int(months))
        elif rule != "stated":
            given = entry_into_force(done, rule, int(one(clause, "entryCount") or 0))
            yield key(subject), done, effective, max(given, general) if general else given


def _known() -> list[dict[str, str]]:
    return list(csv.DictReader(DEVIATIONS.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def stated() -> dict[str, tuple[dt.date, dt.date, dt.date]]:
    return {act: days for act, *days in _stated()}  # type: ignore[misc]


def test_the_clauses_give_the_days_that_the_sources_state(stated) -> None:
    known = {row["act"] for row in _known()}
    wrong = [f"{act}: deposited {done}, stated {effective}, by the clause {given}"
             for act, (done, effective, given) in sorted(stated.items()) if effective != given and act not in known]
    assert not wrong, "\n  ".join(["days that the clause does not give (a real oddity goes into tests/data/calendar-deviations.csv):", *wrong])


def test_every_known_deviation_is_still_one_and_has_a_reason(stated) -> None:
    rows = _known()
    idle = [row["act"] for row in rows if row["act"] not in stated or stated[row["act"]][1] == stated[row["act"]][2]]
    written = {row["act"]: (row["deposited"], row["stated"], row["by_the_clause"]) for row in rows}
    changed = [act for act, days in written.items() if act in stated and tuple(d.isoformat() for d in stated[act]) != days]
    assert not idle, f"no longer deviations: {idle}"
    assert not changed, f"the days have changed: {changed}"
    assert [row["act"] for row in rows if not row["reason"].strip()] == []


def test_most_stated_days_can_be_checked(stated) -> None:
    assert len(stated) > 1000
    assert max(effective for _, effective, _ in stated.values()).toordinal() < FAR
