"""A process of its own that records a simulated feed as fast as told, for tests that kill it or fill its disk."""

from __future__ import annotations

import asyncio
import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from glisson.streaming.packager import Packager
from glisson.streaming.recorder import Recorder
from glisson.streaming.recording import Recording
from glisson.streaming.ring import Ring
from tests.streaming.simulated import EPOCH, Clock, Encoder, publish


async def record(folder: Path, seconds: float, pace: float) -> Recorder:
    """Record simulated seconds, ``pace`` times faster than life; print every part that is safely on disk."""
    clock, ring = Clock(), Ring()
    state = Recording(folder).state()
    if state is not None:
        ring.resume(state)
        clock.time = EPOCH + state.end / 90_000 + 3
    packager = Packager(ring, now=clock)
    recorder = Recorder(folder, ring, ThreadPoolExecutor(1))
    loop = asyncio.get_running_loop()
    start, told = loop.time(), 0
    began = clock.time
    for _ in publish(packager, clock, Encoder(fps=25, sizes=(3000, 100)), seconds):
        ahead = (clock.time - began) / pace - (loop.time() - start)
        if ahead > 0:
            await asyncio.sleep(ahead)
        if recorder.parts_written != told:
            told = recorder.parts_written
            print("parts", told, "alarm", recorder.alarm.code if recorder.alarm else "-", flush=True)
    packager.flush()
    await recorder.close(finished=True)
    print("fragments", ring.next_sequence, "alarm", recorder.alarm.code if recorder.alarm else "-", flush=True)
    return recorder


if __name__ == "__main__":
    if len(sys.argv) > 4:
        limit = int(sys.argv[4])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    asyncio.run(record(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
