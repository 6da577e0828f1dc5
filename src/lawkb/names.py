"""What users type, turned into keys: jurisdictions, instruments, days. Unknown input gets the nearest suggestions.

The tables come from the caller: rows of (key, label, other names). A key is matched before a label, a label before the
other names. A name that fits two keys is never guessed: the message names both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from lawkb.errors import LawkbError

Row = tuple[str, str, Sequence[str]]

FIRST_YEAR = 1920
"""No question reaches further back: older law is not in the knowledge base."""

_SHOWN = 60  # of what was given, in a message
_SUGGESTIONS = 3
_MOST_NAMED = 5  # of the keys that an ambiguous name fits
_NEAR = 72  # of 100: how alike a suggestion must be
_FAR = 15  # below the likest: not worth a suggestion
_SHORT = 3  # letters: the length of a code

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\b(?:\w\.\s?)+\w?(?!\w)")
_UNION_ACT = re.compile(r"(Framework Decision|Directive|Regulation|Decision) (\((EU|EC)\) )?((?:19|20)\d\d/(\d+))(?:/(EU|EC|JHA))?\b")
_SECTORS = {"Directive": "L", "Regulation": "R", "Framework Decision": "F", "Decision": "D"}  # as CELEX numbers mark kinds of acts
_LABOUR = re.compile(r"Convention, \d{4} \(No\. (\d+)\)")
_EITHER = re.compile(r"^(\w+)/(\w+) (.+)$")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "&": " and "})
_SPELLED = {"st": "saint", "ste": "sainte", "no": "", "nr": "", "num": ""}
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")


class _Names:
    """A table of names and how to find a key in it."""

    noun = "name"
    codes = "a name"

    def __init__(self, table: Iterable[Row]) -> None:
        self._rows = [(key, label, tuple(others)) for key, label, others in table]
        self._labels = {key: label for key, label, _ in self._rows}

    def resolve(self, text: str) -> str:
        """Return the key that a user's text stands for.

        Raises:
            LawkbError: nothing was given, nothing fits, or more than one key fits.
        """
        for exact in (text, text.upper(), text.lower()):
            if exact in self._labels:
                return exact
        words = normalise(text)
        if not words:
            raise LawkbError(f"No {self.noun} given", self._expected())
        squeezed = words.replace(" ", "")
        for index in self._indexes:
            if keys := index.get(squeezed):
                return self._only(keys, text)
        if keys := self._further(words):
            return self._only(keys, text)
        raise self._unknown(text, words)

    @property
    def rows(self) -> list[Row]:
        """The table itself."""
        return list(self._rows)

    def find(self, text: str) -> list[str]:
        """Return every key that a text names exactly: those of which it is the key or label, else those of which it is another name."""
        words = normalise(text)
        for index in self._indexes if words else ():
            if keys := index.get(words.replace(" ", "")):
                return sorted(keys)
        return sorted(self._further(words))

    def label(self, key: str) -> str:
        """Return the name to show for a key; the key itself where the table has none."""
        return self._labels.get(key, key)

    def _forms(self, name: str) -> list[str]:
        """Return the ways in which one of the other names may be written."""
        return [name]

    def _further(self, words: str) -> set[str]:
        """Return the keys that fit in a way that the maps of names do not know."""
        return set()

    @cached_property
    def _indexes(self) -> tuple[dict[str, set[str]], ...]:
        """Return three maps of squeezed names to keys: by key, by label, by the other names."""
        by_key: dict[str, set[str]] = {}
        by_label: dict[str, set[str]] = {}
        by_other: dict[str, set[str]] = {}
        for key, label, others in self._rows:
            by_key.setdefault(_squeezed(key), set()).add(key)
            by_label.setdefault(_squeezed(label), set()).add(key)
            for other in others:
                for form in self._forms(other):
                    by_other.setdefault(_squeezed(form), set()).add(key)
        return by_key, by_label, by_other

    def _only(self, keys: set[str], text: str) -> str:
        if len(keys) == 1:
            return next(iter(keys))
        named = [self._shown(key) for key in sorted(keys)]
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        raise LawkbError(f"{quoted(text)} may mean {_or(named[:_MOST_NAMED])}{more}", f"Give one of these codes, as {min(keys)}")

    def _unknown(self, text: str, words: str) -> LawkbError:
        near = self.nearest(words)
        question = f"Did you mean {_or([self._shown(key) for key in near])}?" if near else ""
        return LawkbError(f"Unknown {self.noun} {quoted(text)}", question, self._expected(near))

    def nearest(self, text: str) -> list[str]:
        """Return up to three keys whose names are most like a text, the likest first."""
        words = normalise(text)
        best: dict[str, float] = {}
        for key, label, others in self._rows:
            scores = [_likeness(words, normalise(label)), *(_likeness(words, normalise(other)) - 1 for other in (key, *others))]
            if (score := max(scores)) >= _NEAR:
                best[key] = score
        enough = max(best.values(), default=0) - _FAR
        return sorted((key for key in best if best[key] >= enough), key=lambda key: (-best[key], key))[:_SUGGESTIONS]

    def _shown(self, key: str) -> str:
        return f"{self.label(key)} ({key})"

    def _expected(self, near: Sequence[str] = ()) -> str:
        """Return what would have been right, with an example: the nearest, or the first of the table."""
        examples = near or [key for key, _, _ in self._rows[:1]]
        return f"Give {self.codes}, as {self._example(examples[0])}" if examples else f"Give {self.codes}"

    def _example(self, key: str) -> str:
        return f"{key} or {self.label(key)}"


class JurisdictionNames(_Names):
    """Jurisdictions by alpha-3, alpha-2, English name or common variant, in any case, with or without accents."""

    noun = "jurisdiction"
    codes = "an ISO 3166-1 code or an English name"


class InstrumentNames(_Names):
    """Instruments by slug, title, short title, abbreviation or the number that the depositary gave."""

    noun = "instrument"
    codes = "its short name or its title"

    def _forms(self, name: str) -> list[str]:
        """Return a name and the ways in which it is cited: `CETS 197`, `UNTS No. 39574`, `2014/41/EU` with its CELEX number, `C29`."""
        forms = [name]
        if match := _EITHER.match(name):
            forms += [f"{match[1]} {match[3]}", f"{match[2]} {match[3]}"]
        head, comma, _ = name.partition(",")
        if comma and any(char.isdigit() for char in head) and len(head.split()) > 1:
            forms.append(head)
        if act := _UNION_ACT.match(name):
            forms += [act[4], act[0].replace(f"{act[1]} ", ""), f"{act[1]} {act[4]}", f"3{act[4][:4]}{_SECTORS[act[1]]}{act[5]:>04}"]
        if labour := _LABOUR.search(name):
            number = labour[1]
            forms += [f"{before}{cited}" for before in ("", "ILO ") for cited in (f"C{number}", f"C{number:>03}", f"Convention No. {number}")]
        return forms

    def _example(self, key: str) -> str:
        return key

    def _further(self, words: str) -> set[str]:
        """Return the keys of which a name begins with these words: an act of the Union is cited by the number in its title."""
        if not any(char.isdigit() for char in words):
            return set()
        return {key for key, label, others in self._rows for name in (label, *others) if f"{normalise(name)} ".startswith(f"{words} ")}

    def _shown(self, key: str) -> str:
        label = self.label(key)
        return f"{key} ({label if len(label) <= _SHOWN else label[: _SHOWN - 1].rstrip() + '…'})"


class ThingNames(InstrumentNames):
    """Whatever has a name, by the short form of its IRI: `org:interpol`, `instrument:untoc`, `name:s018`."""

    noun = "name"
    codes = "a name"

    def _shown(self, key: str) -> str:
        return self.label(key)


def parse_day(text: str, today: date) -> date:
    """Return the day that `YYYY-MM-DD` names.

    Args:
        text: what the user gave.
        today: the present day; no question reaches beyond the end of the next year.

    Raises:
        LawkbError: another form, no real day, before 1920 or after next year.
    """
    expected = f"Give a day as YYYY-MM-DD, for example {today.isoformat()}"
    if not _DAY.fullmatch(text.strip()):
        raise LawkbError(f"{quoted(text)} is not a day", expected)
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise LawkbError(f"{quoted(text)} is not a real day", expected) from None
    if day.year < FIRST_YEAR:
        raise LawkbError(f"{day.isoformat()} is before {FIRST_YEAR}, where the knowledge base begins", expected)
    if day.year > today.year + 1:
        raise LawkbError(f"{day.isoformat()} is after the end of {today.year + 1}: what the law will be then is not known", expected)
    return day


def normalise(text: str) -> str:
    """Return a text in small letters without accents, points and signs, its words parted by one blank."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _LEADING_ZEROS.sub("", plain)
    plain = _DOTTED.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", _APOSTROPHES.sub("", plain))
    words = [_SPELLED.get(word, word) for word in _WORD.findall(plain)]
    if len(words) > 1:
        words = words[words[0] == "the":len(words) - (words[-1] == "the")]
    return " ".join(word for word in words if word) or " ".join(_WORD.findall(plain))


def quoted(text: str) -> str:
    """Return what a user gave in quotes, shortened, without characters that would disturb a terminal."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return f"'{shown[:_SHOWN]}…'" if len(shown) > _SHOWN else f"'{shown}'"


def _squeezed(name: str) -> str:
    return normalise(name).replace(" ", "")


def _likeness(words: str, known: str) -> float:
    """Return from 0 to 100 how alike two normalised names are. Codes are compared by their letters, names also word by word."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import JaroWinkler

    if words in known.split():
        return 90.0
    if len(words) <= _SHORT:
        return 100 * JaroWinkler.similarity(words, known) if abs(len(words) - len(known)) <= _SHORT - 1 else 0.0
    if len(known) <= _SHORT:
        return 0.0
    return max(fuzz.ratio(words, known), 0.95 * fuzz.token_sort_ratio(words, known), 0.85 * fuzz.token_set_ratio(words, known))


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
