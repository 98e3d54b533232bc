"""Encoders without pictures: packets stamped as real ones stamp them, with everything that goes wrong in theatres."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from glisson.streaming.packager import Packager
from glisson.streaming.packets import AudioConfig, Packet, VideoConfig

AVCC = bytes.fromhex("0164001fffe100046764001fab01000468ee3cb0")
AUDIO = AudioConfig(bytes.fromhex("1190"), 48_000, 2, "mp4a.40.2")
RATES = (23.976, 25, 25, 29.97, 30, 30, 50, 60)


class Clock:
    """A wall clock that the simulation moves."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@dataclass(frozen=True, slots=True)
class Habit:
    """How one encoder behaves: rate, key frames every so many frames, jitter, B-frames, frames that get lost."""

    fps: float
    interval: int
    wobble: float
    b_frames: int
    lossy: float
    sound: bool
    width: int

    @classmethod
    def drawn(cls, random_: random.Random) -> Habit:
        """Return a habit: mostly well set, sometimes not."""
        fps = random_.choice(RATES)
        interval = round(fps * random_.choice((1, 1, 1, 2, 2, 0.5, 4.3, 10)))
        return cls(
            fps,
            max(1, interval),
            random_.choice((0, 0, 0.004)),
            random_.choice((0, 0, 0, 2)),
            random_.choice((0, 0, 0, 0.02)),
            random_.random() < 0.85,
            random_.choice((1280, 1920)),
        )


def publication(packager: Packager, clock: Clock, random_: random.Random, seconds: float) -> Iterator[None]:
    """Publish once, with one habit, yielding after each packet; sometimes the stamps jump on the way."""
    habit = Habit.drawn(random_)
    packager.configure_video(VideoConfig(AVCC, habit.width, habit.width * 9 // 16, "avc1.64001f"))
    if habit.sound:
        packager.configure_audio(AUDIO)
    origin, start, sounded = random_.randrange(2**31), clock.time, 0
    jump_at = random_.uniform(2, seconds) if random_.random() < 0.3 else seconds + 1
    jump = random_.choice((-5000, 700, 20_000))
    for number in range(int(seconds * habit.fps)):
        at = number / habit.fps + random_.uniform(0, habit.wobble) * (number > 0)
        clock.time = start + at + random_.uniform(0, 0.01)
        shift = jump if at > jump_at else 0
        while habit.sound and sounded * 1024 / 48_000 <= at:
            stamp = (origin + shift + round(sounded * 1024 / 48)) * 90
            packager.take(Packet(False, stamp, stamp, True, b"\x21\x10" * 100))
            sounded += 1
            yield
        if random_.random() >= habit.lossy or number % habit.interval == 0:
            dts = (origin + shift + round(1000 * at)) * 90
            late = (number % (habit.b_frames + 1)) if number % habit.interval else 0
            pts = dts + round((late + (2 if habit.b_frames else 0)) * 90_000 / habit.fps)
            packager.take(Packet(True, dts, pts, number % habit.interval == 0, b"\0\0\0\4abcd" * 20))
            yield
    clock.time = start + seconds
