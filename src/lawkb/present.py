"""Answers as pages for people: the verdict first, then the basis and its articles, what must hold, what is missing, dates and grade."""

from __future__ import annotations

from collections.abc import Iterator

from lawkb.answer import Answer, Channel, Option, Proof, Reason
from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

_MOST_REASONS = 6


def channels_page(base: Base, answer: Answer, explain: bool = False) -> list[Part]:
    """Return the page of a `channels` answer."""
    return list(_Page(base, answer).parts(explain))


def channels_rows(answer: Answer) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return a `channels` answer as a table: a row a channel, with its best option."""
    columns = ("channel", "measure", "verdict", "instrument", "provisions", "standing", "certainty", "verified_to", "grade", "confidence", "finding")
    rows = []
    for channel in answer.channels:
        best = channel.best
        rows.append([channel.channel, channel.measure, channel.verdict, best.instrument if best else "", " ".join(best.provisions) if best else "",
                     best.standing if best else "", channel.certainty, channel.verified_to or "", channel.grade or "", channel.confidence or "", channel.finding])
    return columns, rows


class _Page:
    def __init__(self, base: Base, answer: Answer) -> None:
        self.base, self.answer, self.words = base, answer, Words(base)
        self.asking = self.words.label(f"{ID}jur/{answer.question['requesting']}")
        self.asked = self.words.label(f"{ID}jur/{answer.question['requested']}")

    def parts(self, explain: bool) -> Iterator[Part]:
        question = self.answer.question
        yield Heading(f"{self.asking} asks {self.asked}: trafficking in persons, law as of {self.words.day(question['on'])}", 1)
        for channel in self.answer.channels:
            if channel.best or len(self.answer.channels) == 1:
                yield Para(self.sentence(channel), strong=channel is self.answer.channels[0])
        yield Heading("Verdicts")
        yield Table(("channel", "verdict", "basis", "standing", "known to", "grade"), [self.row(c) for c in self.answer.channels])
        for channel in self.answer.channels:
            yield from self.detail(channel)
        if explain:
            yield from self.proofs()
        yield Heading("Read this too")
        yield Items([(0, note) for note in self.answer.notes] + [(0, self.made_from())])

    def sentence(self, channel: Channel) -> str:
        """One plain sentence that a prosecutor could quote, drawn from the findings."""
        on, what = self.words.day(self.answer.question["on"]), self.measure(channel.measure)
        best = channel.best
        if best is None:
            why = f": {channel.reasons[0].text}" if channel.reasons else ""
            head = {"unavailable": f"On {on} {self.asking} cannot ask {self.asked} for {what} under any instrument recorded here",
                    "unknown": f"Whether {self.asking} can ask {self.asked} for {what} on {on} is not known here"}[channel.verdict]
            return f"{head}{why}".rstrip(".") + "."
        articles = self.articles(best)
        open_ones = [c for c in best.conditions if c.state != "met"]
        terms = f", conditionally: {'; '.join(dict.fromkeys(self.requirement(c.code) for c in open_ones))}" if open_ones else ""
        known = f" (as last known on {self.words.day(best.verified_to)})" if best.certainty == "last-known" and best.verified_to else (
            " (as last known; the list of parties was not verified to a day)" if best.certainty == "last-known" else "")
        return f"On {on} {self.asking} can ask {self.asked} for {what} under {articles}{terms}{known}."

    def row(self, channel: Channel) -> list[str]:
        best = channel.best or (channel.options[0] if channel.options else None)
        name = self.words.label(f"{CONCEPT}channel/{channel.channel}")
        what = name if self.is_lead(channel) else self.measure(channel.measure)
        grade = f"{channel.grade} ({channel.confidence})" if channel.grade else ""
        return [what, channel.verdict, self.articles(best) if best else self.first_reason(channel), best.standing if best else "",
                (best.verified_to or "no day") if best else (channel.verified_to or ""), grade]

    def first_reason(self, channel: Channel) -> str:
        return channel.reasons[0].text if channel.reasons else ""

    def is_lead(self, channel: Channel) -> bool:
        return self.answer.question["measure"] is None

    def detail(self, channel: Channel) -> Iterator[Part]:
        several = len(self.answer.channels) > 1
        if several and not channel.best:
            return
        yield Heading(f"{self.words.label(f'{CONCEPT}channel/{channel.channel}').capitalize()}: {channel.verdict}")
        shown = [o for o in channel.options if o.verdict in ("available", "conditional")] if several else list(channel.options)
        items: list[tuple[int, str]] = []
        for option in shown:
            items.extend(self.option(option))
        yield Items(items) if items else Para("No instrument in force between the two opens it.")
        if channel.measures:
            yield Table(("measure", "verdict"), [[self.measure(m), v] for m, v in channel.measures.items()])
        reasons = [r for r in channel.reasons if r.code != "not-covered" or not channel.best]
        if reasons and (not several or not channel.best):
            yield Heading("What stands in the way, or is missing", 3)
            yield Items([(0, self.reason(r)) for r in reasons])
        elif reasons:
            yield Items([(0, self.reason(r)) for r in reasons[:_MOST_REASONS]]) if any(r.act for r in reasons) else Para(
                f"{len(reasons)} other instruments bind one side only or give way (--measure {channel.measure} lists them).")

    def option(self, option: Option) -> Iterator[tuple[int, str]]:
        route = f", {self.words.label(f'{CONCEPT}route/{option.route}')}" if option.route and option.route != "any" else ""
        yield 0, f"{self.articles(option)}: {option.verdict}, {option.standing}{route}"
        for reason in option.rank_reasons[:2]:
            yield 1, reason
        for condition in option.conditions:
            met = "" if condition.state == "met" else f" (would be met by {condition.met_by})" if condition.met_by else ""
            where = self.words.label(f"{ID}provision/{condition.provision}") if condition.provision else condition.statement or "scope of the instrument"
            yield 1, f"{condition.state}: {self.requirement(condition.code)}, {where}{met}"
        since = [f"{self.words.label(f'{ID}jur/{side}')} since {self.words.day(bond.since) if bond.since else 'a day not recorded'}"
                 for side, bond in option.bond.items()]
        yield 1, f"in force: {'; '.join(since)}"
        if option.refusal_grounds:
            yield 1, "may be refused for: " + "; ".join(dict.fromkeys(self.ground(r.ground, r.mandatory) for r in option.refusal_grounds))
        for clock in option.time_limits[:3]:
            yield 1, f"clock: {clock.days} days, {self.words.label(f'{ID}provision/{clock.provision}')}: {clock.summary}"
        if option.languages:
            yield 1, f"languages notified: {', '.join(option.languages)}"
        for authority in option.authorities[:3]:
            note = " (unverified: confirm in the UNODC directory or the EJN Atlas)" if authority["unverified"] else ""
            yield 1, f"authority: {authority['name']}{note}"

    def reason(self, reason: Reason) -> str:
        known = f" (as last known on {reason.verified_to})" if reason.certainty == "last-known" and reason.verified_to else ""
        look = f" Look: {reason.look}" if reason.look and reason.code in ("not-covered", "uncertain-date", "internal") else ""
        return f"{reason.text.rstrip('.')}{known}.{look}"

    def proofs(self) -> Iterator[Part]:
        yield Heading("Proof")
        for channel in self.answer.channels:
            if channel.proof:
                yield from proof_parts(channel.proof)

    def articles(self, option: Option) -> str:
        if not option.provisions:
            return option.title
        labels = [self.words.label(f"{ID}provision/{p}") for p in option.provisions]
        stem = f"{option.title} art. "
        short = [label.removeprefix(stem) if n and label.startswith(stem) else label for n, label in enumerate(labels)]
        return ", ".join(short) if labels[0].startswith(option.title) else f"{option.title} (typically as {', '.join(short)})"

    def measure(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}measure/{code}")

    def requirement(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}requirement/{code}")

    def ground(self, code: str, mandatory: bool) -> str:
        return self.words.label(f"{CONCEPT}ground/{code}") + (" (must)" if mandatory else "")

    def made_from(self) -> str:
        kb = self.answer.kb
        local = f", with {len(kb['overlays'])} overlay(s) of your own" if kb["overlays"] else ""
        return f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]}){local}."


def proof_parts(proof: Proof) -> list[Part]:
    """Return a proof as a list: each finding with its law, each fact with its source, file and grade."""
    items: list[tuple[int, str]] = []
    seen: set[str] = set()

    def walk(node: Proof, depth: int) -> None:
        law = f" [{node.law}]" if node.law else ""
        again = node.finding in seen and bool(node.premises)
        items.append((depth, f"{node.says}{law}{' (shown above)' if again else ''}"))
        if again:
            return
        seen.add(node.finding)
        for citation in node.citations:
            told = f"as at {citation.as_at}" if citation.as_at else "no day given"
            mark = ", local" if citation.local else ""
            items.append((depth + 1, f"source: {citation.title} ({told}; {citation.grade}, {citation.confidence}{mark}) in {citation.file}"))
        for premise in node.premises:
            walk(premise, depth + 1)

    walk(proof, 0)
    return [Items(items)]
