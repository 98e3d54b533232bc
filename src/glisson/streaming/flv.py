"""FLV tag bodies, which are RTMP's media messages: the old headers and those of Enhanced RTMP v2, and aggregates."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

AUDIO: Final = 8
VIDEO: Final = 9
DATA: Final = 18

VIDEO_CODECS: Final = {
    2: "Sorenson H.263",
    3: "Screen video",
    4: "VP6",
    5: "VP6",
    6: "Screen video",
    12: "HEVC (H.265)",
}
AUDIO_CODECS: Final = {
    0: "PCM", 1: "ADPCM", 2: "MP3", 3: "PCM", 4: "Nellymoser", 5: "Nellymoser", 6: "Nellymoser", 7: "G.711 A-law",
    8: "G.711 mu-law", 11: "Speex", 13: "Opus", 14: "MP3",
}  # fmt: skip
FOURCC_NAMES: Final = {
    "hvc1": "HEVC (H.265)", "hev1": "HEVC (H.265)", "vvc1": "VVC (H.266)", "av01": "AV1", "vp08": "VP8", "vp09": "VP9",
    "Opus": "Opus", ".mp3": "MP3", "fLaC": "FLAC", "ac-3": "AC-3", "ec-3": "E-AC-3",
}  # fmt: skip

_MULTITRACK: Final = {"video": 6, "audio": 5}
_MODEX: Final = 7
_WITH_OFFSET: Final = frozenset({"avc1", "hvc1", "vvc1"})


class FlvError(ValueError):
    """A tag body is cut short or contradicts itself."""


class Kind(enum.Enum):
    """What a tag carries."""

    CONFIG = "config"
    FRAME = "frame"
    END = "end"
    OTHER = "other"


@dataclass(slots=True)
class Tag:
    """One frame or configuration, out of its header.

    Parameters
    ----------
    kind : Kind
        What ``data`` is; ``OTHER`` (commands, HDR metadata, channel layouts) carries nothing we use.
    codec : str
        ``avc1`` and ``mp4a`` for the two we take, otherwise the codec's name for people.
    data : bytes
        The payload.
    key : bool
        Marked as key frame (always true of sound).
    offset : int
        Composition offset: presentation minus decoding time, signed, in milliseconds.
    nanoseconds : int
        To be added to the message's time (Enhanced RTMP's TimestampOffsetNano).
    other_tracks : bool
        The message also carried, or belongs to, tracks other than the first.
    """

    kind: Kind
    codec: str
    data: bytes = b""
    key: bool = True
    offset: int = 0
    nanoseconds: int = 0
    other_tracks: bool = False


def read_video(body: memoryview) -> Tag:
    """Read a video tag body.

    Parameters
    ----------
    body : memoryview
        The body, not empty.

    Returns
    -------
    Tag
        The picture of the first track.

    Raises
    ------
    FlvError
        The header is cut short or contradicts itself.
    """
    first = body[0]
    if first & 0x80:
        return _read_enhanced(body, first & 0x0F, "video", key=(first >> 4) & 7 == 1, command=(first >> 4) & 7 == 5)
    frame_type, codec = first >> 4, first & 0x0F
    if frame_type == 5:
        return Tag(Kind.OTHER, "")
    if codec != 7:
        return Tag(Kind.FRAME, VIDEO_CODECS.get(codec, f"number {codec}"))
    if len(body) < 5:
        if len(body) > 1 and body[1] == 2:  # the end of the sequence needs no more
            return Tag(Kind.END, "avc1")
        raise FlvError("a picture without its header")
    packet_type = body[1]
    if packet_type == 1:
        return Tag(Kind.FRAME, "avc1", bytes(body[5:]), frame_type == 1, _signed24(body, 2))
    if packet_type == 0:
        return Tag(Kind.CONFIG, "avc1", bytes(body[5:]))
    return Tag(Kind.END if packet_type == 2 else Kind.OTHER, "avc1")


def read_audio(body: memoryview) -> Tag:
    """Read an audio tag body; the counterpart of `read_video`."""
    first = body[0]
    sound = first >> 4
    if sound == 9:
        return _read_enhanced(body, first & 0x0F, "audio", key=True, command=False)
    if sound != 10:
        return Tag(Kind.FRAME, AUDIO_CODECS.get(sound, f"number {sound}"))
    if len(body) < 2:
        return Tag(Kind.OTHER, "mp4a")  # silence, written carelessly
    return Tag(Kind.CONFIG if body[1] == 0 else Kind.FRAME, "mp4a", bytes(body[2:]))


def _read_enhanced(body: memoryview, packet_type: int, medium: str, *, key: bool, command: bool) -> Tag:
    at, nanoseconds = 1, 0
    while packet_type == _MODEX:
        at, packet_type, extra = _read_modex(body, at)
        nanoseconds = extra if extra is not None else nanoseconds
    if command and not (medium == "video" and packet_type == 4):
        return Tag(Kind.OTHER, "")
    if packet_type == _MULTITRACK[medium]:
        return _first_track(body, at, medium, key, nanoseconds)
    if len(body) < at + 4:
        raise FlvError("an Enhanced RTMP header is cut short")
    return _read_body(body[at + 4 :], _fourcc(body, at), packet_type, medium, key, nanoseconds)


def _read_modex(body: memoryview, at: int) -> tuple[int, int, int | None]:
    """Read one modifier; return where the next begins, the next packet type, and nanoseconds if it holds them."""
    if len(body) < at + 3:
        raise FlvError("an Enhanced RTMP header is cut short")
    size = body[at] + 1
    at += 1
    if size == 256:
        size = int.from_bytes(body[at : at + 2], "big") + 1
        at += 2
    end = at + size
    if len(body) <= end:
        raise FlvError("an Enhanced RTMP header is cut short")
    is_nanoseconds = body[end] >> 4 == 0 and size >= 3
    nanoseconds = int.from_bytes(body[at : at + 3], "big") if is_nanoseconds else None
    return end + 1, body[end] & 0x0F, nanoseconds


def _first_track(body: memoryview, at: int, medium: str, key: bool, nanoseconds: int) -> Tag:
    """Find track 0 of a multitrack message: one track, many of one codec, or many of many codecs."""
    if len(body) < at + 1:
        raise FlvError("a multitrack header is cut short")
    layout, packet_type = body[at] >> 4, body[at] & 0x0F
    if layout > 2 or packet_type in (_MODEX, _MULTITRACK[medium]):
        raise FlvError("a multitrack header contradicts itself")
    at += 1
    fourcc, others, found = "", False, None
    if layout != 2:
        fourcc, at = _fourcc(body, at), at + 4
    while at < len(body):
        if layout == 2:
            fourcc, at = _fourcc(body, at), at + 4
        end = len(body)
        head = 1 if layout == 0 else 4
        if at + head > end:
            raise FlvError("a multitrack header is cut short")
        if layout != 0:
            end = at + 4 + int.from_bytes(body[at + 1 : at + 4], "big")
            if end > len(body):
                raise FlvError("a track is longer than its message")
        if body[at] == 0 and found is None:
            found = _read_body(body[at + head : end], fourcc, packet_type, medium, key, nanoseconds)
        else:
            others = True
        at = end
    tag = found or Tag(Kind.OTHER, "")
    tag.other_tracks = others
    return tag


def _read_body(body: memoryview, fourcc: str, packet_type: int, medium: str, key: bool, nanoseconds: int) -> Tag:
    ours = fourcc == ("avc1" if medium == "video" else "mp4a")
    name = fourcc if ours else FOURCC_NAMES.get(fourcc, fourcc)
    if packet_type == 0:
        return Tag(Kind.CONFIG, name, bytes(body) if ours else b"")
    if packet_type == 2:
        return Tag(Kind.END, name)
    if packet_type == 1 and medium == "video" and fourcc in _WITH_OFFSET:
        if len(body) < 3:
            raise FlvError("a picture without its composition time")
        return Tag(Kind.FRAME, name, bytes(body[3:]), key, _signed24(body, 0), nanoseconds)
    if packet_type == 1 or (packet_type == 3 and medium == "video"):
        return Tag(Kind.FRAME, name, bytes(body), key, 0, nanoseconds)
    return Tag(Kind.OTHER, name)


def _fourcc(body: memoryview, at: int) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in body[at : at + 4])


def _signed24(body: memoryview, at: int) -> int:
    value = body[at] << 16 | body[at + 1] << 8 | body[at + 2]
    return value - 0x1000000 if value & 0x800000 else value


def read_tags(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Walk the tags of an aggregate message, or of an FLV file after its header and first back pointer.

    Yields
    ------
    kind : int
        Tag type: `AUDIO`, `VIDEO`, `DATA` or another.
    stamp : int
        32-bit milliseconds.
    body : memoryview
        The tag's body.

    Raises
    ------
    FlvError
        A tag is longer than what is left.
    """
    at = 0
    while at < len(data):
        body = at + 11
        if body > len(data):
            raise FlvError("an aggregate is cut short")
        end = body + int.from_bytes(data[at + 1 : at + 4], "big")
        if end > len(data):
            raise FlvError("an aggregate holds a message longer than itself")
        stamp = data[at + 7] << 24 | int.from_bytes(data[at + 4 : at + 7], "big")
        yield data[at] & 0x1F, stamp, data[body:end]
        at = end + 4  # the back pointer; nothing depends on it, and senders get it wrong
