"""H.264 as containers carry it: the decoder configuration record and NAL units behind lengths (ISO/IEC 14496-15)."""

from __future__ import annotations

from dataclasses import dataclass

from glisson.streaming.packets import VideoConfig
from glisson.streaming.sps import H264Error, Sps, read_sps

__all__ = ["Avcc", "H264Error", "Sps", "read_avcc", "read_sps", "video_config", "well_framed"]


@dataclass(frozen=True, slots=True)
class Avcc:
    """An AVCDecoderConfigurationRecord, read: parameter sets, and how many bytes precede each NAL unit (1, 2 or 4)."""

    length_size: int
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]


def read_avcc(data: bytes) -> Avcc:
    """Read a decoder configuration record.

    Parameters
    ----------
    data : bytes
        The record (ISO/IEC 14496-15, 5.3.3.1), as RTMP, MP4 and WebCodecs carry it.

    Returns
    -------
    Avcc
        Its parameter sets.

    Raises
    ------
    H264Error
        The record is cut short, of another version, or lacks a parameter set.
    """
    if len(data) < 7 or data[0] != 1:
        raise H264Error("this is not an H.264 decoder configuration")
    length_size = (data[4] & 3) + 1
    if length_size == 3:
        raise H264Error("the decoder configuration gives NAL units a length of 3 bytes")
    sps, at = _sets(data, 6, data[5] & 0x1F)
    if at >= len(data):
        raise H264Error("the decoder configuration is cut short")
    pps, _ = _sets(data, at + 1, data[at])
    if not sps or not pps:
        raise H264Error("the decoder configuration holds no parameter sets")
    return Avcc(length_size, sps, pps)


def _sets(data: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    sets = []
    for _ in range(count):
        size = int.from_bytes(data[at : at + 2], "big")
        at += 2
        if size == 0 or at + size > len(data):
            raise H264Error("the decoder configuration is cut short")
        sets.append(data[at : at + size])
        at += size
    return tuple(sets), at


def video_config(avcc: bytes) -> VideoConfig:
    """Make the configuration a sink takes from a decoder configuration record.

    Raises
    ------
    H264Error
        The record or its first sequence parameter set is not usable.
    """
    sps = read_sps(read_avcc(avcc).sps[0])
    return VideoConfig(avcc, sps.width, sps.height, sps.codec)


def well_framed(picture: bytes, length_size: int) -> bool:
    """Whether the NAL units' lengths add up to the picture exactly: players fail on one that does not."""
    at, end = 0, len(picture)
    while at + length_size < end:
        at += length_size + int.from_bytes(picture[at : at + length_size], "big")
    return at == end and end > 0
