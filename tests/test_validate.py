"""Validation: each defect is caught once, with a message that names it; correct facts pass; shapes and checks are complete.

Every file in `data/validate/` states at its head what is found in it, one line each:
`# Finds: <check> <subject> <a part of the message>`; a file without such a line is correct.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import OWL, RDF, Graph, Literal, URIRef
from rdflib.namespace import SH

from lawkb import check
from lawkb.check import Finding, Report, ill_typed, quality_checks, validate
from lawkb.errors import LawkbError
from lawkb.paths import kb_dir, ontology_dir, rules_dir
from lawkb.reading import read, source_files, turtle_below
from lawkb.shapes import batches, violations
from lawkb.terms import expand

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).parent / "data" / "validate"
SAMPLES = sorted(FOLDER.glob("*.ttl"))
BASE = FOLDER / "correct.ttl"


@pytest.fixture(scope="module")
def ontology_only() -> Iterator[None]:
    """Put nothing but the ontology behind the samples."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "source_files", lambda: [path for path in source_files() if not path.is_relative_to(kb_dir())])
        yield


@pytest.fixture(scope="module")
def report(ontology_only: None) -> Report:
    return validate([FOLDER])


def expected(sample: Path) -> list[list[str]]:
    return [line.split(maxsplit=2) for line in re.findall(r"^# Finds: (.+)$", sample.read_text(encoding="utf-8"), re.MULTILINE)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_each_defect_is_found_once_and_named(sample: Path, report: Report) -> None:
    found = [finding for finding in report.findings if Path(finding.file).name == sample.name]
    wanted = expected(sample)
    for name, subject, message in wanted:
        assert any(f.check == name and f.subject == subject.strip("-") and message in f.message for f in found), (name, subject, message, found)
    assert len(found) == len(wanted), "\n".join(map(str, found))
    assert all(finding.mend for finding in found)


def test_a_finding_reads_as_one_sentence_with_its_place(report: Report) -> None:
    finding = next(f for f in report.findings if f.check == "act-before-adoption")
    assert str(finding).endswith(
        "act-before-adoption.ttl: ERROR act:test-convention.XXA.r: the act is dated before the day on which the instrument was adopted "
        "(act of 1999-12-31, adoption on 2000-01-01). To mend it: correct the date of the act (law:doneOn), or the day of adoption (law:adoptedOn)")


def test_malformed_turtle_is_reported_with_its_line(report: Report) -> None:
    assert [finding.line for finding in report.findings if finding.check == "turtle"] == [9]


def test_every_check_of_the_profile_is_shown_by_a_sample(report: Report) -> None:
    assert {c.name for c in quality_checks()} <= {finding.check for finding in report.findings}


def test_findings_are_sorted_and_the_same_each_time(report: Report) -> None:
    assert list(report.findings) == sorted(report.findings)
    assert validate([FOLDER]) == report


def test_warnings_do_not_make_data_invalid() -> None:
    warning = Finding("a.ttl", "act:a", "WARN", "x", "odd", "look")
    assert Report((warning,), 1, 1).ok
    assert Report((warning,), 1, 1).counts == {"ERROR": 0, "WARN": 1, "INFO": 0}


def test_a_correct_file_passes_alone(ontology_only: None) -> None:
    seen: list[int] = []
    report = validate([BASE], lambda done, total: seen.append(done))
    assert report.ok
    assert (report.findings, report.files) == ((), 1)
    assert seen[-1] == 100
    assert seen == sorted(seen)


def test_the_rest_of_the_knowledge_base_stands_behind_a_single_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = tmp_path / "draft.ttl"
    draft.write_text(BASE.read_text(encoding="utf-8").replace('law:alpha3 "XXB"', 'law:alpha3 "Bland"'), encoding="utf-8")
    monkeypatch.setattr(check, "source_files", lambda: [*turtle_below(ontology_dir()), *SAMPLES])
    (finding,) = validate([draft]).findings
    assert (finding.file, finding.subject) == (draft.as_posix(), "jur:XXB")
    assert finding.message == "law:alpha3 has the value Bland, which it cannot have"


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawkbError, match="nowhere"):
        validate([tmp_path / "nowhere"])


@pytest.mark.parametrize(("written", "datatype", "wrong"), [
    ("2000-02-29", "date", False), ("1900-02-29", "date", True), ("2000-1-5", "date", True), ("2003-09-29Z", "date", True),
    ("2003", "gYear", False), ("2003-13", "gYearMonth", True), ("2003-12", "gYearMonth", False),
    ("1.5", "integer", True), ("-3", "integer", False), ("0.5", "decimal", False), ("1,5", "decimal", True), ("yes", "boolean", True),
])
def test_a_literal_must_be_of_its_type(written: str, datatype: str, wrong: bool) -> None:
    assert ill_typed(f'"{written}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>') is wrong


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("written", "datatype"), [("2000-13-45", "date"), ("2023-02-30", "date"), ("1.5", "integer"), ("x", "decimal"), ("yes", "boolean")])
def test_what_rdflib_calls_ill_typed_is_ill_typed_here(written: str, datatype: str) -> None:
    name = f"http://www.w3.org/2001/XMLSchema#{datatype}"
    assert Literal(written, datatype=URIRef(name)).ill_typed
    assert ill_typed(f'"{written}"^^<{name}>')


def test_the_shapes_judge_as_pyshacl_does_when_it_is_given_them_as_they_are() -> None:
    samples = [path for path in SAMPLES if path.stem not in {"malformed", "blank-node", "ill-typed"}]
    data = Graph()
    for path in [*ontology_dir().glob("*.ttl"), *samples]:
        data.parse(path)
    _, plain, _ = pyshacl.validate(data, shacl_graph=graph(ontology_dir() / "shapes"))
    wanted = {(str(plain.value(r, SH.focusNode)), str(plain.value(r, SH.resultPath)), str(plain.value(r, SH.resultMessage)),
               str(plain.value(r, SH.sourceConstraintComponent)).removeprefix(str(SH))) for r in plain.objects(None, SH.result)}
    parts = batches(read([*ontology_dir().glob("*.ttl"), *samples]).blocks, read(samples).blocks)
    found = {(v.subject, str(v.path), v.message, f"{v.constraint}ConstraintComponent") for part in parts for v in violations(part)}
    assert len(wanted) > 10
    assert found == wanted


# ---- the shapes, the checks and docs/model.md agree

@cache
def graph(folder: Path) -> Graph:
    merged = Graph()
    for path in turtle_below(folder):
        merged.parse(path)
    return merged


def orders() -> dict[str, dict[str, float]]:
    """Return class -> property -> sh:order; of several shapes of a class the fullest counts."""
    shapes, found = graph(ontology_dir() / "shapes"), defaultdict[str, dict[str, float]](dict)
    for shape, target in shapes.subject_objects(SH.targetClass):
        table = {str(shapes.value(p, SH.path)): float(str(shapes.value(p, SH.order))) for p in shapes.objects(shape, SH.property)}
        if len(table) > len(found[str(target)]):
            found[str(target)] = table
    return found


def names(cell: str) -> Iterator[str]:
    """Yield the IRIs of the terms that a cell of the table in docs/model.md names, in its order."""
    for term, rest in re.findall(r"`((?:law|rdfs|skos|schema|dcterms):\w+)[^`]*`(?:/`(\w+)`)?", cell):
        yield expand(term)
        if rest:
            yield expand(term.removesuffix("On") + rest if rest == "In" else f"law:{rest}")


def table_of_model() -> Iterable[tuple[list[str], list[str]]]:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("| `law:"):
            classes, properties = line.strip("| ").split(" | ", 1)
            yield list(names(classes)), list(names(properties))


def test_every_class_of_the_model_has_a_shape_with_its_properties_in_their_order() -> None:
    problems, shaped, rows = [], orders(), list(table_of_model())
    assert len(rows) > 20
    for classes, properties in rows:
        for name in classes:
            missing = [p for p in properties if p not in shaped.get(name, {})]
            if name not in shaped or missing:
                problems.append(f"{name} has no shape, or its shape lacks {missing}")
            elif sorted(properties, key=shaped[name].__getitem__) != properties:
                problems.append(f"{name}: sh:order differs from docs/model.md")
    assert not problems, "\n".join(problems)


def test_every_shape_speaks_and_names_declared_terms() -> None:
    shapes, ontology = graph(ontology_dir() / "shapes"), Graph()
    for path in ontology_dir().glob("*.ttl"):
        ontology.parse(path)
    declared = {term for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty) for term in ontology.subjects(RDF.type, kind)}
    used = {*shapes.objects(None, SH.path), *shapes.objects(None, SH.targetClass), *shapes.objects(None, SH["class"])}
    silent = [shape for shape in {*shapes.subjects(SH.path), *shapes.subjects(SH.closed)} if not shapes.value(shape, SH.message)]
    assert not [str(term) for term in used if str(term).startswith(expand("law:")) and term not in declared]
    assert not silent


def test_the_profile_lists_every_check_once_and_nothing_else() -> None:
    listed = [c.name for c in quality_checks()]
    assert sorted(listed) == sorted(path.stem for path in (rules_dir() / "quality").glob("*.rq"))
    assert {c.severity for c in quality_checks()} == {"ERROR", "WARN", "INFO"}


@pytest.mark.slow
def test_the_shipped_knowledge_base_is_valid() -> None:
    errors = [str(finding) for finding in validate().findings if finding.severity == "ERROR"]
    assert not errors, f"{len(errors)} errors\n" + "\n".join(errors)
