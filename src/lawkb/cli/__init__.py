"""The command line: a thin twin of the Python face. Answers go to stdout, messages to stderr; exit codes are in the contract."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import NoReturn

import click

from lawkb.errors import LawkbError

# command -> module; a module is imported only when its command runs, so that the command line starts fast
COMMANDS = {
    "channels": "questions", "treaties": "questions", "parties": "questions", "status": "questions",
    "explain": "questions", "sources": "questions", "coverage": "questions",
    "query": "data", "export": "data",
    "validate": "workshop", "format": "workshop", "reason": "workshop", "cache": "workshop",
}
EPILOG = """\b
Exit codes: 0 something is available, or the data are valid; 1 nothing is available, or the data are invalid;
2 a bad request; 3 unknown: the knowledge base does not cover it.
Cache: the compiled knowledge base lies in the user's cache folder, or in the folder that LAWKB_CACHE names.
Not legal advice: check the depositary."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lawkb.cli.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_") + "_command")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 2, 0.5)
            raise LawkbError(f"There is no command '{args[0]}'", f"Did you mean {' or '.join(near)}?" if near else "", "lawkb --help")
        return super().resolve_command(ctx, args)


@click.command(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lawkb", prog_name="lawkb")
def group() -> None:
    """How two jurisdictions may cooperate in a trafficking case: verdict, articles, dates, sources and proof."""


def main() -> NoReturn:
    """Run the command line and exit; every failure a user can meet is one sentence on stderr and an exit code."""
    try:
        code = group.main(standalone_mode=False)
        sys.stdout.flush()
    except LawkbError as error:
        _tell(str(error))
        code = error.exit_code
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _tell("Interrupted: nothing was left half-written.")
        code = 130
    except BrokenPipeError:
        # the reader of the pipe has gone, which is its right; say nothing, not even while Python shuts down
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        _tell(_disk(error))
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _disk(error: OSError) -> str:
    what = {errno.ENOSPC: "The disk is full", errno.EROFS: "The folder is read-only", errno.EACCES: "Permission is denied"}
    place = f" at {error.filename}" if error.filename else ""
    return f"{what.get(error.errno or 0, error.strerror or str(error))}{place}: nothing was left half-written."


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
