"""Real clips, made by ffmpeg once for a run, and what is in them as packets."""

import functools
import subprocess
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from glisson.streaming.packets import TICKS, Packet

FOLDER = Path(tempfile.mkdtemp(prefix="glisson-clips-"))


@functools.cache
def clip(
    name: str,
    *,
    size: str = "640x360",
    rate: int = 25,
    seconds: float = 4,
    gop: int = 25,
    b_frames: int = 0,
    video: str = "libx264",
    audio: str | None = "aac",
    sound_rate: int = 48000,
    volume: float = 1.0,
    more: tuple[str, ...] = (),
) -> Path:
    """Make a moving test picture with a sine of 440 Hz; the file's name decides the container."""
    path = FOLDER / name
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}"]
    if audio:
        command += ["-f", "lavfi", "-i", f"sine=440:r={sound_rate},volume={volume},aformat=channel_layouts=stereo"]
        command += ["-c:a", audio]
    command += ["-t", str(seconds), "-c:v", video, "-g", str(gop), "-pix_fmt", "yuv420p"]
    if video == "libx264":
        command += ["-preset", "ultrafast", "-bf", str(b_frames), "-sc_threshold", "0", "-b:v", "2M"]
    if path.suffix == ".mp4":
        command += ["-movflags", "+faststart"]  # our little web server knows no ranges
    subprocess.run([*command, *more, str(path)], check=True, timeout=120, stdin=subprocess.DEVNULL)
    return path


@dataclass(frozen=True)
class Content:
    """A clip's configurations and its packets in the order of decoding."""

    avcc: bytes
    asc: bytes
    packets: list[Packet]

    @property
    def pictures(self) -> list[Packet]:
        return [packet for packet in self.packets if packet.video]

    @property
    def sounds(self) -> list[Packet]:
        return [packet for packet in self.packets if not packet.video]


@functools.cache
def content(path: Path) -> Content:
    """Read an MP4 of H.264 and AAC."""
    with av.open(path) as container:
        packets = []
        for packet in container.demux():
            if packet.dts is not None and packet.size:
                scale = packet.time_base * TICKS
                video = packet.stream.type == "video"
                dts, pts = round(packet.dts * scale), round(packet.pts * scale)
                packets.append(Packet(video, dts, pts, packet.is_keyframe, bytes(packet)))
        audio = container.streams.audio
        asc = bytes(audio[0].codec_context.extradata) if audio else b""
        avcc = bytes(container.streams.video[0].codec_context.extradata)
    return Content(avcc, asc, sorted(packets, key=lambda packet: packet.dts))


def decoded(codec: str, extradata: bytes, frames: list[tuple[int, bytes]]) -> list:
    """Decode frames (PTS, data) that were made for the same configuration."""
    decoder = av.CodecContext.create(codec, "r")
    decoder.extradata = extradata
    pictures = []
    for pts, data in frames:
        packet = av.Packet(data)
        packet.pts = packet.dts = pts
        packet.time_base = Fraction(1, TICKS)
        pictures += decoder.decode(packet)
    return pictures + decoder.decode(None)
