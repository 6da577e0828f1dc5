"""Talks to one SPARQL 1.1 server: sends a query or an update, waits as long as agreed, and takes no answer that is not whole.

The one door to the network. Answers are read as SPARQL JSON only: it has an end, so that a stream which was cut is noticed.
Whatever goes wrong is told in one sentence that names the server; what may pass by itself is tried again, a little later.
"""

from __future__ import annotations

import ast
import http.client
import json
import re
import socket
import ssl
import time
import urllib.error
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, TypeVar

from lawkb.errors import LawkbError
from lawkb.remote.address import MORE, PASSWORD, TIMEOUT, TOKEN, USER, Access, Address
from lawkb.remote.results import Table, table

T = TypeVar("T")
PAUSES = (0.5, 1.0, 2.0)  # seconds before each further try
LONGEST_PAUSE = 30.0  # that a server may ask for with Retry-After
LARGEST = 256 * 1024 * 1024  # bytes of one answer
_BUSY = {429, 500, 502, 503, 504}
_PIECE = 1 << 16
# what Virtuoso says when it has given only a part of the answer
_CUT = ("X-SPARQL-MaxRows", "X-SQL-State")


class _Passing(Exception):
    """A failure that may pass by itself; `error` is what the user is told when it does not."""

    def __init__(self, error: LawkbError, pause: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.pause = error, pause


@dataclass(frozen=True)
class Server:
    """A server: its address, how it is asked, the pauses between tries, and the largest answer that is taken, in bytes.

    Safe to share between threads: each request is made anew.
    """

    address: Address
    access: Access = field(default_factory=Access)
    pauses: tuple[float, ...] = PAUSES
    largest: int = LARGEST

    @classmethod
    def of(cls, url: str, update: str | None = None) -> Server:
        """Return the server at an address (see `Address.of`), asked as the environment says.

        Raises:
            LawkbError: the address is none, or the environment contradicts itself.
        """
        return cls(Address.of(url, update), Access.of_environment())

    def select(self, query: str, graphs: Sequence[str] = ()) -> Table:
        """Run a SELECT or an ASK and return what it found.

        Args:
            query: the query.
            graphs: the graphs that make up the default graph; without any, the server's own default graph does.

        Raises:
            LawkbError: the server does not answer as it should; the sentence says how.
        """
        url = self.address.query
        return self._tried(url, lambda: self._asked(url, query, graphs))

    def update(self, text: str) -> None:
        """Run an update. It is sent again where its answer was lost: give one that does no more the second time.

        Raises:
            LawkbError: the server does not answer as it should; the sentence says how.
        """
        url = self.address.update
        self._tried(url, lambda: self._sent(url, text, (), changes=True))

    def _tried(self, url: str, ask: Callable[[], T]) -> T:
        """Ask, and ask again after a pause where the failure may pass."""
        for pause in self.pauses:
            try:
                return self._told(url, ask)
            except _Passing as failure:
                time.sleep(min(failure.pause or pause, LONGEST_PAUSE))
        try:
            return self._told(url, ask)
        except _Passing as failure:
            raise failure.error from failure.__cause__

    def _told(self, url: str, ask: Callable[[], T]) -> T:
        """Ask, and turn every failure into a sentence."""
        try:
            return ask()
        except urllib.error.HTTPError as error:
            raise self._refused(url, error, error.read()) from error
        except urllib.error.URLError as error:
            raise self._unreachable(url, error.reason) from error
        except http.client.IncompleteRead as error:
            raise _Passing(_cut(url)) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(url, error) from error
        except Exception as error:
            if isinstance(error.__context__, urllib.error.HTTPError):  # SPARQLWrapper gives some codes a class of their own
                raise self._refused(url, error.__context__, _body(error)) from error
            raise

    def _asked(self, url: str, query: str, graphs: Sequence[str]) -> Table:
        headers, content = self._sent(url, query, graphs, changes=False)
        kind = headers.get("Content-Type", "")
        if not re.search(r"\bjson\b", kind):
            what = "a web page" if "html" in kind else f"{kind.partition(';')[0]}" if kind else "something without a type"
            raise LawkbError(f"{url} answers with {what}, not with SPARQL results in JSON", "Give the address to which queries are sent, as "
                             "http://localhost:7878/query", MORE)
        if cut := next((name for name in _CUT if headers.get(name)), None):
            raise LawkbError(f"The server at {url} gives only a part of the answer ({cut}: {headers[cut]})",
                             "Ask for less with LIMIT, or have its limit raised", MORE)
        try:
            return table(json.loads(content), headers.get("Server", ""))
        except ValueError as error:  # no JSON, because the end is missing, or not of the form of the W3C
            raise _Passing(_cut(url)) from error

    def _sent(self, url: str, text: str, graphs: Sequence[str], changes: bool) -> tuple[Message, bytes]:
        started = time.monotonic()
        response = self._request(text, graphs, changes).query().response
        with response:
            if response.geturl().partition("?")[0] != url.partition("?")[0]:
                raise LawkbError(f"The server at {url} sends on to {response.geturl()}", "Give that address, if you trust it", MORE)
            parts, size = [], 0
            while part := response.read1(_PIECE):
                parts.append(part)
                size += len(part)
                if size > self.largest:
                    raise LawkbError(f"The answer of {url} is larger than {self.largest / 1e6:,.0f} MB", "Ask for less with LIMIT", MORE)
                if time.monotonic() - started > self.access.timeout:
                    raise TimeoutError
            if response.length:  # the server has promised more
                raise http.client.IncompleteRead(b"")
            return response.headers, b"".join(parts)

    def _request(self, text: str, graphs: Sequence[str], changes: bool) -> Any:
        from SPARQLWrapper import DIGEST, INSERT, JSON, POST, SELECT, SPARQLWrapper

        wrapper = SPARQLWrapper(self.address.query, updateEndpoint=self.address.update)
        # not by setQuery, which guesses the kind from the text, and takes long over a large one: a query must not reach the door for updates
        wrapper.queryString, wrapper.queryType = text, INSERT if changes else SELECT
        wrapper.setMethod(POST)
        wrapper.setReturnFormat(JSON)
        wrapper.setOnlyConneg(True)
        wrapper.timeout = self.access.timeout  # type: ignore[assignment]  # urllib takes parts of seconds too
        for graph in graphs:
            wrapper.addParameter("default-graph-uri", graph)
        if self.access.user:
            wrapper.setCredentials(self.access.user, self.access.password)
            if self.access.scheme == "digest":
                wrapper.setHTTPAuth(DIGEST)
        elif self.access.token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self.access.token}")
        return wrapper

    def _unreachable(self, url: str, reason: object) -> Exception:
        """What a failure below HTTP means."""
        if isinstance(reason, TimeoutError):  # slow once is slow again: not tried anew
            return LawkbError(f"The server at {url} has not answered within {self.access.timeout:g} seconds",
                              f"Wait longer with {TIMEOUT}=300, or ask for less", MORE)
        if isinstance(reason, socket.gaierror):
            return LawkbError(f"There is no server of the name in {url}", "Check the address", MORE)
        if isinstance(reason, ssl.SSLError):
            return LawkbError(f"The connection to {url} is not safe ({reason.reason or reason})", "Check the address and the certificate of the server", MORE)
        if isinstance(reason, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
            return _Passing(LawkbError(f"The server at {url} breaks off without an answer", "See whether it runs, and whether the address is right", MORE))
        if isinstance(reason, http.client.HTTPException):
            return LawkbError(f"What answers at {url} does not speak HTTP", "Check the address and its port", MORE)
        why = getattr(reason, "strerror", None) or str(reason)
        return _Passing(LawkbError(f"No server answers at {url} ({why})", "See whether it runs, and whether the address is right", MORE))

    def _refused(self, url: str, error: urllib.error.HTTPError, body: bytes) -> Exception:
        """What an HTTP code means."""
        said = _first_line(body, error.headers)
        if error.code in (401, 403):
            return LawkbError(f"The server at {url} does not let you in ({error.code})",
                              f"Set {USER} and {PASSWORD}, or {TOKEN}; a password may allow queries and forbid updates", MORE)
        if error.code in (404, 405, 410):
            return LawkbError(f"There is no SPARQL endpoint at {url} ({error.code})", "Queries and updates may have two addresses: see --update-endpoint", MORE)
        told = LawkbError(f"The server at {url} answers {error.code}{f': {said}' if said else ''}",
                          "" if error.code >= 500 else "It may not know all of SPARQL 1.1", MORE)
        if error.code not in _BUSY:
            return told
        after = error.headers.get("Retry-After", "") if error.headers else ""
        return _Passing(told, float(after) if after.isdigit() else None)


def _cut(url: str) -> LawkbError:
    return LawkbError(f"The answer of {url} breaks off or is no SPARQL result", "Ask again; if it stays so, look at the server and at what lies between", MORE)


def _body(error: Exception) -> bytes:
    """The body of an answer, out of the text of SPARQLWrapper's error."""
    _, _, shown = str(error).partition("Response:\n")
    return bytes(ast.literal_eval(shown)) if shown else b""


def _first_line(body: bytes, headers: Message | None) -> str:
    """What a server says is wrong: the first line of its text; a web page says nothing."""
    if headers and "html" in headers.get("Content-Type", ""):
        return ""
    line = next((line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()), "")
    return line if len(line) <= 200 else f"{line[:197]}..."
