"""What tests share: the compiled knowledge base, a tiny one of invented states, and the command line run in a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import lawkb
from lawkb.api import KnowledgeBase, load
from lawkb.base import Base
from lawkb.snapshot import build

TINY = Path(__file__).parent / "data" / "tiny-kb"
TODAY = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, the answer, the messages."""

    code: int
    out: str
    err: str


Run = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Done]


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that all workers of a run share, so that the knowledge base is compiled once, under the cache's own lock."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "lawkb-cache"


@pytest.fixture(scope="session")
def kb(cache_folder: Path) -> KnowledgeBase:
    """The packaged knowledge base."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAWKB_CACHE", str(cache_folder))
        return load()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A knowledge base of invented states: the law in it never changes, and today is always the same day."""
    target = tmp_path_factory.mktemp("tiny") / "kb.sqlite"
    build(target, kb=TINY)
    return KnowledgeBase(Base(target), today=TODAY)


@pytest.fixture(scope="session")
def environment(cache_folder: Path) -> dict[str, str]:
    """The environment of a command: the shared cache, no colour forced on it, no terminal width."""
    source = str(Path(lawkb.__file__).resolve().parents[1])
    unset = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LAWKB_DEBUG"}
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "LAWKB_CACHE": str(cache_folder), "PYTHONPATH": source,
            "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="session")
def run(environment: dict[str, str]) -> Run:
    """Run the command line in a process of its own: `run("channels", "ITA", "NGA", LAWKB_CACHE=...)`."""

    def command(*args: str | Path, given: str | None = None, **variables: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", "from lawkb.cli import main; main()", *map(str, args)], input=given, text=True, encoding="utf-8",
                              capture_output=True, timeout=120, check=False, env={**environment, **{k: str(v) for k, v in variables.items()}})

    return command


@pytest.fixture
def invoke(kb: KnowledgeBase, cache_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run the command line in this process, which is quicker: `invoke("channels", "ITA", "NGA").code`."""
    from lawkb.cli import main

    monkeypatch.setenv("LAWKB_CACHE", str(cache_folder))
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*args: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["lawkb", *map(str, args)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return Done(int(stop.value.code or 0), captured.out, captured.err)

    return command
