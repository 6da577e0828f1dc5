"""The commands on what was shown before: replay, schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lawkb.cli.common import emit, format_option, opened
from lawkb.errors import LawkbError

if TYPE_CHECKING:
    from lawkb.page import Part


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kb", "folders", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
              help="A folder of your own facts; by default those of the receipt.")
@format_option("text", "json", "md", "csv")
def replay_command(file: Path, folders: tuple[Path, ...], form: str) -> int:
    """Ask the question of a receipt again, and tell what is the same.

    FILE was written by lawkb channels --receipt. Exit 0 when the answer is the same byte for byte, 1 when it is not: then it is said
    what it was made of that changed (facts, rules, program), and which verdicts, options and conditions differ.
    """
    from lawkb import receipt
    from lawkb.receipt_pages import replay_page, replay_rows

    old = receipt.read(file)
    asked = receipt.question(old)
    kb = opened(tuple(folders or receipt.overlays(old)))
    answer = receipt.compare(old, kb.channels(asked.pop("requesting"), asked.pop("requested"), **asked), kb.base)
    emit(form, answer, lambda: replay_page(kb.base, answer), lambda: replay_rows(answer))
    return 0 if answer["same"] else 1


@click.command("schema")
@click.option("--against", "file", type=click.Path(path_type=Path), metavar="FILE", help="A form that an earlier release wrote with --format json.")
@format_option("text", "json", "md", "csv")
def schema_command(file: Path | None, form: str) -> int:
    """The form of the JSON that lawkb channels gives, and how it differs from an earlier one.

    With --against: exit 0 when nothing was removed or changed (additions are free), 1 when something was.
    """
    from lawkb.schema import against, schema

    if file is None:
        told = schema()
        emit(form, told, lambda: _page(told), lambda: (("key", "holds"), [[k, v] for k, v in told["keys"].items()]))
        return 0
    answer = against(_kept(file))
    emit(form, answer, lambda: _differences(answer), lambda: (("change", "key"), _rows(answer)))
    return 1 if answer["removed"] or answer["changed"] else 0


def _kept(file: Path) -> dict[str, Any]:
    hint = "Keep one with: lawkb schema --format json > FILE"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LawkbError(f"The file {file} cannot be read ({error.strerror})", hint) from error
    except ValueError as error:
        raise LawkbError(f"{file} holds no form of answers: it is not JSON", hint) from error
    if not (isinstance(data, dict) and isinstance(data.get("schema"), str) and isinstance(data.get("keys"), dict)):
        raise LawkbError(f"{file} holds no form of answers", hint)
    return data


def _page(told: dict[str, Any]) -> list[Part]:
    from lawkb.page import Heading, Table

    return [Heading(f"The form of answers: {told['schema']}", 1), Table(("key", "holds"), [[key, held] for key, held in told["keys"].items()])]


def _differences(answer: dict[str, Any]) -> list[Part]:
    from lawkb.page import Heading, Items, Para

    found = _rows(answer)
    told = (f"{len(answer['added'])} keys were added, {len(answer['removed'])} removed, {len(answer['changed'])} hold something else." if found
            else "Nothing differs.")
    return [Heading(f"From {answer['before']} to {answer['now']}", 1), Para(told, strong=True), Items([(0, f"{change}: {key}") for change, key in found])]


def _rows(answer: dict[str, Any]) -> Sequence[Sequence[str]]:
    return [*(("added", key) for key in answer["added"]), *(("removed", key) for key in answer["removed"]),
            *(("changed", f"{line['key']}: {line['before']} -> {line['now']}") for line in answer["changed"])]
