"""The recorder: every complete part of a ring, appended to disk while it is live."""

from __future__ import annotations

import asyncio
import errno
import logging
from concurrent.futures import Executor
from pathlib import Path

from glisson.streaming import manifest
from glisson.streaming.packets import TICKS, Trouble
from glisson.streaming.ring import Init, Part, Ring, RingEvent
from glisson.streaming.tape import Item, PartToWrite, Tape

TRY_AGAIN = 10.0
"""Seconds after a failure before the next attempt."""
BACKLOG = 64 << 20
"""So many bytes may wait for a slow disk."""

logger = logging.getLogger(__name__)


class Recorder:
    """Follows a ring and writes it to a folder, off the event loop; goes on with what the folder already holds.

    Whatever the disk does, the live picture goes on: a failure sets `alarm`, drops what waits, and after ten seconds
    the next segment is tried again behind a marked gap. See `Tape` for what a power cut can cost (one part).

    Parameters
    ----------
    folder : Path
        Made when missing: ``manifest.jsonl``, ``init-<n>.mp4``, ``<msn>.m4s``.
    ring : Ring
        Recorded from its next segment on (it is asked to cut at its next key frame).
    executor : Executor
        One thread, shared by all recorders of the process.
    each_part : bool
        False for a rung made from another: synchronised a segment at a time, see `Tape`.
    """

    def __init__(self, folder: Path, ring: Ring, executor: Executor, *, each_part: bool = True) -> None:
        self.folder = folder
        self.ring = ring
        self.alarm: Trouble | None = None
        self.bytes_written = 0
        self.parts_written = 0
        self.seconds_written = 0.0
        self._loop = asyncio.get_running_loop()
        self._executor = executor
        self._tape = Tape(folder, ring, each_part=each_part)
        self._queue: list[Item] = []
        self._waiting = 0
        self._writing: asyncio.Future[None] | None = None
        self._running = False
        self._not_before = 0.0
        self._gap: str | None = "resumed" if (folder / manifest.NAME).exists() else None
        self._after_gap = self._gap is not None
        self._inits: set[int] = set()
        ring.listeners.append(self._hear)
        ring.cut_wanted = bool(ring.segments) and not ring.segments[-1].complete

    @property
    def on(self) -> bool:
        """True while parts are being written."""
        return self._running

    async def close(self, *, finished: bool = False) -> None:
        """Write what waits and let go; ``finished`` also marks the recording as complete (the feed was closed)."""
        if self._hear in self.ring.listeners:
            self.ring.listeners.remove(self._hear)
        was_running, self._running = self._running, False
        if finished and (was_running or (self.folder / manifest.NAME).exists()):
            self._queue.append(manifest.closed_line())
            self._start()
        while self._writing is not None:
            await asyncio.wait([self._writing])
        await self._loop.run_in_executor(self._executor, self._tape.close)

    def _hear(self, event: RingEvent) -> None:
        if event.kind == "part" and event.part is not None:
            self._hear_part(event.part)
        elif event.kind == "segment" and event.segment is not None and self._running:
            self._queue.append(manifest.segment_line(event.segment.msn))
            self._start()

    def _hear_part(self, part: Part) -> None:
        if not self._running:
            starts = part.index == 0 and part.fragments and part.fragments[0].independent
            if not starts or self._loop.time() < self._not_before:
                return
            self._running = True
            self._inits.clear()
            if self._gap is not None:
                self._queue.append(manifest.gap_line(self._gap))
                self._gap = None
        segment = self.ring.segment(part.msn)
        init = self.ring.inits.get(part.init)
        if segment is None or init is None:
            return
        if init.number not in self._inits:
            self._inits.add(init.number)
            self._queue.append(Init(init.number, init.data, init.codecs, init.width, init.height))
        data = part.data
        self._queue.append(PartToWrite(part, segment, data, self._after_gap))
        self._after_gap = False
        self._waiting += len(data)
        if self._waiting > BACKLOG:
            self._fail(Trouble("disk_slow", SLOW, {"waiting_bytes": self._waiting}))
        else:
            self._start()

    def _start(self) -> None:
        """Hand everything that waits to the thread, unless it is still busy."""
        if self._writing is not None or not self._queue:
            return
        batch, self._queue = self._queue, []
        size, self._waiting = self._waiting, 0
        future = self._loop.run_in_executor(self._executor, self._tape.write, batch)
        self._writing = asyncio.ensure_future(self._written(future, batch, size))

    async def _written(self, future: asyncio.Future[int], batch: list[Item], size: int) -> None:
        try:
            await future
        except OSError as error:
            self._fail(trouble_of(error))
        except Exception as error:
            logger.exception("The recorder failed; the live picture goes on.")
            self._fail(Trouble("disk_error", ERROR.format(error=error), {"error": str(error)}))
        else:
            parts = [item.part for item in batch if isinstance(item, PartToWrite)]
            self.bytes_written += size
            self.parts_written += len(parts)
            self.seconds_written += sum(part.duration for part in parts) / TICKS
            if parts:
                self.alarm = None
        self._writing = None
        self._start()

    def _fail(self, trouble: Trouble) -> None:
        """Stop for a while; what waits is lost, and the hole is marked when the recording goes on."""
        if self.alarm is None or self.alarm.code != trouble.code:
            logger.error("%s (%s)", trouble.text, self.folder)
        self.alarm = trouble
        self._running = False
        self._queue.clear()
        self._waiting = 0
        self._gap = trouble.code
        self._after_gap = True
        self._not_before = self._loop.time() + TRY_AGAIN


FULL = (
    "The disk is full: the recording has stopped, the live picture goes on. Free some space; "
    "recording starts again by itself within ten seconds."
)
SLOW = (
    "The disk is too slow: parts of the recording were lost, the live picture goes on. "
    "Stop other work on this disk or use a faster one."
)
ERROR = (
    "The recording has stopped because the disk reports: {error}. The live picture goes on; "
    "recording is tried again every ten seconds."
)


def trouble_of(error: OSError) -> Trouble:
    """Word a failure of the disk for the technician."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Trouble("disk_full", FULL, {})
    reason = error.strerror or str(error)
    return Trouble("disk_error", ERROR.format(error=reason), {"error": reason})
