"""What is on disk of one feed: read when it is wanted, forgotten when nobody asks any more."""

from __future__ import annotations

import time
from pathlib import Path

from glisson.streaming.recording import Recording
from glisson.streaming.reel import ORIGINAL, RUNGS
from glisson.streaming.ring import RingState

IDLE_SECONDS = 600.0
"""Manifests of long operations are large; one that nobody has asked for in so long is dropped from memory."""


class Archive:
    """The recordings of one feed, by rung.

    Parameters
    ----------
    folder : Path
        ``<recordings>/<feed>``; the rungs are folders in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun: float | None = None
        """Wall clock of the first picture that was recorded while this process ran."""
        self._recordings: dict[str, Recording] = {}
        self._read_at = 0.0

    def recording(self, rung: str) -> Recording:
        """Return what is on disk of a rung, up to date; slow, not for the event loop."""
        self._read_at = time.monotonic()
        recording = self._recordings.get(rung)
        if recording is None:
            return self._recordings.setdefault(rung, Recording(self.folder / rung))
        recording.refresh()
        return recording

    def states(self) -> dict[str, RingState]:
        """Return where the numbers of each rung go on; slow, not for the event loop."""
        states = {rung: self.recording(rung).state() for rung in RUNGS}
        return {rung: state for rung, state in states.items() if state is not None}

    def path(self, rung: str, name: str) -> Path | None:
        """Return a recorded file, if it is there."""
        path = self.folder / rung / name
        return path if path.exists() else None

    def seconds(self) -> float:
        """Seconds of the original as far as they have been read; 0 before."""
        known = self._recordings.get(ORIGINAL)
        return known.duration if known else 0.0

    def began(self) -> float | None:
        """Wall clock of the first recorded picture of the original, as far as is known without reading."""
        known = self._recordings.get(ORIGINAL)
        return known.segments[0].clock if known and known.segments else self.begun

    def begin(self, clock: float) -> None:
        """A picture is recorded now; the first one counts."""
        if self.begun is None:
            self.begun = clock

    def forget(self) -> None:
        """What was on disk may be gone: it is read anew when it is wanted."""
        self._recordings = {}
        self.begun = None

    def forget_idle(self) -> None:
        """Drop what nobody has asked for in a while."""
        if time.monotonic() - self._read_at > IDLE_SECONDS:
            self._recordings = {}
