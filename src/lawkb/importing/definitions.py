"""What instruments define and what they ask of penalties."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.offences import months
from lawkb.importing.rows import Row
from lawkb.importing.values import article_key, plain, ref, slug

# The list in which an element of each kind stands.
_SCHEMES = {"act": "conduct", "means": "means", "purpose": "purpose", "person": "protected-person", "rule": "element-rule"}


@kind("definitions-intl", key="definition_id", needs="definition_id treaty_id article element_kind element required", knows="summary")
def definition_element(row: Row, context: Context) -> list[Block]:
    """One element of the definition of an offence by an instrument."""
    block = _about_article(row, context, "element", "DefinitionElement", row.need("element"))
    scheme = row.one_of("element_kind", _SCHEMES)
    block.add("elementKind", context.concept("element-kind", row.get("element_kind"), "element_kind"))
    block.add("element", context.concept(scheme, row.get("element"), "element"))
    block.add("elementNeed", context.concept("value", row.need("required"), "required"))
    return [context.settle(_finish(block, row, context), "elementKind", "elementNeed")]


@kind("penalty-norms", key="norm_id", needs="norm_id treaty_id article norm", knows="years applies_to summary")
def penalty_norm(row: Row, context: Context) -> list[Block]:
    """What an instrument asks of penalties, or from which penalty on it applies."""
    block = _about_article(row, context, "norm", "PenaltyNorm", row.need("norm"))
    block.add("norm", context.concept("norm-kind", row.get("norm"), "norm"))
    threshold = months(row.get("years"), "years")
    if threshold:
        block.add("months", threshold)
    block.add_text("appliesTo", row.get("applies_to"))
    return [context.settle(_finish(block, row, context), "appliesTo")]


def _about_article(row: Row, context: Context, kind_of_key: str, class_name: str, last: str) -> Block:
    instrument, name = context.instrument(row.need("treaty_id")), slug(row.get("treaty_id"))
    subject = ref(kind_of_key, name, article_key(row.need("article")), last)
    return Block(subject, class_name, place(name, "definitions")).add("instrument", instrument).add("article", plain(row.get("article")))


def _finish(block: Block, row: Row, context: Context) -> Block:
    return context.cite(block.add_text("summary", row.get("summary")).add_text("skos:note", row.get("note")), row)
