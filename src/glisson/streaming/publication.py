"""One publication: the sink that a way in writes to, from its first byte to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig

if TYPE_CHECKING:
    from glisson.streaming.feed import Feed


class Publication:
    """What one encoder sends to one feed, as long as it is let in.

    Parameters
    ----------
    feed : Feed
        Where it goes.
    secret : str or None
        The stream key secret it came with; checked again whenever the roster changes.
    way, peer : str
        How and from where, for the technician's page.
    """

    def __init__(self, feed: Feed, secret: str | None, *, way: str, peer: str) -> None:
        self.feed = feed
        self.secret = secret
        self.way = way
        self.peer = peer
        self.since = feed.now()
        self.hang_up: Callable[[Trouble], None] = self._end_without_way
        self._ended = False
        feed.begin(self)

    def configure_video(self, config: VideoConfig) -> None:
        """See `Sink`."""
        if not self._ended:
            self.feed.configure_video(config)

    def configure_audio(self, config: AudioConfig) -> None:
        """See `Sink`."""
        if not self._ended:
            self.feed.configure_audio(config)

    def take(self, packet: Packet) -> None:
        """See `Sink`."""
        if not self._ended:
            self.feed.take(packet)

    def note(self, trouble: Trouble) -> None:
        """See `Sink`."""
        self.feed.health.note(trouble)

    def end(self, reason: str) -> None:
        """See `Sink`; a second call does nothing."""
        if not self._ended:
            self._ended = True
            self.feed.finish(self, reason)

    def turn_out(self, trouble: Trouble) -> None:
        """End it from our side, now: nothing that arrives later is taken, whatever the way in does."""
        self.end(trouble.text)
        self.hang_up(trouble)

    def _end_without_way(self, trouble: Trouble) -> None:
        """The way in has not said yet how to hang up; what it sends is no longer taken, and that is enough."""
