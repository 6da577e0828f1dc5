"""Proves the ontology: HermiT shows that it is consistent and that every class can have members.

The topic files, the concept schemes, the mappings and, when asked, a sample of the knowledge base are merged, handed to
owlready2 as N-Triples and checked by the HermiT that owlready2 brings along. HermiT needs Java. It says *that* facts
contradict one another, not *which*; `clashes` looks for the usual cause, one thing in two disjoint classes.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.paths import kb_dir, ontology_dir
from lawkb.reading import triples, turtle_below
from lawkb.terms import RDF_TYPE, curie, expand

Spo = tuple[str, str, str]
_ONTOLOGY = "https://w3id.org/lawkb/ontology"
_SAMPLE_BYTES = 400_000


@dataclass(frozen=True)
class Report:
    """What HermiT found. `causes` names things in two disjoint classes; it is filled when `consistent` is false."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    causes: tuple[str, ...]
    files: int
    triples: int
    classes: int
    properties: int
    concepts: int
    individuals: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether the ontology is consistent and has no unsatisfiable class."""
        return self.consistent and not self.unsatisfiable


def reason(kb_sample: bool = False, also: Iterable[Path] = ()) -> Report:
    """Check the ontology with HermiT.

    Args:
        kb_sample: take in all jurisdictions and one treaty of the knowledge base as well.
        also: further Turtle files or folders to take in.

    Raises:
        LawkbError: Java is absent, a file is not Turtle, or HermiT stopped before it had a result.
    """
    files = ontology_files() + (sample_files() if kb_sample else []) + [path for place in also for path in turtle_below(place)]
    facts = [triple for path in files for triple in triples(path)]
    started = time.perf_counter()
    consistent, unsatisfiable = _hermit(facts)
    kinds: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, obj in facts:
        if predicate == RDF_TYPE:
            kinds[obj].add(subject)
    terms = {name: kinds[f"<{expand(f'owl:{name}')}>"] for name in
             ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology", "AllDisjointClasses")}
    individuals = {s for members in kinds.values() for s in members if not s.startswith("_:")}.difference(*terms.values())
    return Report(
        consistent=consistent, unsatisfiable=unsatisfiable, causes=() if consistent else tuple(clashes(facts)),
        files=len(files), triples=len(facts), classes=len([c for c in terms["Class"] if not c.startswith("_:")]),
        properties=len(terms["ObjectProperty"] | terms["DatatypeProperty"]),
        concepts=len(kinds[f"<{expand('skos:Concept')}>"]), individuals=len(individuals),
        seconds=round(time.perf_counter() - started, 1))


def ontology_files() -> list[Path]:
    """Return the files of the ontology: topics, concept schemes, mappings; not the shapes, which are no OWL."""
    return [path for path in turtle_below(ontology_dir()) if "shapes" not in path.relative_to(ontology_dir()).parts]


def sample_files() -> list[Path]:
    """Return the files of all jurisdictions and of the fullest treaty folder that is not too large for a reasoner."""
    profiles = sorted((kb_dir() / "jurisdictions").glob("*/profile.ttl"))
    sizes = {folder: sum(path.stat().st_size for path in folder.glob("*.ttl")) for folder in (kb_dir() / "treaties").glob("*/")}
    fitting = [folder for folder in sorted(sizes) if sizes[folder] <= _SAMPLE_BYTES]
    treaty = max(fitting, key=lambda folder: (len(list(folder.glob("*.ttl"))), sizes[folder]), default=None)
    return profiles + (turtle_below(treaty) if treaty else [])


def clashes(facts: Iterable[Spo]) -> Iterator[str]:
    """Yield a sentence for each thing that belongs to two disjoint classes, by its types or by the properties it has."""
    facts = list(facts)
    above: dict[str, set[str]] = defaultdict(set)
    typing: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for subject, predicate, obj in facts:
        if predicate == expand("rdfs:subClassOf"):
            above[subject].add(_iri(obj))
        elif predicate in (expand("rdfs:domain"), expand("rdfs:range")) and obj.startswith("<"):
            typing[subject].append((0 if predicate.endswith("domain") else 2, _iri(obj)))
    members: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in sorted(facts, key=lambda spo: spo[1] != RDF_TYPE):  # what is declared tells more than what follows
        subject, predicate, obj = triple
        if predicate == RDF_TYPE and obj.startswith("<"):
            members[subject].setdefault(_iri(obj), f"it is declared {curie(_iri(obj))}")
        for place, name in typing.get(predicate, ()):
            if triple[place].startswith("<") or place == 0:
                members[_iri(triple[place])].setdefault(name, f"{curie(predicate)} makes it {curie(name)}")
    groups = list(_disjoint(facts))
    for thing in sorted(members):
        reached = {name: why for start, why in reversed(members[thing].items()) for name in _closure(start, above)}
        for group in groups:
            hit = sorted(group & set(reached))
            if len(hit) > 1:
                yield (f"{curie(thing)} cannot be both {curie(hit[0])} and {curie(hit[1])}: "
                       f"{reached[hit[0]]}, and {reached[hit[1]]}")


def _disjoint(facts: list[Spo]) -> Iterator[set[str]]:
    rest = {s: o for s, p, o in facts if p == expand("rdf:rest")}
    first = {s: o for s, p, o in facts if p == expand("rdf:first")}
    for subject, predicate, obj in facts:
        if predicate == expand("owl:disjointWith"):
            yield {subject, _iri(obj)}
        elif predicate == expand("owl:members"):
            group, node = set(), obj
            while node in first:
                group.add(_iri(first[node]))
                node = rest[node]
            yield group


def _closure(start: str, above: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(above.get(name, ()))
    return seen


def _iri(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _hermit(facts: list[Spo]) -> tuple[bool, tuple[str, ...]]:
    import owlready2
    from owlready2.base import OwlReadyInconsistentOntologyError, OwlReadyJavaError

    if not shutil.which(owlready2.JAVA_EXE):
        raise LawkbError("The OWL reasoner HermiT needs Java, and there is no 'java' on this machine",
                         "Install a Java runtime of version 11 or later (Debian and Ubuntu: apt install default-jre-headless; "
                         "macOS: brew install openjdk; Windows: https://adoptium.net) and try again",
                         "Everything else in lawkb works without Java")
    lines = (f"{s if s.startswith('_:') else f'<{s}>'} <{p}> {o} .\n" for s, p, o in facts)
    world = owlready2.World()
    try:
        with _scratch_folder():
            world.get_ontology(_ONTOLOGY).load(only_local=True, fileobj=io.BytesIO("".join(lines).encode()))
            # xsd:date and xsd:gYear are no datatypes of OWL 2: the SHACL shapes check them
            owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except OwlReadyInconsistentOntologyError:
        return False, ()
    except OwlReadyJavaError as error:
        raise LawkbError(f"HermiT stopped before it had a result: {' '.join(str(error).split())[:300]}",
                         "Check the Turtle files first: lawkb validate") from error
    else:
        return True, tuple(sorted(curie(c.iri) for c in world.inconsistent_classes() if c is not owlready2.Nothing))
    finally:
        world.close()


@contextmanager
def _scratch_folder() -> Iterator[None]:
    """Let owlready2 put its temporary file where it vanishes, also when HermiT fails."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="lawkb-reason-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
