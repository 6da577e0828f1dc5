"""The versions that the project states in several places agree."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import lawkb

ROOT = Path(__file__).resolve().parent.parent


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _found(pattern: str, name: str) -> list[str]:
    return re.findall(pattern, _read(name), re.MULTILINE)


def _newest(section: str) -> str:
    """Return the newest version under a section of the changelog; what is not released yet stands above it."""
    body = _read("CHANGELOG.md").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    versions = [version for version in re.findall(r"^### (\S+)", body, re.MULTILINE) if version != "Unreleased"]
    assert versions, f"CHANGELOG.md has no entry under '{section}'"
    return str(versions[0])


@pytest.fixture
def code_version() -> str:
    return str(tomllib.loads(_read("pyproject.toml"))["project"]["version"])


@pytest.fixture
def kb_version() -> str:
    return _read("kb/VERSION").strip()


def test_the_citation_gives_the_version_of_the_code(code_version: str) -> None:
    assert _found(r"^version: (\S+)$", "CITATION.cff") == [code_version]


def test_the_changelog_begins_with_the_version_of_the_code(code_version: str) -> None:
    assert _newest("Code and rules") == code_version


def test_answers_name_the_version_of_the_rules(code_version: str) -> None:
    assert _read("rules/VERSION").strip() == code_version


def test_the_package_reports_the_version_of_the_code(code_version: str) -> None:
    if lawkb.__version__ == "unknown":
        pytest.skip("the package is not installed")
    assert lawkb.__version__ == code_version, "the installed package is older than pyproject.toml: run make check, which installs it anew"


def test_the_version_of_the_knowledge_base_is_a_real_day(kb_version: str) -> None:
    assert date.fromisoformat(kb_version).isoformat() == kb_version


def test_the_citation_gives_the_version_of_the_knowledge_base(kb_version: str) -> None:
    assert _found(r'^    version: "(\S+)"$', "CITATION.cff") == [kb_version]


def test_the_changelog_begins_with_the_version_of_the_knowledge_base(kb_version: str) -> None:
    assert _newest("Knowledge base") == kb_version


def test_the_ontology_has_one_version_and_the_changelog_begins_with_it() -> None:
    versions = _found(r"owl:versionIRI\s+<https://w3id\.org/lawkb/ontology/([0-9]+\.[0-9]+\.[0-9]+)>", "ontology/lawkb.ttl")
    assert versions == [_newest("Ontology")], "owl:versionIRI in ontology/lawkb.ttl and CHANGELOG.md differ"


def test_every_licence_that_is_named_has_its_text() -> None:
    named = set(re.findall(r"[\w.-]+", tomllib.loads(_read("pyproject.toml"))["project"]["license"])) - {"AND", "OR"}
    texts = {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    assert named == texts == set(_found(r"^ *license: (\S+)$", "CITATION.cff"))
