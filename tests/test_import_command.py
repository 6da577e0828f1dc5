"""lawkb import: what a legal officer sees, and that nothing is written that is not valid."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lawkb.check import validate
from lawkb.errors import LawkbError
from lawkb.importing import KINDS, diff, import_table, restate
from lawkb.importing.checked import import_checked
from lawkb.importing.store import Store
from lawkb.paths import kb_dir
from lawkb.reading import read, turtle_below

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke

TABLES = Path(__file__).parent / "data" / "import"
HEADER = "treaty_id,party,action,date,effective,source_id\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.fixture
def tiny_kb(tmp_path: Path) -> Path:
    """A folder with an instrument of invented states that came in through the door, three of them bound."""
    folder = tmp_path / "kb"
    import_table("sources", TABLES / "sources.csv", folder, "ex")
    import_table("treaties", TABLES / "treaties.csv", folder, "ex")
    acts = tmp_path / "acts.csv"
    acts.write_text(HEADER + "".join(f"EX-MLA-PROT,XX{n},ratification,2011-01-0{i},,ex-t-1\n" for i, n in enumerate("BCD", 1)), encoding="utf-8")
    import_table("treaty-actions", acts, folder)
    shutil.rmtree(folder / "ledger")
    return folder


def law_of(folder: Path, table: Path, tmp_path: Path) -> list[str]:
    store = Store(folder)
    restate("treaty-actions", table, store)
    after = tmp_path / "after"
    shutil.copytree(folder, after)
    for file, text in store.texts():
        (after / file).write_text(text, encoding="utf-8")
    return list(diff.participations(read(turtle_below(folder)), read(turtle_below(after))))


def test_a_ratification_of_what_is_not_in_force_gives_no_basis_yet(tiny_kb: Path, table: Path, tmp_path: Path) -> None:
    table.write_text(HEADER + "EX-MLA-PROT,XXA,ratification,2026-01-15,,ex-t-1\n", encoding="utf-8")
    (line,) = law_of(tiny_kb, table, tmp_path)
    assert line == "XXA bound by ex-mla-prot from a day that is not established; 0 pairs gain a basis"


def test_a_stated_day_counts_those_whom_the_instrument_surely_binds(tiny_kb: Path, table: Path, tmp_path: Path) -> None:
    table.write_text(HEADER + "".join(f"EX-MLA-PROT,XX{n},accession,,2020-01-01,ex-t-1\n" for n in "EF"), encoding="utf-8")
    assert law_of(tiny_kb, table, tmp_path) == [f"XX{n} bound by ex-mla-prot from 2020-01-01; 1 pair gains a basis" for n in "EF"]


def test_a_withdrawal_ends_the_bond_and_tells_how_many_lose_it(tiny_kb: Path, table: Path, tmp_path: Path) -> None:
    acts = tmp_path / "more.csv"
    acts.write_text(HEADER + "".join(f"EX-MLA-PROT,XX{n},accession,,2020-01-01,ex-t-1\n" for n in "EFG"), encoding="utf-8")
    import_table("treaty-actions", acts, tiny_kb)
    table.write_text(HEADER + "EX-MLA-PROT,XXE,withdrawal,2024-01-01,2025-01-01,ex-t-1\n", encoding="utf-8")
    assert law_of(tiny_kb, table, tmp_path) == ["XXE bound by ex-mla-prot until 2025-01-01; 2 pairs lose a basis"]


def test_an_entry_that_is_corrected_says_what_it_was(tiny_kb: Path, table: Path, tmp_path: Path) -> None:
    acts = tmp_path / "more.csv"
    acts.write_text(HEADER + "EX-MLA-PROT,XXE,accession,2019-12-01,2020-01-01,ex-t-1\n", encoding="utf-8")
    import_table("treaty-actions", acts, tiny_kb)
    table.write_text(HEADER + "EX-MLA-PROT,XXE,accession,2019-12-01,2020-02-01,ex-t-1\n", encoding="utf-8")
    assert law_of(tiny_kb, table, tmp_path) == ["XXE bound by ex-mla-prot from 2020-02-01 (not from 2020-01-01); this concerns 0 pairs"]


def test_records_that_change_are_told_property_by_property(tiny_kb: Path, table: Path) -> None:
    table.write_text(HEADER + "EX-MLA-PROT,XXB,ratification,2011-01-01,2012-01-01,ex-t-1\n", encoding="utf-8")
    store = Store(tiny_kb)
    restate("treaty-actions", table, store)
    assert list(diff.facts(store)) == ["~ act:ex-mla-prot.XXB.ratification.2011-01-01 law:effectiveOn: nothing -> 2012-01-01"]


def test_an_overlay_refers_to_what_the_packaged_knowledge_base_has(table: Path, tmp_path: Path, invoke: Invoke) -> None:
    folder = tmp_path / "own"
    table.write_text("source_id,title,how_read,confidence,as_at\nstatus-page,Status page,page,high,2026-01-20\n", encoding="utf-8")
    import_table("sources", table, folder)
    table.write_text(HEADER + "untoc,ITA,signature,2026-01-15,,status-page\n", encoding="utf-8")
    told = invoke("import", "treaty-actions", table, "--kb", folder, "--format", "json")
    answer = json.loads(told.out)
    assert told.code == 0, told
    assert answer["added"] == ["untoc.ITA.signature.2026-01-15"]
    assert answer["law"] == [], "a signature binds nobody"
    assert (folder / "treaties/untoc/parties.ttl").is_file()


def test_a_row_without_source_is_told_and_nothing_is_written(table: Path, tmp_path: Path, invoke: Invoke) -> None:
    folder = tmp_path / "own"
    table.write_text("country,measure,value,source_id\nITA,shelter,yes,lawkb-comparison\nITA,interpreter,yes,\n", encoding="utf-8")
    done = invoke("import", "victims", table, "--kb", folder)
    assert done.code == 1
    assert "line 3 (ITA/interpreter): The row has no source" in done.out
    assert "nothing was written" in done.out
    assert not folder.exists() or not list(folder.rglob("*.ttl"))


def test_a_record_that_is_not_valid_is_not_written(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "own"
    table.write_text("org_id,member,kind,since,until,source_id\ninterpol,ITA,observer,2001-01-01,2000-01-01,lawkb-comparison\n", encoding="utf-8")
    done = import_checked("memberships", table, folder)
    assert [finding.check for finding in done.findings] == ["until-before-from"]
    assert not done.written
    assert not folder.exists()


def test_an_unknown_kind_is_a_bad_request(table: Path, invoke: Invoke) -> None:
    done = invoke("import", "spells", table)
    assert done.code == 2
    assert "There is no kind of table 'spells'" in done.err


# ---- a folder of one's own facts, kept as one likes: one file, or the folders of kb/

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "xxa"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of the example: an invented state with its acts and its source, all in one file."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "own"))


def test_what_a_folder_of_ones_own_declares_may_be_referred_to_wherever_it_stands(own: Path, table: Path, invoke: Invoke) -> None:
    table.write_text(HEADER + "coe-185,XXA,accession,2026-01-15,,example-notification\n", encoding="utf-8")
    done = invoke("import", "treaty-actions", table, "--kb", own, "--format", "json")
    assert done.code == 0, done
    answer = json.loads(done.out)
    assert answer["files"] == ["treaties/coe-185/parties.ttl"]
    (line,) = answer["law"]
    assert line.startswith("XXA bound by coe-185 from 2026-05-01; ")
    assert int(line.split("; ")[1].split()[0]) > 70, "every party gains a basis with it"
    assert invoke("validate", own).code == 0


def test_an_act_that_stands_in_a_file_of_ones_own_is_updated_there_and_not_written_twice(own: Path, table: Path, invoke: Invoke) -> None:
    table.write_text(HEADER + "palermo-tip,XXA,ratification,2026-01-15,2026-03-01,example-notification\n", encoding="utf-8")
    answer = json.loads(invoke("import", "treaty-actions", table, "--kb", own, "--format", "json").out)
    assert answer["changed"] == ["palermo-tip.XXA.ratification.2026-01-15"]
    assert answer["files"] == ["xxa.ttl"]
    (line,) = answer["law"]
    assert line.startswith("XXA bound by palermo-tip from 2026-03-01 (not from 2026-02-14); ")
    text = (own / "xxa.ttl").read_text(encoding="utf-8")
    assert text.count('law:effectiveOn "2026-03-01"^^xsd:date') == 1
    assert text.startswith("# An invented state that ratifies")
    assert [path.name for path in own.rglob("*.ttl")] == ["xxa.ttl"]


def test_a_jurisdiction_that_nothing_declares_is_refused_with_the_place_to_declare_it(own: Path, table: Path, invoke: Invoke) -> None:
    table.write_text(HEADER + "coe-185,XXB,accession,2026-01-15,,example-notification\n", encoding="utf-8")
    done = invoke("import", "treaty-actions", table, "--kb", own)
    assert done.code == 1
    assert "party is 'XXB'" in " ".join(done.out.split())
    assert "docs/add-a-fact.md" in done.out


def test_a_malformed_file_of_ones_own_is_told_before_anything_is_written(own: Path, table: Path, invoke: Invoke) -> None:
    table.write_text(HEADER + "coe-185,XXA,accession,2026-01-15,,example-notification\n", encoding="utf-8")
    (own / "odd.ttl").write_text("a b c d\n", encoding="utf-8")
    done = invoke("import", "treaty-actions", table, "--kb", own)
    assert (done.code, done.out) == (2, "")
    assert "odd.ttl" in done.err
    assert not (own / "treaties").exists()


# ---- every kind of table, into a folder of one's own with the packaged knowledge base behind it

OWN_TABLES = Path(__file__).parent / "data" / "import-own"
FIRST = ("sources", "organisations", "treaties", "offences", "treaty-actions")  # what other tables refer to


def test_every_kind_of_table_comes_in_makes_valid_facts_and_changes_nothing_the_second_time(own: Path) -> None:
    order = [*FIRST, *sorted(KINDS.keys() - set(FIRST))]
    assert {path.stem for path in OWN_TABLES.glob("*.csv")} == KINDS.keys(), "each kind has one sample"
    for name in order:
        store = Store(own, kb_dir())
        report = restate(name, OWN_TABLES / f"{name}.csv", store)
        assert (report.left_out, report.rows) == ([], len(report.restated)), name
        assert report.added, name
        store.save()
    findings = [str(finding) for finding in validate([own]).findings if finding.severity == "ERROR"]
    assert not findings, "\n".join(findings)
    before = {path: path.read_bytes() for path in own.rglob("*.ttl")}
    for name in order:
        store = Store(own, kb_dir())
        again = restate(name, OWN_TABLES / f"{name}.csv", store)
        assert (again.added, again.changed, store.save()) == ([], [], []), name
    assert before == {path: path.read_bytes() for path in own.rglob("*.ttl")}


def test_what_the_packaged_knowledge_base_says_already_is_not_written_again(own: Path, table: Path) -> None:
    table.write_text((EXAMPLE.parent / "acts.csv").read_text(encoding="utf-8"), encoding="utf-8")
    done = import_checked("treaty-actions", table, own)
    assert (done.ok, len(done.report.unchanged), done.report.files, done.written) == (True, 1, [], False)


def test_a_correction_in_a_folder_of_ones_own_is_a_whole_record_and_told_as_one(own: Path, table: Path) -> None:
    table.write_text(HEADER + "PALERMO-TIP,NGA,ratification,2001-06-28,2004-03-01,example-notification\n", encoding="utf-8")
    done = import_checked("treaty-actions", table, own)
    (line,) = done.law
    assert line.startswith("NGA bound by palermo-tip from 2004-03-01 (not from 2003-12-25); this concerns ")
    (written,) = read([own / "treaties/palermo-tip/parties.ttl"]).blocks.values()
    assert {"https://w3id.org/lawkb/ns#doneOn", "https://w3id.org/lawkb/ns#effectiveOn", "http://purl.org/dc/terms/source"} <= written.keys()


def test_an_import_that_cannot_write_all_its_files_writes_none(own: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table.write_text(HEADER + "".join(f"coe-{number},XXA,accession,2026-01-15,,example-notification\n" for number in ("185", "197")), encoding="utf-8")
    real, written = os.fsync, []

    def full_at_the_second(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr("lawkb.turtle.os.fsync", full_at_the_second)
    with pytest.raises(LawkbError, match="No space left on device"):
        import_checked("treaty-actions", table, own)
    assert [path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()] == ["xxa.ttl"]
