"""A bad line: a TCP relay that delays both ways and stands still now and then.

TCP hides loss as delay, so standing still is what a viewer of a lossy line meets. Stalls come at seeded random times.
Run as a program: ``python -m bench.line LISTEN_PORT TARGET_PORT ONE_WAY_MS STALL_MS EVERY_S``.
"""

from __future__ import annotations

import asyncio
import random
import sys

UNSENT = 4 << 20
"""Bytes in flight in one direction above which the relay stops reading, as a full pipe would."""


class Line:
    """The relay's clock: when something that arrives now may leave.

    Parameters
    ----------
    one_way, stall, every : float
        Seconds of delay, of one stall, and between stalls on average.
    """

    def __init__(self, one_way: float, stall: float, every: float) -> None:
        self.one_way, self.stall, self.every = one_way, stall, every
        self._random = random.Random(11)
        self._stalls: list[tuple[float, float]] = []

    def leaves(self, arrived: float) -> float:
        """Return when data that arrived at this time leaves."""
        due = arrived + self.one_way
        while not self._stalls or self._stalls[-1][0] < due:
            after = self._stalls[-1][1] if self._stalls else arrived + 5
            start = after + self._random.uniform(0.7, 1.3) * self.every
            self._stalls.append((start, start + self.stall))
        for start, end in self._stalls[-4:]:
            if start <= due < end:
                return end
        return due


async def pump(line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one direction of one connection."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    room = asyncio.Event()
    room.set()
    unsent = 0

    async def deliver() -> None:
        nonlocal unsent
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()
            unsent -= len(data)
            room.set()

    delivery = asyncio.create_task(deliver())
    try:
        while not delivery.done():
            data = await reader.read(65536)
            unsent += len(data)
            waiting.put_nowait((line.leaves(loop.time()), data))
            if not data:
                break
            if unsent > UNSENT:
                room.clear()
                await room.wait()
        await delivery
    except OSError:
        delivery.cancel()
    finally:
        writer.close()


async def relay(listen: int, target: int, line: Line) -> None:
    """Relay until ended from outside."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        ways = (pump(line, reader, far_writer), pump(line, far_reader, writer))
        await asyncio.gather(*ways, return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", listen)
    await server.serve_forever()


if __name__ == "__main__":
    here, there, one_way_ms, stall_ms, every_s = (float(text) for text in sys.argv[1:6])
    asyncio.run(relay(int(here), int(there), Line(one_way_ms / 1000, stall_ms / 1000, every_s)))
