"""Runs the command line in this process, under fixed settings, and returns what it prints."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator

from lawkb.paths import data_root

WIDTH = "120"  # columns; what a pipe gets
_DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")


def lawkb(arguments: list[str]) -> tuple[str, int]:
    """Run the command line in this process and return what it prints, messages among it, and its exit code."""
    from lawkb.cli import main

    out = io.StringIO()
    argv, sys.argv = sys.argv, ["lawkb", *arguments]
    try:
        with settings(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main()
    except SystemExit as end:
        return masked(out.getvalue()), int(end.code or 0)
    finally:
        sys.argv = argv


def masked(output: str) -> str:
    """Return an output with its digests masked: they change with every fact."""
    return _DIGEST.sub("sha256:…", output)


@contextlib.contextmanager
def settings() -> Iterator[None]:
    """Fix what an output depends on besides the question: width, colour, folder."""
    before, folder = dict(os.environ), os.getcwd()
    os.environ.update(COLUMNS=WIDTH, NO_COLOR="1")
    os.chdir(data_root())
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
