"""The page of a `statements` answer: the articles on reservations, and the statements by party."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lawkb.base import Base
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID
from lawkb.words import Words

_NAMED = 8  # names in the sentence; the table has them all


def statements_page(base: Base, answer: dict[str, Any]) -> list[Part]:
    """Return the page of a `statements` answer."""
    words = Words(base)
    parts: list[Part] = [Heading(f"Reservations and other statements on {answer['title']}, {words.day(answer['question']['on'])}", 1)]
    parts.append(Para(_sentence(words, answer), strong=True))
    parts.append(Items([(0, f"art. {a['article']}: {a['summary']}") for a in answer["articles"]]) if answer["articles"]
                 else Para("No article of it on reservations is recorded here: where a treaty says nothing, VCLT art. 19 to 23 apply."))
    for name, title in (("in_effect", "In effect on the day"), ("other", "Withdrawn, or not yet made")):
        if answer[name]:
            parts += [Heading(title), Table(("party", "kind", "article", "effect", "date", "what it says"), [[
                words.label(f"{ID}jur/{r['party']}"), r["kind"], ", ".join(r["articles"]),
                ", ".join(words.label(f"{CONCEPT}effect/{e}") for e in r["effects"]),
                (r["date"] or "") + (f", withdrawn {r['withdrawn']}" if r["withdrawn"] else ""), r["summary"] or ""] for r in answer[name]])]
    if not answer["in_effect"] and not answer["other"]:
        parts.append(Para("No statement on it is recorded here; that does not mean that there is none."))
    return [*parts, Heading("Read this too"), Items([(0, note) for note in [*answer["coverage"], *answer["notes"]]])]


def _sentence(words: Words, answer: dict[str, Any]) -> str:
    """One sentence: how many statements of each kind are in effect, who made reservations, and what the instrument says of these."""
    rows, day = answer["in_effect"], words.day(answer["question"]["on"])
    if not rows:
        return f"On {day} no statement on {answer['title']} is recorded here as in effect."
    kinds = Counter(row["kind"] for row in rows)
    count = ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in sorted(kinds.items()))
    who = sorted({words.label(f"{ID}jur/{row['party']}") for row in rows if row["kind"] == "reservation"})
    more = f" and {len(who) - _NAMED} others" if len(who) > _NAMED else ""
    by = f"; reservations by {', '.join(who[:_NAMED])}{more}" if who else ""
    told = f"; on reservations see art. {', '.join(a['article'] for a in answer['articles'])}" if answer["articles"] else ""
    return f"On {day} {count} on {answer['title']} {'is' if len(rows) == 1 else 'are'} recorded here as in effect{by}{told}."


def statements_rows(answer: dict[str, Any]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return the statements as a table."""
    columns = ("party", "kind", "articles", "effects", "date", "withdrawn", "state", "grade", "confidence", "summary", "statement")
    return columns, [[" ".join(r[c]) if isinstance(r[c], list) else r[c] or "" for c in columns] for r in (*answer["in_effect"], *answer["other"])]
