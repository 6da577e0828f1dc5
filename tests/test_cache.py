"""The compiled knowledge base is built once, found again, and survives whatever befalls its folder."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lawkb import cache, reading, snapshot
from lawkb.api import KnowledgeBase
from lawkb.cache import open_base
from lawkb.errors import LawkbError

pytestmark = pytest.mark.slow  # left out of `make check`

TINY = Path(__file__).parent / "data" / "tiny-kb"
OPEN = "import sys, pathlib; from lawkb.cache import open_base; base = open_base(kb=pathlib.Path(sys.argv[1])); print(base.path.name, base.meta['kb_version'])"


def test_every_module_that_compiles_counts_as_a_source() -> None:
    """A new release that derives otherwise must not answer from what an older one has compiled."""
    folder = Path(reading.__file__).parent
    found, waiting = set(), ["snapshot"]
    while waiting:
        module = waiting.pop()
        if module not in found and (folder / f"{module}.py").exists():
            found.add(module)
            tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
            waiting += [node.module.split(".")[1] for node in ast.walk(tree)
                        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lawkb.")]
    assert set(reading.COMPILERS) == found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("LAWKB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A knowledge base that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "kb"))


@pytest.fixture
def builds(tiny: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The targets of builds; a build is a copy here, since what it holds does not matter to the cache."""
    made: list[Path] = []

    def build(target: Path, *_: object) -> None:
        shutil.copy(tiny.base.path, target)
        made.append(target)

    monkeypatch.setattr(snapshot, "build", build)
    return made


def _fails_with(error: OSError) -> Callable[..., None]:
    def build(target: Path, *_: object) -> None:
        raise snapshot._unwritable(target, error) from error

    return build


def test_what_was_built_is_found_again(home: Path, source: Path, builds: list[Path]) -> None:
    first, second = open_base(kb=source), open_base(kb=source)
    assert len(builds) == 1
    assert first.path == second.path
    assert first.path.parent == home


def test_changed_sources_are_noticed(home: Path, source: Path, builds: list[Path]) -> None:
    first = open_base(kb=source)
    (source / "facts.ttl").write_text((source / "facts.ttl").read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert open_base(kb=source).path != first.path
    assert len(builds) == 2


def test_a_source_that_was_only_moved_is_noticed(home: Path, source: Path, builds: list[Path]) -> None:
    first = open_base(kb=source)
    (source / "facts.ttl").rename(source / "facts-moved.ttl")
    assert open_base(kb=source).path != first.path


def test_touched_sources_with_the_same_content_are_not_compiled_again(home: Path, source: Path, builds: list[Path]) -> None:
    open_base(kb=source)
    os.utime(source / "facts.ttl", (1, 1))
    open_base(kb=source)
    assert len(builds) == 1


def test_an_overlay_has_a_snapshot_of_its_own(home: Path, source: Path, builds: list[Path], tmp_path: Path) -> None:
    overlay = tmp_path / "ours"
    overlay.mkdir()
    (overlay / "note.ttl").write_text("", encoding="utf-8")
    assert open_base(kb=source).path != open_base([overlay], kb=source).path


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no database"), lambda path: path.write_bytes(b""),
                                    lambda path: os.truncate(path, path.stat().st_size // 2)], ids=["removed", "overwritten", "emptied", "cut"])
def test_a_lost_or_damaged_snapshot_is_made_anew(home: Path, source: Path, builds: list[Path], damage: Callable[[Path], object]) -> None:
    damage(open_base(kb=source).path)
    assert open_base(kb=source).meta["kb_version"] == "2026-01-01"
    assert len(builds) == 2


def test_a_damaged_index_costs_time_only(home: Path, source: Path, builds: list[Path]) -> None:
    open_base(kb=source)
    for index in home.glob("index-*.json"):
        index.write_text("{", encoding="utf-8")
    open_base(kb=source)
    assert len(builds) == 1


def test_leftovers_of_an_interrupted_build_are_removed_by_the_next(home: Path, source: Path, builds: list[Path]) -> None:
    home.mkdir()
    (home / ".build-abc.sqlite").write_bytes(b"half")
    open_base(kb=source)
    assert not list(home.glob(".build-*"))


def test_long_unused_snapshots_are_removed_and_others_kept(home: Path, source: Path, builds: list[Path]) -> None:
    home.mkdir()
    old, young = home / "old.sqlite", home / "young.sqlite"
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    open_base(kb=source)
    assert not old.exists()
    assert young.exists()


def test_a_snapshot_that_vanishes_after_it_was_found_is_built_again(home: Path, source: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_base(kb=source).path
    known = cache._Wanted.known

    def vanishing(self: cache._Wanted, place: Path) -> Path | None:
        path = known(self, place)
        found.unlink(missing_ok=True)
        return path

    monkeypatch.setattr(cache._Wanted, "known", vanishing)
    assert open_base(kb=source).meta["kb_version"] == "2026-01-01"


def test_a_place_that_is_no_folder_is_told_and_the_answer_given(tmp_path: Path, source: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("LAWKB_CACHE", str(tmp_path / "file" / "cache"))
    told: list[str] = []
    assert open_base(kb=source, notice=told.append).meta["kb_version"] == "2026-01-01"
    assert len(told) == 1
    assert "LAWKB_CACHE" in told[0]


def test_a_folder_that_cannot_be_made_is_told_and_the_answer_given(source: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAWKB_CACHE", "/proc/nowhere")
    told: list[str] = []
    assert open_base(kb=source, notice=told.append).meta["kb_version"] == "2026-01-01"
    assert "The cache folder /proc/nowhere cannot be used" in told[0]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_cache_that_cannot_be_written_is_told_and_the_answer_given(home: Path, source: Path, tiny: KnowledgeBase, monkeypatch: pytest.MonkeyPatch,
                                                                     code: int) -> None:
    def build(target: Path, *_: object) -> None:
        if target.is_relative_to(home):
            _fails_with(OSError(code, os.strerror(code), str(target)))(target)
        shutil.copy(tiny.base.path, target)

    monkeypatch.setattr(snapshot, "build", build)
    told: list[str] = []
    assert open_base(kb=source, notice=told.append).meta["kb_version"] == "2026-01-01"
    assert os.strerror(code) in told[0]


def test_where_nothing_at_all_can_be_written_one_sentence_says_so(home: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "build", _fails_with(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    with pytest.raises(LawkbError, match=r"cannot be written.*LAWKB_CACHE"):
        open_base(kb=source)


def test_a_folder_without_a_version_is_no_knowledge_base(home: Path, tmp_path: Path) -> None:
    with pytest.raises(LawkbError, match="is no knowledge base"):
        open_base(kb=tmp_path)


def test_a_waiting_process_says_that_it_waits(home: Path, source: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    home.mkdir()
    monkeypatch.setattr(cache, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(cache, "LOCK_SECONDS", 0.05)
    told: list[str] = []
    with FileLock(home / ".lock"), pytest.raises(LawkbError, match="Another process has been compiling"):
        open_base(kb=source, notice=told.append)
    assert told == ["Another process is compiling the knowledge base: waiting for it."]


@pytest.mark.slow
def test_two_processes_at_once_and_one_that_is_killed_leave_one_whole_snapshot(home: Path, environment: dict[str, str]) -> None:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", OPEN, str(TINY)], text=True, stdout=subprocess.PIPE, env={**environment, "LAWKB_CACHE": str(home)})

    killed = start()
    end = time.monotonic() + 60
    while not list(home.glob(".build-*")) and killed.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    one, other = start(), start()
    answers = {one.communicate(timeout=100)[0], other.communicate(timeout=100)[0]}
    assert len(answers) == 1
    assert answers.pop().endswith(" 2026-01-01\n")
    assert len(list(home.glob("*.sqlite"))) == 1
    assert not list(home.glob(".build-*"))
