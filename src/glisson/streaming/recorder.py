"""The recorder: every complete part of a ring, appended to disk while it is live."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

from glisson.streaming.packets import Trouble
from glisson.streaming.ring import Ring


class Recorder:
    """Follows a ring and writes it to a folder, off the event loop; goes on with what the folder already holds.

    Parameters
    ----------
    folder : Path
        Made when missing: ``manifest.jsonl``, ``init-<n>.mp4``, ``<msn>.m4s``.
    ring : Ring
        Recorded from its next segment on (it is asked to cut at its next key frame).
    executor : Executor
        One thread, shared by all recorders of the process.
    """

    def __init__(self, folder: Path, ring: Ring, executor: Executor) -> None:
        self.folder = folder
        self.ring = ring
        self.alarm: Trouble | None = None
        self.bytes_written = 0
        self.parts_written = 0
        self.seconds_written = 0.0

    async def close(self, *, finished: bool = False) -> None:
        """Write what waits and let go; ``finished`` also marks the recording as complete (the feed was closed)."""
