"""One publication after another of one feed, cut into the fragments, parts and segments of its ring."""

from __future__ import annotations

import time
from collections.abc import Callable

from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.ring import Ring


class Packager:
    """Cuts what an encoder sends; one for each ring, called from the event loop.

    Parameters
    ----------
    ring : Ring
        Where the fragments go; it stays the same while encoders come and go.
    now : Callable
        The wall clock, seconds since 1970.
    """

    def __init__(self, ring: Ring, *, now: Callable[[], float] = time.time) -> None:
        self.ring = ring
        self.on_trouble: Callable[[Trouble], None] = lambda trouble: None
        self.on_packet: Callable[[Packet], None] = lambda packet: None
        """Gets every packet that went into a fragment, restamped to media time: what audio-only and low rungs are fed."""

    def configure_video(self, config: VideoConfig) -> None:
        """Take a sequence header; another one than before starts a new initialisation segment at the next key frame."""

    def configure_audio(self, config: AudioConfig) -> None:
        """Take an AudioSpecificConfig; see `configure_video`."""

    def take(self, packet: Packet) -> None:
        """Take one frame; fragments appear in the ring as soon as their last frame is here."""

    def break_timeline(self, reason: str) -> None:
        """The next packet belongs to a new publication: flush, then DISCONTINUITY at its first key frame."""

    def flush(self) -> None:
        """Give out what waits and complete the growing segment (the encoder went, or the feed is closed)."""
