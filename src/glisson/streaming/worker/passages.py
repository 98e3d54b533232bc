"""One stream of a source on its way to a sink: passed on untouched where players can take it, transcoded where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from glisson.streaming.aac import PLAYABLE, AacError, read_asc
from glisson.streaming.packets import TICKS
from glisson.streaming.worker.bitstream import AnnexB, bare_aac
from glisson.streaming.worker.messages import Kind, Message, report
from glisson.streaming.worker.sound import Sound

WIDEST, HIGHEST = 1920, 1080
"""Pictures that must be transcoded are shrunk to fit: this is done on a processor, while the surgeon operates."""
SOUND_BIT_RATE = 128_000
WRAP = 1 << 33
OPENING = 6
"""Pictures held back at the very beginning, until their decoding times are certain."""


class Stamps:
    """Time stamps of one stream in 90 kHz ticks, past the wrap of MPEG-TS (33 bits, every 26.5 hours)."""

    def __init__(self, time_base: Fraction) -> None:
        self._scale = time_base * TICKS
        self._added = 0
        self._last: int | None = None

    def of(self, packet: Packet[VideoStream] | Packet[AudioStream]) -> tuple[int, int] | None:
        """Return DTS and PTS, or None for a packet without either (RTSP, before the first clock report)."""
        dts = packet.dts if packet.dts is not None else packet.pts
        if dts is None:
            return None
        pts = packet.pts if packet.pts is not None else dts
        ticks = round(dts * self._scale) + self._added
        if self._last is not None and self._last - ticks > WRAP // 2:
            self._added += WRAP
            ticks += WRAP
        self._last = ticks
        return ticks, ticks + max(0, round((pts - dts) * self._scale))


def in_order(pictures: list[Message]) -> list[Message]:
    """Make the decoding times of the first pictures rise.

    Transport streams and RTSP may leave them out, and FFmpeg, before it knows how far this encoder reorders, puts the
    presentation times in their place: 8, 11, 8, 9 instead of 6, 7, 8, 9.
    """
    step = max(1, pictures[-1].dts - pictures[-2].dts)
    risen = [pictures[-1]]
    for picture in reversed(pictures[:-1]):
        dts = picture.dts if picture.dts < risen[0].dts else risen[0].dts - step
        risen.insert(0, replace(picture, dts=dts, pts=max(dts, picture.pts)))
    return risen


class PassedVideo:
    """H.264 as it is: only its framing changes, from start codes to lengths, where it must."""

    def __init__(self, stream: VideoStream) -> None:
        assert stream.time_base is not None
        self._stamps = Stamps(stream.time_base)
        extradata = stream.codec_context.extradata or b""
        self._prefixed = extradata[:1] == b"\1"
        self._framing = AnnexB(b"" if self._prefixed else extradata)
        self._avcc: bytes | None = None
        self._begun = False
        self._opening: list[Message] | None = []
        if self._prefixed:
            self._framing.avcc = extradata

    def take(self, packet: Packet[VideoStream]) -> Iterator[Message]:
        """Yield the configuration when it is new, and the picture."""
        stamps, data = self._stamps.of(packet), bytes(packet)
        if not self._prefixed:
            data = self._framing.access_unit(data)
        if self._framing.avcc is not None and self._framing.avcc != self._avcc:
            self._avcc = self._framing.avcc
            yield Message(Kind.VIDEO_CONFIG, self._avcc)
        self._begun |= packet.is_keyframe  # what comes before the first key frame shows nothing
        if stamps is None or not data or self._avcc is None or not self._begun:
            return
        picture = Message(Kind.VIDEO, data, *stamps, key=packet.is_keyframe)
        if self._opening is None:
            yield picture
            return
        self._opening.append(picture)
        if len(self._opening) == OPENING:
            yield from in_order(self._opening)
            self._opening = None


class MadeVideo:
    """Any other picture, decoded and encoded as H.264 with a key frame every second and no B-frames."""

    def __init__(self, stream: VideoStream) -> None:
        assert stream.time_base is not None
        self._decoder = stream.codec_context
        self._decoder.thread_type = "FRAME"
        self._scale = stream.time_base * TICKS
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self._rate = rate if 1 <= rate <= 120 else Fraction(25)
        self._encoder: VideoCodecContext | None = None
        self._framing = AnnexB()
        self._told = False
        self._last_pts = -(1 << 62)
        self._key_at = -(1 << 62)

    def take(self, packet: Packet[VideoStream]) -> Iterator[Message]:
        """Yield the configuration (once) and the pictures this packet completes."""
        try:
            frames = self._decoder.decode(packet)
        except av.error.FFmpegError:
            return  # a broken picture; the next one may be whole
        for frame in frames:
            if frame.pts is not None:
                yield from self._encode(frame, round(frame.pts * self._scale))

    def _encode(self, frame: VideoFrame, pts: int) -> Iterator[Message]:
        if pts <= self._last_pts:
            if self._last_pts - pts < TICKS:
                return  # a picture shown out of order
            self._key_at = pts  # the source's clock went back: say so to the sink, which breaks the timeline
        self._last_pts = pts
        encoder = self._encoder or self._open(frame)
        picture = frame.reformat(encoder.width, encoder.height, "yuv420p")
        picture.pts, picture.time_base = pts, Fraction(1, TICKS)
        picture.pict_type = PictureType.NONE
        if pts >= self._key_at:
            picture.pict_type, self._key_at = PictureType.I, pts + TICKS
        for packet in encoder.encode(picture):
            data = self._framing.access_unit(bytes(packet))
            if not self._told and self._framing.avcc is not None:
                self._told = True
                yield Message(Kind.VIDEO_CONFIG, self._framing.avcc)
            yield Message(Kind.VIDEO, data, pts, pts, packet.is_keyframe)

    def _open(self, frame: VideoFrame) -> VideoCodecContext:
        encoder = av.CodecContext.create("libx264", "w")
        assert isinstance(encoder, VideoCodecContext)
        shrink = min(1.0, WIDEST / frame.width, HIGHEST / frame.height)
        encoder.width, encoder.height = (max(2, int(side * shrink) // 2 * 2) for side in (frame.width, frame.height))
        encoder.pix_fmt = "yuv420p"
        encoder.time_base, encoder.framerate = Fraction(1, TICKS), self._rate
        encoder.bit_rate = min(6_000_000, int(encoder.width * encoder.height * float(self._rate) * 0.1))
        encoder.gop_size, encoder.max_b_frames = 1_000_000, 0
        encoder.flags |= Flags.global_header
        most = str(encoder.bit_rate * 3 // 2)
        encoder.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "forced-idr": "1",
            "maxrate": most,
            "bufsize": most,
            "x264-params": "scenecut=0:keyint=infinite",
        }
        encoder.open()
        self._framing = AnnexB(encoder.extradata or b"")
        self._encoder = encoder
        return encoder


class PassedAudio:
    """AAC as it is, without the headers of transport streams."""

    def __init__(self, stream: AudioStream) -> None:
        assert stream.time_base is not None
        self._stamps = Stamps(stream.time_base)
        self._asc = b""
        self._waiting = stream.codec_context.extradata or b""

    def take(self, packet: Packet[AudioStream]) -> Iterator[Message]:
        """Yield the configuration when it is new, and the frame."""
        stamps = self._stamps.of(packet)
        data, asc = bare_aac(bytes(packet))
        asc = asc or self._waiting
        if asc and asc != self._asc:
            self._asc = asc
            yield Message(Kind.AUDIO_CONFIG, asc)
        if stamps is not None and data and self._asc:
            yield Message(Kind.AUDIO, data, *stamps, key=True)


class MadeAudio:
    """Any other sound, as AAC-LC of 128 kbit/s."""

    def __init__(self, stream: AudioStream) -> None:
        assert stream.time_base is not None
        context = stream.codec_context
        self._stamps = Stamps(stream.time_base)
        self._sound = Sound(
            context.name,
            context.extradata or b"",
            rate=context.sample_rate,
            channels=context.channels,
            bit_rate=SOUND_BIT_RATE,
            mono=False,
        )

    def take(self, packet: Packet[AudioStream]) -> Iterator[Message]:
        """Yield the configuration (once) and the frames this packet completes."""
        stamps = self._stamps.of(packet)
        if stamps is not None:
            yield from self._sound.take(stamps[1], bytes(packet))


def passage_for(stream: VideoStream | AudioStream) -> PassedVideo | MadeVideo | PassedAudio | MadeAudio:
    """Choose how a stream goes on."""
    name = stream.codec_context.name
    if isinstance(stream, VideoStream):
        return PassedVideo(stream) if name == "h264" else MadeVideo(stream)
    return PassedAudio(stream) if name == "aac" and _plays(stream) else MadeAudio(stream)


def _plays(stream: AudioStream) -> bool:
    try:
        extradata = stream.codec_context.extradata
        return not extradata or read_asc(extradata).object_type in PLAYABLE
    except AacError:
        return False


def transcoding_report(stream: VideoStream | AudioStream) -> Message:
    """Say that a stream is transcoded, and what to set so that it need not be."""
    codec = stream.codec_context.name.upper()
    if isinstance(stream, VideoStream):
        code = "transcoded_video"
        text = (
            f"The source sends {codec} pictures, which browsers do not play; they are being transcoded to H.264, which "
            "costs quality and a processor core. Set the encoder's video codec to H.264 (AVC)."
        )
    else:
        code = "transcoded_audio"
        text = f"The source sends {codec} sound; it is being transcoded to AAC. Set the encoder's audio codec to AAC."
    return report(trouble={"code": code, "text": text, "values": {"codec": codec}})
