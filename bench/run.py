"""Measures lawkb against its targets and its peers, and writes `bench/RESULTS.md`. One command: `make bench`.

`python bench/run.py --quick` runs few repeats, to see that it works; its results are marked as such.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

import many
from measure import Sample, TooLong, interleaved, load_average, machine, process, within
from peers import NOTES, peers, same

from lawkb.api import KnowledgeBase, load

HERE = Path(__file__).resolve().parent
DAY = "2026-11-23"
# Treaty networks thick and thin, the European Union inside and at its border, islands, territories, and a pair with next to nothing.
PAIRS = ("ITA NGA", "FRA DEU", "FRA DNK", "DEU GBR", "DEU JPN", "NOR ISL", "USA IRN", "THA USA", "BRA COL", "CHN MAC", "PRT HKG", "FJI TUV")
PATIENCE = 30.0  # seconds that an engine gets for one pair
PEER_PAIRS = ("ITA NGA", "FRA DEU", "USA IRN")
LAWKB = (str(Path(sys.executable).parent / "lawkb"),) if (Path(sys.executable).parent / "lawkb").exists() \
    else (sys.executable, "-c", "from lawkb.cli import main; main()")


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats, only to see that it works")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="the file to write")
    options = parser.parse_args()
    before = load_average()
    kb = load()
    say("warm answers")
    lines = warm(kb, 2 if options.quick else 5)
    say("processes")
    lines += processes(3 if options.quick else 7)
    say("peers")
    lines += inference(kb, PEER_PAIRS[:1] if options.quick else PEER_PAIRS, 2 if options.quick else 5, PATIENCE)
    say("all pairs at once")
    at_once, data = everything(kb, options.quick)
    lines += at_once
    say("first build and validate")
    lines += building(1 if options.quick else 3)
    options.output.write_text("\n".join([*head(kb, options.quick, before), *lines]).rstrip("\n") + "\n", encoding="utf-8")
    told = {"measured_on": dt.date.today().isoformat(), "machine": machine(), "kb": kb.base.meta["kb_version"], "quick": options.quick, "all_pairs": data}
    options.output.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    say(f"written {options.output} and {options.output.with_suffix('.json')}")


def head(kb: KnowledgeBase, quick: bool, before: str) -> list[str]:
    """Return what was measured, on what, and how far to trust it."""
    return ["# Results", "", "<!-- Written by `make bench`. -->", "",
            *(["**A short run with few repeats, made to see that the benchmark works. Do not rely on its numbers: run `make bench`.**", ""] if quick else []),
            f"Measured on {dt.date.today().isoformat()}: {machine()}. Knowledge base {kb.base.meta['kb_version']}, {len(kb.base.rules)} rules.", "",
            f"Load average {before} before and {load_average()} after: above the number of cores that are free, times are too high and spread wide. "
            "Compare rows of one run, which share the noise because repeats are interleaved, rather than numbers of different runs. "
            "`processor` is the time for which the process itself was running, and suffers least from others.", ""]


def warm(kb: KnowledgeBase, repeats: int) -> list[str]:
    """Measure an answer in a running process: all channels, with proof, for a question that was not asked lately and for one that was."""
    def asked(pair: str, first: bool) -> object:
        if first:
            kb.base._lately.clear()
        return kb.channels(*pair.split(), on=DAY, explain=True)

    lines = ["## One pair, all channels, with proof, in a running process", "",
             f"`kb.channels(a, b, on=\"{DAY}\", explain=True)`. Targets: at most 50 ms in the median, and 10 ms. Asked again, the findings of the question "
             "are still in memory (those of the last 16 questions are kept), and only the answer is written anew.", ""]
    for title, first in (("Asked for the first time", True), ("Asked again", False)):
        tasks = {pair: (lambda pair=pair, first=first: asked(pair, first)) for pair in PAIRS}
        interleaved(tasks, 1)  # not measured: opens files, fills caches
        found = interleaved(tasks, repeats)
        every = Sample(tuple(s for sample in found.values() for s in sample.seconds), tuple(s for sample in found.values() for s in sample.processor))
        lines += [f"### {title}", "", *table(("pair", "median", "p95", "spread", "processor", "repeats"),
                                             [["**all**", *every.row()], *([pair, *sample.row()] for pair, sample in found.items())])]
    return lines


def processes(repeats: int) -> list[str]:
    """Measure whole processes, from start to exit, against a bare interpreter and one that only imports click."""
    tasks = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "python -c 'import click'": (sys.executable, "-c", "import click"),
        "lawkb --version": (*LAWKB, "--version"),
        "lawkb channels ITA NGA --format json": (*LAWKB, "channels", "ITA", "NGA", "--on", DAY, "--format", "json"),
    }
    runs = {name: (lambda command=command: process(command)) for name, command in tasks.items()}
    interleaved(runs, 1)
    found = interleaved(runs, repeats)
    click = found["python -c 'import click'"].median
    return ["## One question, one process", "", "From start to exit, knowledge base compiled before. Target: at most 500 ms.", "",
            *table(("process", "median", "p95", "spread", "repeats", "times click"),
                   [[f"`{name}`", *sample.row(own=False), f"{sample.median / click:.1f}"] for name, sample in found.items()])]


def inference(kb: KnowledgeBase, pairs: tuple[str, ...], repeats: int, patience: float) -> list[str]:
    """Measure the inference step alone, engine beside engine: from the facts as each takes them to all findings."""
    engines = peers(kb.base)
    lines = ["## The inference step, engine beside engine", "",
             "The same rule files, the same case, the same driver of stages; all channels and measures. The clock includes what an engine "
             "must load for a question. `same` says that IRIs, classes, values, rules and premises of all findings are equal to those of the "
             f"first row. An engine that needs more than {patience:.0f} s for a pair is stopped.", ""]
    for pair in pairs:
        case = kb.case(*pair.split(), on=DAY)
        tasks = {name: (lambda run=run, case=case: run(kb.base, case)) for name, run in engines.items()}
        results, stopped = {}, []
        for name, task in tasks.items():
            try:
                results[name] = within(patience, task)
            except TooLong:
                stopped.append(name)
        found = interleaved({name: tasks[name] for name in results}, repeats)
        reference, first = next(iter(results.items()))[1], next(iter(found.values())).median
        lines += [f"### {pair}: {len(reference):,} findings", "",
                  *table(("engine", "median", "p95", "spread", "processor", "repeats", "ratio", "same"),
                         [*([name, *sample.row(), f"{sample.median / first:.1f}", "yes" if same(reference, results[name]) else "**no**"]
                            for name, sample in found.items()),
                          *([name, f"stopped after {patience:.0f} s", "", "", "", "1", f"> {patience / first:.0f}", ""] for name in stopped)])]
    return [*lines, "Tuning:", "", *(f"- {name}: {NOTES[name]}" for name in engines), ""]


def everything(kb: KnowledgeBase, quick: bool) -> tuple[list[str], list[dict[str, object]]]:
    """Measure all pairs at once beside other engines, a kernel without proof, and growth."""
    on = dt.date.fromisoformat(DAY)
    number, repeats = (60, 2) if quick else (600, 5)
    rows, data = many.compare(kb.base, many.Datalog(), on, number, repeats, PATIENCE * (1 if quick else 4))
    sample, made = many.kernel(kb.base, on, repeats)
    if not quick:
        plot(data)
    peers_of = [each for each in data if not str(each["engine"]).startswith("lawkb")]
    ours = max((each for each in data if each["engine"] == "lawkb, all at once"), key=lambda each: each["verdicts_a_second"])
    fastest = max((each for each in peers_of if each["same"]), key=lambda each: each["verdicts_a_second"], default=None)
    ratio = ours["verdicts_a_second"] / fastest["verdicts_a_second"] if fastest else float("nan")
    kernel_ratio, each_takes = made / sample.median / ours["verdicts_a_second"], many.findings(kb.base, on, number)
    lines = ["## All pairs at once, engine beside engine", "",
             f"The verdicts of all measures for ordered pairs drawn by chance: {number:,}, and fewer and more where an engine works on many at once, fewer "
             "where it takes a pair at a time. `verdicts a second` is what is compared, each engine at the number of pairs at which it is fastest; `ratio` is "
             f"to lawkb at its fastest; `same` says that the verdicts for the first {number:,} pairs are those of lawkb pair by pair. Targets: at least 10 "
             "times the fastest other engine; at most 30 times slower than a kernel that proves nothing.", "",
             *table(("engine", "pairs", "median", "p95", "spread", "processor", "repeats", "verdicts a second", "ratio", "same"),
                    [[*row[:7], *row[7:]] + [""] * (10 - len(row)) for row in rows]),
             *([f"lawkb on {ours['pairs']:,} pairs against the fastest other engine that gives the same verdicts ({fastest['engine']} on "
                  f"{fastest['pairs']:,} pairs): {ratio:.1f} times."] if fastest else []), "",
             f"The kernel on bits took {sample.row()[0]} for {made:,} rows of all pairs: {kernel_ratio:,.0f} times the verdicts a second of lawkb. "
             f"The two do not answer the same question (below): a verdict of lawkb is read from {each_takes:,.0f} findings, each of them a row with its name; "
             f"counted in these, the kernel gives {kernel_ratio / each_takes:,.1f} times the rows a second.", "",
             *([] if quick else ["![Verdicts a second, by engine](plots/all-pairs.svg)", ""]),
             "Tuning:", "", *(f"- {name}: {note}" for name, note in many.NOTES.items()), "",
             "pySHACL and owlready2 take no part: pySHACL runs the same rules on rdflib's engine (above), slower than rdflib alone; the rules negate, compare "
             "days and make names, which OWL reasoners such as owlready2's HermiT do not.", "",
             "## Growth", "", "All measures of pairs that have a treaty between two, with each such treaty several times under other names:", "",
             *table(("treaties between two", "rows of facts added", "options found", "time", "ratio"),
                    many.growth(kb.base, on, 60 if quick else 300, (1, 5, 30))),
             "Assistance in general (`mla`) between pairs drawn by chance, on the first of each month:", "",
             *table(("months", "pairs answered", "time so far"), many.years(kb.base, 30 if quick else 100, 12 if quick else 120)),
             f"Most memory held by the process that measured all this: {many.memory()}.", ""]
    return lines, data


def plot(data: list[dict[str, object]]) -> None:
    """Draw verdicts a second by engine, on a logarithmic scale."""
    import pygal

    chart = pygal.HorizontalBar(js=[], logarithmic=True, show_legend=False, print_values=True, x_title="verdicts a second", height=320,
                                value_formatter=lambda value: f"{value:,.0f}")
    fastest = {str(each["engine"]): each for each in sorted(data, key=lambda each: float(str(each["verdicts_a_second"])))}
    ordered = sorted(fastest.values(), key=lambda each: float(str(each["verdicts_a_second"])))
    chart.x_labels = [str(each["engine"]) for each in ordered]
    chart.add("", [round(float(str(each["verdicts_a_second"]))) for each in ordered])
    (HERE / "plots").mkdir(exist_ok=True)
    chart.render_to_file(str(HERE / "plots" / "all-pairs.svg"))


def building(repeats: int) -> list[str]:
    """Measure the first question on a machine without a compiled knowledge base, and a full validation."""
    def first() -> None:
        with tempfile.TemporaryDirectory() as folder:
            process((*LAWKB, "channels", "ITA", "NGA", "--on", DAY), LAWKB_CACHE=folder)

    found = interleaved({"first question: compiles the knowledge base": first, "lawkb validate": lambda: process((*LAWKB, "validate"))}, repeats)
    return ["## Compiling and checking", "", "Target for the first question: at most 60 s.", "",
            *table(("what", "median", "p95", "spread", "repeats"), [[name, *sample.row(own=False)] for name, sample in found.items()])]


def table(columns: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    """Return a Markdown table."""
    return ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns), *("| " + " | ".join(row) + " |" for row in rows), ""]


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
