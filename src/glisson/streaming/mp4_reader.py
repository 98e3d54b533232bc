"""Reading back our own files safely: boxes, fragments and their samples. Nothing here trusts a length."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

Readable = bytes | memoryview | mmap.mmap

_HEADER = struct.Struct(">I4s")
_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")


class NotReadable(ValueError):
    """The bytes are not what we write."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame in a file: where it lies; decoding time, length and composition offset in the track's time scale."""

    dts: int
    duration: int
    offset: int
    key: bool
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Track:
    """The samples of one track in one fragment; ``start`` is its tfdt."""

    number: int
    start: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class ReadFragment:
    """One moof and its mdat: where they begin and end, and what is in them (positions count from the data's start)."""

    at: int
    sequence: int
    tracks: tuple[Track, ...]
    end: int


def boxes(data: Readable, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of the contents of each box.

    Raises
    ------
    NotReadable
        A box is longer than what holds it, or shorter than its own header.
    """
    stop = len(data) if end is None else end
    while start < stop:
        if stop - start < 8:
            raise NotReadable(f"{stop - start} bytes left over after the last box.")
        size, name = _HEADER.unpack_from(data, start)
        if size < 8 or start + size > stop:
            raise NotReadable(f"Box {name!r} claims {size} bytes where {stop - start} are left.")
        yield name, start + 8, start + size
        start += size


def fragments(data: Readable, base: int = 0) -> Iterator[ReadFragment]:
    """Yield every fragment of a segment or part. Sample positions count from ``base`` at the start of ``data``."""
    moof: tuple[int, int, tuple[Track, ...]] | None = None
    for name, start, end in boxes(data):
        if name == b"moof":
            sequence, tracks = read_moof(data, start, end, base)
            moof = (start - 8, sequence, tracks)
        elif name == b"mdat":
            if moof is None:
                raise NotReadable("An mdat box without the moof box that explains it.")
            at, sequence, tracks = moof
            for track in tracks:
                for sample in track.samples:
                    if sample.at - base < start or sample.at - base + sample.size > end:
                        raise NotReadable("A sample lies outside the mdat box.")
            yield ReadFragment(base + at, sequence, tracks, base + end)
            moof = None
        else:
            raise NotReadable(f"Box {name!r} does not belong into a segment of ours.")
    if moof is not None:
        raise NotReadable("A moof box without its mdat box.")


def read_moof(data: Readable, start: int, end: int, base: int = 0) -> tuple[int, tuple[Track, ...]]:
    """Return sequence number and tracks of a moof whose contents lie between ``start`` and ``end``."""
    sequence = 0
    tracks = []
    origin = base + start - 8
    for name, inner, stop in boxes(data, start, end):
        if name == b"mfhd":
            sequence = _at(_U32, data, inner + 4, stop)
        elif name == b"traf":
            tracks.append(_read_traf(data, inner, stop, origin))
    return sequence, tuple(tracks)


def _at(form: struct.Struct, data: Readable, position: int, end: int) -> int:
    if position + form.size > end:
        raise NotReadable("A box ends before its fields do.")
    return int(form.unpack_from(data, position)[0])


def _read_traf(data: Readable, start: int, end: int, origin: int) -> Track:
    number = time = 0
    samples: list[Sample] = []
    for name, inner, stop in boxes(data, start, end):
        if name == b"tfhd":
            number = _at(_U32, data, inner + 4, stop)
        elif name == b"tfdt":
            time = _at(_U64, data, inner + 4, stop)
        elif name == b"trun":
            samples += _read_trun(data, inner, stop, time, origin)
    return Track(number, time, tuple(samples))


def _read_trun(data: Readable, start: int, end: int, dts: int, origin: int) -> list[Sample]:
    flags = _at(_U32, data, start, end) & 0xFFFFFF
    count = _at(_U32, data, start + 4, end)
    if flags not in (0x000F01, 0x000301):
        raise NotReadable(f"A trun box with flags {flags:#08x} is not of ours.")
    row = struct.Struct(">IIIi" if flags == 0x000F01 else ">II")
    if start + 12 + count * row.size != end:
        raise NotReadable("A trun box does not hold the samples it counts.")
    at = origin + _at(_U32, data, start + 8, end)
    samples = []
    for fields in row.iter_unpack(bytes(data[start + 12 : end])):
        duration, size = fields[0], fields[1]
        key, offset = (not fields[2] & 0x10000, fields[3]) if len(fields) == 4 else (True, 0)
        samples.append(Sample(dts, duration, offset, key, at, size))
        dts += duration
        at += size
    return samples


@dataclass(frozen=True, slots=True)
class InitTrack:
    """One track of an initialisation segment: its number, time scale, sample entry, and its boxes to build on."""

    number: int
    scale: int
    entry: bytes
    tkhd: bytes
    hdlr: bytes
    header: bytes
    dinf: bytes

    def rebuild(self, stbl: bytes, length: int, media_length: int, first: int) -> bytes:
        """Return a trak box with these sample tables.

        Parameters
        ----------
        stbl : bytes
            The whole box.
        length, first : int
            End of the movie, and when the track's first sample is shown, in 90 kHz ticks (an empty edit before it).
        media_length : int
            Length of the track in its own scale.
        """
        tkhd = self.tkhd[:36] + _U64.pack(length) + self.tkhd[44:]
        edits = _box(
            b"edts",
            _box(
                b"elst",
                struct.pack(">II", 0x01000000, 2 if first else 1)
                + (struct.pack(">QqI", first, -1, 0x10000) if first else b"")
                + struct.pack(">QqI", length - first, 0, 0x10000),
            ),
        )
        mdhd = _box(b"mdhd", struct.pack(">IQQIQHH", 0x01000000, 0, 0, self.scale, media_length, 0x55C4, 0))
        minf = _box(b"minf", self.header + self.dinf + stbl)
        return _box(b"trak", tkhd + edits + _box(b"mdia", mdhd + self.hdlr + minf))


def _box(name: bytes, body: bytes) -> bytes:
    return _HEADER.pack(8 + len(body), name) + body


def init_tracks(data: bytes) -> list[InitTrack]:
    """Return the tracks of an initialisation segment of ours."""
    return [
        _init_track(data, start, end)
        for name, moov, stop in boxes(data)
        if name == b"moov"
        for kind, start, end in boxes(data, moov, stop)
        if kind == b"trak"
    ]


def _init_track(data: bytes, start: int, end: int) -> InitTrack:
    found = dict(_walk(data, start, end))
    try:
        tkhd, mdhd, stsd = found[b"tkhd"], found[b"mdhd"], found[b"stsd"]
        header = found.get(b"vmhd") or found[b"smhd"]
        hdlr, dinf = found[b"hdlr"], found[b"dinf"]
    except KeyError as error:
        raise NotReadable(f"The initialisation segment has no {error.args[0]!r} box.") from None
    number, scale = _at(_U32, tkhd, 28, len(tkhd)), _at(_U32, mdhd, 28, len(mdhd))
    return InitTrack(number, scale, stsd[16:], tkhd, hdlr, header, dinf)


def _walk(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    for name, inner, stop in boxes(data, start, end):
        yield name, data[inner - 8 : stop]
        if name in (b"mdia", b"minf", b"stbl"):
            yield from _walk(data, inner, stop)
