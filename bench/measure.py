"""Timing: interleaved repeats, processes, medians and spread, and a line about the machine without its name."""

from __future__ import annotations

import os
import platform
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """Seconds of the repeats of one measurement, by the clock and of the processor (of this process, not of those that it starts)."""

    seconds: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The smallest value that 95 in 100 repeats do not exceed."""
        ordered = sorted(self.seconds)
        return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]

    @property
    def spread(self) -> str:
        return f"{shown(min(self.seconds))} to {shown(max(self.seconds))}"

    def row(self, own: bool = True) -> list[str]:
        """Return the cells of a table; `own` says that the work was done in this process, so that its processor time counts."""
        return [shown(self.median), shown(self.p95), self.spread, *([shown(statistics.median(self.processor))] if own else []), str(len(self.seconds))]


def interleaved(tasks: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Sample]:
    """Run every task once per round, starting each round one task later, so that noise and warmth are shared evenly."""
    names = list(tasks)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for turn in range(repeats):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            start, busy = time.perf_counter(), time.process_time()
            tasks[name]()
            found[name].append((time.perf_counter() - start, time.process_time() - busy))
    return {name: Sample(*zip(*pairs, strict=True)) for name, pairs in found.items()}


class TooLong(Exception):
    """A task was stopped because it took longer than it was given."""


def within(seconds: float, task: Callable[[], object]) -> object:
    """Run a task, and stop it when its time is over (where the system has alarms).

    Raises:
        TooLong: the time was over.
    """
    def stop(*_: object) -> None:
        raise TooLong

    if not hasattr(signal, "setitimer"):
        return task()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return task()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def process(command: Sequence[str], **environment: str) -> None:
    """Run a process to its end without showing what it prints.

    Raises:
        RuntimeError: it did not answer (a code above 3 is a fault, not a verdict).
    """
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **environment}, check=False, text=True)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")


def shown(seconds: float) -> str:
    """Return a time as people read it."""
    if seconds < 0.1:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def machine() -> str:
    """Return processor, cores, memory, system and versions."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    libraries = ", ".join(f"{name} {found}" for name in ("click", "pyoxigraph", "rdflib", "oxrdflib") if (found := _version(name)))
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, {libraries}"


def load_average() -> str:
    """Return how busy the machine is: the load average of the last minute, where the system tells it."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
