"""Seats for WebSocket viewers: how many there are, and who has one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from glisson.streaming.app.answers import Denied
from glisson.streaming.feed import Feed
from glisson.streaming.studio import Studio


def check_room(studio: Studio, feed: Feed, address: str) -> None:
    """Refuse a viewer for whom there is no room; its player goes on with HLS, which has."""
    settings = studio.settings
    full = feed.websockets >= settings.viewers_per_feed or sum(studio.websockets.values()) >= settings.viewers
    if full or studio.websockets.get(address, 0) >= settings.websockets_per_address:
        raise Denied(503, "full", "There is no room for another viewer at the shortest delay. Use index.m3u8.")


@contextlib.contextmanager
def seat(studio: Studio, feed: Feed, address: str) -> Iterator[None]:
    """Count a viewer while it is here."""
    feed.websockets += 1
    studio.websockets[address] = studio.websockets.get(address, 0) + 1
    try:
        yield
    finally:
        feed.websockets -= 1
        studio.websockets[address] -= 1
        if not studio.websockets[address]:
            del studio.websockets[address]
