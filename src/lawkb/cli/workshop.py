"""The commands for those who keep the knowledge base: validate, format, reason, cache."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, progress_bar


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@format_option("text", "json", "csv")
def validate_command(paths: tuple[Path, ...], form: str) -> int:
    """Check the knowledge base, or PATHS, with all shapes and checks.

    Exit 0 valid, 1 invalid. A file alone is judged with the knowledge base behind it.
    """
    from lawkb.check import validate
    from lawkb.reports import validation, validation_page, validation_rows

    with progress_bar("Checking") as progress:
        report = validate(paths or None, progress=progress)
    emit(form, validation(report), lambda: validation_page(report), lambda: validation_rows(report))
    return 0 if report.ok else 1


@click.command("format")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a file is not in canonical form.")
def format_command(paths: tuple[Path, ...], check: bool) -> int:
    """Write the Turtle of the knowledge base, or of PATHS, in its canonical form."""
    from lawkb.paths import kb_dir, ontology_dir
    from lawkb.reading import display, turtle_below
    from lawkb.turtle import format_file
    from lawkb.wording import counted

    files = [path for place in (paths or (kb_dir(), ontology_dir() / "concepts")) for path in turtle_below(Path(place))]
    changed = []
    with progress_bar("Formatting") as progress:
        for count, path in enumerate(files, start=1):
            if format_file(path, check=check):
                changed.append(path)
            if progress:
                progress(count, len(files))
    for path in changed:
        click.echo(f"{display(path)} {'is not in canonical form: run lawkb format' if check else 'written'}")
    click.echo(f"{counted(len(files), 'file')}, {len(changed)} {'to format' if check else 'changed'}", err=True)
    return 1 if check and changed else 0


@click.command("reason")
@format_option("text", "json")
def reason_command(form: str) -> int:
    """Prove the ontology consistent with HermiT (needs Java). Exit 0 consistent, 1 not."""
    from lawkb.reason import reason
    from lawkb.reports import reasoning, reasoning_page

    report = reason()
    emit(form, reasoning(report), lambda: reasoning_page(report))
    return 0 if report.sound else 1


@click.command("cache")
@click.option("--clear", is_flag=True, help="Remove every compiled knowledge base.")
def cache_command(clear: bool) -> int:
    """Show the compiled knowledge bases in the cache, or remove them."""
    from lawkb.cache import cache_dir, snapshots

    for path in snapshots():
        click.echo(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB")
        if clear:
            path.unlink(missing_ok=True)
    click.echo(f"{'Cleared' if clear else 'In'} {cache_dir()}", err=True)
    return 0
