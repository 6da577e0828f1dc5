"""Delta debugging: the fewest things on which something still fails (after Zeller and Hildebrandt's ddmin)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shrink(things: Sequence[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """Return a part of `things` that still fails and of which no single thing can be left out.

    Args:
        things: a sequence that fails as a whole.
        fails: says whether a part, in the same order, fails; a part that cannot be tried counts as one that does not.

    Raises:
        ValueError: the whole does not fail.
    """
    if not _tried(fails, list(things)):
        raise ValueError("the whole does not fail, so there is nothing to shrink")
    left, parts = list(things), 2
    while left:
        size = -(-len(left) // parts)
        smaller = next((rest for start in range(0, len(left), size) if _tried(fails, rest := left[:start] + left[start + size:])), None)
        if smaller is not None:
            left, parts = smaller, max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(left))
    return left


def _tried(fails: Callable[[list[T]], bool], part: list[T]) -> bool:
    try:
        return fails(part)
    except Exception:  # noqa: BLE001 - a part can be beyond what an engine takes; then it shows nothing
        return False
