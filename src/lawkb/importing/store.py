"""The KB folder as the import sees it: files are read when needed, changed in memory, and written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.importing.blocks import Block
from lawkb.turtle import Iri, Term, Triple, head_comment, parse, write, write_atomically

Facts = dict[str, set[Term]]


class Store:
    """The Turtle files below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, dict[str, Facts]] = {}
        self._heads: dict[str, str] = {}
        self._changed: set[str] = set()

    def exists(self, file: str) -> bool:
        """Say whether a file is there, on disk or in memory."""
        return bool(self._files.get(file)) or (self.root / file).is_file()

    def load(self, file: str) -> dict[str, Facts]:
        """Return subject -> predicate -> objects of a file; an empty one if there is no such file."""
        if file not in self._files:
            path, subjects = self.root / file, {}  # type: tuple[Path, dict[str, Facts]]
            if path.is_file():
                for subject, predicate, obj in parse(path):
                    subjects.setdefault(subject, {}).setdefault(predicate, set()).add(obj)
                self._heads[file] = head_comment(path.read_text(encoding="utf-8"))
            self._files[file] = subjects
        return self._files[file]

    def below(self, folder: str) -> Iterator[tuple[str, Facts]]:
        """Yield every subject in the Turtle files of a folder, those in memory included."""
        on_disk = {p.relative_to(self.root).as_posix() for p in (self.root / folder).glob("*.ttl")}
        for file in sorted(on_disk | {name for name in self._files if name.startswith(folder + "/")}):
            yield from self.load(file).items()

    def put(self, block: Block, head: str = "") -> str:
        """Merge a block into its file: what the block says replaces what the file said; the rest of the subject stays.

        Returns:
            "added", "changed" or "unchanged".
        """
        subjects = self.load(block.file)
        before = subjects.get(block.subject)
        after = {**(before or {}), **block.sets()}
        for predicate in block.once & (before or {}).keys():
            after[predicate] = (before or {})[predicate]
        if before == after:
            return "unchanged"
        subjects[block.subject] = after
        self._changed.add(block.file)
        if head and not self._heads.get(block.file):
            self._heads[block.file] = head
        return "added" if before is None else "changed"

    def save(self) -> list[str]:
        """Write the changed files, each atomically; return their paths below the folder."""
        written: list[str] = []
        for file in sorted(self._changed):
            triples = (Triple(Iri(subject), Iri(predicate), obj) for subject, facts in self._files[file].items()
                       for predicate, terms in facts.items() for obj in terms)
            try:
                write_atomically(self.root / file, write(triples, self._heads.get(file, "")))
            except LawkbError as error:
                raise LawkbError(f"After {len(written)} of {len(self._changed)} files: {error.problem}", error.expected,
                                 "Import again: what is already there stays as it is") from error
            written.append(file)
        self._changed.clear()
        return written

    @property
    def changed(self) -> list[str]:
        """The files that `save` would write."""
        return sorted(self._changed)
