"""Which graphs hold the knowledge base on a server, and how one of them is found.

Each version has graphs of its own, named by what it says: its ontology, its facts, the participations derived from them, and
the dossiers: the same facts as rules read them, each subject with its slice. The index names the versions that are whole, and
with one triple the one that counts: changing it is how a server goes from one version to the next.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from lawkb.base import Base
from lawkb.errors import LawkbError
from lawkb.facts import text
from lawkb.remote.address import MORE
from lawkb.remote.server import Server
from lawkb.terms import ROOT

FORM = "1"  # of what is published: another one is another version
GRAPH = f"{ROOT}/graph/"
INDEX = f"{GRAPH}index"
QUESTION = f"{GRAPH}question/"
SLICE = f"{GRAPH}slice"
PARTS = ("ontology", "facts", "participations", "dossiers")
_KB = f"{ROOT}/kb"
_DCAT = "http://www.w3.org/ns/dcat#"
_SINCE = "http://purl.org/dc/terms/issued"
_TRIPLES = "http://rdfs.org/ns/void#triples"
_HAS, _CURRENT, _STAGED = f"{_DCAT}hasVersion", f"{_DCAT}hasCurrentVersion", f"{GRAPH}staged"
_BEFORE = f"{_DCAT}previousVersion"


@dataclass(frozen=True)
class Version:
    """One version of the knowledge base on a server: its IRI, of which the names of its graphs are made, and its release."""

    iri: str
    release: str

    @classmethod
    def of(cls, base: Base) -> Version:
        """Return the version that a compiled knowledge base is."""
        digest = hashlib.sha256(f"{FORM} {base.meta['facts_digest']}".encode()).hexdigest()
        return cls(f"{GRAPH}{digest[:32]}", base.meta["kb_version"])

    def graph(self, part: str) -> str:
        """Return the graph of a part."""
        return f"{self.iri}/{part}"

    @property
    def readable(self) -> tuple[str, ...]:
        """The graphs that together are the knowledge base; the dossiers repeat a part of them."""
        return tuple(self.graph(part) for part in PARTS if part != "dossiers")


@dataclass(frozen=True)
class Index:
    """What the index of a server says.

    Attributes:
        versions: the versions that are whole, each with its release.
        current: the one that counts.
        previous: the one that counted before, kept for those who still read it.
        staged: versions whose loading has begun, each with the time, as `moment` writes it.
        by: how the server names itself.
    """

    versions: dict[str, str]
    current: str | None
    previous: str | None
    staged: dict[str, str]
    by: str = ""

    @classmethod
    def read(cls, server: Server) -> Index:
        """Read the index of a server; a server without one holds no version."""
        found = server.select(f"SELECT ?how ?version ?release ?since {{ GRAPH <{INDEX}> {{ <{_KB}> ?how ?version . ?version <{_DCAT}version> ?release . "
                              f"OPTIONAL {{ ?version <{_SINCE}> ?since }} }} }}")
        rows = [tuple(text(term or '""') for term in row) for row in found.rows]

        def of(name: str) -> list[str]:
            return [version for how, version, _, _ in rows if how == name]

        return cls({version: release for how, version, release, _ in rows if how == _HAS}, next(iter(of(_CURRENT)), None),
                   next(iter(of(_BEFORE)), None), {version: since for how, version, _, since in rows if how == _STAGED}, found.by)


def of_server(server: Server, base: Base) -> tuple[Version, str]:
    """Return the version on a server that is the knowledge base of this installation, and how the server names itself.

    Raises:
        LawkbError: it is not published there, or the server does not answer.
    """
    version, index = Version.of(base), Index.read(server)
    if version.iri not in index.versions:
        there = index.versions.get(index.current or "")
        holds = f"another knowledge base (release {there}) than this installation ({version.release})" if there else "no knowledge base of lawkb"
        raise LawkbError(f"The server at {server.address.query} holds {holds}", f"Publish this one there first: lawkb publish {server.address.query}", MORE)
    return version, index.by


def moment(time: dt.datetime) -> str:
    """Return a time as it stands in the index and in the names of graphs: later times come later as texts too."""
    return f"{time:%Y%m%dT%H%M%S}"


def staging(version: Version, now: dt.datetime) -> str:
    """Return the update that notes the loading of a version, so that what an interrupted run leaves can be told from what is whole."""
    return (f"INSERT DATA {{ GRAPH <{INDEX}> {{ <{_KB}> <{_STAGED}> <{version.iri}> . <{version.iri}> <{_DCAT}version> \"{version.release}\" ; "
            f"<{_SINCE}> \"{moment(now)}\" }} }}")


def switch(version: Version, counts: dict[str, int], previous: str | None) -> str:
    """Return the one update that makes a version the one that counts, `previous` the one before it.

    Servers run an update as one transaction. Each of its steps is of the plainest form: Virtuoso 7 does nothing, and says that all is
    done, where a WHERE is OPTIONAL alone.
    """
    sizes = " ".join(f"<{version.graph(part)}> <{_TRIPLES}> {count} ." for part, count in counts.items())
    before = f"; <{_BEFORE}> <{previous}> " if previous else ""
    return ";\n".join((
        f"DELETE WHERE {{ GRAPH <{INDEX}> {{ <{_KB}> <{_CURRENT}> ?version }} }}",
        f"DELETE WHERE {{ GRAPH <{INDEX}> {{ <{_KB}> <{_BEFORE}> ?version }} }}",
        f"DELETE DATA {{ GRAPH <{INDEX}> {{ <{_KB}> <{_STAGED}> <{version.iri}> }} }}",
        f"INSERT DATA {{ GRAPH <{INDEX}> {{ <{_KB}> <{_CURRENT}> <{version.iri}> ; <{_HAS}> <{version.iri}> {before}. "
        f"<{version.iri}> <{_DCAT}version> \"{version.release}\" . {sizes} }} }}"))


def forgetting(version: str) -> str:
    """Return the update that removes a version: from the index first, so that nobody begins to read what is going."""
    graphs = [f"{version}/{part}" for part in PARTS]
    return ";\n".join([f"DELETE WHERE {{ GRAPH <{INDEX}> {{ <{_KB}> ?how <{version}> }} }}", f"DELETE WHERE {{ GRAPH <{INDEX}> {{ <{version}> ?how ?what }} }}",
                       *(f"DELETE WHERE {{ GRAPH <{INDEX}> {{ <{graph}> ?how ?what }} }}" for graph in graphs),
                       *(f"DROP SILENT GRAPH <{graph}>" for graph in graphs)])


def question_graph(now: dt.datetime) -> str:
    """Name the graph of one question: by its time, so that a forgotten one can be found, and by chance; nothing of the case is in it."""
    return f"{QUESTION}{moment(now)}-{uuid.uuid4().hex}"


def left_behind(server: Server, now: dt.datetime, age: dt.timedelta) -> list[str]:
    """Return the graphs of questions that began longer ago than `age` and were never dropped: their process was killed."""
    found = server.select(f"SELECT DISTINCT ?graph {{ GRAPH ?graph {{ ?case a <{ROOT}/ns#Case> }} }}")
    names = [text(row[0] or '""') for row in found.rows]
    return sorted(name for name in names if name.startswith(QUESTION) and name.removeprefix(QUESTION)[:15] < moment(now - age))
