"""The worker of the low rung: the original's packets in; small pictures, mono sound, its level and stills out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from glisson.streaming.packets import TICKS
from glisson.streaming.worker.messages import Kind, Message, report
from glisson.streaming.worker.picture import LowPicture
from glisson.streaming.worker.sound import Sound

SOUND_BIT_RATE = 40_000
POSTER_EVERY = 5.0
"""Seconds between stills."""
REPORT_EVERY = 1.0


class RungWorker:
    """Answers each message with those it leads to."""

    def __init__(self) -> None:
        self._avcc = b""
        self._asc = b""
        self._picture: LowPicture | None = None
        self._sound: Sound | None = None
        self._first: Message | None = None
        self._told: dict[Kind, bytes] = {}
        self._keys_only = False
        self._poster_at = 0.0
        self._report_at = 0.0

    def answer(self, message: Message) -> Iterator[Message]:
        """Take one message; yield what it leads to."""
        for answer in self._answer(message):
            if answer.kind in (Kind.VIDEO_CONFIG, Kind.AUDIO_CONFIG):
                if self._told.get(answer.kind) == answer.data:
                    continue
                self._told[answer.kind] = answer.data
            yield answer
        yield from self._now_and_then()

    def _answer(self, message: Message) -> Iterator[Message]:
        if message.kind == Kind.VIDEO:
            yield from self._take_video(message)
        elif message.kind == Kind.AUDIO:
            if self._sound is not None:
                yield from self._sound.take(message.pts, message.data)
        elif message.kind == Kind.VIDEO_CONFIG:
            if message.data != self._avcc:
                yield from self._finish()
                self._avcc = message.data
        elif message.kind == Kind.AUDIO_CONFIG:
            if message.data != self._asc:
                self._asc = message.data
                self._sound = Sound("aac", self._asc, bit_rate=SOUND_BIT_RATE, mono=True)
        elif message.kind == Kind.BREAK:
            yield from self._finish()
            if self._asc:
                self._sound = Sound("aac", self._asc, bit_rate=SOUND_BIT_RATE, mono=True)
        elif message.kind == Kind.KEYS_ONLY:
            self._keys_only = message.key
            if self._picture is not None:
                self._picture.keys_only(message.key)

    def _take_video(self, message: Message) -> Iterator[Message]:
        if not self._avcc:
            return
        if self._picture is not None:
            yield from self._picture.take(message.dts, message.pts, message.key, message.data)
        elif self._first is not None:
            yield from self._open(self._first, message)
        elif message.key:
            self._first = message

    def _open(self, first: Message, second: Message) -> Iterator[Message]:
        """Begin once two pictures tell the frame rate; x264 divides its bits by it."""
        step = second.dts - first.dts
        rate = Fraction(TICKS, step) if TICKS // 130 <= step <= TICKS else Fraction(25)
        self._first = None
        self._picture = LowPicture(self._avcc, rate.limit_denominator(1001))
        self._picture.keys_only(self._keys_only)
        for message in (first, second):
            yield from self._picture.take(message.dts, message.pts, message.key, message.data)

    def _finish(self) -> Iterator[Message]:
        if self._picture is not None:
            yield from self._picture.finish()
        self._picture = self._first = None

    def _now_and_then(self) -> Iterator[Message]:
        now = time.monotonic()
        if now >= self._report_at:
            self._report_at = now + REPORT_EVERY
            levels = self._sound.levels if self._sound is not None else []
            yield report(cpu=time.process_time(), level=levels[-1] if levels else None)
            levels.clear()
        if now >= self._poster_at and self._picture is not None and self._picture.last is not None:
            self._poster_at = now + POSTER_EVERY
            yield Message(Kind.POSTER, jpeg(self._picture.last))


def jpeg(picture: VideoFrame) -> bytes:
    """Encode a picture as a JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    still = picture.reformat(format="yuvj420p")
    still.pts, still.time_base = 0, encoder.time_base
    return b"".join(bytes(packet) for packet in [*encoder.encode(still), *encoder.encode(None)])
