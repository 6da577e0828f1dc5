"""The KB folder as the import sees it: files are read when needed, changed in memory, and written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from lawkb.importing.blocks import Block
from lawkb.terms import ID, RDF_TYPE
from lawkb.turtle import Iri, Term, Triple, head_comment, parse, write, write_all_atomically

Facts = dict[str, set[Term]]


class Store:
    """The Turtle files below a folder.

    Args:
        root: the folder that is written to.
        behind: another folder to which facts may refer, such as the packaged KB behind an overlay; it is only read. A folder
            with another one behind it may keep its facts in files as it likes.
    """

    def __init__(self, root: Path, behind: Path | None = None) -> None:
        self.root = root
        self._behind = Store(behind) if behind else None
        self._originals: dict[tuple[str, str], Facts] = {}
        self._files: dict[str, dict[str, Facts]] = {}
        self._heads: dict[str, str] = {}
        self._changed: set[str] = set()

    def exists(self, file: str) -> bool:
        """Say whether a file is there, on disk or in memory, here or behind."""
        return self.has(file) or (self._behind is not None and self._behind.has(file))

    def has(self, file: str) -> bool:
        """Say whether a file is in the folder itself."""
        return bool(self._files.get(file)) or (self.root / file).is_file()

    @cached_property
    def _homes(self) -> dict[str, str]:
        """Subject -> file, for what stands in a folder whose files are named as its owner likes."""
        if self._behind is None:
            return {}
        own = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.ttl"))
        return {subject: file for file in own for subject, facts in self.load(file).items() if RDF_TYPE in facts}

    def own(self, kind: str) -> Iterator[tuple[str, Facts]]:
        """Yield every individual of a kind, such as `source`, that a folder with another one behind it declares, in whatever file."""
        for subject, file in self._homes.items():
            if subject.startswith(f"{ID}{kind}/"):
                yield subject, self.load(file)[subject]

    def said(self, subject: str, file: str) -> Facts | None:
        """Return what is known of a subject: in its home, or else in the file in which it belongs."""
        home = self._homes.get(subject)
        return self.load(home).get(subject) if home else self.known(file).get(subject)

    def known(self, file: str) -> dict[str, Facts]:
        """Return what a file says, here and behind; what is here goes first."""
        return {**self._behind.load(file), **self.load(file)} if self._behind else self.load(file)

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

    def files(self) -> list[str]:
        """Return every Turtle file, those in memory and those behind included."""
        behind = set(self._behind.files()) if self._behind else set()
        return sorted({path.relative_to(self.root).as_posix() for path in self.root.rglob("*.ttl")} | set(self._files) | behind)

    def folders(self, folder: str) -> set[str]:
        """Return the names of the folders in a folder, here and behind."""
        behind = self._behind.folders(folder) if self._behind else set()
        place = self.root / folder
        return behind | ({path.name for path in place.iterdir() if path.is_dir()} if place.is_dir() else set())

    def below(self, folder: str) -> Iterator[tuple[str, Facts]]:
        """Yield every subject in the Turtle files of a folder, those in memory and those behind included."""
        for file in self.files():
            if file.rpartition("/")[0] == folder:
                yield from self.known(file).items()

    def put(self, block: Block, head: str = "") -> str:
        """Merge a block into its file: what the block says replaces what the file said; the rest of the subject stays.

        Returns:
            "added", "changed" or "unchanged".
        """
        block.file = self._homes.get(block.subject, block.file)
        subjects = self.load(block.file)
        before = subjects.get(block.subject) or (self._behind.known(block.file).get(block.subject) if self._behind else None)
        after = {**(before or {}), **block.sets()}
        for predicate in block.once & (before or {}).keys():
            after[predicate] = (before or {})[predicate]
        if before == after:
            return "unchanged"
        self._originals.setdefault((block.file, block.subject), dict(before or {}))
        subjects[block.subject] = after
        self._changed.add(block.file)
        if head and not self._heads.get(block.file):
            self._heads[block.file] = head
        return "added" if before is None else "changed"

    def save(self) -> list[str]:
        """Write the changed files, all or none; return their paths below the folder.

        Raises:
            LawkbError: a file cannot be written; nothing was changed.
        """
        texts = dict(self.texts())
        write_all_atomically({self.root / file: text for file, text in texts.items()})
        self._changed.clear()
        return list(texts)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the changed files with the text that each is to have."""
        for file in self.changed:
            triples = (Triple(Iri(subject), Iri(predicate), obj) for subject, facts in self._files[file].items()
                       for predicate, terms in facts.items() for obj in terms)
            yield file, write(triples, self._heads.get(file, ""))

    def changes(self) -> Iterator[tuple[str, Facts, Facts]]:
        """Yield (subject, what it said, what it says) for every subject that was added or changed."""
        for (file, subject), before in sorted(self._originals.items()):
            yield subject, before, self._files[file][subject]

    @property
    def changed(self) -> list[str]:
        """The files that `save` would write."""
        return sorted(self._changed)
