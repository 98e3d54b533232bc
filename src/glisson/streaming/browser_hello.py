"""The first message of a browser that publishes: what it is going to send (see `glisson.streaming.browser`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from glisson.streaming.packets import Refused, Trouble

CONTAINERS = {"video/webm": "matroska", "video/x-matroska": "matroska", "video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Hello:
    """What the browser is going to send; ``container`` is FFmpeg's name of one, or empty for single frames."""

    audio: str
    rate: int
    channels: int
    container: str


def refuse(code: str, text: str) -> Refused:
    """Make the refusal of a browser."""
    return Refused(Trouble(code, text))


def read_hello(text: str) -> Hello:
    """Read the first message; raises `Refused` with what the page must send instead."""
    try:
        hello = json.loads(text)
    except (ValueError, RecursionError):
        hello = None
    if not isinstance(hello, dict) or hello.get("type") != "hello":
        raise refuse("garbage", 'The first message must be {"type": "hello", ...}.')
    container = _container(hello.get("container"))
    video, audio = hello.get("video"), hello.get("audio")
    if not container and not (isinstance(video, dict) and str(video.get("codec", "")).startswith("avc1.")):
        raise refuse("video_codec", "The browser must send H.264 pictures (codec avc1). Use Chrome, Edge or Safari.")
    if container or audio is None:
        return Hello("", 0, 0, container)
    codec, rate, channels = _audio(audio)
    return Hello(codec, rate, channels, "")


def _container(value: object) -> str:
    if value is None:
        return ""
    name = CONTAINERS.get(str(value).split(";")[0].strip().lower())
    if name is None:
        raise refuse("garbage", "The container must be video/webm or video/mp4.")
    return name


def _audio(audio: object) -> tuple[str, int, int]:
    values: dict[str, Any] = audio if isinstance(audio, dict) else {}
    codec, rate, channels = values.get("codec"), values.get("sampleRate"), values.get("channels")
    if codec not in ("opus", "mp4a.40.2"):
        raise refuse("audio_codec", "The browser must send sound as Opus or AAC (codec opus or mp4a.40.2).")
    if type(rate) is not int or not 8000 <= rate <= 96_000 or type(channels) is not int or not 1 <= channels <= 8:
        raise refuse("audio_codec", "The sound must have 8,000 to 96,000 samples a second and 1 to 8 channels.")
    return str(codec), rate, channels
