"""Finds the compiled knowledge base in the user's cache, or has it built: once, under a lock, whatever the number of processes.

The folder is `LAWKB_CACHE`, else the user's cache folder of the system. A snapshot is named by the digest of all that it is
made of; whether that has changed is seen from sizes and times first, and from contents only when those differ.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.paths import kb_dir
from lawkb.reading import Progress, digest, made_of, states

Notice = Callable[[str], None]

LOCK_SECONDS = 300.0
PATIENCE_SECONDS = 2.0  # that one waits for another process without being told
UNUSED_SECONDS = 30 * 24 * 3600.0
FORMAT = "6"
_ATTEMPTS = 3
_KEPT = ("*.sqlite", "*.atlas", "rules-*.json")


def open_base(overlays: Iterable[Path] = (), progress: Progress | None = None, notice: Notice | None = None, kb: Path | None = None) -> Base:
    """Return the compiled knowledge base, building it first where there is none for the present sources.

    Args:
        overlays: folders of one's own facts, compiled together with the packaged ones.
        progress: called with (files read, files in all) while building.
        notice: told in one sentence what could not be done as usual (a cache that cannot be written, say).
        kb: another knowledge base in place of the packaged one.

    Raises:
        LawkbError: the sources cannot be read, or no folder can be written to.
    """
    if kb is not None and not (kb / "VERSION").is_file():
        raise LawkbError(f"{kb} is no knowledge base", "Give a folder of Turtle files with a file VERSION that names its release")
    wanted = _Wanted([Path(folder).resolve() for folder in overlays], kb, progress, notice or (lambda _: None))
    home = cache_dir()
    for _ in range(_ATTEMPTS):
        base = _opened(wanted.known(home) or wanted.built(home))
        if base:
            return base  # else another process has removed it in this very moment
    return wanted.built_elsewhere(home, "its files vanish")


def cache_dir() -> Path:
    """Return the folder of compiled knowledge bases."""
    named = os.environ.get("LAWKB_CACHE")
    if named:
        return Path(named).absolute()
    from platformdirs import user_cache_path

    return user_cache_path("lawkb", appauthor=False)


def snapshots() -> list[Path]:
    """Return the compiled knowledge bases in the cache folder, and the atlases made of them."""
    return sorted(path for ending in _KEPT for path in cache_dir().glob(ending))


def sound(path: Path) -> bool:
    """Say whether a snapshot is there, whole and of this version's form."""
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            row = base.execute("SELECT value FROM meta WHERE name='format'").fetchone()
            pages, size = (base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            return bool(row) and row[0] == FORMAT and path.stat().st_size == pages * size
    except (OSError, sqlite3.Error):
        return False


def _opened(path: Path) -> Base | None:
    base = Base(path)
    try:
        base.meta  # noqa: B018 - opens the file, which from now on stays readable even when its name is removed
    except LawkbError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # in use: not to be forgotten
    return base


@dataclass(frozen=True)
class _Wanted:
    """The compiled knowledge base that is asked for."""

    overlays: list[Path]
    kb: Path | None
    progress: Progress | None
    notice: Notice

    def known(self, home: Path) -> Path | None:
        """The snapshot that an earlier run made of the same sources, as far as sizes and times tell."""
        try:
            entry = json.loads(self._index(home).read_text(encoding="utf-8"))
            target = home / entry["snapshot"]
            return target if entry["stamps"] == self._stamps() and sound(target) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def built(self, home: Path) -> Path:
        """The snapshot of the present sources: found by their contents, or built in the cache, or else where one may write."""
        try:
            stamps = self._stamps()  # before the contents are read, so that a change in between is noticed the next time
        except OSError:
            stamps = ""  # the contents tell in a sentence what cannot be read
        target = home / f"{digest(made_of(self.overlays, self.kb)).removeprefix('sha256:')[:32]}.sqlite"
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return self.built_elsewhere(home, error.strerror or str(error)).path
        try:
            with self._lock(home):
                _remove_leftovers(home, target)
                if not sound(target):
                    self._build(target)
                self._remember(home, stamps, target)
        except (OSError, LawkbError) as error:
            if sound(target):
                return target
            cause = error.__cause__ if isinstance(error, LawkbError) else error
            if not isinstance(cause, (OSError, sqlite3.Error)) or isinstance(cause, FileNotFoundError):
                raise
            return self.built_elsewhere(home, getattr(cause, "strerror", None) or str(cause)).path
        return target

    def built_elsewhere(self, home: Path, why: str) -> Base:
        """Build for this process alone where the cache cannot be used."""
        import atexit
        import shutil
        import tempfile

        self.notice(f"The cache folder {home} cannot be used ({why.rstrip('.')}), so the knowledge base is compiled for this run only. "
                    "Name another folder with the variable LAWKB_CACHE.")
        folder = tempfile.mkdtemp(prefix="lawkb-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self._build(Path(folder) / "kb.sqlite")
        return Base(Path(folder) / "kb.sqlite")

    def _build(self, target: Path) -> None:
        from lawkb.snapshot import build  # only needed to build; keeps a start from the cache quick

        build(target, self.overlays, self.progress, self.kb)

    @contextlib.contextmanager
    def _lock(self, home: Path) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(home / ".lock")
        try:
            lock.acquire(timeout=PATIENCE_SECONDS)
        except Timeout:
            self.notice("Another process is compiling the knowledge base: waiting for it.")
            try:
                lock.acquire(timeout=LOCK_SECONDS)
            except Timeout:
                raise LawkbError(f"Another process has been compiling the knowledge base in {home} for {LOCK_SECONDS:.0f} seconds",
                                 "Wait for it, or end it and try again") from None
        try:
            yield
        finally:
            lock.release()

    def _stamps(self) -> str:
        """Names, sizes and times of everything the snapshot depends on: equal stamps mean that nothing has changed."""
        return hashlib.sha256(";".join(f"{path}.{size}.{changed}" for path, size, changed in states(self.overlays, self.kb)).encode()).hexdigest()

    def _index(self, home: Path) -> Path:
        places = "\n".join(str(place) for place in (self.kb or kb_dir(), *self.overlays))
        return home / f"index-{hashlib.sha256(places.encode()).hexdigest()[:16]}.json"

    def _remember(self, home: Path, stamps: str, target: Path) -> None:
        index = self._index(home)
        part = index.with_suffix(f".{os.getpid()}")
        try:
            part.write_text(json.dumps({"snapshot": target.name, "stamps": stamps}), encoding="utf-8")
            os.replace(part, index)
        except OSError:  # without the index the next start reads the sources: slower, not wrong
            with contextlib.suppress(OSError):
                part.unlink()


def _remove_leftovers(home: Path, target: Path) -> None:
    """Remove what interrupted builds have left (who holds the lock knows that no other build runs) and long unused snapshots."""
    long_ago = time.time() - UNUSED_SECONDS
    for path in [*home.glob(".build-*"), *home.glob(".*.atlas.*"), *(path for ending in _KEPT for path in home.glob(ending))]:
        with contextlib.suppress(OSError):
            if path.name.startswith(".") or (path != target and path.stat().st_mtime < long_ago):
                path.unlink()
