"""From the framings of transport streams (Annex B, ADTS) to those of MP4 and RTMP (lengths, bare frames).

Sources: ITU-T H.264 Annex B; ISO/IEC 14496-15 5.3.3; ISO/IEC 14496-3 1.A.3 (ADTS).
"""

from __future__ import annotations

from collections.abc import Iterator

from glisson.streaming.aac import RATES
from glisson.streaming.h264 import H264Error, video_config

SPS, PPS, IDR, DELIMITER, FILLER = 7, 8, 5, 9, 12
_HIGH = frozenset({100, 110, 122, 144, 244})


def nal_units(stream: bytes) -> Iterator[bytes]:
    """Yield the NAL units of an Annex B byte stream, without start codes and trailing zeros."""
    at = stream.find(b"\0\0\1")
    while at >= 0:
        following = stream.find(b"\0\0\1", at + 3)
        unit = stream[at + 3 : following if following >= 0 else len(stream)].rstrip(b"\0")
        if unit:
            yield unit
        at = following


def make_avcc(sps: bytes, pps: list[bytes]) -> bytes:
    """Make an AVCDecoderConfigurationRecord with 4-byte lengths.

    Raises
    ------
    H264Error
        The sequence parameter set is not usable.
    """
    if not pps or len(sps) < 4:
        raise H264Error("there are no parameter sets")
    record = bytes((1, sps[1], sps[2], sps[3], 0xFF, 0xE1)) + len(sps).to_bytes(2, "big") + sps + bytes((len(pps),))
    record += b"".join(len(unit).to_bytes(2, "big") + unit for unit in pps)
    if sps[1] in _HIGH:
        # Chroma format and bit depths: 4:2:0, 8 bit. Anything else no browser plays, so the difference never matters.
        record += bytes((0xFD, 0xF8, 0xF8, 0))
    video_config(record)
    return record


class AnnexB:
    """Turns access units of Annex B into length-prefixed ones and keeps the newest parameter sets.

    Attributes
    ----------
    avcc : bytes or None
        The decoder configuration, once a sequence and a picture parameter set have been seen.
    """

    def __init__(self, extradata: bytes = b"") -> None:
        self.avcc: bytes | None = None
        self._sps: bytes | None = None
        self._pps: dict[int, bytes] = {}
        if extradata:
            self.access_unit(extradata)

    def access_unit(self, stream: bytes) -> bytes:
        """Return the pictures' units behind 4-byte lengths; parameter sets, delimiters and filler are taken out."""
        kept: list[bytes] = []
        changed = False
        for unit in nal_units(stream):
            kind = unit[0] & 0x1F
            if kind == SPS:
                if unit != self._sps:
                    self._sps, self._pps, changed = unit, {}, True
            elif kind == PPS:
                changed |= self._keep_pps(unit)
            elif kind not in (DELIMITER, FILLER):
                kept += (len(unit).to_bytes(4, "big"), unit)
        if changed and self._sps is not None and self._pps:
            self.avcc = make_avcc(self._sps, list(self._pps.values()))
        return b"".join(kept)

    def _keep_pps(self, unit: bytes) -> bool:
        identity = _first_number(unit[1:])
        if self._pps.get(identity) == unit or len(self._pps) >= 31:
            return False
        self._pps[identity] = unit
        return True


def _first_number(data: bytes) -> int:
    """Read the ue(v) that a picture parameter set begins with: its id, 0 to 255."""
    bits = "".join(f"{byte:08b}" for byte in data[:3])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "0", 2) - 1


def bare_aac(frame: bytes) -> tuple[bytes, bytes | None]:
    """Take an ADTS header off an AAC frame.

    Returns
    -------
    tuple
        The bare frame, and the AudioSpecificConfig the header amounts to (None when there is no header).
    """
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0:
        return frame, None
    rate = frame[2] >> 2 & 15
    if rate >= len(RATES):
        return frame, None
    kind, channels = (frame[2] >> 6) + 1, (frame[2] & 1) << 2 | frame[3] >> 6
    asc = bytes((kind << 3 | rate >> 1, (rate & 1) << 7 | channels << 3))
    return frame[7 if frame[1] & 1 else 9 :], asc


def has_idr(picture: bytes) -> bool:
    """Whether a picture behind 4-byte lengths holds an IDR slice."""
    at = 0
    while at + 4 < len(picture):
        if picture[at + 4] & 0x1F == IDR:
            return True
        at += 4 + int.from_bytes(picture[at : at + 4], "big")
    return False
