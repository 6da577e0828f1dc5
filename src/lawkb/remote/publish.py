"""Publishes a compiled knowledge base to a SPARQL server: loaded beside what is there, counted, and then switched to.

Safe to repeat: a version that is there and whole is not loaded again. Safe to interrupt: what is not whole is never read, and
the next run goes on where this one stopped, since adding a triple twice is adding it once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.facts import ntriples
from lawkb.reading import Progress
from lawkb.remote.address import MORE
from lawkb.remote.engine import slice_name
from lawkb.remote.graphs import PARTS, SLICE, Index, Version, forgetting, left_behind, moment, staging, switch
from lawkb.remote.server import Server

LINES, CHARACTERS = 2000, 400_000  # of one request
FORGOTTEN = dt.timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """What publishing does, or would do.

    Attributes:
        version: the IRI of the version.
        release: the release of the knowledge base.
        graphs: graph -> number of triples, in the order of loading.
        loaded: the graphs that are loaded now; the others were there and whole.
        previous: the version that counted until now, where it is another one.
        dropped: older versions, and graphs of killed runs, that are removed.
        done: whether it was done, or only said.
    """

    version: str
    release: str
    graphs: dict[str, int]
    loaded: tuple[str, ...]
    previous: str | None
    dropped: tuple[str, ...]
    done: bool


def publish(base: Base, server: Server, progress: Progress | None = None, dry_run: bool = False, now: dt.datetime | None = None) -> Published:
    """Publish a compiled knowledge base.

    Args:
        base: the compiled knowledge base, overlays included where it was opened with any.
        server: where to.
        progress: called with (triples loaded, triples in all).
        dry_run: only say what would be done.
        now: the time (now), by which leftovers are judged.

    Raises:
        LawkbError: the server does not answer, or does not keep what it is given; what counted before still does.
    """
    now = now or dt.datetime.now(dt.UTC)
    version, index = Version.of(base), Index.read(server)
    parts = {part: list(lines(base, part)) for part in PARTS}
    counts = {part: len(triples) for part, triples in parts.items()}
    there = {part: _count(server, version.graph(part)) for part in PARTS}
    missing = [part for part in PARTS if there[part] != counts[part]]
    previous = index.current if index.current != version.iri else index.previous
    stale = [name for name, since in index.staged.items() if name not in (version.iri, *index.versions) and since < moment(now - FORGOTTEN)]
    old = sorted({name for name in index.versions if name not in (version.iri, previous)} | set(stale))
    killed = left_behind(server, now, FORGOTTEN)
    report = Published(version.iri, version.release, {version.graph(part): count for part, count in counts.items()},
                       tuple(version.graph(part) for part in missing), previous, (*old, *killed), not dry_run)
    if dry_run:
        return report
    if missing:
        _load(server, version, {part: parts[part] for part in missing}, there, progress, now)
    if missing or index.current != version.iri:
        server.update(switch(version, counts, previous))
        if (counting := Index.read(server).current) != version.iri:
            raise LawkbError(f"The server at {server.address.update} was told to switch to {version.iri} and has {counting or 'nothing'}",
                             "Another lawkb publish may run at this moment: run the command again", MORE)
    for name in old:
        server.update(forgetting(name))
    for graph in killed:
        server.update(f"DROP SILENT GRAPH <{graph}>")
    return report


def lines(base: Base, part: str) -> Iterator[str]:
    """Yield the triples of a part as lines of N-Triples."""
    if part == "dossiers":
        for jurisdiction, instrument, triples in base.execute("SELECT jurisdiction, instrument, triples FROM slice ORDER BY jurisdiction, instrument"):
            told = triples.splitlines()
            yield from told
            for subject in dict.fromkeys(line.partition(" ")[0] for line in told):
                yield f"{subject} <{SLICE}> {slice_name(jurisdiction, instrument)} ."
        return
    for entry in base.every():
        if part == ("participations" if entry.file is None else "ontology" if entry.file.startswith("ontology/") else "facts"):
            yield from ntriples([(entry.iri, entry.block)]).splitlines()


def _load(server: Server, version: Version, parts: dict[str, list[str]], there: dict[str, int], progress: Progress | None, now: dt.datetime) -> None:
    """Load parts and count them; what is there already of an interrupted run is added to."""
    server.update(staging(version, now))
    done, total = 0, sum(map(len, parts.values()))
    for part, triples in parts.items():
        graph = version.graph(part)
        if there[part] > len(triples):  # somebody else has written there
            server.update(f"DROP SILENT GRAPH <{graph}>")
        for batch in _batches(triples):
            server.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{chr(10).join(batch)}\n}} }}")
            done += len(batch)
            if progress:
                progress(done, total)
        if (kept := _count(server, graph)) != len(triples):
            raise LawkbError(f"The server at {server.address.update} keeps {kept} of the {len(triples)} triples of {graph}",
                             "The version that counted before still does; run the command again, and look at the server if it stays so", MORE)


def _batches(triples: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in triples:
        if batch and (len(batch) == LINES or size + len(line) > CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _count(server: Server, graph: str) -> int:
    return server.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").number()
