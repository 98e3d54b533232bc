"""Processor time of processes, where they may run, and what machine this is."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES = {CORES[0]}
LOAD_CORES = set(CORES[1:]) or {CORES[0]}
"""The server under test has a core of its own; sources and viewers share the others."""


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_seconds(pid: int, *, descendants: bool = False) -> float:
    """Return processor seconds, user and system, that a process has used; with its living descendants if wanted."""
    total = 0
    for one in family(pid) if descendants else [pid]:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


def pin(pid: int, cores: set[int]) -> None:
    """Keep every thread of a process and its descendants on some cores."""
    for one in family(pid):
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{one}/task"):
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(int(thread), cores)


@dataclass(slots=True)
class Span:
    """What a process used between two moments."""

    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def percent(self) -> float:
        """Per cent of one core."""
        return 100 * self.cpu / self.seconds


@contextlib.contextmanager
def measured(pid: int, *, descendants: bool = False) -> Iterator[Span]:
    """Measure processor time of a process over the body of the ``with``."""
    span = Span()
    cpu, start = cpu_seconds(pid, descendants=descendants), time.monotonic()
    yield span
    span.seconds, span.cpu = time.monotonic() - start, cpu_seconds(pid, descendants=descendants) - cpu


def description() -> str:
    """Return the machine in a line: processor, cores, memory, kernel, Python, load."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{model}, {len(CORES)} cores, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, load {load}"
    )
