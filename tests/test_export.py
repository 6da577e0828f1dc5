"""The export holds every fact in every form, and a file or folder is there whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError
from lawkb.export import export

FORMS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD}
PARTICIPATION = "https://w3id.org/lawkb/id/participation/pact.XXA.1"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_facts(tiny: KnowledgeBase, tmp_path: Path, form: str) -> None:
    export(tiny.base, form, tmp_path / "kb")
    triples = {(str(q.subject), str(q.predicate), str(q.object)) for q in parse(path=str(tmp_path / "kb"), format=FORMS[form])}
    expected = {(f"<{entry.iri}>", f"<{predicate}>", term) for entry in tiny.base.every() for predicate, terms in entry.block.items() for term in terms}
    assert triples == expected
    assert any(subject == f"<{PARTICIPATION}>" for subject, _, _ in triples)


def test_trig_has_a_graph_for_each_file_and_one_for_what_was_derived(tiny: KnowledgeBase, tmp_path: Path) -> None:
    export(tiny.base, "trig", tmp_path / "kb.trig")
    graphs = {q.subject.value: q.graph_name.value for q in parse(path=str(tmp_path / "kb.trig"), format=RdfFormat.TRIG)}
    assert graphs["https://w3id.org/lawkb/id/jur/XXA"].endswith("/tests/data/tiny-kb/facts.ttl")
    assert graphs[PARTICIPATION].endswith("/derived")


def test_json_is_json(tiny: KnowledgeBase, tmp_path: Path) -> None:
    export(tiny.base, "jsonld", tmp_path / "kb.jsonld")
    assert json.loads((tmp_path / "kb.jsonld").read_text(encoding="utf-8"))


def test_csv_is_one_table_a_kind(tiny: KnowledgeBase, tmp_path: Path) -> None:
    export(tiny.base, "csv", tmp_path / "tables")
    with (tmp_path / "tables" / "Ratification.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["iri"] for row in rows] == [row["iri"] for row in sorted(rows, key=lambda row: row["iri"])]
    found = next(row for row in rows if row["law:party"] == "jur:XXA" and row["law:instrument"] == "instrument:pact")
    assert found["law:doneOn"] == "2010-03-02"
    assert found["file"] == "tests/data/tiny-kb/facts.ttl"


def test_the_same_knowledge_base_gives_the_same_bytes(tiny: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(tiny.base, "ttl", tmp_path / "kb.ttl")
    export(tiny.base, "ttl")
    assert capsys.readouterr().out == (tmp_path / "kb.ttl").read_text(encoding="utf-8")


def test_csv_needs_a_new_folder(tiny: KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(LawkbError, match="needs a folder"):
        export(tiny.base, "csv")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(LawkbError, match="nothing is overwritten"):
        export(tiny.base, "csv", tmp_path / "full")


def test_a_folder_and_a_device_are_no_files(tiny: KnowledgeBase, tmp_path: Path) -> None:
    for place in (tmp_path, Path(os.devnull)):
        with pytest.raises(LawkbError, match="is no file"):
            export(tiny.base, "nt", place)


@pytest.mark.parametrize("form", ["nt", "csv"])
def test_where_the_disk_is_full_nothing_is_left(tiny: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(LawkbError, match=r"cannot be written .No space left"):
        export(tiny.base, form, tmp_path / "kb")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told(tiny: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for form in ("ttl", "csv"):
        with pytest.raises(LawkbError, match="cannot be written"):
            export(tiny.base, form, tmp_path / "file" / "kb")
