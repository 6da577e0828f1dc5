"""Servers that are down, slow or wrong are told in one sentence; publishing is safe to repeat; without --endpoint no socket is opened."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lawkb
from engines import servers
from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.infer import CompiledRule
from lawkb.remote import graphs
from lawkb.remote.address import Access, Address
from lawkb.remote.engine import Remote, RemoteEngine
from lawkb.remote.publish import publish
from lawkb.remote.results import Table, table
from lawkb.remote.server import Server

if TYPE_CHECKING:
    from conftest import Invoke

JSON = "application/sparql-results+json"
ONE = json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "1"}}]}}).encode()


# addresses and credentials

@pytest.mark.parametrize(("given", "query", "update"), [
    ("http://localhost:7878", "http://localhost:7878/query", "http://localhost:7878/update"),
    ("http://localhost:7878/", "http://localhost:7878/query", "http://localhost:7878/update"),
    ("https://x.org/ds/query", "https://x.org/ds/query", "https://x.org/ds/update"),
    ("http://x.org:7200/repositories/law", "http://x.org:7200/repositories/law", "http://x.org:7200/repositories/law/statements"),
    ("http://x.org:8890/sparql", "http://x.org:8890/sparql", "http://x.org:8890/sparql"),
    ("http://x.org/ds", "http://x.org/ds", "http://x.org/ds"),
])
def test_the_door_for_updates_is_found_by_the_conventions_of_servers(given: str, query: str, update: str) -> None:
    assert Address.of(given) == Address(query, update)


def test_the_door_for_updates_may_be_named() -> None:
    assert Address.of("http://x.org/a/query", "http://x.org/b").update == "http://x.org/b"


@pytest.mark.parametrize(("given", "told"), [
    ("localhost:7878", "no address of a server"), ("", "no address of a server"), ("file:///etc/passwd", "no address of a server"),
    ("http://", "no address of a server"), ("http://x.org:99999/", "no address of a server"), ("http://me:secret@x.org/sparql", "LAWKB_ENDPOINT_USER"),
    ("http://x.org/sparql#top", "part of a page"),
])
def test_what_is_no_address_is_told_and_no_password_is_repeated(given: str, told: str) -> None:
    with pytest.raises(LawkbError, match=told) as error:
        Address.of(given)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(("given", "told"), [
    ({"LAWKB_ENDPOINT_USER": "me"}, "Only one of"), ({"LAWKB_ENDPOINT_PASSWORD": "x"}, "Only one of"),
    ({"LAWKB_ENDPOINT_USER": "me", "LAWKB_ENDPOINT_PASSWORD": "x", "LAWKB_ENDPOINT_TOKEN": "t"}, "Both"),
    ({"LAWKB_ENDPOINT_AUTH": "kerberos"}, "basic.*digest"), ({"LAWKB_ENDPOINT_TIMEOUT": "soon"}, "seconds"), ({"LAWKB_ENDPOINT_TIMEOUT": "-1"}, "seconds"),
])
def test_an_environment_that_contradicts_itself_is_told(given: dict[str, str], told: str) -> None:
    with pytest.raises(LawkbError, match=told):
        Access.of_environment(given)


# a server that does as it is told

@dataclass
class Play:
    """What a server on the loopback does: one act for each request, the last one again and again; it keeps what it was sent."""

    acts: list[Callable[[http.server.BaseHTTPRequestHandler], None]]
    heard: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


@contextmanager
def playing(*acts: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, Play]]:
    play = Play(list(acts))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            play.heard.append((self.path, dict(self.headers), self.rfile.read(length).decode()))
            act = play.acts.pop(0) if len(play.acts) > 1 else play.acts[0]
            act(self)

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql", play
    finally:
        server.shutdown()
        server.server_close()


def says(body: bytes = ONE, code: int = 200, kind: str = JSON, **headers: str) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    def act(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if kind:
            handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def cuts(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", str(len(ONE)))
    handler.end_headers()
    handler.wfile.write(ONE[:20])
    handler.close_connection = True


def cuts_without_a_promise(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(ONE[:-3])
    handler.close_connection = True


def hangs_up(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def sleeps(handler: http.server.BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    handler.close_connection = True


def drips(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, for ever, so that no single wait is long."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def _server(url: str, **options: float) -> Server:
    return Server(Address.of(url), Access(timeout=options.get("timeout", 5.0)), pauses=(0.01, 0.01), largest=int(options.get("largest", 10_000)))


FAULTS = {
    "a web page": ([says(b"<html>Welcome</html>", kind="text/html; charset=utf-8")], "a web page, not with SPARQL results", 1),
    "another kind of content": ([says(b"a,b", kind="text/csv")], "text/csv, not with SPARQL results", 1),
    "no kind of content": ([says(b"{}", kind="")], "something without a type", 1),
    "JSON of another form": ([says(b'{"hello": 1}')], "is no SPARQL result", 3),
    "JSON that is a list": ([says(b"[1]")], "is no SPARQL result", 3),
    "a cut stream": ([cuts], "breaks off", 3),
    "a cut stream of unknown length": ([cuts_without_a_promise], "breaks off", 3),
    "no answer at all": ([hangs_up], "breaks off without an answer", 3),
    "not let in": ([says(b"", 401)], r"does not let you in \(401\).*LAWKB_ENDPOINT_USER", 1),
    "forbidden": ([says(b"", 403)], r"does not let you in \(403\)", 1),
    "nothing there": ([says(b"", 404)], "no SPARQL endpoint", 1),
    "no queries there": ([says(b"", 405)], "no SPARQL endpoint", 1),
    "not understood": ([says(b"syntax error at 3\nmore", 400, "text/plain")], "answers 400: syntax error at 3", 1),
    "out of order": ([says(b"stack overflow", 500, "text/plain")], "answers 500: stack overflow", 3),
    "overloaded": ([says(b"<html>busy</html>", 503, "text/html")], "answers 503. ", 3),
    "slow": ([sleeps], "has not answered within 0.4 seconds.*LAWKB_ENDPOINT_TIMEOUT", 1),
    "a drop at a time": ([drips], "has not answered within 0.4 seconds", 1),
    "too much": ([says(b"x" * 10_001)], "is larger than 0 MB.*LIMIT", 1),
    "a part of the answer": ([says(X_SPARQL_MaxRows="1")], "only a part of the answer", 1),
    "sent elsewhere": ([says(b"", 302, Location="/other"), says()], "sends on to", 2),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that_does_not_answer_as_it_should_is_told_in_a_sentence(name: str) -> None:
    acts, told, requests = FAULTS[name]
    with playing(*acts) as (url, play):
        with pytest.raises(LawkbError, match=told) as error:
            _server(url, timeout=0.4 if name in ("slow", "a drop at a time") else 5.0).select("SELECT ?n { }")
        assert "127.0.0.1" in str(error.value)
        assert error.value.exit_code == 2
        assert len(play.heard) == requests


@pytest.mark.parametrize("fault", [says(b"", 500), says(b"", 503, Retry_After="0"), says(b"", 429), cuts, hangs_up])
def test_what_may_pass_is_tried_again(fault: Callable[[http.server.BaseHTTPRequestHandler], None]) -> None:
    with playing(fault, says()) as (url, play):
        assert _server(url).select("SELECT ?n { }") == Table(("n",), (('"1"',),), by=table_by(url))
        assert len(play.heard) == 2


def table_by(url: str) -> str:
    """How the server of these tests names itself."""
    return http.server.BaseHTTPRequestHandler.server_version + " " + http.server.BaseHTTPRequestHandler.sys_version


def test_a_server_that_is_down_is_told_in_a_sentence() -> None:
    with pytest.raises(LawkbError, match=r"No server answers at .*refused"):
        _server(f"http://127.0.0.1:{servers.free_port()}/sparql").select("ASK {}")


def test_a_name_that_nobody_has_is_told_in_a_sentence() -> None:
    with pytest.raises(LawkbError, match="no server of the name"):
        _server("http://nobody.invalid/sparql").select("ASK {}")


def test_what_does_not_speak_http_is_told_in_a_sentence() -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(b"220 smtp ready\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(LawkbError, match="does not speak HTTP"):
            _server(f"http://127.0.0.1:{listener.getsockname()[1]}/sparql").select("ASK {}")


@pytest.mark.parametrize(("access", "header"), [
    (Access(user="me", password="secret"), "Basic bWU6c2VjcmV0"), (Access(token="t0ken"), "Bearer t0ken"), (Access(), None)])
def test_credentials_are_shown_to_the_server(access: Access, header: str | None) -> None:
    with playing(says()) as (url, play):
        Server(Address.of(url), access).select("ASK {}")
        Server(Address.of(url), access).update("CLEAR DEFAULT")
        assert [heard[1].get("Authorization") for heard in play.heard] == [header, header]


def test_a_query_is_never_sent_as_an_update() -> None:
    with playing(says()) as (url, play):
        server = Server(Address(f"{url}/query", f"{url}/update"))
        server.select("# INSERT\nPREFIX insert: <http://x/> SELECT ?n { }")
        server.update("PREFIX select: <http://x/> INSERT DATA { }")
        assert [(path.rpartition("/")[2], body[:6]) for path, _, body in play.heard] == [("query", "query="), ("update", "update")]


# results

def test_results_are_read_as_terms() -> None:
    read = {"head": {"vars": ["a", "b", "c", "d", "e", "f"]}, "results": {"bindings": [{
        "a": {"type": "uri", "value": "http://x/"}, "b": {"type": "literal", "value": 'say "a\\b"\n'}, "c": {"type": "literal", "value": "x", "xml:lang": "en"},
        "d": {"type": "typed-literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#boolean"}, "e": {"type": "bnode", "value": "b0"}}]}}
    assert table(read).rows == (("<http://x/>", '"say \\"a\\\\b\\"\\n"', '"x"@en', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', "_:b0", None),)


@pytest.mark.parametrize("read", [{}, [], 3, None, {"head": {}}, {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "uri"}}]}}])
def test_what_is_no_result_is_refused(read: object) -> None:
    with pytest.raises(ValueError, match="no SPARQL result"):
        table(read)


# publishing

@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """The address of a server that runs."""
    with servers.oxigraph() as address:
        yield address


@pytest.fixture
def server(oxigraph: str) -> Server:
    """An empty server."""
    found = Server(Address.of(oxigraph), Access(timeout=30), pauses=())
    found.update("DROP ALL")
    return found


NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
OFF = "https://w3id.org/lawkb/graph/"


def _graphs(server: Server) -> set[str]:
    return {str(row[0])[1 + len(OFF):-1].partition("/")[2] or "index" for row in server.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows}


def _remote(base: Base, server: Server) -> Base:
    opened = Base(base.path)
    opened.elsewhere = Remote(opened, server)
    return opened


CASE = Case("XXA", "XXB", dt.date(2026, 1, 1))


def test_a_dry_run_changes_nothing(tiny: KnowledgeBase, server: Server) -> None:
    report = publish(tiny.base, server, dry_run=True)
    assert (len(report.loaded), report.done) == (4, False)
    assert not _graphs(server)


def test_publishing_twice_is_publishing_once(tiny: KnowledgeBase, server: Server) -> None:
    steps: list[tuple[int, int]] = []
    first = publish(tiny.base, server, lambda done, total: steps.append((done, total)))
    size = server.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").number()
    assert steps[-1] == (sum(first.graphs.values()), sum(first.graphs.values()))
    again = publish(tiny.base, server)
    assert (again.loaded, again.previous, again.dropped) == ((), None, ())
    assert server.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").number() == size
    assert _graphs(server) == {"index", "ontology", "facts", "participations", "dossiers"}


class _Broken(Server):
    """A server that breaks after some updates."""

    left = 0

    def update(self, text: str) -> None:
        if not _Broken.left:
            raise KeyboardInterrupt
        _Broken.left -= 1
        super().update(text)


@pytest.mark.parametrize("updates", range(1, 8))
def test_an_interrupted_run_leaves_what_counted_and_the_next_one_ends_it(tiny: KnowledgeBase, server: Server, updates: int,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tiny.base, server)
    old = graphs.Index.read(server).current
    monkeypatch.setattr(graphs, "FORM", "another")
    _Broken.left = updates
    with pytest.raises(KeyboardInterrupt):
        publish(tiny.base, _Broken(server.address, server.access, server.pauses))
    assert graphs.Index.read(server).current == old
    done = publish(tiny.base, server)
    index = graphs.Index.read(server)
    assert (index.current, index.previous, index.staged) == (done.version, old, {})
    assert conclude(_remote(tiny.base, server), CASE).by_iri == dict(conclude(tiny.base, CASE).by_iri)


def test_the_version_before_stays_and_older_ones_go(tiny: KnowledgeBase, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = []
    for form in ("1", "2", "3"):
        monkeypatch.setattr(graphs, "FORM", form)
        report = publish(tiny.base, server)
        versions.append(report.version)
    assert (report.previous, report.dropped) == (versions[1], (versions[0],))
    assert set(graphs.Index.read(server).versions) == {*versions[1:]}
    assert not server.select(f"SELECT ?s {{ GRAPH <{versions[0]}/facts> {{ ?s ?p ?o }} }}").rows
    monkeypatch.setattr(graphs, "FORM", "2")  # who has the version before still reads it
    assert conclude(_remote(tiny.base, server), CASE).by_iri


def test_what_a_killed_run_began_is_removed_after_a_day(tiny: KnowledgeBase, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "FORM", "killed")
    _Broken.left = 2
    with pytest.raises(KeyboardInterrupt):
        publish(tiny.base, _Broken(server.address, server.access, server.pauses), now=NOW)
    begun = next(iter(graphs.Index.read(server).staged))
    monkeypatch.setattr(graphs, "FORM", "1")
    assert begun not in publish(tiny.base, server, now=NOW + dt.timedelta(hours=1)).dropped
    assert begun in publish(tiny.base, server, now=NOW + dt.timedelta(days=2)).dropped
    assert not graphs.Index.read(server).staged


def test_graphs_of_killed_questions_are_removed_after_a_day(tiny: KnowledgeBase, server: Server) -> None:
    for age in (dt.timedelta(hours=1), dt.timedelta(days=2)):
        server.update(f"INSERT DATA {{ GRAPH <{graphs.question_graph(NOW - age)}> {{ <http://x/case> a <https://w3id.org/lawkb/ns#Case> }} }}")
    publish(tiny.base, server, now=NOW)
    left = [str(row[0]) for row in server.select("SELECT ?g { GRAPH ?g { <http://x/case> ?p ?o } }").rows]
    assert len(left) == 1
    assert "question/20260101T11" in left[0]


def test_a_server_that_keeps_less_than_it_was_given_is_told_and_not_switched(tiny: KnowledgeBase, server: Server) -> None:
    class Forgetful(Server):
        def update(self, text: str) -> None:
            super().update(text if "/participations> {" not in text else "CLEAR DEFAULT")

    with pytest.raises(LawkbError, match="keeps 0 of the"):
        publish(tiny.base, Forgetful(server.address, server.access, server.pauses))
    assert graphs.Index.read(server).current is None


# questions

def test_a_server_without_this_knowledge_base_is_told(tiny: KnowledgeBase, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LawkbError, match=r"holds no knowledge base.*lawkb publish"):
        conclude(_remote(tiny.base, server), CASE)
    publish(tiny.base, server)
    monkeypatch.setattr(graphs, "FORM", "other")
    with pytest.raises(LawkbError, match=r"holds another knowledge base \(release 2026-01-01\)"):
        conclude(_remote(tiny.base, server), CASE)


def test_a_server_that_has_lost_facts_gives_no_answer(tiny: KnowledgeBase, server: Server) -> None:
    version = publish(tiny.base, server).version
    server.update(f"DELETE {{ GRAPH <{version}/dossiers> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{version}/dossiers> {{ ?s ?p ?o . "
                  "?s <https://w3id.org/lawkb/ns#party> <https://w3id.org/lawkb/id/jur/XXA> } }")
    with pytest.raises(LawkbError, match=r"gives \d+ facts for this case, not the \d+"):
        conclude(_remote(tiny.base, server), CASE)
    assert "question" not in str(_graphs(server))


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), LawkbError("It breaks"), RuntimeError()])
def test_the_graph_of_a_question_is_dropped_after_a_failure_too(tiny: KnowledgeBase, server: Server, fault: BaseException,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tiny.base, server)
    before = _graphs(server)

    def broken(engine: RemoteEngine, rules: list[CompiledRule]) -> list[bool]:
        assert _graphs(server) > before  # the dossier is there
        raise fault

    monkeypatch.setattr(RemoteEngine, "apply_all", broken)
    with pytest.raises(type(fault)):
        conclude(_remote(tiny.base, server), CASE)
    assert _graphs(server) == before


def test_findings_that_cannot_be_dropped_are_told(tiny: KnowledgeBase, server: Server) -> None:
    publish(tiny.base, server)

    class Keeping(Server):
        def update(self, text: str) -> None:
            if text.startswith("DROP"):
                raise LawkbError("No drops")
            super().update(text)

    told: list[str] = []
    base = Base(tiny.base.path)
    base.elsewhere = Remote(base, Keeping(server.address, server.access, ()), told.append)
    assert conclude(base, CASE).by_iri
    assert len(told) == 1
    assert "graph/question/" in told[0]


def test_rules_one_by_one_find_what_they_find_together(tiny: KnowledgeBase, server: Server) -> None:
    publish(tiny.base, server)
    remote = Remote(tiny.base, server)
    with remote.question(CASE) as engine:
        rules = sorted((rule for rule in tiny.base.rules if rule.stage < "8"), key=lambda rule: (rule.stage, rule.plan.turn))
        new = [engine.apply(rule) for rule in rules]
        assert any(new)
        assert not all(new)
        found = engine.findings
    found.close()
    assert found.by_iri == dict(conclude(tiny.base, CASE).by_iri)


def test_rules_that_feed_one_another_run_until_nothing_is_new(tiny: KnowledgeBase, server: Server) -> None:
    """A stage in which a rule reads what it concludes; no packaged one does so."""
    publish(tiny.base, server)
    first = tiny.base.rules[0]
    query = ("PREFIX law: <https://w3id.org/lawkb/ns#>\nCONSTRUCT { ?f a law:Step ; law:case ?case ; law:restsOn ?last . } WHERE { "
             "?last a law:Step ; law:case ?case . FILTER(STRLEN(STR(?last)) < 60) BIND(IRI(CONCAT(STR(?last), \"x\")) AS ?f) }")
    begin = query.replace("?last a law:Step ; law:case ?case . FILTER(STRLEN(STR(?last)) < 60)", "?case a law:Case . BIND(?case AS ?last)")
    begin = begin.replace('"x"', '"/x"')
    rules = [replace(first, iri=f"{first.iri}-{number}", query=text, plan=replace(first.plan, reads=reads, kinds=("Step",)))
             for number, (text, reads) in enumerate([(begin, ()), (query, ("Step",))])]
    from lawkb.infer import infer

    with Remote(tiny.base, server).question(CASE) as engine:
        assert len(infer(engine, rules).by_iri) == 60 - len(f"{CASE.iri}/x") + 1


# the command line

def test_the_commands_speak_to_a_server(tiny: KnowledgeBase, server: Server, invoke: Invoke) -> None:
    shown = invoke("publish", server.address.query, "--dry-run", "--format", "json")
    assert shown.code == 0
    assert json.loads(shown.out)["done"] is False
    assert not _graphs(server)
    for words in (("channels", "ITA", "NGA"), ("explain", "case:ITA.NGA.2024-01-01/verdict/extradition"), ("rights", "ITA"),
                  ("matrix", "ITA", "NGA", "--channel", "mla")):
        done = invoke(*words, "--endpoint", server.address.query)
        assert (done.code, done.out) == (2, "")
        assert "holds no knowledge base of lawkb. Publish this one there first: lawkb publish http://127.0.0.1" in done.err


@pytest.mark.parametrize(("words", "told"), [
    (("channels", "ITA", "NGA", "--endpoint", "localhost"), "'localhost' is no address of a server"),
    (("channels", "ITA", "NGA", "--update-endpoint", "http://127.0.0.1:1/update"), "An address for updates is given, but none for queries"),
    (("publish", "ftp://x.org"), "'ftp://x.org' is no address of a server"),
    (("publish",), "Missing argument 'URL'"),
    (("treaties", "ITA", "NGA", "--endpoint", "http://127.0.0.1:1"), "--endpoint"),
])
def test_a_bad_address_is_told_in_one_sentence(invoke: Invoke, words: tuple[str, ...], told: str) -> None:
    done = invoke(*words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert told in done.err


NO_NETWORK = """
import os, sys
def refuse(event, _):
    if event.startswith("socket."):
        sys.stderr.write(f"a socket: {event}\\n")
        os._exit(99)
sys.addaudithook(refuse)
from lawkb.cli import main
main()
"""
ASKED = (("channels", "ITA", "NGA", "--explain", "--format", "json"), ("request", "ITA", "DEU", "--measure", "mla-search-seizure"), ("rights", "ITA"),
         ("criminality", "ITA", "NGA"), ("query", "-"), ("explain", "untoc"))


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
def test_without_an_endpoint_no_socket_is_opened(kb: KnowledgeBase, environment: dict[str, str], words: tuple[str, ...]) -> None:
    """Also where credentials of a server lie in the environment."""
    environment = {**environment, "LAWKB_ENDPOINT_USER": "me", "LAWKB_ENDPOINT_PASSWORD": "secret"}
    done = subprocess.run([sys.executable, "-c", NO_NETWORK, *words], input="ASK { ?s ?p ?o }", text=True, capture_output=True, timeout=100, check=False,
                          env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_watch_over_sockets_sees_one(kb: KnowledgeBase, environment: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", NO_NETWORK, "channels", "ITA", "NGA", "--endpoint", f"http://127.0.0.1:{servers.free_port()}"], text=True,
                          capture_output=True, timeout=100, check=False, env=environment)
    assert (done.returncode, done.stdout) == (99, "")


def test_python_names_a_server_too(kb: KnowledgeBase, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAWKB_CACHE", str(cache_folder))
    monkeypatch.setenv("LAWKB_ENDPOINT_TIMEOUT", "5")
    with playing(says(b"", 404)) as (url, play):
        opened = lawkb.load(endpoint=url)
        assert not play.heard  # nothing is sent before a question
        with pytest.raises(LawkbError, match="no SPARQL endpoint"):
            opened.channels("ITA", "NGA", on="2024-01-01")
        assert "ITA" not in play.heard[0][2]  # the server is asked for its knowledge base before it is told of a case
