"""Renders `docs/commands.md` from the help of the command line, and the table of commands in README.md."""

from __future__ import annotations

import re

from lawkb.docs.console import lawkb
from lawkb.docs.markdown import anchor, generated, page, table


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


def commands_table(present: str) -> str:
    """Return the table of all commands: what each gives is read from its help, its example is kept from the present table."""
    from lawkb.cli import COMMANDS, group

    examples = dict(re.findall(r"^\| `(\S+)` \|.*\| `(lawkb [^|]+)` \|$", present, re.MULTILINE))
    context = group.make_context("lawkb", ["channels"], resilient_parsing=True)
    rows = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        gives = command.get_short_help_str(200).rstrip(".") if command else ""
        rows.append((f"`{name}`", gives, f"`{examples.get(name, f'lawkb {name} --help')}`"))
    return "\n".join(table(("command", "gives", "example"), rows))


def _help(command: list[str]) -> list[str]:
    output, _ = lawkb([*command, "--help"])
    return ["```text", output.rstrip("\n"), "```", ""]
