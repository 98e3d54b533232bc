"""Waking hundreds who wait for the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger("glisson.live")

AT_ONCE = 64
"""So many who wait are served before the loop looks at the encoders again."""


class Bell:
    """Wakes everyone who waits for the next of something; a waiter that gives up leaves no trace.

    They wake a moment after the strike, when whoever struck has finished with the ring.
    """

    __slots__ = ("_due", "_waiting")

    def __init__(self) -> None:
        self._waiting: set[Callable[[], None]] = set()
        self._due: list[Callable[[], None]] = []

    def strike(self) -> None:
        """Wake all who wait now."""
        if self._waiting:
            if not self._due:
                asyncio.get_running_loop().call_soon(self._wake)
            self._due += self._waiting
            self._waiting = set()

    def call(self, wake: Callable[[], None]) -> None:
        """Call this once at the next strike."""
        self._waiting.add(wake)

    def forget(self, wake: Callable[[], None]) -> None:
        """Do not call this any more."""
        self._waiting.discard(wake)

    async def wait(self) -> None:
        """Wait for the next strike."""
        future = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        self.call(wake)
        try:
            await future
        finally:
            self.forget(wake)

    def _wake(self) -> None:
        due, self._due = self._due[:AT_ONCE], self._due[AT_ONCE:]
        if self._due:
            asyncio.get_running_loop().call_soon(self._wake)
        for wake in due:
            try:
                wake()
            except Exception:
                log.exception("One of those who waited could not be served")
