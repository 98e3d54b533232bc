"""Encoders: a file published again and again without encoding, or a living picture with its burnt-in clock."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from .machine import LOAD_CORES
from .processes import Program

LOGS = Path("build/bench/logs")


def looped(path: Path, url: str, *, cores: set[int] = LOAD_CORES) -> Program:
    """Publish a clip in real time, over and over; costs about 2 % of a core."""
    command = ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(path), "-c", "copy", "-f", "flv", url]
    return Program(command, LOGS / "sources.log", cores)


def once(path: Path, url: str, *, seconds: float | None = None) -> Program:
    """Publish a clip once, in real time."""
    stop = [] if seconds is None else ["-t", str(seconds)]
    command = ["ffmpeg", "-v", "error", "-re", "-i", str(path), *stop, "-c", "copy", "-f", "flv", url]
    return Program(command, LOGS / "sources.log", LOAD_CORES)


def living(*urls: str, size: str = "1280x720", fps: int = 30, bit_rate: int = 2_500_000) -> Program:
    """Publish the rehearsal's one or two views, painted and encoded now, each with the time of its making on it."""
    command = [sys.executable, "-m", "glisson.streaming.rehearsal", *urls, "--size", size, "--fps", str(fps)]
    return Program([*command, "--bit-rate", str(bit_rate)], LOGS / "sources.log", LOAD_CORES, {"PYTHONPATH": "src"})


def wait_for_start(seconds: float = 7) -> None:
    """Give `living` time to render its scene and to connect, for servers that do not say when a stream is there."""
    time.sleep(seconds)
