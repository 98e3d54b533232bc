"""Starts simulated viewers in a process of their own and measures the server while they watch."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

from .machine import LOAD_CORES, Span, measured


class AudienceLost(Exception):
    """The viewers could not watch; the text is what they said."""


@dataclass(slots=True)
class Watched:
    """What the viewers saw and what it cost the server.

    Parameters
    ----------
    figures : dict
        As `bench.viewers` prints them.
    server : Span
        Processor time of the server's own process over the same seconds (start-up included in neither).
    """

    figures: dict[str, float]
    server: Span


def watch(
    kind: str,
    pid: int,
    address: str,
    *,
    count: int,
    seconds: float,
    headers: dict[str, str] | None = None,
    settle: float = 3.0,
    **more: object,
) -> Watched:
    """Let ``count`` viewers watch ``address`` and return what they saw; ``pid`` is the server to be measured."""
    wish = {
        "address": address,
        "count": count,
        "seconds": seconds + 0.5,
        "headers": headers or {},
        "settle": settle,
        **more,
    }
    cores = ",".join(map(str, sorted(LOAD_CORES)))
    command = ["taskset", "-c", cores, sys.executable, "-m", "bench.viewers", kind, json.dumps(wish)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise AudienceLost(process.communicate()[1][-400:])
        time.sleep(settle)
        with measured(pid) as span:
            time.sleep(seconds)
        out, errors = process.communicate(timeout=seconds + 60)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise AudienceLost(errors[-400:])
    figures = json.loads(out)
    if errors:
        figures["said"] = errors[:300]
    return Watched(figures, span)


def cost_of(pid: int, seconds: float) -> tuple[float, float]:
    """Return per cent of one core over some seconds: of the process alone, and with its descendants."""
    with measured(pid) as alone, measured(pid, descendants=True) as all_:
        time.sleep(seconds)
    return alone.percent, all_.percent
