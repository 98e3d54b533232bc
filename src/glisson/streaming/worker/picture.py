"""Pictures of the low rung: one small picture out for every picture in, with the same stamps and key frames.

The rung is cut where the original is cut, by counting frames, so the count must hold whatever happens: a picture that
the decoder loses, or that is not decoded because this computer is too slow, is made up for by the one before it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from glisson.streaming.packets import TICKS
from glisson.streaming.worker.bitstream import AnnexB
from glisson.streaming.worker.messages import Kind, Message

LINES = 360
BIT_RATE = 195_000
"""Bits a second of the pictures. With 40 kbit/s of sound and about 25 kbit/s of moofs, and the sway of a bounded
encoder, the rung stays under the 300 kbit/s of the poorest line we promise a living picture on."""
PATIENCE = 34
"""Pictures the decoder may owe us: H.264 reorders at most 16 frames, and fields count twice."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One picture that came in: what its substitute must carry."""

    dts: int
    key: bool


def low_size(width: int, height: int) -> tuple[int, int]:
    """Return the even size of at most 360 lines with the shape of the original; nothing is ever enlarged."""
    lines = min(height, LINES)
    return max(2, round(width * lines / height / 2) * 2), max(2, lines // 2 * 2)


class LowPicture:
    """Decodes, shrinks and encodes the pictures of one decoder configuration.

    Parameters
    ----------
    avcc : bytes
        The original's decoder configuration.
    frame_rate : Fraction
        Nominal frames a second, for the encoder's rate control only.
    bit_rate : int
        Bits a second.
    """

    def __init__(self, avcc: bytes, frame_rate: Fraction, bit_rate: int = BIT_RATE) -> None:
        decoder = av.CodecContext.create("h264", "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.extradata = avcc
        decoder.thread_count = 1
        self._decoder = decoder
        self._encoder: VideoCodecContext | None = None
        self._framing = AnnexB()
        self._told = False
        self._frame_rate = frame_rate
        self._bit_rate = bit_rate
        self._slots: deque[Slot] = deque()
        self._pts: list[int] = []
        self._held = 0
        self._keys_only = False
        self._from_key = True
        self.last: VideoFrame | None = None
        self.skipped = 0

    def keys_only(self, on: bool) -> None:
        """Decode key frames alone, or everything again from the next key frame."""
        if on != self._keys_only:
            self._keys_only, self._from_key = on, True

    def take(self, dts: int, pts: int, key: bool, data: bytes) -> Iterator[Message]:
        """Take one picture of the original; yield the configuration (once, first) and the pictures it completes."""
        if self.last is None and not self._slots and not key:
            return  # nothing can be decoded before the first key frame, so there is nothing to stand in for it
        self._slots.append(Slot(dts, key))
        heapq.heappush(self._pts, pts)
        if key and self._keys_only:
            frames = self._decode_alone(pts, data)
        elif (self._keys_only or self._from_key) and not key:
            self.skipped += 1
            frames = []
        else:
            self._from_key = False
            frames = self._decode(pts, data)
        for frame in frames:
            yield from self._show(frame)
        if self._keys_only or self._from_key:
            yield from self._fill(self._held)
        else:
            self._held = min(len(self._slots), PATIENCE)
            yield from self._fill(PATIENCE)

    def finish(self) -> Iterator[Message]:
        """Yield what the decoder still owes; nothing can be taken afterwards."""
        for frame in self._decode(None, None):
            yield from self._show(frame)
        yield from self._fill(0)

    def _decode_alone(self, pts: int, data: bytes) -> list[VideoFrame]:
        self._decoder.flush_buffers()
        frames = [*self._decode(pts, data), *self._decode(None, None)]
        self._decoder.flush_buffers()
        return frames

    def _decode(self, pts: int | None, data: bytes | None) -> list[VideoFrame]:
        packet = None
        if data is not None:
            packet = av.Packet(data)
            packet.pts = packet.dts = pts
            packet.time_base = Fraction(1, TICKS)
        try:
            return list(self._decoder.decode(packet))
        except av.error.FFmpegError:
            return []

    def _show(self, frame: VideoFrame) -> Iterator[Message]:
        """Encode a decoded picture, after stand-ins for those that should have come before it."""
        while self._pts and frame.pts is not None and self._pts[0] < frame.pts and self.last is not None:
            yield from self._encode(self.last)
        if not self._pts or frame.pts is None or frame.pts < self._pts[0]:
            return  # shown too late by a decoder that learns of reordering as it goes: its place is taken already
        encoder = self._encoder or self._open(frame)
        self.last = frame.reformat(encoder.width, encoder.height, "yuv420p", interpolation="BILINEAR")
        yield from self._encode(self.last)

    def _fill(self, held: int) -> Iterator[Message]:
        while len(self._slots) > held and self.last is not None:
            yield from self._encode(self.last)

    def _encode(self, picture: VideoFrame) -> Iterator[Message]:
        assert self._encoder is not None
        slot, pts = self._slots.popleft(), heapq.heappop(self._pts)
        picture.pts, picture.time_base = pts, Fraction(1, TICKS)
        picture.pict_type = PictureType.I if slot.key else PictureType.NONE
        for packet in self._encoder.encode(picture):
            data = self._framing.access_unit(bytes(packet))
            if not self._told and self._framing.avcc is not None:
                self._told = True
                yield Message(Kind.VIDEO_CONFIG, self._framing.avcc)
            yield Message(Kind.VIDEO, data, slot.dts, pts, packet.is_keyframe)

    def _open(self, frame: VideoFrame) -> VideoCodecContext:
        encoder = av.CodecContext.create("libx264", "w")
        assert isinstance(encoder, VideoCodecContext)
        encoder.width, encoder.height = low_size(frame.width, frame.height)
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = Fraction(1, TICKS)
        encoder.framerate = self._frame_rate
        encoder.bit_rate = self._bit_rate
        encoder.gop_size = 1_000_000  # key frames only where the original has them
        encoder.max_b_frames = 0
        encoder.thread_count = 1
        encoder.flags |= Flags.global_header
        encoder.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "profile": "main",
            "forced-idr": "1",
            "maxrate": str(self._bit_rate),
            "bufsize": str(self._bit_rate),
            "x264-params": "scenecut=0:keyint=infinite",
        }
        encoder.open()
        self._framing = AnnexB(encoder.extradata or b"")
        self._encoder = encoder
        return encoder
