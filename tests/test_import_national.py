"""The CSV door for organisations, authorities, national law, definitions and names, on small tables of invented states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lawkb.importing import KINDS, ImportReport, import_table
from lawkb.importing.offences import months
from lawkb.importing.rows import Refused
from lawkb.turtle import format_file

TABLES = Path(__file__).parent / "data" / "import-national"
ORDER = ("sources", "treaties", "organisations", "memberships", "systems", "authorities", "offences", "aggravated", "jurisdiction",
         "cooperation-law", "victims", "definitions-intl", "penalty-norms", "names")


def import_all(kb: Path) -> dict[str, ImportReport]:
    for code in ("XXA", "XXB"):
        (kb / "jurisdictions" / code).mkdir(parents=True, exist_ok=True)
    return {kind: import_table(kind, TABLES / f"{kind}.csv", kb, "ex") for kind in ORDER}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kb")
    import_all(folder)
    return folder


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ImportReport]:
    return import_all(tmp_path_factory.mktemp("kb"))


def block(kb: Path, file: str, subject: str) -> str:
    found = re.search(rf"^{re.escape(subject)}\n(?:    .*\n)+", (kb / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{subject} is not in {file}"
    return found[0]


def test_each_fact_goes_to_the_file_where_a_lawyer_looks_for_it(kb: Path) -> None:
    assert {path.relative_to(kb).as_posix() for path in kb.rglob("*.ttl")} == {
        "sources/ex.ttl", "treaties/ex-tip/instrument.ttl", "treaties/ex-tip/definitions.ttl", "organisations/ex-pol.ttl", "names.ttl",
        *(f"jurisdictions/XXA/{part}.ttl" for part in ("offences", "cooperation", "authorities", "victims"))}


def test_importing_the_same_tables_again_changes_nothing_and_what_is_written_is_canonical(tmp_path: Path) -> None:
    import_all(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = import_all(tmp_path)
    assert not any(report.added or report.changed or report.files for report in again.values())
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not any(format_file(path, check=True) for path in tmp_path.rglob("*.ttl"))


@pytest.mark.parametrize(("kind", "line", "code", "says"), [
    ("organisations", 3, "unknown-code", "guild"), ("memberships", 5, "unknown-organisation", "import it first"), ("memberships", 6, "unknown-code", "friend"),
    ("authorities", 4, "unknown-code", "gardening"), ("authorities", 5, "unknown-code", "English"),
    ("offences", 4, "bad-number", "more than"), ("offences", 5, "bad-number", "no whole number of months"), ("offences", 6, "unknown-code", "perhaps"),
    ("offences", 7, "no-source", "The row has no source"), ("aggravated", 3, "unknown-offence", "no such offence"),
    ("cooperation-law", 4, "unknown-code", "maybe"), ("definitions-intl", 4, "unknown-code", "conduct"),
    ("names", 4, "unknown-reference", "org:ex-guild"), ("names", 5, "unknown-code", "unheard-of")])
def test_a_bad_row_is_left_out_with_a_reason(reports: dict[str, ImportReport], kind: str, line: int, code: str, says: str) -> None:
    left = {entry.line: entry for entry in reports[kind].left_out}[line]
    assert left.code == code
    assert says in left.reason


def test_every_row_is_restated_or_left_out(reports: dict[str, ImportReport]) -> None:
    assert all(report.rows == len(report.restated) + len(report.left_out) for report in reports.values())


def test_a_network_is_a_network_and_a_membership_keeps_its_partial_dates(kb: Path) -> None:
    file = "organisations/ex-pol.ttl"
    network = block(kb, file, "org:ex-pol")
    assert "a law:Network" in network
    assert 'law:foundedIn "1999"^^xsd:gYear' in network
    member = block(kb, file, "membership:ex-pol.XXB")
    assert 'law:sinceIn "2001"^^xsd:gYear' in member
    assert 'law:untilOn "2010-02-01"^^xsd:date' in member
    assert "law:since" not in block(kb, file, "membership:ex-pol.XXB.2")
    assert "law:runBy org:ex-pol" in block(kb, file, "system:ex-wire")


def test_an_authority_that_nobody_read_at_a_source_is_a_lead(kb: Path) -> None:
    file = "jurisdictions/XXA/authorities.ttl"
    read, recalled = block(kb, file, "authority:XXA.any.mla"), block(kb, file, "authority:XXA.ex-tip.mla")
    assert "law:unverified" not in read
    assert "law:instrument" not in read
    assert 'law:language "fr"' in read
    assert "law:unverified true" in recalled
    assert "law:instrument instrument:ex-tip" in recalled


def test_penalties_are_whole_months_each_with_its_own_source_and_grade(kb: Path) -> None:
    file = "jurisdictions/XXA/offences.ttl"
    adult, child = block(kb, file, "penalty:XXA.pc-1.adult"), block(kb, file, "penalty:XXA.pc-1.child")
    for fact in ("law:minMonths 4 ", "law:maxMonths 414 ", "law:life false", "law:confidence confidence:low", "dcterms:source source:ex-t-2"):
        assert fact in adult
    assert "law:fine" not in adult, "unknown is absent"
    assert "law:life true" in child
    assert "law:maxMonths" not in child
    assert "law:minMonths 60 " in block(kb, file, "aggravation:XXA.pc-1.child")


def test_the_elements_of_an_offence_may_have_a_source_of_their_own(kb: Path) -> None:
    first = block(kb, "jurisdictions/XXA/offences.ttl", "offence:XXA.pc-1")
    assert "law:elementsSource source:ex-t-3" in first
    assert "dcterms:source source:ex-t-1" in first
    assert "law:elementsSource" not in block(kb, "jurisdictions/XXA/offences.ttl", "offence:XXA.pc-1-2010")


def test_versions_of_an_offence_follow_each_other_and_what_is_unknown_is_absent(kb: Path) -> None:
    file = "jurisdictions/XXA/offences.ttl"
    first, second = block(kb, file, "offence:XXA.pc-1"), block(kb, file, "offence:XXA.pc-1-2010")
    assert 'law:inForceUntil "2010-05-04"^^xsd:date' in first
    assert "law:meansRequiredForAdult true" in first
    assert "law:meansRequiredForChild false" in first
    assert "law:coversInternal" not in first
    assert not re.search("law:meansRequired|law:definitionGap|law:conduct", second)


def test_a_fine_of_which_no_term_is_known_says_so(kb: Path) -> None:
    penalty = block(kb, "jurisdictions/XXA/offences.ttl", "penalty:XXA.pc-1-2010.adult")
    assert "law:fine true" in penalty
    assert "The term of imprisonment was not read." in penalty


def test_domestic_law_answers_with_a_word_or_a_number(kb: Path) -> None:
    assert "law:value value:no" in block(kb, "jurisdictions/XXA/cooperation.ttl", "cooprule:XXA.extradition-nationals")
    assert "law:years 0.5 " in block(kb, "jurisdictions/XXA/cooperation.ttl", "cooprule:XXA.extradition-min-years")
    assert "law:days 30 " in block(kb, "jurisdictions/XXA/victims.ttl", "victim:XXA.reflection-period-days")
    assert "law:value value:conditional" in block(kb, "jurisdictions/XXA/victims.ttl", "victim:XXA.shelter")
    assert "law:value value:conditional" in block(kb, "jurisdictions/XXA/offences.ttl", "head:XXA.universal")


def test_an_element_stands_in_the_list_of_its_kind(kb: Path) -> None:
    file = "treaties/ex-tip/definitions.ttl"
    assert "law:element conduct:recruitment" in block(kb, file, "element:ex-tip.3-a.recruitment")
    assert "law:element element-rule:consent-irrelevant" in block(kb, file, "element:ex-tip.3-b.consent-irrelevant")


def test_two_norms_of_one_article_stay_two(kb: Path) -> None:
    file = "treaties/ex-tip/definitions.ttl"
    assert "law:months 4 " in block(kb, file, "norm:ex-tip.16-1.extraditable")
    assert "law:months 12 " in block(kb, file, "norm:ex-tip.16-1.extraditable.2")


def test_a_name_points_to_the_true_thing(kb: Path) -> None:
    name = block(kb, "names.ttl", "name:n1")
    for fact in ('rdfs:label "Examplia Police Union"', 'skos:altLabel "EPU"', "law:nameVerdict name-verdict:misnamed", "law:refersTo org:ex-pol",
                 "law:refersTo measure:police-information"):
        assert fact in name
    assert "law:refersTo" not in block(kb, "names.ttl", "name:n2")


@pytest.mark.parametrize(("years", "expected"), [("0", "0"), ("0.33", "4"), ("0.5", "6"), ("5.33", "64"), ("10.67", "128"), ("34.5", "414")])
def test_years_become_whole_months(years: str, expected: str) -> None:
    literal = months(years, "max_years")
    assert literal is not None
    assert literal.text == expected


@pytest.mark.parametrize("years", ["-1", "ten", "0.15"])
def test_what_is_no_number_of_months_is_refused(years: str) -> None:
    with pytest.raises(Refused):
        months(years, "max_years")


def test_every_kind_of_table_is_tried_by_a_test() -> None:
    others = {"statements", "treaty-actions", "provisions", "refusal-grounds", "request-contents", "treaty-relations", "coverage",
              "coverage-bilateral", "conflicts"}
    assert set(KINDS) == set(ORDER) | others
