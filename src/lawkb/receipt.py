"""The receipt of an answer on channels: what it was made of and what it said, so that it can be shown tomorrow what was shown today.

A receipt holds the question, the digests of the knowledge base, of the rules and of the program, and the whole answer with its
own digest. Replaying it asks the same question again and tells what is the same and what is not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lawkb import __version__
from lawkb.answer import SCHEMA, Answer
from lawkb.base import Base
from lawkb.errors import LawkbError

RECEIPT = "lawkb/receipt/1"
ENGINE = "relational"
_EXAMPLE = "lawkb channels ITA NGA --receipt FILE writes one"


def receipt(answer: Answer) -> dict[str, Any]:
    """Return the receipt of an answer, ready for JSON: the same answer has the same receipt, byte by byte."""
    data = answer.to_dict()
    return {"schema": RECEIPT, "question": data["question"], "kb": data["kb"], "rules": data["rules"],
            "program": {"version": __version__, "engine": ENGINE, "digest": program_digest(), "answer_schema": SCHEMA},
            "result": {"digest": digest(data)}, "answer": data}


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an answer in its canonical form (sorted keys, no blanks, UTF-8)."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def program_digest() -> str:
    """Return the SHA-256 of the program's own modules."""
    total = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        total.update(path.relative_to(here).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"


def write(answer: Answer, path: Path, force: bool = False) -> None:
    """Write the receipt of an answer to a file.

    Raises:
        LawkbError: the file is there already and `force` is not set, or it cannot be written.
    """
    if path.exists() and not force:
        raise LawkbError(f"The file {path} is there already", "Give another name, or --force to write over it")
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(json.dumps(receipt(answer), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LawkbError(f"The receipt cannot be written to {path} ({error.strerror})", "Give a file in a folder that you may write to") from error


def read(path: Path) -> dict[str, Any]:
    """Read a receipt.

    Raises:
        LawkbError: the file cannot be read, is no receipt, or is not whole: its answer is not the one whose digest it holds.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LawkbError(f"The file {path} cannot be read ({error.strerror})", _EXAMPLE) from error
    except ValueError as error:
        raise LawkbError(f"{path} is no receipt: it is not JSON", _EXAMPLE) from error
    known = isinstance(data, dict) and data.get("schema") == RECEIPT
    if not known or not all(isinstance(data.get(name), dict) for name in ("question", "kb", "rules", "program", "result", "answer")):
        raise LawkbError(f"{path} is no receipt of the form {RECEIPT}", _EXAMPLE)
    if digest(data["answer"]) != data["result"].get("digest"):
        raise LawkbError(f"{path} was altered: its answer is not the one whose digest it holds", "Use the receipt as it was written")
    return data


def overlays(data: Mapping[str, Any]) -> list[Path]:
    """Return the folders of one's own facts with which the answer was made."""
    return [Path(item["folder"]) for item in data["kb"].get("overlays", ())]


def compare(old: Mapping[str, Any], answer: Answer, base: Base) -> dict[str, Any]:
    """Return what of a receipt is the same when its question is asked again, and what is not.

    Args:
        old: the receipt.
        answer: the answer to the same question now.
        base: the knowledge base that answered now.
    """
    new = receipt(answer)
    made_of = [{"part": name, "before": before, "now": now, "same": before == now} for name, before, now in (
        ("facts", old["kb"].get("digest"), new["kb"]["digest"]), ("rules", old["rules"].get("digest"), new["rules"]["digest"]),
        ("program", old["program"].get("digest"), new["program"]["digest"]),
        ("own facts", [o["digest"] for o in old["kb"].get("overlays", ())] or None, [o["digest"] for o in new["kb"]["overlays"]] or None))]
    said = {**new["answer"], "kb": None, "rules": None}
    same_said = digest({**old["answer"], "kb": None, "rules": None}) == digest(said)
    return {"question": {"command": "replay", **{k: v for k, v in old["question"].items() if k != "command"}},
            "same": new["result"]["digest"] == old["result"]["digest"], "same_words": same_said,
            "releases": {"before": old["kb"].get("version"), "now": base.meta["kb_version"]}, "result": {"before": old["result"]["digest"], "now":
                                                                                                         new["result"]["digest"]},
            "made_of": made_of, "channels": list(_channels(old["answer"], new["answer"]))}


def _channels(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The measures that are answered otherwise: another verdict, or options that came, went or have another verdict or condition."""
    before, now = ({channel["measure"]: channel for channel in answer.get("channels", ())} for answer in (old, new))
    for measure in sorted(before.keys() | now.keys()):
        was, then = before.get(measure), now.get(measure)
        if was != then:
            options = [_options(channel) for channel in (was, then)]
            changes = [{"option": name, "before": options[0].get(name), "now": options[1].get(name)} for name in sorted(options[0].keys() | options[1].keys())
                       if options[0].get(name) != options[1].get(name)]
            yield {"measure": measure, "before": was and was["verdict"], "now": then and then["verdict"], "options": changes}


def _options(channel: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    return {option["title"]: {"verdict": option["verdict"], "conditions": {f"{c['code']} {c['provision'] or ''}".strip(): c["state"]
                                                                           for c in option["conditions"]}}
            for option in (channel["options"] if channel else ())}


def question(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the question of a receipt as the arguments of `KnowledgeBase.channels`.

    Raises:
        LawkbError: it does not hold two jurisdictions and a day.
    """
    asked = data["question"]
    try:
        on, offence = dt.date.fromisoformat(asked["on"]), asked.get("offence_on")
        return {"requesting": str(asked["requesting"]), "requested": str(asked["requested"]), "measure": asked.get("measure"), "on": on,
                "offence_on": dt.date.fromisoformat(offence) if offence else None, "strict": bool(asked.get("strict")),
                "explain": any("proof" in channel for channel in data["answer"].get("channels", ()))}
    except (KeyError, TypeError, ValueError) as error:
        raise LawkbError("The receipt holds no question that can be asked again", "It needs two jurisdictions and a day", _EXAMPLE) from error
