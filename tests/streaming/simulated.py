"""Simulated encoders for the tests of packaging: frames without a picture in them, stamped as encoders stamp."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS, AudioConfig, Packet, VideoConfig
from glisson.streaming.ring import Ring

AVCC = bytes.fromhex("0164001fffe1000467640 01fab01000468ee3cb0".replace(" ", ""))
VIDEO = VideoConfig(AVCC, 1280, 720, "avc1.64001f")
SMALL = VideoConfig(AVCC[:-1] + b"\xb1", 640, 360, "avc1.64001f")
AUDIO = AudioConfig(bytes.fromhex("1190"), 48_000, 2, "mp4a.40.2")
AUDIO_44 = AudioConfig(bytes.fromhex("1210"), 44_100, 2, "mp4a.40.2")
MONO = AudioConfig(bytes.fromhex("1188"), 48_000, 1, "mp4a.40.2")
EPOCH = 1_800_000_000.0


class Clock:
    """A wall clock that tests move."""

    def __init__(self, start: float = EPOCH) -> None:
        self.time = start

    def __call__(self) -> float:
        return self.time


@dataclass
class Encoder:
    """What one encoder sends.

    ``gops`` are lengths in frames, used in turn; ``b_frames`` pictures are shown before the one they wait for;
    ``wobble`` is the irregularity of the frames' times in seconds; ``late`` the greatest delay of an arrival.
    """

    fps: float = 25
    gops: tuple[int, ...] = (25,)
    b_frames: int = 0
    video: VideoConfig | None = VIDEO
    audio: AudioConfig | None = AUDIO
    origin: float = 0.0
    rounded: bool = True
    wobble: float = 0.0
    late: float = 0.0
    dropped: tuple[int, ...] = ()
    """Frames (by number) that never come."""
    silent: tuple[tuple[float, float], ...] = ()
    """Stretches without sound, in seconds from the start."""
    seed: int = 1
    sizes: tuple[int, int] = (300, 60)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def _ticks(self, seconds: float) -> int:
        return round((seconds + self.origin) * 1000) * 90 if self.rounded else round((seconds + self.origin) * TICKS)

    def packets(self, seconds: float) -> Iterator[tuple[float, Packet]]:
        """Yield arrival (seconds from the start) and packet, in order of arrival."""
        streams = [list(self._pictures(seconds)), list(self._sound(seconds))]
        yield from sorted(streams[0] + streams[1], key=lambda item: (item[0], item[1].dts))

    def _pictures(self, seconds: float) -> Iterator[tuple[float, Packet]]:
        if self.video is None:
            return
        keys, at, turn = set(), 0, 0
        while at < seconds * self.fps:
            keys.add(at)
            at += self.gops[turn % len(self.gops)]
            turn += 1
        lead = 2 / self.fps if self.b_frames else 0.0
        arrival = 0.0
        for number in range(int(seconds * self.fps)):
            time = number / self.fps + (self._random.uniform(0, self.wobble) if number else 0.0)
            reorder = (number % (self.b_frames + 1)) / self.fps if self.b_frames and number not in keys else 0.0
            data = number.to_bytes(4, "big") + self._random.randbytes(self.sizes[0])
            arrival = max(arrival, time + self._random.uniform(0, self.late))
            if number not in self.dropped:
                pts = self._ticks(time + lead + reorder)
                yield arrival, Packet(True, self._ticks(time), pts, number in keys, data)

    def _sound(self, seconds: float) -> Iterator[tuple[float, Packet]]:
        if self.audio is None:
            return
        arrival = 0.0
        for number in count():
            time = number * 1024 / self.audio.rate
            if time >= seconds:
                return
            if any(start <= time < end for start, end in self.silent):
                continue
            stamp = self._ticks(time)
            arrival = max(arrival, time + self._random.uniform(0, self.late))
            data = number.to_bytes(4, "big") + self._random.randbytes(self.sizes[1])
            yield arrival, Packet(False, stamp, stamp, True, data)


def publish(packager: Packager, clock: Clock, encoder: Encoder, seconds: float) -> Iterator[Packet]:
    """Publish for so long, moving the clock; yields each packet after it was taken."""
    if encoder.video is not None:
        packager.configure_video(encoder.video)
    if encoder.audio is not None:
        packager.configure_audio(encoder.audio)
    start = clock.time
    for arrival, packet in encoder.packets(seconds):
        clock.time = start + arrival
        packager.take(packet)
        yield packet
    clock.time = start + seconds


def packaged(encoder: Encoder, seconds: float = 8.0) -> tuple[Ring, Packager, Clock, list[Packet]]:
    """Publish once into a fresh ring."""
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    packets = list(publish(packager, clock, encoder, seconds))
    return ring, packager, clock, packets
