"""Where a server takes queries and updates, and who asks: read from what the user gave and from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from lawkb.errors import LawkbError

MORE = "More: docs/servers.md"
_EXAMPLE = "Give the address of its SPARQL endpoint, as --endpoint http://localhost:7878/query"
USER, PASSWORD, TOKEN, SCHEME, TIMEOUT = (f"LAWKB_ENDPOINT_{name}" for name in ("USER", "PASSWORD", "TOKEN", "AUTH", "TIMEOUT"))
_SECONDS = 60.0


@dataclass(frozen=True)
class Address:
    """The two endpoints of a server."""

    query: str
    update: str

    @classmethod
    def of(cls, url: str, update: str | None = None) -> Address:
        """Read the address of a server; without `update`, its update endpoint is found by the conventions of servers.

        `.../query` goes with `.../update` (Oxigraph, Fuseki, Stardog), `.../repositories/NAME` with `.../repositories/NAME/statements`
        (GraphDB, RDF4J), an address without a path with `/query` and `/update` (Oxigraph); everything else takes both
        (Virtuoso, Neptune, Fuseki's data sets).

        Raises:
            LawkbError: it is no http address, or holds a password.
        """
        parts = _checked(url)
        path = parts.path.rstrip("/")
        if not path:
            path = "/query"
        if path.endswith("/query"):
            found = path.removesuffix("query") + "update"
        elif path.rpartition("/")[0].endswith("/repositories"):
            found = f"{path}/statements"
        else:
            found = path
        asked = parts._replace(path=path).geturl()
        return cls(asked, _checked(update).geturl() if update else parts._replace(path=found).geturl())


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if not sound:
        raise LawkbError(f"'{url}' is no address of a server", _EXAMPLE, MORE)
    if parts.username or parts.password:
        raise LawkbError("The address of the server holds a user or a password", f"Put them in the variables {USER} and {PASSWORD}", MORE)
    if parts.fragment:
        raise LawkbError(f"'{url}' names a part of a page (#{parts.fragment}), not a server", _EXAMPLE, MORE)
    return parts


@dataclass(frozen=True)
class Access:
    """How to ask: credentials and the time to wait, in seconds. `scheme` is basic or digest."""

    user: str = ""
    password: str = ""
    token: str = ""
    scheme: str = "basic"
    timeout: float = _SECONDS

    @classmethod
    def of_environment(cls, given: Mapping[str, str] = os.environ) -> Access:
        """Read the variables LAWKB_ENDPOINT_USER and _PASSWORD, or _TOKEN, and _AUTH and _TIMEOUT.

        Raises:
            LawkbError: they contradict each other, or the time is no number.
        """
        user, password, token = (given.get(name, "") for name in (USER, PASSWORD, TOKEN))
        scheme = given.get(SCHEME, "basic").lower()
        if bool(user) != bool(password):
            raise LawkbError(f"Only one of {USER} and {PASSWORD} is set", "Set both, or neither", MORE)
        if user and token:
            raise LawkbError(f"Both {USER} and {TOKEN} are set", "Set one of the two ways to be known", MORE)
        if scheme not in ("basic", "digest"):
            raise LawkbError(f"{SCHEME} is '{scheme}'", "It is basic, as most servers have it, or digest, as Virtuoso's /sparql-auth has it", MORE)
        try:
            seconds = float(given.get(TIMEOUT) or _SECONDS)
        except ValueError:
            seconds = 0
        if not 0 < seconds <= 24 * 3600:
            raise LawkbError(f"{TIMEOUT} is '{given.get(TIMEOUT)}'", f"Give seconds, as {TIMEOUT}=120", MORE)
        return cls(user, password, token, scheme, seconds)
