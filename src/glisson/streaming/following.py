"""A rung that is cut exactly where the original is: the low rung and sound alone."""

from __future__ import annotations

from glisson.streaming.packets import AudioConfig, Packet, VideoConfig
from glisson.streaming.ring import Ring


class FollowingPackager:
    """Fills a ring with the same segments, parts, fragments, clocks and discontinuities as its leader.

    Packets carry the **leader's media time** (90 kHz ticks since the feed's epoch): what `Packager.on_packet` gives,
    or what a decoder makes of the leader's fragments. A key picture is wanted where a leader's segment starts.
    """

    def __init__(self, ring: Ring, leader: Ring) -> None:
        self.ring = ring
        self.leader = leader

    def configure_video(self, config: VideoConfig) -> None:
        """Take the sequence header of this rung's pictures."""

    def configure_audio(self, config: AudioConfig) -> None:
        """Take the configuration of this rung's sound."""

    def take(self, packet: Packet) -> None:
        """Take one frame in the leader's media time."""

    def break_timeline(self, reason: str) -> None:
        """What fed this rung is gone: the leader's parts become gaps until pictures come again."""

    def close(self) -> None:
        """Stop following and end the ring."""
