"""The Python face: `lawkb.load()` gives a knowledge base that answers questions. No network unless a server is named, no global state, safe between threads."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lawkb.answer import Answer
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.names import parse_day
from lawkb.reading import Progress

if TYPE_CHECKING:
    from lawkb.atlas import Atlas
    from lawkb.hypothesis import Supposed


class KnowledgeBase:
    """The compiled knowledge base. Jurisdictions are given as alpha-3, alpha-2 or an English name; days as `YYYY-MM-DD` or `date`."""

    def __init__(self, base: Base, today: dt.date | None = None, kb: Path | None = None) -> None:
        self.base = base
        self._today = today
        self._kb = kb
        self._supposed: Supposed | None = None

    @property
    def today(self) -> dt.date:
        """The day that counts where no `on` is given."""
        return self._today or dt.date.today()

    def case(self, requesting: str, requested: str, on: str | dt.date | None = None, offence_on: str | dt.date | None = None,
             strict: bool = False) -> Case:
        """Return the case of a question, names resolved and dates checked.

        Raises:
            LawkbError: a jurisdiction is not known (nearest ones are suggested), a day is not real, or the offence comes after the day asked about.
        """
        names, day = self.base.jurisdictions, self.day(on)
        offence = self.day(offence_on) if offence_on else None
        if offence and offence > day:
            raise LawkbError(f"The offence ({offence}) comes after the day asked about ({day})", "One of the two days is wrong", "lawkb channels --help")
        return Case(names.resolve(requesting), names.resolve(requested), day, offence, strict)

    def day(self, given: str | dt.date | None) -> dt.date:
        """Return a day: today where none is given.

        Raises:
            LawkbError: the text is not a real day from 1920 to the end of next year.
        """
        if given is None:
            return self.today
        return parse_day(given.isoformat() if isinstance(given, dt.date) else given, self.today)

    def channels(self, requesting: str, requested: str, *, measure: str | None = None, channel: str | None = None, on: str | dt.date | None = None,
                 offence_on: str | dt.date | None = None, strict: bool = False, explain: bool = False) -> Answer:
        """Answer which channels `requesting` has towards `requested` in a trafficking case.

        Args:
            requesting, requested: the two jurisdictions; direction matters.
            measure: a measure such as `mla-search-seizure`; without it every channel is answered.
            channel: a channel such as `mla`, which is answered by its lead measure, or the one to which `measure` must belong.
            on: the day whose law is asked about (today).
            offence_on: the day of the offence, where a rule reads it.
            strict: whether a list that was not verified up to the day leaves the answer open.
            explain: whether channels and options carry their proof.

        Raises:
            LawkbError: unknown jurisdiction, measure, channel or day; the same jurisdiction twice; a measure of another channel.
        """
        from lawkb.ask import channels
        from lawkb.measures import chosen

        case = self.case(requesting, requested, on, offence_on, strict)
        asked = None if measure is None and channel is None else chosen(self.base, channel, measure)[0][1]
        return channels(self.base, case, asked, explain)

    def criminality(self, requesting: str, requested: str, *, offence: str | None = None, elements: Iterable[str] | None = None,
                    facts: str | Path | None = None, penalty_months: int | None = None, on: str | dt.date | None = None,
                    offence_on: str | dt.date | None = None) -> dict[str, Any]:
        """Return dual criminality between two jurisdictions, element by element, with thresholds and bridging clauses.

        Args:
            requesting, requested: who asks whom.
            offence: the key of an offence of the requesting side.
            elements: codes of acts, means and purposes of the case.
            facts: a YAML or JSON file with the facts of the case.
            penalty_months: a maximum penalty that is held against the thresholds, in place of that of the facts.
            on, offence_on: the day whose law is asked about, and the day of the offence.

        Raises:
            LawkbError: unknown jurisdiction, offence, code or day; facts that cannot be.
        """
        from lawkb.conduct import Conduct, of_codes, of_file
        from lawkb.criminality import criminality

        if elements is not None and facts is not None:
            raise LawkbError("Both --elements and --facts are given", "Give the conduct once", "lawkb criminality --help")
        told = of_file(self.base, Path(facts), self.today) if facts is not None else of_codes(self.base, elements) if elements is not None else None
        if penalty_months is not None:
            told = dataclasses.replace(told or Conduct(), penalty_months=penalty_months)
        case = self.case(requesting, requested, on, (told.offence_on if told else None) if offence_on is None else offence_on)
        if told and told.offence_on and case.offence_on != told.offence_on:
            raise LawkbError(f"The facts put the offence on {told.offence_on}, the question on {case.offence_on}", "Give the day of the offence once",
                             "lawkb criminality --help")
        return criminality(self.base, case, offence, told)

    def thresholds(self, jurisdiction: str, *, others: Sequence[str] = (), on: str | dt.date | None = None, progress: Progress | None = None) -> dict[str, Any]:
        """Return the penalty thresholds that a jurisdiction meets with its partners, and how many partners stand behind each.

        Args:
            jurisdiction: whose maximum penalty is looked at.
            others: the partners; all others without it.
            on: the day whose law is asked about (today).
            progress: called with (partners done, partners in all).
        """
        from lawkb.thresholds import thresholds

        names = self.base.jurisdictions
        return thresholds(self.base, names.resolve(jurisdiction), [names.resolve(name) for name in others], self.day(on), progress)

    def treaties(self, a: str, b: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return the instruments in force between two jurisdictions and, apart, those signed only, ended and pending."""
        from lawkb.status import treaties

        names = self.base.jurisdictions
        return treaties(self.base, names.resolve(a), names.resolve(b), self.day(on))

    def parties(self, instrument: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return the participants of an instrument on a day, in the shape of the depositary's table."""
        from lawkb.status import parties

        return parties(self.base, self.base.instruments.resolve(instrument), self.day(on))

    def statements(self, instrument: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return the reservations, declarations, notifications and objections on an instrument, and who made them."""
        from lawkb.statements import statements

        return statements(self.base, self.base.instruments.resolve(instrument), self.day(on))

    def status(self, jurisdiction: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return every act of a jurisdiction, by instrument, with where it stands on a day."""
        from lawkb.status import status

        return status(self.base, self.base.jurisdictions.resolve(jurisdiction), self.day(on))

    def rights(self, jurisdiction: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return what victims of trafficking are entitled to in a jurisdiction on a day."""
        from lawkb.duties import rights

        return rights(self.base, self.case_of(jurisdiction, on))

    def obligations(self, jurisdiction: str, *, on: str | dt.date | None = None, topic: str | None = None) -> dict[str, Any]:
        """Return what a jurisdiction has bound itself to on a day; `topic` is a measure or a channel."""
        from lawkb.duties import obligations

        return obligations(self.base, self.case_of(jurisdiction, on), topic)

    def complaints(self, jurisdiction: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return to which international bodies one can turn about a jurisdiction on a day."""
        from lawkb.watch import complaints

        return complaints(self.base, self.case_of(jurisdiction, on))

    def monitoring(self, jurisdiction: str, *, topic: str | None = None, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return what courts and monitoring bodies told a jurisdiction by a day; `topic` is a measure."""
        from lawkb.duties import measures_of
        from lawkb.watch import monitoring

        if topic is not None:
            measures_of(self.base, topic)  # tells whether there is such a measure
        return monitoring(self.base, self.case_of(jurisdiction, on), topic.strip().lower() if topic else None)

    def prosecute(self, facts: str | Path) -> dict[str, Any]:
        """Return which jurisdictions have a head of jurisdiction over the facts in a YAML or JSON file.

        Raises:
            LawkbError: the file cannot be read, or a fact in it cannot be.
        """
        from lawkb.casefile import read_facts
        from lawkb.forums import prosecute

        return prosecute(self.base, *read_facts(self.base, Path(facts), self.today))

    def request(self, requesting: str, requested: str, *, measure: str, language: str | None = None, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return all that a request for a measure needs: authority, way, languages, contents, grounds of refusal, clocks, limits of use."""
        from lawkb.request import request

        return request(self.base, self.case(requesting, requested, on), measure.strip().lower(), language)

    def definition(self, jurisdiction: str, *, instruments: Sequence[str] = (), on: str | dt.date | None = None) -> dict[str, Any]:
        """Return where the trafficking offence of a jurisdiction falls short of definitions; `instruments` names those that define."""
        from lawkb.definition import definition

        named = [self.base.instruments.resolve(name) for name in instruments]
        return definition(self.base, self.base.jurisdictions.resolve(jurisdiction), self.day(on), named)

    def distinguish(self, jurisdiction: str, *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return what tells trafficking and smuggling apart, by both definitions and by the law of a jurisdiction."""
        from lawkb.distinguish import distinguish

        return distinguish(self.base, self.base.jurisdictions.resolve(jurisdiction), self.day(on))

    def needs(self, jurisdiction: str, *, others: Sequence[str] = (), on: str | dt.date | None = None, progress: Progress | None = None) -> dict[str, Any]:
        """Return on what extradition and assistance rest with each partner, and what a treaty between the two would add."""
        from lawkb.needs import needs

        names = self.base.jurisdictions
        return needs(self.base, names.resolve(jurisdiction), [names.resolve(name) for name in others], self.day(on), progress)

    def compare(self, jurisdictions: Sequence[str], topics: Sequence[str], *, on: str | dt.date | None = None) -> dict[str, Any]:
        """Return jurisdictions side by side on definitions, penalties, rights or cooperation."""
        from lawkb.compare import compare

        return compare(self.base, [self.base.jurisdictions.resolve(name) for name in jurisdictions], topics, self.day(on))

    def matrix(self, jurisdictions: Sequence[str], *, channel: str | None = None, measure: str | None = None, on: str | dt.date | None = None) -> dict[str,
                                                                                                                                                       Any]:
        """Return the verdict on a channel or a measure for every ordered pair of jurisdictions."""
        from lawkb.compare import matrix

        return matrix(self.base, [self.base.jurisdictions.resolve(name) for name in jurisdictions], channel, measure, self.day(on))

    def whatif(self, jurisdiction: str, *, join: Sequence[str] = (), deposited: str | dt.date | None = None, penalties: Mapping[str, int] | None = None,
               folders: Iterable[str | Path] = (), others: Sequence[str] = (), measures: Sequence[str] | None = None, on: str | dt.date | None = None,
               progress: Progress | None = None) -> dict[str, Any]:
        """Return what would differ for a jurisdiction: the pairs, measures and duties that a step changes, and nothing else.

        Args:
            jurisdiction: whose step it is.
            join: instruments that it would join by a deposit.
            deposited: the day of that deposit (today).
            penalties: offence -> a higher maximum penalty in months.
            folders: folders of facts of one's own.
            others: the partners to look at; all others without it.
            measures: the measures to look at; all without it.
            on: the day whose law is asked about; by default the day from which what is joined binds, else today.
            progress: called with (done, in all) while compiling and while asking.

        Raises:
            LawkbError: nothing is supposed, or what is supposed cannot be.
        """
        from lawkb.hypothesis import Hypothesis, Supposed, checked, starts, supposed_of, whatif

        names = self.base.jurisdictions
        code = names.resolve(jurisdiction)
        joins = tuple(self.base.instruments.resolve(name) for name in join)
        supposition = Hypothesis(code, joins, self.day(deposited) if joins else None, tuple((penalties or {}).items()),
                                 tuple(Path(folder).resolve() for folder in folders))
        partners = [names.resolve(name) for name in others]
        asked = None if measures is None else [self.measure(code) for code in measures]
        if on is not None:
            self.day(on)
        checked(self.base, supposition, self.day(on))
        supposed = self._supposed  # the last hypothesis is kept: one asks of other partners and measures next
        if supposed is None or supposed.made_of != supposed_of(self.base, supposition):
            supposed = self._supposed = Supposed(self.base, supposition, progress, self._kb)
        after = supposed.base
        begins = [day for instrument in joins if (day := starts(after, code, instrument))]
        latest = dt.date(self.today.year + 1, 12, 31)
        day = self.day(on) if on is not None else min(max([self.today, *begins]), latest)
        return whatif(self.base, after, supposition, day, partners, asked, progress)

    def measure(self, code: str) -> str:
        """Return the code of a measure as it is written.

        Raises:
            LawkbError: there is no such measure (near ones are suggested).
        """
        from lawkb.measures import channel_of

        name = code.strip().lower()
        channel_of(self.base, name)  # tells whether there is such a measure
        return name

    def changes(self, other: KnowledgeBase, pairs: Sequence[tuple[str, str]] = (), *, about: str | None = None, on: str | dt.date | None = None,
                progress: Progress | None = None) -> dict[str, Any]:
        """Return what differs from this knowledge base to another: records, who is bound by what, and the verdicts of pairs.

        Args:
            other: the later knowledge base.
            pairs: who asks whom, for which verdicts are compared.
            about: a jurisdiction to which the records and participations are limited.
            on: the day whose law is asked about (today).
            progress: called with (pairs done, pairs in all).
        """
        from lawkb.releases import releases

        names = other.base.jurisdictions
        cases = [other.case(a, b, self.day(on)) for a, b in pairs]
        return releases(self.base, other.base, cases, names.resolve(about) if about else None, self.day(on), progress)

    def atlas(self, *, channel: str | None = None, measure: str | None = None, every: bool = False, on: str | dt.date | None = None,
              strict: bool = False, progress: Progress | None = None) -> Atlas:
        """Return the verdicts of all ordered pairs for the lead measure of a channel, a measure, the lead measures of all channels, or every measure.

        The first time for a day it takes from seconds (one measure) to minutes; the result is kept in the cache folder. Not to be shared between threads.
        """
        from lawkb.atlas import atlas

        return atlas(self.base, channel, measure, self.day(on), strict, every, progress)

    def case_of(self, jurisdiction: str, on: str | dt.date | None = None) -> Case:
        """Return the case of a question on one jurisdiction."""
        return Case(self.base.jurisdictions.resolve(jurisdiction), None, self.day(on))


def load(overlays: Iterable[str | Path] = (), *, kb: Path | None = None, progress: Progress | None = None,
         notice: Callable[[str], None] | None = None, endpoint: str | None = None, update_endpoint: str | None = None) -> KnowledgeBase:
    """Open the knowledge base, compiling it first where there is no compiled one for its present state.

    Args:
        overlays: folders of one's own facts in Turtle; they are marked as local in every proof.
        kb: a folder with another knowledge base in place of the packaged one.
        progress: called with (files read, files in all) while compiling.
        notice: told in a sentence what could not be done as usual.
        endpoint: the address of a SPARQL 1.1 server on which this knowledge base was published (`lawkb publish`): the rules run there.
            Without it nothing leaves this process. Credentials come from the environment (docs/servers.md).
        update_endpoint: where the server takes updates, if that does not follow from `endpoint`.

    Raises:
        LawkbError: a folder is missing, a file is not Turtle, nothing can be written, or an address is none.
    """
    from lawkb.cache import open_base

    if endpoint is None:
        if update_endpoint is not None:
            raise LawkbError("An address for updates is given, but none for queries", "Give both, as --endpoint URL --update-endpoint URL",
                             "More: docs/servers.md")
        return KnowledgeBase(open_base([Path(folder) for folder in overlays], progress, notice, kb), kb=kb)
    from lawkb.remote.engine import Remote
    from lawkb.remote.server import Server

    server = Server.of(endpoint, update_endpoint)  # a wrong address is told before the long part
    base = open_base([Path(folder) for folder in overlays], progress, notice, kb)
    base.elsewhere = Remote(base, server, notice)
    return KnowledgeBase(base, kb=kb)
