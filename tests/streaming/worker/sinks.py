"""A sink that keeps everything, and waiting for what it is to get."""

import asyncio

from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig


class Kept:
    """Keeps what one publication brings."""

    def __init__(self, peer: str = "") -> None:
        self.peer = peer
        self.hang_up = None
        self.video: list[VideoConfig] = []
        self.audio: list[AudioConfig] = []
        self.packets: list[Packet] = []
        self.troubles: list[Trouble] = []
        self.ends: list[str] = []

    def configure_video(self, config):
        self.video.append(config)

    def configure_audio(self, config):
        self.audio.append(config)

    def take(self, packet):
        assert not self.ends
        assert self.video or self.audio
        self.packets.append(packet)

    def note(self, trouble):
        self.troubles.append(trouble)

    def end(self, reason):
        assert not self.ends
        self.ends.append(reason)

    @property
    def pictures(self):
        return [packet for packet in self.packets if packet.video]

    @property
    def sounds(self):
        return [packet for packet in self.packets if not packet.video]


class KeptDoor:
    """Admits everybody and keeps every publication."""

    def __init__(self) -> None:
        self.sinks: list[Kept] = []
        self.refusal = None
        self.reports: list[Trouble | None] = []

    def admit(self, peer: str = "") -> Kept:
        if self.refusal is not None:
            raise self.refusal
        self.sinks.append(Kept(peer))
        return self.sinks[-1]

    @property
    def sink(self) -> Kept:
        return self.sinks[-1]

    @property
    def codes(self) -> list[str | None]:
        return [trouble.code if trouble else None for trouble in self.reports]


async def until(condition, *, seconds: float = 40) -> None:
    """Wait until something holds; how long that takes is nobody's measurement."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)
