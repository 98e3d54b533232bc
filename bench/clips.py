"""Clips of exact rates, encoded once into build/bench and published again and again without encoding."""

from __future__ import annotations

import subprocess
from pathlib import Path

FOLDER = Path("build/bench")
CLIP_SECONDS = 20


def clip(name: str, *, size: str, fps: int, bit_rate: int) -> Path:
    """Return an FLV file of a constant bit rate: H.264 without B-frames, a key frame each second, AAC.

    The noise makes the encoder use all its bits, as a real laparoscope does.
    """
    path = FOLDER / f"{name}.flv"
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part.flv")
    video = f"testsrc2=size={size}:rate={fps},noise=alls=14:allf=t"
    command = [
        *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", video, "-f", "lavfi", "-i", "sine=440:sample_rate=48000"),
        *("-t", str(CLIP_SECONDS), "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g", str(fps)),
        *("-pix_fmt", "yuv420p", "-b:v", str(bit_rate), "-minrate", str(bit_rate), "-maxrate", str(bit_rate)),
        *("-bufsize", str(bit_rate // 2), "-x264-params", "nal-hrd=cbr:scenecut=0:bframes=0"),
        *("-c:a", "aac", "-b:a", "128k", "-f", "flv", str(draft)),
    ]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    draft.rename(path)
    return path


def hd() -> Path:
    """Return 1080p30 at 6 Mbit/s."""
    return clip("1080p30-6M", size="1920x1080", fps=30, bit_rate=6_000_000)


def lean() -> Path:
    """Return 720p30 at 1.5 Mbit/s."""
    return clip("720p30-1.5M", size="1280x720", fps=30, bit_rate=1_500_000)
