"""A command loads what it needs and no more, so that it starts at once."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from lawkb.api import KnowledgeBase

HEAVY = {"pyoxigraph", "rdflib", "pyshacl", "owlready2", "oxrdflib", "rich", "sqlite3", "dateutil", "rapidfuzz", "filelock", "SPARQLWrapper", "duckdb"}


def _imported(environment: dict[str, str], *args: str) -> set[str]:
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", "from lawkb.cli import main; main()", *args], text=True, capture_output=True,
                          timeout=60, check=False, env=environment)
    assert done.stdout, done.stderr
    return {name.split(".")[0] for name in re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(environment: dict[str, str], option: str) -> None:
    imported = _imported(environment, option)
    assert "click" in imported
    assert not imported & HEAVY


def test_an_answer_from_the_cache_loads_no_toolkit_of_the_workshop(kb: KnowledgeBase, environment: dict[str, str]) -> None:
    imported = _imported(environment, "channels", "ITA", "NGA", "--format", "json")
    assert not imported & {"pyoxigraph", "rdflib", "pyshacl", "owlready2", "oxrdflib", "rich", "dateutil", "filelock", "SPARQLWrapper"}
