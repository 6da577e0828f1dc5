"""The command line: a thin twin of the Python face. Answers go to stdout, messages to stderr; exit codes are in the contract."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import io
import os
import sys
from typing import NoReturn

import click

from lawkb.errors import BAD_REQUEST, LawkbError

# command -> module; a module is imported only when its command runs, so that the command line starts fast
COMMANDS = {
    "channels": "questions", "treaties": "questions", "parties": "questions", "status": "questions",
    "explain": "questions", "sources": "questions", "coverage": "questions",
    "criminality": "offences", "thresholds": "offences", "statements": "offences",
    "authorities": "lookups", "organisations": "lookups", "resolve": "lookups",
    "rights": "single", "obligations": "single", "prosecute": "single", "request": "drafting",
    "compare": "several", "matrix": "several", "atlas": "atlas",
    "definition": "drafters", "needs": "drafters", "distinguish": "drafters",
    "whatif": "changes", "diff": "changes", "replay": "receipts", "schema": "receipts",
    "cite": "assistants", "mcp": "assistants",
    "complaints": "watching", "monitoring": "watching",
    "query": "data", "export": "data", "publish": "data",
    "import": "intake",
    "validate": "workshop", "format": "workshop", "reason": "workshop", "cache": "workshop",
}
INTERRUPTED = 130  # as shells have it: 128 and the number of the signal
FAULT = 70  # as sysexits.h has it: an internal software error
FRESH = 20_000  # objects that a command makes before the garbage collector looks: it makes many, and drops few
EPILOG = """\b
Exit codes: 0 something is available, or the data are valid; 1 nothing is available, or the data are invalid;
2 a bad request; 3 unknown: the knowledge base does not cover it.
Cache: the compiled knowledge base lies in the user's cache folder, or in the folder that LAWKB_CACHE names.
Not legal advice: check the depositary. More: docs/ and README.md."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lawkb.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 2, 0.5)
            raise LawkbError(f"There is no command '{args[0]}'", f"Did you mean {' or '.join(near)}?" if near else "", "lawkb --help lists the commands")
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        import lawkb

        click.echo(f"lawkb, version {lawkb.__version__}")
        ctx.exit()


@click.command(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 118})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit.")
def group() -> None:
    """How two jurisdictions may cooperate in a trafficking case: verdict, articles, dates, sources and proof.

    To begin with: lawkb channels ITA NGA
    """


def main() -> NoReturn:
    """Run the command line and exit; every failure a user can meet is one sentence on stderr and an exit code."""
    gc.set_threshold(FRESH, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)  # what is left at the end goes with the process: nothing is gained by looking through it
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows a question mark, not a traceback
    code = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        # a reader of a pipe that has gone is in its right; a full disk is told
        code = code if isinstance(error, BrokenPipeError) else _fail(_disk(error))
        _discard_stdout()
    sys.exit(code)


def _run() -> int:
    try:
        code = group.main(prog_name="lawkb", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except LawkbError as error:
        return _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_REQUEST
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "lawkb"
        message = error.format_message()
        return _fail(f"{message}{'' if message.endswith(('.', '?')) else '.'} See: {command} --help")
    except (KeyboardInterrupt, click.Abort):
        return _fail("Interrupted: nothing was left half-written.", INTERRUPTED)
    except BrokenPipeError:
        _discard_stdout()
        return 0
    except OSError as error:
        return _fail(_disk(error))
    except Exception as error:  # the last door: a fault of ours is told as such, and not as a traceback
        if os.environ.get("LAWKB_DEBUG"):
            raise
        return _fail(f"lawkb has a fault here ({type(error).__name__}: {error}). Please report it with the command that you gave; "
                     "LAWKB_DEBUG=1 shows where it happened.", FAULT)


def _fail(sentence: str, code: int = BAD_REQUEST) -> int:
    click.echo(sentence, err=True)
    return code


def _disk(error: OSError) -> str:
    what = {errno.ENOSPC: "The disk is full", errno.EROFS: "The folder is read-only", errno.EACCES: "Permission is denied"}
    place = f" at {error.filename}" if error.filename else ""
    return f"{what.get(error.errno or 0, error.strerror or str(error))}{place}: the answer could not be written."


def _discard_stdout() -> None:
    """Let nothing more be written to a stdout that takes nothing, not even while Python shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
