"""Ways in that we start ourselves: fetching from a recorder, and listening for SRT; one of each a feed at most."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from glisson.streaming.packets import Refused, Sink, Trouble
from glisson.streaming.pull import Pull
from glisson.streaming.roster import SrtEntry
from glisson.streaming.srt import SrtListener, srt_trouble

if TYPE_CHECKING:
    from glisson.streaming.feed import Feed
    from glisson.streaming.studio import Studio

log = logging.getLogger("glisson.live")

Wanted = tuple[str, str | SrtEntry]


class Intakes:
    """Keeps pulls and SRT listeners as the roster wants them."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._running: dict[Wanted, Pull | SrtListener] = {}

    async def follow(self) -> None:
        """Stop what is no longer wanted, start what is."""
        wanted = self._wanted()
        for key in [key for key in self._running if key not in wanted]:
            await self._stop(key)
        for key, feed in wanted.items():
            if key not in self._running:
                self._start(key, feed)

    async def close(self) -> None:
        """Stop all."""
        for key in list(self._running):
            await self._stop(key)

    def _wanted(self) -> dict[Wanted, Feed]:
        wanted: dict[Wanted, Feed] = {}
        for code, feed in self._studio.feeds.items():
            if feed.gate == "closed":
                continue
            if feed.entry.pull is not None:
                wanted[code, feed.entry.pull] = feed
            if feed.entry.srt is not None:
                wanted[code, feed.entry.srt] = feed
        return wanted

    def _start(self, key: Wanted, feed: Feed) -> None:
        source = key[1]
        try:
            intake = self._make(source, feed)
        except Refused as refused:
            feed.stand(_name(source), refused.trouble)
            return
        if intake is not None:
            self._running[key] = intake
            intake.start()

    def _make(self, source: str | SrtEntry, feed: Feed) -> Pull | SrtListener | None:
        way = _name(source)

        def admit(peer: str) -> Sink:
            return feed.admit(None, way=way, peer=peer)

        report: Callable[[Trouble | None], None] = lambda trouble: feed.stand(way, trouble)  # noqa: E731
        if isinstance(source, str):
            return Pull(source, admit=admit, report=report)
        trouble = srt_trouble()
        if trouble is not None:
            feed.stand(way, trouble)
            return None
        host = self._studio.settings.rtmp_host
        return SrtListener(source.port, source.passphrase, admit=admit, report=report, host=host)

    async def _stop(self, key: Wanted) -> None:
        intake = self._running.pop(key)
        try:
            await intake.close()
        except Exception:
            log.exception("A %s of feed %s could not be stopped", _name(key[1]), key[0])
        feed = self._studio.feeds.get(key[0])
        if feed is not None:
            feed.stand(_name(key[1]), None)


def _name(source: str | SrtEntry) -> str:
    return "pull" if isinstance(source, str) else "srt"
