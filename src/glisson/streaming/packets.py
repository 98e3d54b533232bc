"""What every way in (RTMP, browser, pull) turns its bytes into, and what every sink takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

TICKS = 90_000
"""Ticks a second of every timestamp in this package (the MPEG 90 kHz clock)."""


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """A decoder configuration for H.264.

    Parameters
    ----------
    avcc : bytes
        The AVCDecoderConfigurationRecord (ISO/IEC 14496-15), as RTMP carries it.
    width, height : int
        Displayed size in pixels, after cropping.
    codec : str
        RFC 6381 name, for example ``avc1.640028``.
    """

    avcc: bytes
    width: int
    height: int
    codec: str


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """A decoder configuration for AAC.

    Parameters
    ----------
    asc : bytes
        The AudioSpecificConfig (ISO/IEC 14496-3).
    rate : int
        Sampling rate in hertz.
    channels : int
        Number of channels.
    codec : str
        RFC 6381 name, for example ``mp4a.40.2``.
    """

    asc: bytes
    rate: int
    channels: int
    codec: str


@dataclass(frozen=True, slots=True)
class Packet:
    """One encoded frame: length-prefixed NAL units of one picture, or one raw AAC frame.

    Parameters
    ----------
    video : bool
        True for a picture, False for sound.
    dts, pts : int
        Decoding and presentation time in 90 kHz ticks, unwrapped to 64 bit; the origin is the encoder's own.
    key : bool
        True when decoding can start here (always True for sound).
    data : bytes
        The frame, without any container's framing.
    """

    video: bool
    dts: int
    pts: int
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something the technician should know, worded as code and values so that a page can translate it.

    Parameters
    ----------
    code : str
        A stable name, for example ``wrong_key`` or ``keyframe_interval``.
    text : str
        The same in English, complete and saying what to change.
    values : Mapping
        The figures in the sentence.
    """

    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """A publisher is turned away; the trouble says why, to the person who can mend it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.text)
        self.trouble = trouble


class Sink(Protocol):
    """Where one publication of one feed goes, from its first byte to its end. Calls come from one event loop.

    Attributes
    ----------
    hang_up : Callable[[Trouble], None]
        Set by the way in as soon as the door has admitted the publisher. Calling it turns the publisher out (its key
        was rotated, its feed was closed): the trouble's sentence is told to the encoder, the connection is closed and
        `end` is called, once, before it returns. Calling it again, or after the end, does nothing.
    """

    hang_up: Callable[[Trouble], None]

    def configure_video(self, config: VideoConfig) -> None: ...

    def configure_audio(self, config: AudioConfig) -> None: ...

    def take(self, packet: Packet) -> None: ...

    def note(self, trouble: Trouble) -> None:
        """Say something to the technician without ending the publication."""

    def end(self, reason: str) -> None:
        """The publication is over; called exactly once. ``reason`` is for the technician."""


class Door(Protocol):
    """Decides who may publish; implemented by the studio, asked by every way in."""

    def admit(self, key: str, *, way: str, peer: str) -> Sink:
        """Return the sink for this stream key, or raise `Refused`. Keys are compared in constant time."""
