"""Renders `docs/commands.md` from the help of the command line."""

from __future__ import annotations

from lawkb.docs.markdown import anchor, generated, page
from lawkb.docs.shown import lawkb


def commands_page() -> str:
    """Return `docs/commands.md`: the help of every command."""
    from lawkb.cli import COMMANDS

    lines = ["# The commands", "", generated("`lawkb --help`"), "",
             "Answers go to stdout, messages to stderr. Exit codes: 0 something is available or conditional, or the data are valid; "
             "1 nothing is available, or the data are invalid; 2 a bad request; 3 unknown, the knowledge base does not cover it. "
             "`--format json` is meant for programs: the same question to the same knowledge base gives the same bytes.", "",
             *(f"- [`lawkb {name}`](#{anchor(f'lawkb {name}')})" for name in COMMANDS), "",
             "## lawkb", "", *_help([])]
    for name in COMMANDS:
        lines += [f"## lawkb {name}", "", *_help([name])]
    return page(lines)


def _help(command: list[str]) -> list[str]:
    output, _ = lawkb([*command, "--help"])
    return ["```text", output.rstrip("\n"), "```", ""]
