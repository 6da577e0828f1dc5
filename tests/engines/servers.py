"""Starts real SPARQL servers for tests: on a free port of the loopback, in a folder of their own, and ends them again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SECONDS = 60.0  # to start
STATEMENT = 60  # seconds that Virtuoso may take for one request: once in hundreds of questions its plan for a rule never comes to an end
_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
DirsAllowed = .

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5

[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = {seconds}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph() -> Iterator[str]:
    """Run Oxigraph in memory; yields its address."""
    beside = Path(sys.executable).with_name("oxigraph")
    command = str(beside) if beside.exists() else shutil.which("oxigraph")
    if command is None:
        _missing("oxigraph", "it comes with the dev dependencies (PyPI package oxigraph)")
    port = free_port()
    with _running([str(command), "serve", "--bind", f"127.0.0.1:{port}"], Path.cwd(), f"http://127.0.0.1:{port}/") as address:
        yield address.rstrip("/")


@contextmanager
def virtuoso(folder: Path, seconds: int = STATEMENT) -> Iterator[str]:
    """Run Virtuoso 7 in a folder; yields its address, without the path of an endpoint.

    Its limits are those with which it is installed, but a request that takes longer than `seconds` is ended with an error and undone.
    `/sparql` takes queries and updates from everybody, `/sparql-auth` from the user dba with the password dba.
    """
    if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        _missing("virtuoso-t", "sh scripts/servers.sh installs it (Debian package virtuoso-opensource-7-bin)")
    http, sql = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(http=http, sql=sql, seconds=seconds), encoding="utf-8")
    with _running(["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], folder, f"http://127.0.0.1:{http}/") as address:
        subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", 'exec=GRANT SPARQL_UPDATE TO "SPARQL";'], check=True, capture_output=True, timeout=30)
        yield address.rstrip("/")


@contextmanager
def _running(command: list[str], folder: Path, address: str) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: _answers(address), process, command[0])
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str) -> None:
    end = time.monotonic() + SECONDS
    while not ready():
        assert process.poll() is None, f"{name} has ended with code {process.returncode}"
        assert time.monotonic() < end, f"{name} has not started within {SECONDS:g} seconds"
        time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _missing(program: str, how: str) -> None:
    """A server that is not there: in CI that is a failure, never a test left out in silence."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is not on this machine: {how}")
    pytest.skip(f"{program} is not on this machine: {how}")
