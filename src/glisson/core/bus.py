"""The bus of live events: one thread in a process reads new rows and hands them to everyone who listens there.

The table is the only source, so order and completeness never depend on the way a wake-up came. What wakes the thread
early: an event of this process, or a hint over Redis when it is configured. Otherwise it looks every 250 ms, which
is how events of the worker reach the web without Redis.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from glisson.core.hints import hints

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.25
WAITING_MOST = 500
"""A listener with more events waiting than this is told to load its page again."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the table, as it is sent."""

    id: int
    channel: str
    kind: str
    data: dict[str, Any]


class Listener:
    """What one reader has yet to be told; lives in the reader's event loop."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.overrun = False
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event] = asyncio.Queue()

    async def next(self) -> Event:
        return await self._queue.get()

    def hand(self, events: list[Event]) -> None:
        """Called from the bus thread."""
        try:
            self._loop.call_soon_threadsafe(self._take, events)
        except RuntimeError:  # the loop has ended; the reader is gone with it
            logger.debug("A listener's loop was closed.")

    def _take(self, events: list[Event]) -> None:
        if self._queue.qsize() + len(events) > WAITING_MOST:
            self.overrun = True
            return
        for event in events:
            self._queue.put_nowait(event)


class Bus:
    """Runs its thread only while somebody listens."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def listening(self, channel: str) -> Iterator[Listener]:
        """Hear what is published on a channel from now on."""
        listener = Listener(channel)
        with self._lock:
            self._listeners[channel].add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="glisson-events", daemon=True)
                self._thread.start()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners[channel].discard(listener)
                if not self._listeners[channel]:
                    del self._listeners[channel]
            self._news.set()

    def wake(self) -> None:
        self._news.set()

    def _run(self) -> None:
        line = hints.listen()
        last: int | None = None
        while True:
            try:
                last = self._round(last)
            except Exception:  # the database may be locked or away for a while: live events wait for it
                logger.warning("Live events cannot be read now; trying again.", exc_info=True)
                connection.close()
                self._news.wait(1)
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    break
            if line is None:
                self._news.wait(LOOK_EVERY)
            elif not self._news.is_set():
                hints.hear(line, LOOK_EVERY)
            self._news.clear()
        connection.close()
        if line is not None:
            line.close()

    def _round(self, last: int | None) -> int:
        from glisson.core.models import LiveEvent  # noqa: PLC0415 - the bus is imported before the models are ready

        connection.close_if_unusable_or_obsolete()
        if last is None:
            return LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rows = list(LiveEvent.objects.filter(pk__gt=last).order_by("pk").values("id", "channel", "kind", "data")[:1000])
        if not rows:
            return last
        by_channel: dict[str, list[Event]] = defaultdict(list)
        for row in rows:
            by_channel[row["channel"]].append(Event(**row))
        with self._lock:
            heard = [
                (listener, events) for name, events in by_channel.items() for listener in self._listeners.get(name, ())
            ]
        for listener, events in heard:
            listener.hand(events)
        return int(rows[-1]["id"])


bus = Bus()


def wake() -> None:
    """Something was committed: tell this process at once, and others when Redis is there."""
    bus.wake()
    hints.give()
