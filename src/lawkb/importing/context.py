"""What a row may refer to: sources, instruments, jurisdictions, concepts. An unknown reference refuses the row."""

from __future__ import annotations

import re
from functools import cache

from lawkb.importing.blocks import Block, literal_text
from lawkb.importing.rows import Refused, Row
from lawkb.importing.store import Facts, Store
from lawkb.importing.values import concept, law, plain, ref, slug
from lawkb.paths import ontology_dir
from lawkb.terms import CONCEPT, expand, key
from lawkb.turtle import Iri, Literal, parse

_BILATERAL = re.compile(r"bi-([a-z]{3})-([a-z]{3})-(.+)")
_JURISDICTION = re.compile(r"[A-Z]{3}|EU")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class Context:
    """The references of one import.

    Args:
        store: the KB folder.
        folder: the namespace of the table's own source ids, such as `un`; empty for ids that are complete.
    """

    def __init__(self, store: Store, folder: str = "") -> None:
        self.store, self.folder = store, folder
        self._used: set[str] = set()
        self._sources: dict[str, Facts] | None = None
        self._jurisdictions: set[str] | None = None
        self._subjects: set[str] | None = None
        self._articles: dict[str, dict[str, list[Iri]]] = {}

    def cite(self, block: Block, row: Row) -> Block:
        """Add the sources of a row, which every fact must have, and its own grade if it has one."""
        block.add_word("confidence", "confidence", row, "confidence", codes("confidence"))
        return block.add("dcterms:source", *self.sources(row))

    def sources(self, row: Row) -> list[Iri]:
        """Return the sources that a row names."""
        ids = row.each("source_id")
        if not ids:
            raise Refused("no-source", "The row has no source: give the source_id of the place where it was read")
        return [self.source(name) for name in ids]

    def source(self, name: str) -> Iri:
        """Return the source with this id: in the table's own folder first, then anywhere if only one has it."""
        known = self.known_sources()
        for candidate in (slug(f"{self.folder}-{name}"), slug(name)):
            if candidate in known:
                return ref("source", candidate)
        others = sorted(k for k in known if k.partition("-")[2] == slug(name))
        if len(others) == 1:
            return ref("source", others[0])
        told = f"several sources have it ({', '.join(others)})" if others else "no source has it: import the sources first"
        raise Refused("unknown-source", f"source_id is {name!r}, but {told}")

    def known_sources(self) -> dict[str, Facts]:
        """Return all sources of the KB by their keys."""
        if self._sources is None:
            self._sources = {key(subject): facts for subject, facts in (*self.store.below("sources"), *self.store.own("source"))}
        return self._sources

    def how_read(self, source: Iri) -> str:
        """Return how a source was read: dataset, page or memory."""
        return next((key(str(term)) for term in self.known_sources()[key(source)].get(law("howRead"), ())), "")

    def has(self, subject: Iri) -> bool:
        """Say whether the KB has a record of this IRI, read or to be written."""
        if self._subjects is None:
            self._subjects = {known for file in self.store.files() for known in self.store.known(file)}
        return subject in self._subjects

    def instrument(self, name: str, column: str = "treaty_id") -> Iri:
        """Return an instrument of the KB."""
        if not self.store.exists(place(slug(name), "instrument")) and ref("instrument", slug(name)) not in dict(self.store.own("instrument")):
            raise Refused("unknown-instrument", f"{column} is {name!r}, but the KB has no instrument {slug(name)}: "
                                                "import it first (kind treaties)")
        return ref("instrument", slug(name))

    def jurisdiction(self, name: str, column: str = "party") -> Iri:
        """Return a jurisdiction; if the KB lists jurisdictions, it must be one of them."""
        if self._jurisdictions is None:
            self._jurisdictions = self.store.folders("jurisdictions") | {key(subject) for subject, _ in self.store.own("jur")}
        if not _JURISDICTION.fullmatch(name) or (self._jurisdictions and name not in self._jurisdictions):
            raise Refused("unknown-jurisdiction", f"{column} is {name!r}, expected a code of three letters such as ITA, or EU, "
                                                  "that the KB has (kb/jurisdictions) or your folder declares (docs/add-a-fact.md)")
        return ref("jur", name)

    def concept(self, scheme: str, code: str, column: str) -> Iri:
        """Return a concept of a closed list."""
        if code not in codes(scheme):
            raise Refused("unknown-code", f"{column} is {code!r}, which ontology/concepts/{scheme}.ttl does not have; "
                                          f"it has {', '.join(sorted(codes(scheme)))}")
        return concept(scheme, code)

    def concepts(self, scheme: str, row: Row, column: str) -> list[Iri]:
        """Return the concepts that a cell lists with semicolons."""
        return [self.concept(scheme, code, column) for code in row.each(column)]

    def languages(self, row: Row, column: str) -> list[Literal]:
        """Return the ISO 639-1 codes that a cell lists."""
        strange = [code for code in row.each(column) if not _LANGUAGE.fullmatch(code)]
        if strange:
            raise Refused("unknown-code", f"{column} has {strange[0]!r}, expected codes such as en;fr")
        return [plain(code) for code in row.each(column)]

    def provisions(self, instrument: str, article: str, below: bool = False) -> list[Iri]:
        """Return the provisions of an instrument that cite exactly this article or, with `below`, its paragraphs too."""
        if instrument not in self._articles:
            index: dict[str, list[Iri]] = {}
            for subject, facts in self.store.known(place(instrument, "articles")).items():
                if law("Provision") in facts.get(expand("rdf:type"), ()):
                    for term in facts.get(law("article"), ()):
                        index.setdefault(literal_text(term), []).append(Iri(subject))
            self._articles[instrument] = index
        index = self._articles[instrument]
        if not below:
            return index.get(article, [])
        return [iri for cited in index if cited == article or cited.startswith(f"{article}(") for iri in index[cited]]

    def settle(self, block: Block, *telling: str) -> Block:
        """Give a block whose key several facts may share the first number (none, `.2`, `.3` ...) that is free or its own.

        A number is its own if the KB has it already with the same values of the `telling` properties; a second row of the
        same table never gets the number of the first.
        """
        base, count = block.subject, 1
        own, names = block.sets(), [law(name) for name in telling]
        while block.subject in self._used or not all(
                (self.store.said(block.subject, block.file) or own).get(name, set()) == own.get(name, set()) for name in names):
            count += 1
            block.subject = Iri(f"{base}.{count}")
        self._used.add(block.subject)
        return block


def place(instrument: str, part: str) -> str:
    """Return the file of a part (instrument, articles, parties, declarations) of an instrument; a bilateral one has one file."""
    bilateral = _BILATERAL.fullmatch(instrument)
    if bilateral:
        return f"bilateral/{bilateral[1].upper()}-{bilateral[2].upper()}-{bilateral[3]}.ttl"
    return f"treaties/{instrument}/{part}.ttl"


@cache
def codes(scheme: str) -> frozenset[str]:
    """Return the codes of a concept scheme of the ontology."""
    start = f"{CONCEPT}{scheme}/"
    triples = parse(ontology_dir() / "concepts" / f"{scheme}.ttl")
    return frozenset(key(t.subject) for t in triples if t.subject.startswith(start))
