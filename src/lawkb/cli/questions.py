"""The commands that ask: channels, treaties, parties, status, explain, sources, coverage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, server_options
from lawkb.errors import LawkbError

if TYPE_CHECKING:
    from lawkb.page import Part

EXIT = {"available": 0, "conditional": 0, "unavailable": 1, "unknown": 3}


class _WithMeasures(click.Command):
    """A command whose help lists the measures, read from their scheme: they are data."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from lawkb.facts import many, one
        from lawkb.paths import ontology_dir
        from lawkb.reading import read
        from lawkb.terms import key

        facts = read(ontology_dir() / "concepts" / f"{scheme}.ttl" for scheme in ("channel", "measure"))
        channels = sorted((iri for iri, block in facts.blocks.items() if many(block, "leadMeasure")),
                          key=lambda iri: int(one(facts.blocks[iri], "order") or 0))
        with formatter.section("Measures by channel"):
            formatter.write_dl([(key(channel), ", ".join(sorted(key(iri) for iri, block in facts.blocks.items() if one(block, "inChannel") == channel)))
                                for channel in channels])


@click.command("channels", cls=_WithMeasures)
@click.argument("requesting")
@click.argument("requested")
@click.option("--measure", metavar="CODE", help="One of the measures below, such as mla-search-seizure; without it every channel is answered.")
@click.option("--channel", metavar="CODE", help="Only this channel, such as mla, by its lead measure.")
@on_option
@click.option("--offence-on", metavar="DATE", help="The day of the offence, where a rule reads it.")
@click.option("--strict", is_flag=True, help="What was not verified up to the day is unknown.")
@click.option("--explain", is_flag=True, help="Add the proof, down to acts, articles and sources.")
@click.option("--receipt", "receipt_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a receipt, which lawkb replay can check later.")
@click.option("--force", is_flag=True, help="Write the receipt over a file that is there already.")
@format_option("text", "json", "md", "ttl", "csv")
@kb_option
@server_options
def channels_command(requesting: str, requested: str, measure: str | None, channel: str | None, on: str | None, offence_on: str | None, strict: bool,
                     explain: bool, receipt_file: Path | None, force: bool, form: str, overlays: tuple[Path, ...]) -> int:
    """Every channel from REQUESTING to REQUESTED, with a verdict.

    Jurisdictions are ISO 3166-1 codes or English names, in quotes where they have blanks: lawkb channels ITA "United Kingdom".
    Direction matters: who is asked decides on reservations and refusal.
    """
    kb = opened(overlays)
    answer = kb.channels(requesting, requested, measure=measure, channel=channel, on=on, offence_on=offence_on, strict=strict, explain=explain or form == "ttl")
    if receipt_file is not None:
        from lawkb.receipt import write

        write(answer, receipt_file, force)
        click.echo(f"{receipt_file} written", err=True)
    if form == "ttl":
        from lawkb.explain import answer_turtle

        click.echo(answer_turtle(kb.base, answer), nl=False)
    elif form == "json":
        emit(form, answer.to_dict())
    else:
        from lawkb.present import channels_page, channels_rows

        emit(form, None, lambda: channels_page(kb.base, answer, explain), lambda: channels_rows(answer))
    return _code([channel.verdict for channel in answer.channels])


def _code(verdicts: list[str]) -> int:
    """0 when anything is available or conditional; else 3 when anything is unknown; else 1."""
    for verdict in ("available", "conditional", "unknown"):
        if verdict in verdicts:
            return EXIT[verdict]
    return EXIT["unavailable"]


@click.command("treaties")
@click.argument("a")
@click.argument("b")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def treaties_command(a: str, b: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """The instruments in force between A and B.

    Apart from them: signed only, ended, not yet in force, and the statements that touch what is in force.
    """
    from lawkb.pages import treaties_page, treaties_rows

    kb = opened(overlays)
    answer = kb.treaties(a, b, on=on)
    emit(form, answer, lambda: treaties_page(kb.base, answer), lambda: treaties_rows(answer))
    return 0 if answer["in_force"] else 3 if answer["uncertain"] or answer["notes"] else 1


@click.command("parties")
@click.argument("instrument")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def parties_command(instrument: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """The participants of an INSTRUMENT on a day.

    Bound, deposited but not yet bound, signed only, ended, territories. The instrument is named by its key, its title or its short title.
    """
    from lawkb.pages import parties_page, parties_rows

    kb = opened(overlays)
    answer = kb.parties(instrument, on=on)
    emit(form, answer, lambda: parties_page(kb.base, answer), lambda: parties_rows(answer))
    return 0 if answer["bound"] else 3 if answer["uncertain"] else 1


@click.command("status")
@click.argument("jurisdiction")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def status_command(jurisdiction: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """All acts of a JURISDICTION, and where it stands on a day."""
    from lawkb.pages import status_page, status_rows

    kb = opened(overlays)
    answer = kb.status(jurisdiction, on=on)
    emit(form, answer, lambda: status_page(kb.base, answer), lambda: status_rows(answer))
    return 0 if answer["instruments"] or answer["bilateral"] else 3


@click.command("explain")
@click.argument("iri")
@format_option("text", "json", "md", "ttl")
@kb_option
@server_options
def explain_command(iri: str, form: str, overlays: tuple[Path, ...]) -> int:
    """The proof of a finding, or what is known of a rule or a fact.

    IRI is as JSON answers print it, in full or short: case:ITA.NGA.2024-01-01/verdict/extradition, act:untoc.ITA.signature.2000-12-12,
    untoc.16-4, ITA.
    """
    from lawkb.answer import Proof, plain
    from lawkb.explain import explain, explain_turtle

    kb = opened(overlays)
    if form == "ttl":
        click.echo(explain_turtle(kb.base, iri), nl=False)
        return 0
    found = explain(kb.base, iri)

    def page() -> list[Part]:
        from lawkb.present import proof_parts
        from lawkb.reports import fact_page

        return proof_parts(found) if isinstance(found, Proof) else fact_page(kb.base, found)

    emit(form, plain(found), page)
    return 0


@click.command("sources")
@click.argument("iri", required=False)
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def sources_command(iri: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Where a fact, or all that a finding rests on, was read.

    Without IRI: every source with its date, its grade and how many facts rest on it.
    """
    from lawkb.pages import sources_page, sources_rows
    from lawkb.sources import all_sources, sources_of

    kb = opened(overlays)
    answer = sources_of(kb.base, iri) if iri else all_sources(kb.base)
    emit(form, answer, lambda: sources_page(kb.base, answer), lambda: sources_rows(answer))
    return 0 if answer["sources"] else 3


@click.command("coverage")
@click.argument("subject", required=False)
@format_option("text", "json", "md", "csv")
@click.option("--facts", "by_kind", is_flag=True, help="Count the facts by kind and by how they were read.")
@kb_option
def coverage_command(subject: str | None, form: str, by_kind: bool, overlays: tuple[Path, ...]) -> int:
    """What is covered and what is not.

    SUBJECT is an instrument, a jurisdiction or an organisation; without it everything is listed, what would settle most answers first.
    """
    from lawkb.coverage_pages import coverage_page, coverage_rows, facts_page, facts_rows
    from lawkb.sources import coverage, facts

    kb = opened(overlays)
    if by_kind:
        if subject:
            raise LawkbError("--facts counts the facts of everything, but a subject is given", "Leave out one of the two", "lawkb coverage --help")
        counts = facts(kb.base)
        emit(form, counts, lambda: facts_page(kb.base, counts), lambda: facts_rows(counts))
        return 0
    answer = coverage(kb.base, subject)
    emit(form, answer, lambda: coverage_page(kb.base, answer), lambda: coverage_rows(answer))
    return 0 if answer["coverage"] or any(line["facts"] for line in answer["fields"]) else 3
