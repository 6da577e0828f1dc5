"""A command loads what it needs and no more, so that it starts at once."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import weakref

import pytest

from lawkb.api import KnowledgeBase
from lawkb.ask import channels, conclude
from lawkb.base import Base
from lawkb.rules import STAGES_OF

HEAVY = {"pyoxigraph", "rdflib", "pyshacl", "owlready2", "oxrdflib", "rich", "sqlite3", "dateutil", "rapidfuzz", "filelock", "SPARQLWrapper", "duckdb"}
# What the packaged version, or anything else that reads or writes mail, archives and web pages, would bring along.
NEEDLESS = {"importlib.metadata", "email", "zipfile", "tempfile", "subprocess", "socket", "http", "xml", "asyncio", "multiprocessing", "difflib", "csv"}
# Our own modules that a command line needs to begin with, and those that an answer on channels needs besides.
BEGINNING = {"lawkb", "lawkb.cli", "lawkb.errors"}
# (The module of a command itself is loaded in a way that Python does not report.)
ANSWERING = {f"lawkb.{name}" for name in (
    "answer", "api", "ask", "base", "cache", "calendar_rules", "case", "cli.common", "disputes", "facts", "infer", "measures", "memo", "names",
    "options", "packing", "paths", "proof", "ranking", "reading", "relational", "rules", "safeguards", "terms", "values", "words")}


def _imported(environment: dict[str, str], *args: str) -> set[str]:
    """Return the full names of the modules that a command loads, but those that click brings along."""
    return _loaded(environment, "from lawkb.cli import main; main()", *args) - _loaded(environment, "import click")


def _loaded(environment: dict[str, str], *command: str) -> set[str]:
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", *command], text=True, capture_output=True, timeout=60, check=False, env=environment)
    assert done.returncode in (0, 1, 3), done.stderr
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


def _of(names: set[str], libraries: set[str]) -> set[str]:
    """Return the modules that are, or belong to, one of these libraries."""
    return {name for name in names if any(f"{name}.".startswith(f"{library}.") for library in libraries)}


def test_the_version_is_told_by_what_a_command_line_begins_with(environment: dict[str, str]) -> None:
    imported = _imported(environment, "--version")
    assert _of(imported, {"lawkb"}) == BEGINNING
    assert not _of(imported, HEAVY | NEEDLESS | {"json", "hashlib", "dataclasses", "pathlib"})


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    imported = _imported(environment, "--help")
    assert imported > BEGINNING
    assert not _of(imported, HEAVY | NEEDLESS)


def test_an_answer_from_the_cache_loads_what_it_needs_and_nothing_else(kb: KnowledgeBase, environment: dict[str, str]) -> None:
    imported = _imported(environment, "channels", "ITA", "NGA", "--format", "json")
    assert _of(imported, {"lawkb"}) == BEGINNING | ANSWERING
    assert not _of(imported, (HEAVY | NEEDLESS) - {"sqlite3"})


def test_a_question_reads_the_rules_of_its_stages_and_no_others(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    base, read = Base(kb.base.path), []
    rules = Base._rules
    monkeypatch.setattr(Base, "_rules", lambda self, plan, which, *values: (read.extend(values), rules(self, plan, which, *values))[1])
    KnowledgeBase(base).channels("ITA", "NGA", explain=True)
    assert sorted(read) == sorted(STAGES_OF["channels"])


def test_what_was_found_goes_with_the_last_who_holds_it(kb: KnowledgeBase) -> None:
    """Findings are large: they must not wait for the garbage collector, whose pauses would be those of an answer."""
    base = Base(kb.base.path)
    case = KnowledgeBase(base).case("ITA", "NGA")
    channels(base, case, explain=True)
    found = weakref.ref(conclude(base, case))
    gc.collect()
    gc.disable()
    try:
        channels(base, case, explain=True)
        assert found() is not None
        base._lately.clear()
        assert found() is None
    finally:
        gc.enable()
