"""The CSV door, on small tables of invented states (XXA and XXB, in the range that ISO 3166-1 leaves to users)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawkb.errors import LawkbError
from lawkb.importing import KINDS, ImportReport, import_table
from lawkb.turtle import format_file

TABLES = Path(__file__).parent / "data" / "import"
ORDER = [("sources", "sources"), ("treaties", "treaties"), ("treaty-actions", "actions"), ("provisions", "provisions"),
         ("statements", "statements"), ("treaty-relations", "relations"), ("conflicts", "conflicts")]


def import_all(kb: Path, folder: str = "ex") -> dict[str, ImportReport]:
    return {table: import_table(kind, TABLES / f"{table}.csv", kb, folder) for kind, table in ORDER}


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    import_all(tmp_path)
    return tmp_path


def block(path: Path, subject: str) -> str:
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n{subject}\n") + 1
    return text[start:text.index("\n.\n", start)]


def content(kb: Path) -> dict[str, bytes]:
    return {p.relative_to(kb).as_posix(): p.read_bytes() for p in sorted(kb.rglob("*")) if p.is_file()}


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_fact_goes_to_the_file_where_a_lawyer_looks_for_it(kb: Path) -> None:
    assert {p for p in content(kb) if p.endswith(".ttl")} == {
        "bilateral/XXA-XXB-ext-1999.ttl", "conflicts.ttl", "sources/ex.ttl",
        "treaties/ex-mla/articles.ttl", "treaties/ex-mla/declarations.ttl", "treaties/ex-mla/instrument.ttl",
        "treaties/ex-mla/parties.ttl", "treaties/ex-mla-prot/instrument.ttl"}


def test_importing_the_same_tables_again_changes_nothing(kb: Path) -> None:
    before = content(kb)
    reports = import_all(kb)
    assert content(kb) == before
    assert not any(report.added or report.changed or report.files for report in reports.values())


def test_what_is_written_is_canonical(kb: Path) -> None:
    assert not any(format_file(path, check=True) for path in kb.rglob("*.ttl"))


def test_a_dry_run_tells_and_writes_nothing(kb: Path, tmp_path: Path) -> None:
    before = content(kb)
    path = table(tmp_path.parent, "treaty_id,party,action,date,source_id\nEX-MLA,XXB,signature,2001-05-05,T-1\n")
    report = import_table("treaty-actions", path, kb, "ex", dry_run=True)
    assert report.added == ["ex-mla.XXB.signature.2001-05-05"]
    assert report.files == ["treaties/ex-mla/parties.ttl"]
    assert content(kb) == before


def test_a_row_that_differs_updates_its_block_and_leaves_the_rest(kb: Path, tmp_path: Path) -> None:
    path = table(tmp_path.parent, "treaty_id,party,action,date,effective,source_id\n"
                                  "EX-MLA,XXA,signature,2001-05-04,2001-06-01,T-1\n")
    report = import_table("treaty-actions", path, kb, "ex", dry_run=False)
    act = block(kb / "treaties/ex-mla/parties.ttl", "act:ex-mla.XXA.signature.2001-05-04")
    assert report.changed == ["ex-mla.XXA.signature.2001-05-04"]
    assert 'law:effectiveOn "2001-06-01"^^xsd:date' in act
    assert "law:disputedBy" in act


def test_dates_stay_as_partial_as_they_are(kb: Path) -> None:
    parties = (kb / "treaties/ex-mla/parties.ttl")
    assert 'law:doneIn "2003"^^xsd:gYear' in block(parties, "act:ex-mla.XXA.ratification.2003")
    assert "law:done" not in block(parties, "act:ex-mla.XXB.bound")
    assert 'law:inForceIn "2003-09"^^xsd:gYearMonth' in block(kb / "treaties/ex-mla/instrument.ttl", "instrument:ex-mla")


def test_a_second_act_with_the_same_key_gets_a_number(kb: Path) -> None:
    assert "a law:Bound" in block(kb / "treaties/ex-mla/parties.ttl", "act:ex-mla.XXB.bound.2")


@pytest.mark.parametrize(("line", "code", "says"), [
    (7, "bad-date", "2003-02-30"), (8, "no-source", "The row has no source"), (9, "unknown-code", "blessed"),
    (10, "unknown-jurisdiction", "Examplia"), (11, "unknown-instrument", "no-such-treaty"), (12, "unknown-source", "T-9"),
    (13, "unknown-code", "certain")])
def test_a_bad_row_is_left_out_with_a_reason(tmp_path: Path, line: int, code: str, says: str) -> None:
    report = import_all(tmp_path)["actions"]
    left = {entry.line: entry for entry in report.left_out}[line]
    assert left.code == code
    assert says in left.reason


def test_every_row_is_restated_or_left_out(tmp_path: Path) -> None:
    for report in import_all(tmp_path).values():
        assert report.rows == len(report.restated) + len(report.left_out)


def test_the_ledger_counts_names_and_explains(kb: Path) -> None:
    assert ("ex/actions\ttreaty-actions\t12\t5\t7\tbad-date: 1; no-source: 1; unknown-code: 2; unknown-instrument: 1; "
            "unknown-jurisdiction: 1; unknown-source: 1") in (kb / "ledger.tsv").read_text(encoding="utf-8").splitlines()
    assert "EX-MLA/XXA/ratification/2003\tact:ex-mla.XXA.ratification.2003" in (kb / "ledger/ex-actions.tsv").read_text(encoding="utf-8")
    assert "ex/actions,EX-MLA/XXA/ratification/2003-02-30,bad-date," in (kb / "ledger-left-out.csv").read_text(encoding="utf-8")


def test_an_import_without_a_folder_is_not_entered_in_the_ledger(kb: Path, tmp_path: Path) -> None:
    before = (kb / "ledger.tsv").read_bytes()
    path = table(tmp_path.parent, "treaty_id,party,action,date,source_id\nEX-MLA,XXB,signature,2001-05-05,ex-t-1\n")
    assert import_table("treaty-actions", path, kb).added
    assert (kb / "ledger.tsv").read_bytes() == before


def test_a_provision_has_its_citation_and_its_numbers(kb: Path) -> None:
    articles = kb / "treaties/ex-mla/articles.ttl"
    search = block(articles, "provision:ex-mla.5-1-a")
    for fact in ('law:article "5(1)(a)"', "law:opens measure:mla-search-seizure", "law:requires requirement:min-years",
                 "law:minYears 0.5", "law:timeLimitDays 30", "law:route route:central-authority"):
        assert fact in search
    assert 'law:article "6" ;' in block(articles, "provision:ex-mla.6-p")


def test_a_statement_touches_the_provision_that_its_article_names(kb: Path) -> None:
    path = kb / "treaties/ex-mla/declarations.ttl"
    first = block(path, "statement:ex-mla.XXA.declaration.5-1-a.2003-01-01")
    assert "law:touches provision:ex-mla.5-1-a" in first
    assert "law:requires requirement:dual-criminality" in first
    languages = block(path, "statement:ex-mla.XXB.notification.9-2_10")
    assert 'law:language "en"' in languages
    assert 'law:article "10"' in languages
    assert "law:touches" not in languages
    assert "law:effect effect:unknown" in block(path, "statement:ex-mla.XXB.reservation.12")


def test_who_excludes_an_article_excludes_its_paragraphs(kb: Path) -> None:
    excluded = block(kb / "treaties/ex-mla/declarations.ttl", "statement:ex-mla.XXB.reservation.30")
    assert "law:touches provision:ex-mla.5-1-a" in excluded
    assert 'law:article "30"' in excluded


def test_a_relation_points_to_an_instrument_to_all_of_a_generality_or_to_all(kb: Path) -> None:
    path = kb / "treaties/ex-mla/instrument.ttl"
    assert "law:toGenerality generality:bilateral" in block(path, "rel:ex-mla.replaces-between-parties.bilateral")
    assert "law:to" not in block(path, "rel:ex-mla.supplements.any")
    assert "law:to instrument:bi-xxa-xxb-ext-1999" in block(path, "rel:ex-mla.without-prejudice-to.bi-xxa-xxb-ext-1999")


def test_a_row_that_gives_a_reason_to_leave_it_out_is_left_out(tmp_path: Path) -> None:
    report = import_all(tmp_path)["relations"]
    assert [(left.code, left.reason) for left in report.left_out] == [("left-out-by-choice", "Repeats article 28")]


def test_a_conflict_is_linked_from_the_act_that_it_disputes(kb: Path) -> None:
    act = block(kb / "treaties/ex-mla/parties.ttl", "act:ex-mla.XXA.signature.2001-05-04")
    assert "law:disputedBy conflict:ex.treaty-actions.ex-mla-xxa-signature" in act
    conflict = block(kb / "conflicts.ttl", "conflict:ex.treaty-actions.ex-mla-xxa-signature")
    assert 'law:valueKept "2001-05-04"' in conflict
    assert 'law:valueOther "2001-04-05"' in conflict


def test_a_source_keeps_the_day_on_which_it_entered(kb: Path, tmp_path: Path) -> None:
    path = table(tmp_path.parent, "source_id,title,how_read,confidence\nT-1,Status table read again,page,high\n")
    import_table("sources", path, kb, "ex")
    source = block(kb / "sources/ex.ttl", "source:ex-t-1")
    assert "read again" in source
    assert 'law:recordedOn "2026-02-01"^^xsd:date' in source


def test_jurisdictions_of_the_kb_are_the_only_ones_once_it_lists_them(kb: Path, tmp_path: Path) -> None:
    (kb / "jurisdictions" / "XXA").mkdir(parents=True)
    path = table(tmp_path.parent, "treaty_id,party,action,source_id\nEX-MLA,XXB,bound,T-1\nEX-MLA,XXA,bound,T-1\n")
    report = import_table("treaty-actions", path, kb, "ex", dry_run=True)
    assert [left.code for left in report.left_out] == ["unknown-jurisdiction"]
    assert len(report.restated) == 1


@pytest.mark.parametrize(("kind", "text", "says"), [
    ("spells", "a\n1\n", "no kind of table"), ("treaty-actions", "treaty_id,party\n", "has no column action"),
    ("treaty-actions", "treaty_id,party,action,mood\n", "column mood that is not known"),
    ("treaty-actions", "treaty_id,party,action\nEX-MLA,XXA\n", "line 2: 2 cells")])
def test_a_table_that_cannot_be_used_is_told_in_one_sentence(kb: Path, tmp_path: Path, kind: str, text: str, says: str) -> None:
    with pytest.raises(LawkbError, match=says):
        import_table(kind, table(tmp_path.parent, text), kb)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LawkbError, match=r"nowhere\.csv cannot be read"):
        import_table("sources", tmp_path / "nowhere.csv", tmp_path)


def test_every_kind_says_which_columns_it_needs_and_knows() -> None:
    assert all(kind.required and kind.required < kind.known and set(kind.key) <= kind.known for kind in KINDS.values())
