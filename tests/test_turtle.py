"""Canonical Turtle: equal content has equal bytes, and a change of one fact changes one line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lawkb import turtle
from lawkb.errors import LawkbError
from lawkb.terms import expand
from lawkb.turtle import Iri, Literal, Triple

BLOCK = """# What it is.
# Licence.

PREFIX act: <https://w3id.org/lawkb/id/act/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX instrument: <https://w3id.org/lawkb/id/instrument/>
PREFIX jur: <https://w3id.org/lawkb/id/jur/>
PREFIX law: <https://w3id.org/lawkb/ns#>
PREFIX source: <https://w3id.org/lawkb/id/source/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

act:ex-mla.XXA.ratification.2026-01-15
    a law:Ratification ;
    law:instrument instrument:ex-mla ;
    law:party jur:XXA ;
    law:doneOn "2026-01-15"^^xsd:date ;
    dcterms:source source:t-1 ;
.
"""


def written(text: str) -> str:
    return turtle.write(turtle.parse(text), turtle.head_comment(text))


def test_a_canonical_text_stays_as_it_is() -> None:
    assert written(BLOCK) == BLOCK


def test_the_order_and_the_layout_of_the_input_do_not_matter() -> None:
    shuffled = BLOCK.split("\n\n")[1] + """
        <https://w3id.org/lawkb/id/act/ex-mla.XXA.ratification.2026-01-15> dcterms:source source:t-1 ;
        law:doneOn '2026-01-15'^^xsd:date ; law:party jur:XXA . # a remark
        act:ex-mla.XXA.ratification.2026-01-15 law:instrument instrument:ex-mla ; a law:Ratification , law:Ratification ."""
    assert turtle.write(turtle.parse(shuffled), "# What it is.\n# Licence.") == BLOCK


def test_one_more_fact_changes_exactly_one_line() -> None:
    subject = Iri(expand("act:ex-mla.XXA.ratification.2026-01-15"))
    more = [Triple(subject, Iri(expand("law:towards")), Iri(expand("jur:XXB"))),
            Triple(subject, Iri(expand("dcterms:source")), Iri(expand("source:t-2")))]
    for fact in more:
        after = turtle.write([*turtle.parse(BLOCK), fact], turtle.head_comment(BLOCK)).splitlines()
        assert [line for line in BLOCK.splitlines() if line not in after] == []
        assert len(after) == len(BLOCK.splitlines()) + 1


def test_subjects_stand_in_natural_order() -> None:
    text = "".join(f"<https://w3id.org/lawkb/id/provision/ex.{n}> a <https://w3id.org/lawkb/ns#Provision> .\n" for n in (10, 9, 2, 1))
    subjects = [line for line in written(text).splitlines() if line.startswith("provision:")]
    assert subjects == ["provision:ex.1", "provision:ex.2", "provision:ex.9", "provision:ex.10"]


def test_the_grade_and_the_source_come_last() -> None:
    text = """PREFIX law: <https://w3id.org/lawkb/ns#>
        <https://w3id.org/lawkb/id/act/x> <http://purl.org/dc/terms/source> <urn:s> ; law:confidence <urn:c> ;
        <http://www.w3.org/2004/02/skos/core#note> "n"@en ; law:zebra 1 ; a law:Bound ."""
    verbs = [line.split()[0] for line in written(text).splitlines() if line.startswith("    ")]
    assert verbs == ["a", "skos:note", "law:zebra", "law:confidence", "dcterms:source"]


def test_texts_are_normalised_and_escaped() -> None:
    subject, predicate = Iri("urn:s"), Iri("urn:p")
    text = turtle.write([Triple(subject, predicate, Literal('Cafe\u0301 "a\\b"\nc', turtle.STRING))])
    assert '"Café \\"a\\\\b\\"\\nc"' in text
    assert [t.object for t in turtle.parse(text)] == [Literal('Café "a\\b"\nc')]


@pytest.mark.parametrize("term", ["30", "0.5", "true", '"x"', '"x"@en', '"2003"^^xsd:gYear', '"abc"^^xsd:integer', '"1e3"^^xsd:decimal'])
def test_literals_keep_their_type(term: str) -> None:
    text = f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n<urn:s> <urn:p> {term} ."
    assert f"    <urn:p> {term} ;" in written(text)
    assert turtle.parse(written(text)) == turtle.parse(text)


def test_a_local_name_that_a_prefix_cannot_carry_is_written_in_full() -> None:
    text = "<https://w3id.org/lawkb/id/act/a(b)> <urn:p> <https://w3id.org/lawkb/id/act/a.> ."
    assert "<https://w3id.org/lawkb/id/act/a(b)>" in written(text)
    assert "<https://w3id.org/lawkb/id/act/a.>" in written(text)


def test_malformed_turtle_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("PREFIX law: <https://w3id.org/lawkb/ns#>\nlaw:a law:b law:c\nlaw:d law:e law:f .\n", encoding="utf-8")
    with pytest.raises(LawkbError, match=r"bad\.ttl, line 3"):
        turtle.parse(path)


def test_a_blank_node_is_refused() -> None:
    with pytest.raises(LawkbError, match="blank node"):
        written("<urn:s> <urn:p> [] .")


def test_format_tells_with_check_and_writes_without(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("# Head\n<urn:s> <urn:p> 1 , 2 .\n", encoding="utf-8")
    path.chmod(0o640)
    before = path.read_bytes()
    assert turtle.format_file(path, check=True)
    assert path.read_bytes() == before
    assert turtle.format_file(path)
    assert path.read_text(encoding="utf-8") == "# Head\n\n<urn:s>\n    <urn:p> 1 ;\n    <urn:p> 2 ;\n.\n"
    assert not turtle.format_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.ttl"]


def test_a_file_of_shapes_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shape.ttl"
    path.write_text("PREFIX sh: <http://www.w3.org/ns/shacl#>\n<urn:s> sh:property [ sh:path <urn:p> ] .\n", encoding="utf-8")
    before = path.read_bytes()
    assert not turtle.format_file(path)
    assert path.read_bytes() == before


def test_a_blank_node_in_a_file_of_facts_is_told_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.ttl"
    path.write_text("<urn:s> <urn:p> [ <urn:q> 1 ] .\n", encoding="utf-8")
    with pytest.raises(LawkbError, match=r"facts\.ttl.*blank node"):
        turtle.format_file(path)


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lawkb.turtle.os.fsync", full)
    with pytest.raises(LawkbError, match="No space left"):
        turtle.write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ttl"]


def test_when_one_of_several_files_cannot_be_written_none_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.ttl", tmp_path / "b.ttl"
    first.write_text("old", encoding="utf-8")
    written: list[int] = []

    def full_at_the_second(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("lawkb.turtle.os.fsync", full_at_the_second)
    with pytest.raises(LawkbError, match=r"b\.ttl cannot be written \(No space left"):
        turtle.write_all_atomically({first: "new", second: "new"})
    assert first.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ttl"]
