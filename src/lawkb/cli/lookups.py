"""The commands that look things up: authorities, organisations, resolve."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened


@click.command("authorities")
@click.argument("jurisdiction")
@format_option("text", "json", "md", "csv")
@kb_option
def authorities_command(jurisdiction: str, form: str, overlays: tuple[Path, ...]) -> int:
    """The authorities of a JURISDICTION: name, task, route, languages.

    What was not read at a source is marked as unverified, with where to confirm it. Notifications under treaties follow.
    """
    from lawkb.bodies import authorities
    from lawkb.bodies_pages import authorities_page, authorities_rows

    base = opened(overlays).base
    answer = authorities(base, base.jurisdictions.resolve(jurisdiction))
    emit(form, answer, lambda: authorities_page(base, answer), lambda: authorities_rows(answer))
    return 0 if answer["authorities"] or answer["notified"] else 3


@click.command("organisations")
@click.argument("a")
@click.argument("b", required=False)
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def organisations_command(a: str, b: str | None, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """The organisations and networks of A on a day.

    With B: what the two share, what each body can and cannot do, and the systems that it runs.
    """
    from lawkb.bodies import organisations
    from lawkb.bodies_pages import organisations_page, organisations_rows

    kb = opened(overlays)
    names = kb.base.jurisdictions
    answer = organisations(kb.base, names.resolve(a), names.resolve(b) if b else None, kb.day(on))
    emit(form, answer, lambda: organisations_page(kb.base, answer), lambda: organisations_rows(answer))
    if b:
        return 0 if answer["shared"] else 3
    return 0 if any(lines for lines in answer["memberships"].values()) else 3


@click.command("resolve")
@click.argument("name")
@format_option("text", "json", "md", "csv")
@kb_option
def resolve_command(name: str, form: str, overlays: tuple[Path, ...]) -> int:
    """What a NAME truly is, also a wrong one.

    Jurisdictions, instruments (by title, abbreviation or depositary number), organisations, systems, measures, and names that documents use.
    Exit 0 the thing exists, 1 no such thing or not as the name says, 3 nothing known of the name.
    """
    from lawkb.resolve import EXIT, resolve, resolve_page, resolve_rows

    base = opened(overlays).base
    answer = resolve(base, name)
    emit(form, answer, lambda: resolve_page(base, answer), lambda: resolve_rows(answer))
    return EXIT[answer["state"]]
