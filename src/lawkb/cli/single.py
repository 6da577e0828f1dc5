"""The commands on one jurisdiction, and on who can prosecute: rights, obligations, prosecute."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, server_options


@click.command("rights")
@click.argument("jurisdiction")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def rights_command(jurisdiction: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """What a victim of trafficking is entitled to in a JURISDICTION.

    What does not depend on cooperation comes first, then the rest by subject, with the national measures that are recorded or missing.
    """
    from lawkb.duties_pages import rights_page, rights_rows

    kb = opened(overlays)
    answer = kb.rights(jurisdiction, on=on)
    emit(form, answer, lambda: rights_page(kb.base, answer), lambda: rights_rows(answer))
    return _code(answer["rights"], answer["unread"])


@click.command("obligations")
@click.argument("jurisdiction")
@on_option
@click.option("--topic", metavar="CODE", help="Only on this measure or channel, such as criminalisation, victim-protection, extradition.")
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def obligations_command(jurisdiction: str, on: str | None, topic: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """What a JURISDICTION has bound itself to, by strength: shall, may, shall endeavour, shall consider."""
    from lawkb.duties_pages import obligations_page, obligations_rows

    kb = opened(overlays)
    answer = kb.obligations(jurisdiction, on=on, topic=topic)
    emit(form, answer, lambda: obligations_page(kb.base, answer), lambda: obligations_rows(answer))
    return _code(answer["obligations"], answer["unread"])


def _code(lines: list[dict], unread: list[dict]) -> int:
    """0 when anything binds; 3 when something may bind or was not read; else 1."""
    if any(line["state"] == "binds" for line in lines):
        return 0
    return 3 if lines or unread else 1


class _WithSchema(click.Command):
    """A command whose help shows a whole file of facts."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from lawkb.casefile import SCHEMA

        with formatter.section("A file of facts, in YAML or JSON"):
            for line in SCHEMA.splitlines():
                formatter.write(f"  {line}\n")


@click.command("prosecute", cls=_WithSchema)
@click.option("--facts", "file", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The facts of the case, in YAML or JSON.")
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def prosecute_command(file: Path, form: str, overlays: tuple[Path, ...]) -> int:
    """Which jurisdictions have a head of jurisdiction over the facts.

    The answer is yes, conditional, no or unknown for each jurisdiction that the facts name, with the article and the condition.
    """
    from lawkb.forums_pages import prosecute_page, prosecute_rows

    kb = opened(overlays)
    answer = kb.prosecute(file)
    emit(form, answer, lambda: prosecute_page(kb.base, answer), lambda: prosecute_rows(answer))
    verdicts = {forum["verdict"] for forum in answer["forums"]}
    return 0 if verdicts & {"yes", "conditional"} else 3 if "unknown" in verdicts else 1
