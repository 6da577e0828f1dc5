"""What tests share: the compiled knowledge base, a tiny one of invented states, and the command line run in a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import lawkb
from lawkb.api import KnowledgeBase, load
from lawkb.cache import open_base

TINY = Path(__file__).parent / "data" / "tiny-kb"
TODAY = dt.date(2026, 1, 1)
_KEPT = 8  # compiled knowledge bases of earlier states of the sources


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, the answer, the messages."""

    code: int
    out: str
    err: str


Run = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Done]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests that do without the packaged knowledge base come first: meanwhile it is compiled."""
    items.sort(key=lambda item: "kb" in getattr(item, "fixturenames", ()) or item.get_closest_marker("slow") is not None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where several workers share a run, compile the knowledge base beside them, rather than have one do it while the others wait for it."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        environment = {**os.environ, "LAWKB_CACHE": str(session.config.cache.mkdir("lawkb"))}
        subprocess.Popen([sys.executable, "-c", "import lawkb; lawkb.load()"], env=environment, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session", autouse=True)
def cache_folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A cache that all workers and all runs share, so that the same knowledge base is compiled once, under the cache's own lock."""
    folder: Path = request.config.cache.mkdir("lawkb")
    for path in sorted(folder.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        path.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAWKB_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    """The packaged knowledge base."""
    return load()


@pytest.fixture(scope="session")
def tiny() -> KnowledgeBase:
    """A knowledge base of invented states: the law in it never changes, and today is always the same day."""
    return KnowledgeBase(open_base(kb=TINY), today=TODAY)


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
def invoke(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run the command line in this process, which is quicker: `invoke("channels", "ITA", "NGA").code`."""
    from lawkb.cli import main

    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*args: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["lawkb", *map(str, args)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return Done(int(stop.value.code or 0), captured.out, captured.err)

    return command
