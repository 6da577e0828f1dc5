"""The pages of what differs: `whatif` and `diff`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

Answer = Mapping[str, Any]
_COLUMNS = ("requesting", "requested", "measure", "before", "after", "options", "conditions", "because", "finding")
_MOST = 60


def rows(answer: Answer) -> tuple[Sequence[str], list[list[object]]]:
    """Return the pairs and measures that differ as a table."""
    return _COLUMNS, [[row["requesting"], row["requested"], row["measure"], row["before"] or "", row["after"] or "",
                       "; ".join(f"{o['option']}: {o['before']} -> {o['after']}" for o in row["options"]),
                       "; ".join(f"{c['requirement']} ({c['option']}): {c['before']} -> {c['after']}" for c in row["conditions"]),
                       " ".join(row["now"]), row["finding"]] for row in answer["rows"]]


def whatif_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `whatif`."""
    return list(_Page(base, answer).whatif())


def diff_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `diff`."""
    return list(_Page(base, answer).diff())


class _Page:
    def __init__(self, base: Base, answer: Answer) -> None:
        self.base, self.answer, self.words = base, answer, Words(base)
        self.on = self.words.day(answer["question"]["on"])

    def whatif(self) -> Iterator[Part]:
        answer, who = self.answer, self.answer["label"]
        yield Heading(f"What if: {who}, law as of {self.on}", 1)
        yield Para(self.sentence(), strong=True)
        yield Heading("What is supposed")
        yield Items([(0, text) for text in self.supposed()])
        for joined in answer["joined"]:
            yield Heading(joined["title"])
            yield Items(list(self.joined(joined)))
        if answer["by_measure"]:
            yield Heading("Verdicts that change, by measure")
            yield Table(("measure", "before", "after", "pairs"), [[self.measure(line["measure"]), line["before"], line["after"], str(line["pairs"])]
                                                                  for line in answer["by_measure"]])
        yield from self.pairs()
        if answer["duties"]:
            yield Heading(f"New duties ({len(answer['duties'])})")
            yield Items([(0, f"{line['label']} ({self.words.label(CONCEPT + 'strength/' + line['strength'])}): {line['summary']}")
                         for line in answer["duties"]])
        yield from self.end()

    def sentence(self) -> str:
        answer = self.answer
        count, partners = answer["verdicts_that_change"], len(answer["partners_concerned"])
        if not answer["rows"]:
            return f"Of {answer['pairs_asked']} directions that were asked nothing would change for {answer['label']} on {self.on}."
        others = len(answer["rows"]) - count
        plural = "" if count == 1 else "s"
        return (f"Of {answer['pairs_asked']} directions that were asked {count} verdict{plural} would change on {self.on}, and {others} more "
                f"where the verdict stays and an option or a condition changes; {partners} partner{'' if partners == 1 else 's'} "
                f"{'is' if partners == 1 else 'are'} concerned.")

    def supposed(self) -> Iterator[str]:
        question = self.answer["question"]
        for instrument in question["joins"]:
            title, day = self.words.label(f"{ID}instrument/{instrument}"), self.words.day(question["deposited"])
            yield f"{self.answer['label']} deposits its consent to {title} on {day}"
        for raised in question["penalties"]:
            offence = self.words.label(f"{ID}offence/{raised['offence']}")
            yield f"the maximum penalty of {offence} is {raised['max_months']} months"
        for folder in question["folders"]:
            added = sum(line["change"] == "added" for line in self.answer["facts"])
            yield f"the facts in {folder} ({added} records that are new)"

    def joined(self, joined: Answer) -> Iterator[tuple[int, str]]:
        day = joined["binds_from"]
        yield 0, f"would bind from {self.words.day(day)}, by its own clause" if day else "from when it would bind is not computed: its clause is not recorded"
        if joined["openness"]:
            groups = ", ".join(self.words.label(f"{ID}org/{group}") for group in joined["open_to_members_of"])
            inside = {True: " (it is a member)", False: " (no membership is recorded)", None: ""}[joined["member"]]
            yield 0, f"{self.words.label(CONCEPT + 'openness/' + joined['openness'])}{f': {groups}{inside}' if groups else ''}"
        yield 0, f"binds {len(joined['already_bound'])} others on that day: {', '.join(joined['already_bound']) or 'none'}"
        for article in joined["reservation_articles"]:
            yield 0, f"on reservations: art. {article['article']}: {article['summary']}"
        if not joined["reservation_articles"]:
            yield 0, "on reservations: no article is recorded; read the final clauses"
        for made in joined["reservations_made"]:
            yield 1, f"reservations recorded on art. {made['article']}: {made['parties']}"

    def pairs(self) -> Iterator[Part]:
        firm = [row for row in self.answer["rows"] if row["before"] != row["after"]]
        rest = [row for row in self.answer["rows"] if row["before"] == row["after"]]
        if firm:
            yield Heading("Pairs and measures whose verdict changes")
            yield Items([item for row in firm[:_MOST] for item in self.row(row)])
            if len(firm) > _MOST:
                yield Para(f"{len(firm) - _MOST} more: --format csv or json lists them all.")
        if rest:
            yield Heading("The verdict stays; an option or a condition changes")
            yield Items([item for row in rest[:_MOST] for item in self.row(row)])
            if len(rest) > _MOST:
                yield Para(f"{len(rest) - _MOST} more: --format csv or json lists them all.")

    def row(self, row: Answer) -> Iterator[tuple[int, str]]:
        told = f"{row['before'] or 'not asked'} -> {row['after'] or 'not asked'}" if row["before"] != row["after"] else str(row["after"])
        yield 0, f"{row['requesting']} -> {row['requested']}, {self.measure(row['measure'])}: {told}"
        for option in row["options"]:
            yield 1, f"{option['option']}: {option['before'] or 'no option'} -> {option['after'] or 'no option'}"
        for condition in row["conditions"]:
            name = self.words.label(f"{CONCEPT}requirement/{condition['requirement']}")
            yield 1, f"{name} ({condition['option']}): {condition['before'] or 'not asked'} -> {condition['after'] or 'not asked'}"
        for sentence in row["now"]:
            yield 1, f"now: {sentence}"
        for sentence in row["no_longer"]:
            yield 1, f"no longer: {sentence}"

    def measure(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}measure/{code}")

    def diff(self) -> Iterator[Part]:
        answer, counts = self.answer, self.answer["counts"]
        about = answer["question"]["about"]
        of = f" of {self.words.label(f'{ID}jur/{about}')}" if about else ""
        yield Heading(f"From {answer['before']['version']} to {answer['after']['version']}", 1)
        told = (f"{counts['added']} records{of} were added, {counts['changed']} changed, {counts['removed']} removed; "
                f"{len(answer['participations'])} participations begin, end or have other bounds.")
        asked = len(answer["question"]["pairs"])
        yield Para(told + (f" Of the {asked} directions that were asked {len({(r['requesting'], r['requested']) for r in answer['rows']})} differ on {self.on}."
                           if asked else ""), strong=True)
        if answer["participations"]:
            yield Heading("In law")
            yield Items([(0, line["says"]) for line in answer["participations"][:_MOST]])
        yield from self.pairs()
        if answer["facts"]:
            yield Heading("Records, by state")
            yield Items(list(self.records()))
        yield from self.end()

    def records(self) -> Iterator[tuple[int, str]]:
        groups: dict[str, list[Answer]] = {}
        for line in self.answer["facts"]:
            for code in line["jurisdictions"] or ["no single state"]:
                groups.setdefault(code, []).append(line)
        for code in sorted(groups):
            yield 0, f"{code}: {len(groups[code])}"
            for line in groups[code][:_MOST]:
                yield 1, f"{line['change']}: {line['fact']} ({line['kind']})"
                for value in line["values"]:
                    yield 2, f"{value['property']}: {', '.join(value['before']) or 'nothing'} -> {', '.join(value['after']) or 'nothing'}"
            if len(groups[code]) > _MOST:
                yield 1, f"{len(groups[code]) - _MOST} more: --format json lists them all"

    def end(self) -> Iterator[Part]:
        yield Heading("Read this too")
        yield Items([(0, note) for note in self.answer["notes"]])
