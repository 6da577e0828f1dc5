"""The page of `replay`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT
from lawkb.words import Words

Answer = Mapping[str, Any]


def replay_page(base: Base, answer: Answer) -> list[Part]:
    """Return the page of `replay`."""
    return list(_parts(Words(base), answer))


def replay_rows(answer: Answer) -> tuple[Sequence[str], list[list[object]]]:
    """Return the measures that are answered otherwise as a table."""
    return ("measure", "before", "now", "option", "option_before", "option_now"), [
        [channel["measure"], channel["before"] or "", channel["now"] or "", option["option"], _verdict(option["before"]), _verdict(option["now"])]
        for channel in answer["channels"] for option in channel["options"] or [{"option": "", "before": None, "now": None}]]


def _parts(words: Words, answer: Answer) -> Iterator[Part]:
    question = answer["question"]
    a, b = (words.named(question[side]) for side in ("requesting", "requested"))
    yield Heading(f"The answer on {a} and {b}, law as of {words.day(question['on'])}, asked again", 1)
    yield Para(_sentence(answer), strong=True)
    yield Table(("made of", "before", "now", ""), [[line["part"], _short(line["before"]), _short(line["now"]), "same" if line["same"] else "changed"]
                                                   for line in answer["made_of"]])
    if answer["channels"]:
        yield Heading("What is answered otherwise")
        yield Items([item for channel in answer["channels"] for item in _channel(words, channel)])


def _sentence(answer: Answer) -> str:
    if answer["same"]:
        return "The same: the answer of today equals the one of the receipt, byte for byte."
    changed = [line["part"] for line in answer["made_of"] if not line["same"]]
    made = f"changed since: {', '.join(changed)}" if changed else "nothing that it was made of has changed"
    if answer["same_words"]:
        return f"The answer says the same, from other material ({made})."
    return f"Different: the answer of today is not the one of the receipt ({made})."


def _channel(words: Words, channel: Answer) -> Iterator[tuple[int, str]]:
    name = words.label(f"{CONCEPT}measure/{channel['measure']}")
    yield 0, f"{name}: {channel['before'] or 'not asked'} -> {channel['now'] or 'not asked'}" if channel["before"] != channel["now"] else (
        f"{name}: {channel['now']}, but not in every word")
    for option in channel["options"]:
        yield 1, f"{option['option']}: {_verdict(option['before']) or 'no option'} -> {_verdict(option['now']) or 'no option'}"
        for code in sorted({*_conditions(option["before"]), *_conditions(option["now"])}):
            before, now = _conditions(option["before"]).get(code), _conditions(option["now"]).get(code)
            if before != now:
                yield 2, f"{code}: {before or 'not asked'} -> {now or 'not asked'}"


def _verdict(option: Answer | None) -> str:
    return option["verdict"] if option else ""


def _conditions(option: Answer | None) -> Mapping[str, str]:
    return option["conditions"] if option else {}


def _short(value: object) -> str:
    listed = value if isinstance(value, list) else [value] if value else []
    return ", ".join(str(item)[:19] for item in listed) or "none"
