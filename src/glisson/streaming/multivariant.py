"""The multivariant playlist: the rungs of a feed, with what a player must know to choose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from glisson.streaming.packets import TICKS
from glisson.streaming.ring import Ring, Segment

VERSION = 9
"""EXT-X-VERSION of all our playlists (delta updates need 9)."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One rung in the multivariant playlist.

    Parameters
    ----------
    uri : str
        Its media playlist, relative to the multivariant playlist.
    codecs : str
        RFC 6381 list.
    bandwidth, average : int
        Peak and average bits a second.
    width, height : int
        0 for sound alone.
    frame_rate : float
        Frames a second; 0 when unknown or sound alone.
    """

    uri: str
    codecs: str
    bandwidth: int
    average: int
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0


def variant(uri: str, ring: Ring) -> Variant | None:
    """Measure a ring for the multivariant playlist: peak and average over the segments in the window."""
    init = ring.latest_init
    segments = [segment for segment in ring.segments if not segment.gap and segment.duration]
    if init is None or not segments:
        return None
    rates = [_bits(segment) * TICKS / segment.duration for segment in segments]
    length = sum(segment.duration for segment in segments)
    average = sum(_bits(segment) for segment in segments) * TICKS / length
    frames = sum(fragment.frames for segment in segments for part in segment.parts for fragment in part.fragments)
    rate = round(frames * TICKS / length, 3) if init.height else 0.0
    return Variant(uri, init.codecs, round(max(rates)), round(average), init.width, init.height, rate)


def _bits(segment: Segment) -> int:
    return 8 * sum(len(fragment.data) for part in segment.parts for fragment in part.fragments)


def multivariant(variants: Iterable[Variant]) -> str:
    """Return the multivariant playlist, in the order given (players start with the first they can play)."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}"]
    for one in variants:
        attributes = f'BANDWIDTH={one.bandwidth},AVERAGE-BANDWIDTH={one.average},CODECS="{one.codecs}"'
        if one.height:
            attributes += f",RESOLUTION={one.width}x{one.height}"
        if one.frame_rate:
            attributes += f",FRAME-RATE={one.frame_rate:.3f}"
        lines += [f"#EXT-X-STREAM-INF:{attributes}", one.uri]
    return "\n".join(lines) + "\n"
