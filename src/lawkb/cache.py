"""Finds the compiled knowledge base in the user's cache, or has it built: once, under a lock, whatever the number of processes.

The folder is `LAWKB_CACHE`, else the user's cache folder of the system. A snapshot is named by the digest of its sources;
whether the sources have changed is seen from their sizes and times first, and from their contents only when those differ.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.load import Progress, source_files
from lawkb.paths import kb_dir, rules_dir

LOCK_SECONDS = 300.0
FORMAT = "1"


def open_base(overlays: Iterable[Path] = (), progress: Progress | None = None,
              notice: Callable[[str], None] | None = None) -> Base:
    """Return the compiled knowledge base, building it first where there is none for the present sources.

    Args:
        overlays: folders of one's own facts, compiled together with the packaged ones.
        progress: called with (files read, files in all) while building.
        notice: told in one sentence what could not be done as usual (a cache that cannot be written, say).

    Raises:
        LawkbError: the sources cannot be read, or no folder can be written to.
    """
    folders = [Path(folder).resolve() for folder in overlays]
    stamps = _stamps(folders)
    home = cache_dir()
    index = home / f"index-{_name(folders)}.json"
    known = _known(index, stamps, home)
    if known:
        return Base(known)
    from filelock import FileLock, Timeout

    from lawkb.snapshot import build, sources_digest  # only needed to build; keeps a start from the cache quick

    digest = sources_digest(folders)
    target = home / f"{digest.removeprefix('sha256:')[:32]}.sqlite"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock", timeout=LOCK_SECONDS):
            if not sound(target):
                build(target, folders, progress)
            _remember(index, stamps, target)
    except Timeout:
        raise LawkbError(f"Another process has been compiling the knowledge base in {home} for {LOCK_SECONDS:.0f} seconds",
                         "Wait for it, or end it and try again") from None
    except (OSError, LawkbError) as error:
        if sound(target):
            return Base(target)
        if isinstance(error, LawkbError) and not _is_disk(error):
            raise
        return _elsewhere(folders, progress, notice, home, error)
    _forget_others(home, target)
    return Base(target)


def cache_dir() -> Path:
    """Return the folder of compiled knowledge bases."""
    named = os.environ.get("LAWKB_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("lawkb", appauthor=False)


def sound(path: Path) -> bool:
    """Say whether a snapshot is there, whole and of this version's form."""
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            row = base.execute("SELECT value FROM meta WHERE name='format'").fetchone()
            return bool(row) and row[0] == FORMAT and base.execute("SELECT count(*) FROM rule").fetchone()[0] > 0
    except sqlite3.Error:
        return False


def _stamps(folders: list[Path]) -> str:
    """Sizes and times of every source: equal stamps mean unchanged sources."""
    files = [*source_files(folders), *sorted(rules_dir().glob("[0-9]-*/*.rq")), kb_dir() / "VERSION"]
    return ";".join(f"{s.st_size}.{s.st_mtime_ns}" for s in (path.stat() for path in files))


def _name(folders: list[Path]) -> str:
    import hashlib

    return hashlib.sha256("\n".join(str(p) for p in (kb_dir(), *folders)).encode()).hexdigest()[:16]


def _known(index: Path, stamps: str, home: Path) -> Path | None:
    try:
        entry = json.loads(index.read_text(encoding="utf-8"))
        target = home / entry["snapshot"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return target if entry.get("stamps") == stamps and sound(target) else None


def _remember(index: Path, stamps: str, target: Path) -> None:
    with contextlib.suppress(OSError):  # without the index the next start hashes the sources: slower, not wrong
        part = index.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"snapshot": target.name, "stamps": stamps}), encoding="utf-8")
        os.replace(part, index)


def _forget_others(home: Path, target: Path) -> None:
    """Remove snapshots that no question has opened for a month, and leftovers of interrupted builds."""
    limit = time.time() - 30 * 24 * 3600
    for path in [*home.glob("*.sqlite"), *home.glob(".build-*")]:
        with contextlib.suppress(OSError):
            if path != target and path.stat().st_mtime < (limit if path.suffix == ".sqlite" and not path.name.startswith(".") else time.time() - 3600):
                path.unlink()


def _is_disk(error: LawkbError) -> bool:
    return isinstance(error.__cause__, (OSError, sqlite3.Error))


def _elsewhere(folders: list[Path], progress: Progress | None, notice: Callable[[str], None] | None, home: Path, error: Exception) -> Base:
    """Build for this process alone where the cache cannot be written."""
    from lawkb.snapshot import build

    if notice:
        notice(f"The cache folder {home} cannot be written ({_short(error)}), so the knowledge base is compiled for this run only. "
               "Name another folder with the variable LAWKB_CACHE.")
    folder = tempfile.mkdtemp(prefix="lawkb-")
    target = Path(folder) / "kb.sqlite"
    build(target, folders, progress)
    _remove_at_exit(Path(folder))
    return Base(target)


def _remove_at_exit(folder: Path) -> None:
    import atexit
    import shutil

    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _short(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, LawkbError) else error
    return (getattr(cause, "strerror", None) or str(cause)).rstrip(".")


def snapshots() -> list[Path]:
    """Return the compiled knowledge bases in the cache folder."""
    return sorted(cache_dir().glob("*.sqlite"))
