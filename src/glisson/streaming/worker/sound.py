"""Sound: any codec in, AAC-LC out, with the stamps of what came in; and how loud it is."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.codec.context import Flags

from glisson.streaming.packets import TICKS
from glisson.streaming.worker.messages import Kind, Message

FRAME = 1024
"""Samples in one frame of AAC-LC."""
RATES = (48_000, 44_100, 32_000)
"""Sampling rates kept as they are; everything else becomes 48 kHz."""
JUMP = TICKS // 10
"""A stamp this far from the count of samples (90 kHz ticks) is a jump; a smaller difference is followed slowly."""


class Level:
    """RMS and peak of decoded sound, in dBFS (0 is full scale), over about a second at a time."""

    def __init__(self) -> None:
        self._squares = 0.0
        self._peak = 0.0
        self._samples = 0

    def hear(self, frame: AudioFrame) -> dict[str, float] | None:
        """Add a frame; once a second return ``{"rms": dBFS, "peak": dBFS}``."""
        decoded = frame.to_ndarray()
        full = float(1 << (8 * decoded.itemsize - 1)) if decoded.dtype.kind == "i" else 1.0
        samples = decoded.astype(np.float64) / full
        self._squares += float(np.mean(np.square(samples))) * frame.samples
        self._peak = max(self._peak, float(np.max(np.abs(samples), initial=0.0)))
        self._samples += frame.samples
        if self._samples < frame.sample_rate:
            return None
        level = {"rms": _decibels(math.sqrt(self._squares / self._samples)), "peak": _decibels(self._peak)}
        self._squares = self._peak = self._samples = 0
        return level


def _decibels(amplitude: float) -> float:
    return round(20 * math.log10(max(amplitude, 1e-5)), 1)  # 16 bit ends at -96 dB; -100 stands for digital silence


class Sound:
    """Decodes one sound stream and encodes it as AAC-LC.

    Parameters
    ----------
    codec : str
        FFmpeg's name of the decoder, for example ``aac`` or ``opus``.
    extradata : bytes
        What the decoder needs first: AudioSpecificConfig, OpusHead, or nothing.
    rate, channels : int
        As announced; decoders without extradata need them.
    bit_rate : int
        Bits a second of the AAC.
    mono : bool
        Mix down to one channel; else one or two channels stay and more become two.
    """

    def __init__(
        self, codec: str, extradata: bytes, *, rate: int = 0, channels: int = 0, bit_rate: int, mono: bool
    ) -> None:
        decoder = av.CodecContext.create(codec, "r")
        assert isinstance(decoder, AudioCodecContext)
        if extradata:
            decoder.extradata = extradata
        if rate and codec != "aac":
            decoder.sample_rate = rate
            decoder.layout = "mono" if channels == 1 else "stereo"
        self._decoder = decoder
        self._bit_rate = bit_rate
        self._mono = mono
        self._encoder: AudioCodecContext | None = None
        self._resampler: AudioResampler | None = None
        self._fifo = AudioFifo()
        self._anchors: deque[tuple[int, float]] = deque()  # count of samples at which media time was (ticks)
        self._written = 0
        self._read = 0
        self.level = Level()
        self.levels: list[dict[str, float]] = []

    def take(self, pts: int, data: bytes) -> Iterator[Message]:
        """Take a packet stamped ``pts`` (90 kHz ticks); yield the configuration (once) and the frames it completes."""
        if not data:
            return  # encoders send empty frames for silence
        packet = av.Packet(data)
        try:
            frames = self._decoder.decode(packet)
        except av.error.FFmpegError:
            return  # one broken frame is 21 ms of silence
        for frame in frames:
            yield from self._take_frame(pts, frame)
            pts += frame.samples * TICKS // frame.sample_rate

    def _take_frame(self, pts: int, frame: AudioFrame) -> Iterator[Message]:
        if (level := self.level.hear(frame)) is not None:
            self.levels.append(level)
        if self._encoder is None or self._resampler is None:
            encoder = self._open(frame)
            layout = "mono" if encoder.channels == 1 else "stereo"
            self._resampler = AudioResampler(format="fltp", layout=layout, rate=encoder.sample_rate)
            yield Message(Kind.AUDIO_CONFIG, encoder.extradata or b"")
        frame.pts = None
        self._anchor(pts)
        for piece in self._resampler.resample(frame):
            piece.pts = None
            self._written += piece.samples
            self._fifo.write(piece)
        yield from self._drain()

    def _anchor(self, pts: int) -> None:
        """Tie the count of samples to the stamp: at once after a jump, else slowly (RTMP stamps in whole ms)."""
        assert self._encoder is not None
        expected = self._ticks(self._written) if self._anchors else None
        if expected is None or abs(pts - expected) > JUMP:
            self._anchors.append((self._written, float(pts)))
        else:
            count, ticks = self._anchors[-1]
            self._anchors[-1] = (count, ticks + (pts - expected) / 64)

    def _ticks(self, count: int) -> float:
        assert self._encoder is not None
        chosen = self._anchors[0]
        for anchor in self._anchors:
            if anchor[0] <= count:
                chosen = anchor
        return chosen[1] + (count - chosen[0]) * TICKS / self._encoder.sample_rate

    def _drain(self) -> Iterator[Message]:
        assert self._encoder is not None
        while (frame := self._fifo.read(FRAME)) is not None:
            frame.pts, frame.time_base = self._read, Fraction(1, self._encoder.sample_rate)
            self._read += FRAME
            for packet in self._encoder.encode(frame):
                # The encoder stamps its first frame one frame early: that frame decodes to the run-in, not to sound.
                stamp = packet.pts if packet.pts is not None else self._read - 2 * FRAME
                ticks = round(self._ticks(stamp))
                yield Message(Kind.AUDIO, bytes(packet), ticks, ticks, True)
            while len(self._anchors) > 1 and self._anchors[1][0] <= self._read - 4 * FRAME:
                self._anchors.popleft()

    def _open(self, frame: AudioFrame) -> AudioCodecContext:
        encoder = av.CodecContext.create("aac", "w")
        assert isinstance(encoder, AudioCodecContext)
        encoder.sample_rate = frame.sample_rate if frame.sample_rate in RATES else RATES[0]
        encoder.layout = "mono" if self._mono or frame.layout.nb_channels == 1 else "stereo"
        encoder.format = "fltp"
        encoder.bit_rate = self._bit_rate
        encoder.flags |= Flags.global_header
        encoder.open()
        self._encoder = encoder
        return encoder
