"""Remembers what a method has returned for as long as its object lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def remembered(method: Callable[[Any, K], V]) -> Callable[[Any, K], V]:
    """Let a method of one argument work only once for each value of it.

    What it returned lies in the object itself: unlike with `functools.cache`, nothing outlives the object, nor do the two hold
    each other, so that an answer leaves nothing behind that only the garbage collector finds.
    """
    name = f"_remembered_{method.__name__}"

    @wraps(method)
    def wrapper(self: Any, value: K) -> V:
        known = vars(self).setdefault(name, {})
        if value not in known:
            known[value] = method(self, value)
        found: V = known[value]
        return found

    return wrapper
