"""Real encoded pictures and sound for the tests of packaging: made by ffmpeg, read back packet by packet."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import av
import pytest

from glisson.streaming.aac import read_asc
from glisson.streaming.packets import TICKS, AudioConfig, Packet, VideoConfig

CLIP = Path(__file__).parents[2] / ".." / "shared" / "data" / "rvim_endoscopy" / "phantom_instrument_50f.mp4"


def encode(
    folder: Path,
    *,
    size: str = "320x180",
    fps: str = "25",
    seconds: float = 6,
    gop: int = 25,
    b_frames: int = 0,
    rate: int = 48_000,
    sound: bool = True,
) -> Path:
    """Return an FLV file (stamps in whole milliseconds, as RTMP has them) of a test picture with a beep."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed; it makes the encoded pictures for this test.")
    path = folder / f"{size}-{fps.replace('/', '_')}-{seconds}-{gop}-{b_frames}-{rate}-{sound}.flv"
    audio = ["-f", "lavfi", "-i", f"sine=f=440:r={rate}:d={seconds}"] if sound else []
    codec = ["-c:a", "aac", "-b:a", "96k", "-ar", str(rate), "-ac", "2"] if sound else []
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={size}:r={fps}:d={seconds}", *audio,
         "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(gop), "-keyint_min", str(gop),
         "-sc_threshold", "0", "-bf", str(b_frames), "-b:v", "600k", "-threads", "1", *codec, str(path)],
        check=True, timeout=120,
    )  # fmt: skip
    return path


def read(path: Path) -> tuple[VideoConfig | None, AudioConfig | None, list[Packet]]:
    """Return configurations and packets in the order of the file, stamps as RTMP would carry them."""
    with av.open(str(path)) as container:
        video = audio = None
        for stream in container.streams:
            extra = bytes(stream.codec_context.extradata or b"")
            if stream.type == "video":
                context = stream.codec_context
                codec = f"avc1.{extra[1]:02x}{extra[2]:02x}{extra[3]:02x}"
                video = VideoConfig(extra, context.width, context.height, codec)
            elif stream.type == "audio":
                asc = read_asc(extra)
                audio = AudioConfig(extra, asc.rate, asc.channels, asc.codec)
        packets = [
            Packet(
                packet.stream.type == "video",
                round(packet.dts * packet.time_base * 1000) * TICKS // 1000,
                round(packet.pts * packet.time_base * 1000) * TICKS // 1000,
                packet.is_keyframe,
                bytes(packet),
            )
            for packet in container.demux()
            if packet.dts is not None and packet.size
        ]
    return video, audio, packets
