"""ISO base media files as small as live needs them: initialisation segments and fragments (ISO/IEC 14496-12, -15).

Pictures keep the 90 kHz clock; sound has its sampling rate as time scale, so that frames of 1024 samples never drift.
There are no edit lists: composition offsets are signed (trun version 1) and a key frame is shown at its decoding time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from glisson.streaming.packets import TICKS, AudioConfig, VideoConfig

VIDEO_TRACK = 1
AUDIO_TRACK = 2
SYNC = 0x02000000
"""Sample flags of a frame that decoding can start with; depends on no other."""
NOT_SYNC = 0x01010000

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_U32 = struct.Struct(">I")
_HEADER = struct.Struct(">I4s")
_FULL = struct.Struct(">I4sI")
# moof and mfhd in one: sizes, names, version and flags, sequence number.
_MOOF = struct.Struct(">I4sI4sII")
# traf, tfhd (default-base-is-moof), tfdt version 1, and the head of the trun.
_TRAF_VIDEO = struct.Struct(">I4sI4sIII4sIQI4sIIi")
_TRAF_AUDIO = struct.Struct(">I4sI4sIIII4sIQI4sIIi")

_VIDEO_TRUN_FLAGS = 0x01000F01  # version 1; data offset, duration, size, flags and composition offset of each sample
_AUDIO_TRUN_FLAGS = 0x01000301  # version 1; data offset, duration and size of each sample
_DEFAULT_BASE_IS_MOOF = 0x020000


@dataclass(slots=True)
class Run:
    """The samples of one track in one fragment, in the track's own time scale.

    Parameters
    ----------
    start : int
        Decoding time of the first sample (tfdt).
    durations, offsets : list of int
        Length and composition offset (presentation minus decoding time) of each sample.
    keys : list of bool
        True where decoding can start.
    data : list of bytes
        The samples.
    """

    start: int
    durations: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    keys: list[bool] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)

    def add_sound(self, after: int, hole: int, length: int, data: bytes) -> None:
        """Append a frame of sound that ends at ``after``; the frame before it, or else it itself, bridges the hole."""
        if self.data:
            self.durations[-1] += hole
        else:
            self.start = after - length - hole
            length += hole
        self.durations.append(length)
        self.data.append(data)


def box(name: bytes, *contents: bytes) -> bytes:
    """Return a box with this four-letter name around the contents."""
    body = b"".join(contents)
    return _HEADER.pack(8 + len(body), name) + body


def full_box(name: bytes, version_and_flags: int, *contents: bytes) -> bytes:
    """Return a box with a version (upper 8 bits) and flags (lower 24)."""
    body = b"".join(contents)
    return _FULL.pack(12 + len(body), name, version_and_flags) + body


def codecs(video: VideoConfig | None, audio: AudioConfig | None) -> str:
    """Return the RFC 6381 list of what an initialisation segment announces."""
    return ",".join(config.codec for config in (video, audio) if config is not None)


def init_segment(video: VideoConfig | None, audio: AudioConfig | None) -> bytes:
    """Return ftyp and moov for a fragmented file with these tracks."""
    tracks, extends = [], []
    if video is not None:
        tracks.append(video_track(video, empty_tables(video_entry(video))))
        extends.append(_trex(VIDEO_TRACK))
    if audio is not None:
        tracks.append(audio_track(audio, empty_tables(audio_entry(audio))))
        extends.append(_trex(AUDIO_TRACK))
    if not tracks:
        raise ValueError("An initialisation segment needs pictures or sound.")
    ftyp = box(b"ftyp", b"iso6", _U32.pack(0), b"iso6cmfcmp41")
    return ftyp + box(b"moov", movie_header(0, 3), *tracks, box(b"mvex", *extends))


def movie_header(duration: int, next_track: int) -> bytes:
    """Return the mvhd box; the duration in 90 kHz ticks."""
    times = struct.pack(">QQIQ", 0, 0, TICKS, duration)
    rest = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + _U32.pack(next_track)
    return full_box(b"mvhd", 0x01000000, times, rest)


def video_track(config: VideoConfig, tables: bytes, *, duration: int = 0) -> bytes:
    """Return the trak box of the pictures around its sample tables; the duration in 90 kHz ticks."""
    head = _track_header(VIDEO_TRACK, duration, 0, config.width, config.height)
    media_header = full_box(b"vmhd", 1, bytes(8))
    return box(b"trak", head, _media(b"vide", TICKS, duration, media_header, tables))


def audio_track(config: AudioConfig, tables: bytes, *, duration: int = 0, media_duration: int = 0) -> bytes:
    """Return the trak box of the sound; ``duration`` in 90 kHz ticks, ``media_duration`` in samples."""
    head = _track_header(AUDIO_TRACK, duration, 0x100, 0, 0)
    media_header = full_box(b"smhd", 0, bytes(4))
    return box(b"trak", head, _media(b"soun", config.rate, media_duration, media_header, tables))


def _track_header(track: int, duration: int, volume: int, width: int, height: int) -> bytes:
    times = struct.pack(">QQIIQ", 0, 0, track, 0, duration)
    group = 1 if volume else 0
    return full_box(
        b"tkhd",
        0x01000003,
        times,
        struct.pack(">8xHHHH", 0, group, volume, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )


def _media(handler: bytes, scale: int, duration: int, media_header: bytes, tables: bytes) -> bytes:
    undetermined = 0x55C4  # "und"
    mdhd = full_box(b"mdhd", 0x01000000, struct.pack(">QQIQHH", 0, 0, scale, duration, undetermined, 0))
    hdlr = full_box(b"hdlr", 0, bytes(4), handler, bytes(12), b"Glisson\x00")
    here = full_box(b"dref", 0, _U32.pack(1), full_box(b"url ", 1))
    return box(b"mdia", mdhd, hdlr, box(b"minf", media_header, box(b"dinf", here), tables))


def empty_tables(*entries: bytes) -> bytes:
    """Return the stbl of a fragmented file: descriptions, no samples."""
    return box(
        b"stbl",
        sample_description(entries),
        full_box(b"stts", 0, bytes(4)),
        full_box(b"stsc", 0, bytes(4)),
        full_box(b"stsz", 0, bytes(8)),
        full_box(b"stco", 0, bytes(4)),
    )


def sample_description(entries: Iterable[bytes]) -> bytes:
    """Return the stsd box with these sample entries."""
    listed = list(entries)
    return full_box(b"stsd", 0, _U32.pack(len(listed)), *listed)


def video_entry(config: VideoConfig) -> bytes:
    """Return the avc1 sample entry with the encoder's own decoder configuration."""
    size = struct.pack(">HHIIIH", config.width, config.height, 0x480000, 0x480000, 0, 1)
    head = struct.pack(">6xH16x", 1) + size + bytes(32) + struct.pack(">Hh", 24, -1)
    return box(b"avc1", head, box(b"avcC", config.avcc))


def audio_entry(config: AudioConfig) -> bytes:
    """Return the mp4a sample entry with the encoder's own AudioSpecificConfig (ISO/IEC 14496-1 descriptors)."""
    rate = config.rate << 16 if config.rate < 0x10000 else 0
    head = struct.pack(">6xH8xHHHHI", 1, config.channels, 16, 0, 0, rate)
    decoder = b"\x40\x15" + bytes(3) + bytes(8) + _descriptor(5, config.asc)
    stream = struct.pack(">HB", AUDIO_TRACK, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02")
    return box(b"mp4a", head, full_box(b"esds", 0, _descriptor(3, stream)))


def _descriptor(tag: int, body: bytes) -> bytes:
    size = len(body)
    parts = [size >> 21 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size & 0x7F]
    return bytes([tag, *parts]) + body


def _trex(track: int) -> bytes:
    return full_box(b"trex", 0, struct.pack(">IIIII", track, 1, 0, 0, 0))


@lru_cache(maxsize=256)
def _words(form: str, samples: int) -> struct.Struct:
    return struct.Struct(">" + form * samples)


def fragment(sequence: int, video: Run | None, audio: Run | None) -> bytes:
    """Return moof and mdat with one run of each track that has one; pictures first.

    Parameters
    ----------
    sequence : int
        For the mfhd; counts up in a ring.
    video, audio : Run or None
        In the tracks' own time scales. An empty run is legal and keeps a rung in step that has nothing to say.
    """
    video_count = len(video.data) if video is not None else 0
    audio_count = len(audio.data) if audio is not None else 0
    video_box = _TRAF_VIDEO.size + 16 * video_count if video is not None else 0
    audio_box = _TRAF_AUDIO.size + 8 * audio_count if audio is not None else 0
    moof_size = _MOOF.size + video_box + audio_box
    pieces = [_MOOF.pack(moof_size, b"moof", 16, b"mfhd", 0, sequence & 0xFFFFFFFF)]
    payload: list[bytes] = []
    data_at = moof_size + 8
    if video is not None:
        sizes = [len(sample) for sample in video.data]
        pieces += _video_traf(video, sizes, data_at)
        data_at += sum(sizes)
        payload += video.data
    if audio is not None:
        sizes = [len(sample) for sample in audio.data]
        pieces += _audio_traf(audio, sizes, data_at)
        data_at += sum(sizes)
        payload += audio.data
    pieces.append(_HEADER.pack(data_at - moof_size, b"mdat"))
    return b"".join(pieces + payload)


def _video_traf(run: Run, sizes: list[int], data_at: int) -> list[bytes]:
    count = len(sizes)
    trun = 20 + 16 * count
    size = _TRAF_VIDEO.size + 16 * count
    head = _TRAF_VIDEO.pack(
        *(size, b"traf", 16, b"tfhd", _DEFAULT_BASE_IS_MOOF, VIDEO_TRACK),
        *(20, b"tfdt", 0x01000000, run.start),
        *(trun, b"trun", _VIDEO_TRUN_FLAGS, count, data_at),
    )
    flags = [SYNC if key else NOT_SYNC for key in run.keys]
    rows = [word for row in zip(run.durations, sizes, flags, run.offsets, strict=True) for word in row]
    return [head, _words("IIIi", count).pack(*rows)]


def _audio_traf(run: Run, sizes: list[int], data_at: int) -> list[bytes]:
    count = len(sizes)
    trun = 20 + 8 * count
    size = _TRAF_AUDIO.size + 8 * count
    head = _TRAF_AUDIO.pack(
        *(size, b"traf", 20, b"tfhd", _DEFAULT_BASE_IS_MOOF | 0x20, AUDIO_TRACK, SYNC),
        *(20, b"tfdt", 0x01000000, run.start),
        *(trun, b"trun", _AUDIO_TRUN_FLAGS, count, data_at),
    )
    rows = [word for row in zip(run.durations, sizes, strict=True) for word in row]
    return [head, _words("II", count).pack(*rows)]
