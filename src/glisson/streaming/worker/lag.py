"""How far a worker is behind, and what to do about it."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum

SLOW = 1.5
"""Seconds a picture may stay in the worker before only key frames are decoded."""
TOO_SLOW = 6.0
"""Seconds after which even that is given up."""
CALM = 20.0
"""Seconds without delay before everything is decoded again; doubled each time it did not last, up to ten minutes."""
LONGEST_CALM = 600.0
SILENCE = 1.0
"""Seconds without a picture after which the encoder is taken to be gone, and the wait not blamed on the worker."""


class Verdict(Enum):
    """What to do."""

    GO_ON = "go on"
    LIGHTEN = "decode key frames alone"
    RESTORE = "decode everything again"
    GIVE_UP = "end the worker"


class Lag:
    """Judges one worker by the pictures it was sent and those it answered; times are of a monotonic clock, seconds."""

    def __init__(self, now: float) -> None:
        self._waiting: deque[tuple[int, float]] = deque()
        self._answered = False
        self._light = False
        self._calm = CALM
        self._lagged = self._last = now
        self._restored = -math.inf

    def sent(self, dts: int, now: float) -> None:
        """A picture was sent."""
        if now - self._last > SILENCE:
            self._waiting.clear()
        self._last = now
        self._waiting.append((dts, now))

    def answered(self, dts: int) -> None:
        """A picture came back, and with it all that were sent before it."""
        self._answered = True
        while self._waiting and self._waiting[0][0] <= dts:
            self._waiting.popleft()

    def forget(self) -> None:
        """The encoder went: nothing more is owed."""
        self._waiting.clear()

    def verdict(self, now: float) -> Verdict:
        """Judge."""
        lag = now - self._waiting[0][1] if self._waiting else 0.0
        if lag > TOO_SLOW:
            return Verdict.GIVE_UP
        if not self._answered:
            return Verdict.GO_ON  # it is still starting
        if lag > SLOW and not self._light:
            if now - self._restored < 4 * self._calm:
                self._calm = min(LONGEST_CALM, 2 * self._calm)
            self._light, self._lagged = True, now
            return Verdict.LIGHTEN
        if lag > SLOW / 3:
            self._lagged = now
        elif self._light and now - self._lagged > self._calm:
            self._light, self._restored = False, now
            return Verdict.RESTORE
        return Verdict.GO_ON
