"""“There is something new”, told between processes over Redis where it is configured. Losing a hint loses nothing."""

from __future__ import annotations

import logging
import time
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from glisson.core.config import config

logger = logging.getLogger(__name__)

CHANNEL = "glisson:events"
LEFT_ALONE = 10.0
"""Seconds for which a Redis that did not answer is not asked again: nobody's request waits for it twice."""


class Hints:
    """This process's end of the line."""

    def __init__(self) -> None:
        self._redis: Redis | None = None
        self._away_until = 0.0

    def give(self) -> None:
        """Wake the buses of all processes."""
        if config().redis_url and time.monotonic() >= self._away_until:
            try:
                self._connection().publish(CHANNEL, "")
            except (RedisError, OSError):
                self._lost()

    def listen(self) -> Any:
        """A subscription, or None where there is no Redis to listen to."""
        if not config().redis_url or time.monotonic() < self._away_until:
            return None
        try:
            line = self._connection().pubsub(ignore_subscribe_messages=True)
            line.subscribe(CHANNEL)
        except (RedisError, OSError):
            self._lost()
            return None
        return line

    def hear(self, line: Any, seconds: float) -> None:
        """Wait for the next hint, but no longer than that."""
        begun = time.monotonic()
        try:
            line.get_message(timeout=seconds)
        except (RedisError, OSError):
            time.sleep(max(0.0, seconds - (time.monotonic() - begun)))

    def close(self) -> None:
        if self._redis is not None:
            self._redis.close()
            self._redis = None

    def _connection(self) -> Redis:
        if self._redis is None:
            self._redis = Redis.from_url(config().redis_url, socket_timeout=2, socket_connect_timeout=2)
        return self._redis

    def _lost(self) -> None:
        self._away_until = time.monotonic() + LEFT_ALONE
        logger.warning("Redis cannot be reached; live events are looked for in the database.")


hints = Hints()
