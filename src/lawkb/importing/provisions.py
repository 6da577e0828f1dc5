"""What an article gives, asks and refuses."""

from __future__ import annotations

import re

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Refused, Row
from lawkb.importing.values import article_key, boolean, decimal, integer, plain, ref, slug

_SUFFIX = re.compile(r"-[a-z]+$")
_MIN_YEARS = "min-years"
_YES_NO = {"yes": "yes", "no": "", "if-needed": ""}
_UNVERIFIED = {"yes": "yes", "no": "", "": ""}
_PLACEHOLDER = "The article number is a placeholder; it was not verified."


@kind("provisions", key="provision_id",
      needs="provision_id treaty_id article measure role force subject summary",
      knows="requires channel time_limit_days opens unverified_article")
def provision(row: Row, context: Context) -> list[Block]:
    """One provision: what a paragraph says about one measure."""
    instrument, name = context.instrument(row.need("treaty_id")), slug(row.get("treaty_id"))
    given, prefix = row.need("provision_id"), row.get("treaty_id") + "-"
    local = article_key(given.removeprefix(prefix)) if given.startswith(prefix) else article_key(row.get("article"))
    block = Block(ref("provision", f"{name}.{local}"), "Provision", place(name, "articles")).add("instrument", instrument)
    block.add("article", plain(_citation(row)))
    row.need("measure")
    block.add("measure", *context.concepts("measure", row, "measure"))
    block.add("role", context.concept("role", row.need("role"), "role")).add("opens", *context.concepts("measure", row, "opens"))
    block.add("strength", context.concept("strength", row.need("force"), "force"))
    block.add("addressee", context.concept("addressee", row.need("subject"), "subject"))
    _add_requirements(block, row, context)
    block.add("route", *context.concepts("route", row, "channel"))
    if row.get("time_limit_days"):
        block.add("timeLimitDays", integer(row.get("time_limit_days"), "time_limit_days"))
    if row.get("unverified_article") and row.one_of("unverified_article", _UNVERIFIED):
        block.add("unverifiedArticle", boolean(True))
    return [context.cite(block.add_text("summary", row.need("summary")).add_text("skos:note", row.get("note")), row)]


def _citation(row: Row) -> str:
    """Return the article as one cites it: a suffix of letters that only tells rows apart is cut off."""
    return _SUFFIX.sub("", row.need("article"))


def _add_requirements(block: Block, row: Row, context: Context) -> None:
    for word in row.each("requires"):
        code, _, years = word.partition(":")
        if code == "none":
            continue
        block.add("requires", context.concept("requirement", code, "requires"))
        if code == _MIN_YEARS:
            if not years:
                raise Refused("bad-number", "requires has min-years without a number, expected min-years:4")
            block.add("minYears", decimal(years, "requires"))


@kind("refusal-grounds", key="treaty_id article measure ground", needs="treaty_id article measure ground mandatory effect",
      knows="exception unverified_article")
def refusal_ground(row: Row, context: Context) -> list[Block]:
    """One ground of refusal, or one that the instrument forbids (`excluded`)."""
    block = _about_article(row, context, "refusal", "RefusalGround", row.need("ground"))
    block.add("ground", context.concept("ground", row.get("ground"), "ground"))
    block.add("mandatory", boolean(bool(row.one_of("mandatory", _YES_NO))))
    block.add("groundEffect", context.concept("ground-effect", row.need("effect"), "effect"))
    return [context.settle(context.cite(block.add_text("then", row.get("exception")), row), "measure")]


@kind("request-contents", key="treaty_id article measure item", needs="treaty_id article measure item required summary",
      knows="unverified_article")
def request_content(row: Row, context: Context) -> list[Block]:
    """One thing that a request must say."""
    block = _about_article(row, context, "content", "RequestContent", row.need("item"))
    block.add("item", context.concept("item", row.get("item"), "item")).add("required", boolean(bool(row.one_of("required", _YES_NO))))
    return [context.settle(context.cite(block.add_text("summary", row.get("summary")), row), "measure")]


def _about_article(row: Row, context: Context, kind_of_key: str, class_name: str, last: str) -> Block:
    instrument, name = context.instrument(row.need("treaty_id")), slug(row.get("treaty_id"))
    subject = ref(kind_of_key, name, article_key(_citation(row)), last)
    block = Block(subject, class_name, place(name, "articles")).add("instrument", instrument)
    block.add("article", plain(_citation(row))).add("measure", context.concept("measure", row.need("measure"), "measure"))
    placeholder = row.get("unverified_article") and row.one_of("unverified_article", _UNVERIFIED)
    block.add_text("skos:note", _PLACEHOLDER if placeholder else "")
    return block.add_text("skos:note", row.get("note"))
