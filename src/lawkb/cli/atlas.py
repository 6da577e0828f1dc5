"""The command on all pairs: atlas."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, progress_bar
from lawkb.cli.questions import EXIT


@click.command("atlas")
@click.option("--channel", metavar="CODE", help="A channel such as mla, by its lead measure; without it and --measure all channels are counted.")
@click.option("--measure", metavar="CODE", help="A measure such as mla-search-seizure.")
@click.option("--every-measure", "every", is_flag=True, help="All measures of all channels.")
@on_option
@click.option("--strict", is_flag=True, help="What was not verified up to the day is unknown.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also write a row a pair and measure: .csv or .parquet.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also draw a map and the matrix of all pairs: .svg.")
@format_option("text", "json", "md", "csv")
@kb_option
def atlas_command(channel: str | None, measure: str | None, every: bool, on: str | None, strict: bool, output: Path | None, picture: Path | None,
                  form: str, overlays: tuple[Path, ...]) -> int:
    """The world on a day: which pairs have which channel, who is isolated, which instruments carry pairs, some of them alone.

    The first answer for a day takes minutes for all channels, and is kept in the cache folder.
    """
    from lawkb.atlas_pages import atlas_page
    from lawkb.errors import LawkbError

    if picture and not (channel or measure):
        raise LawkbError("A picture shows one channel or measure, and none is named", "Add for example --channel mla")
    kb = opened(overlays)
    with progress_bar("All pairs") as progress:
        atlas = kb.atlas(channel=channel, measure=measure, every=every, on=on, strict=strict, progress=progress)
    answer = atlas.answer()
    if output:
        click.echo(f"{atlas.write(output):,} rows written to {output}", err=True)
    if picture:
        from lawkb.atlas_picture import draw

        draw(atlas, answer, picture)
        click.echo(f"Drawn in {picture}", err=True)
    emit(form, answer, lambda: atlas_page(kb.base, answer), atlas.rows)
    pairs = [m["pairs"] for m in answer["measures"]]
    return next(EXIT[verdict] for verdict in ("available", "conditional", "unknown", "unavailable") if any(p[verdict] for p in pairs))
