"""A recording as one MP4 file: the moov box first, made from the fragments' own tables, then the files as they are.

Nothing is encoded again and nothing copied: the mdat box is the recorded segments one after another, and the sample
tables point past their moof boxes. So any byte range can be served at once. Gaps of the recording are closed (the
playlists tell their wall clock). Where the encoder changed its parameters the file has one more sample description, and
since browsers read the first one only, key frames from there on also carry their parameter sets.
"""

from __future__ import annotations

import logging
import mmap
import os
import pickle
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from glisson.streaming import mp4, mp4_reader
from glisson.streaming.packets import TICKS
from glisson.streaming.ring import Init

log = logging.getLogger("glisson.live")

CHUNK = 1 << 20
FEW = 100
"""So many segments are read at once (0.1 s); more of them by a process of their own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One recorded segment; ``broken`` when the timeline broke before it."""

    path: Path
    size: int
    init: Init
    broken: bool


@dataclass(slots=True)
class _Tables:
    """Sample tables of one track of the file, times in its own scale from the start of the file."""

    scale: int
    trak: mp4_reader.InitTrack
    entries: list[bytes] = field(default_factory=list)
    times: array[int] = field(default_factory=lambda: array("q"))
    offsets: array[int] = field(default_factory=lambda: array("i"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    syncs: array[int] = field(default_factory=lambda: array("I"))
    chunks: array[int] = field(default_factory=lambda: array("Q"))
    shape: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0


class Download:
    """The file made of these segments; ``size`` in bytes."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = list(pieces)
        self._tracks: dict[int, _Tables] = {}
        self._base = 0
        self._section_start = 0
        self._inserts: list[list[tuple[int, bytes]]] = []
        body = 0
        init: Init | None = None
        for piece in self._pieces:
            inserts = self._read(piece, body, new_section=piece.broken or piece.init != init)
            self._inserts.append(inserts)
            init = piece.init
            body += piece.size + sum(len(data) for _, data in inserts)
        self._head = self._make_head(body)
        # Hours of sample tables: only the head is needed from here on.
        self._tracks = {}
        self.size = len(self._head) + body

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to ``end`` (not included)."""
        stop = self.size if end is None else min(end, self.size)
        if start < len(self._head):
            yield self._head[start:stop]
        at = len(self._head)
        for piece, inserts in zip(self._pieces, self._inserts, strict=True):
            begin = 0
            for position, data in [*inserts, (piece.size, b"")]:
                first, last = max(start - at, 0), min(stop - at, position - begin)
                if first < last:
                    yield from _file_bytes(piece.path, begin + first, begin + last)
                at += position - begin
                if inserted := data[max(start - at, 0) : max(stop - at, 0)]:
                    yield inserted
                at += len(data)
                begin = position

    def _read(self, piece: Piece, body: int, *, new_section: bool) -> list[tuple[int, bytes]]:
        """Add a segment's samples. Positions count from the start of the mdat's contents until the head is known.

        Returns what must be inserted into the segment's bytes, and where.
        """
        tracks = {track.number: track for track in mp4_reader.init_tracks(piece.init.data)}
        with piece.path.open("rb") as file, mmap.mmap(file.fileno(), piece.size, access=mmap.ACCESS_READ) as data:
            found = list(mp4_reader.fragments(data, body))
        if new_section:
            starts = [
                track.samples[0].dts * TICKS // tracks[track.number].scale
                for fragment in found[:8]
                for track in fragment.tracks
                if track.samples
            ]
            self._base = self._length()
            self._section_start = min(starts, default=0)
        first = self._tracks.get(mp4.VIDEO_TRACK)
        video = tracks.get(mp4.VIDEO_TRACK)
        changed = first is not None and video is not None and video.entry != first.entries[0]
        sets = parameter_sets(video.entry) if changed and video is not None else b""
        inserts: list[tuple[int, bytes]] = []
        for fragment in found:
            for track in fragment.tracks:
                if not track.samples:
                    continue
                shift = len(inserts) * len(sets)
                carries = bool(sets) and track.number == mp4.VIDEO_TRACK and track.samples[0].key
                if carries:
                    inserts.append((track.samples[0].at - body, sets))
                self._add(track, tracks[track.number], shift, len(sets) if carries else 0)
        return inserts

    def _length(self) -> int:
        """Ticks until the end of everything read so far."""
        return max((tables.end * TICKS // tables.scale for tables in self._tracks.values()), default=0)

    def _add(self, track: mp4_reader.Track, trak: mp4_reader.InitTrack, moved: int, more: int) -> None:
        """Add a run that lies ``moved`` bytes further on and whose first sample is ``more`` bytes longer."""
        tables = self._tracks.get(track.number)
        if tables is None:
            tables = self._tracks[track.number] = _Tables(trak.scale, trak)
        if trak.entry not in tables.entries:
            tables.entries.append(trak.entry)
        shift = (
            self._base * tables.scale // TICKS - self._section_start * trak.scale // TICKS * tables.scale // trak.scale
        )
        time = tables.times[-1] if tables.times else -1
        for sample in track.samples:
            time = max(sample.dts * tables.scale // trak.scale + shift, time + 1)
            tables.times.append(time)
            tables.offsets.append(sample.offset)
            tables.sizes.append(sample.size)
            if sample.key:
                tables.syncs.append(len(tables.times))
        tables.sizes[-len(track.samples)] += more
        last = track.samples[-1]
        tables.end = time + last.duration * tables.scale // trak.scale
        tables.chunks.append(track.samples[0].at + moved)
        tables.shape.append((len(track.samples), tables.entries.index(trak.entry) + 1))

    def _make_head(self, body: int) -> bytes:
        ftyp = mp4.box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
        mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + body)
        # The moov box has the same length whatever the chunk offsets are: make it once to measure, once to use.
        start = len(ftyp) + len(self._moov(0)) + len(mdat)
        return ftyp + self._moov(start) + mdat

    def _moov(self, start: int) -> bytes:
        length = self._length()
        traks = []
        for number in sorted(self._tracks):
            tables = self._tracks[number]
            stbl = mp4.box(b"stbl", *_boxes(tables, start))
            first = tables.times[0] * TICKS // tables.scale
            traks.append(tables.trak.rebuild(stbl, length, tables.end - tables.times[0], first))
        return mp4.box(b"moov", mp4.movie_header(length, 3), *traks)


def make_download(pieces: Sequence[Piece]) -> Download:
    """Return the file made of these segments; of many, without disturbing what is live meanwhile.

    Reading four hours of tables takes five seconds of Python: a process of its own does it, at low priority.
    """
    if len(pieces) <= FEW:
        return Download(pieces)
    command = [sys.executable, "-c", "from glisson.streaming.download import answer; answer()"]
    given = pickle.dumps(list(pieces))
    done = subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603 - our own Python
    if done.returncode:
        log.warning("A download is prepared in the live process: %s", done.stderr.decode(errors="replace")[-500:])
        return Download(pieces)
    made = pickle.loads(done.stdout)  # noqa: S301 - written by ourselves a moment ago
    assert isinstance(made, Download)
    return made


def answer() -> None:
    """Be the process of its own: pieces in by standard input, the file made of them out."""
    os.nice(10)
    pieces = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by the live process
    sys.stdout.buffer.write(pickle.dumps(Download(pieces)))


def parameter_sets(entry: bytes) -> bytes:
    """Return the SPS and PPS of an avc1 sample entry as they stand in a sample: each behind its length."""
    at = entry.find(b"avcC") + 4
    width = (entry[at + 4] & 3) + 1
    position, found = at + 5, []
    for mask in (0x1F, 0xFF):
        count = entry[position] & mask
        position += 1
        for _ in range(count):
            size = int.from_bytes(entry[position : position + 2], "big")
            found.append(size.to_bytes(width, "big") + entry[position + 2 : position + 2 + size])
            position += 2 + size
    return b"".join(found)


def _boxes(tables: _Tables, start: int) -> Iterator[bytes]:
    yield mp4.sample_description(tables.entries)
    count = len(tables.times)
    steps = [after - before for before, after in zip(tables.times, tables.times[1:], strict=False)]
    steps.append(max(tables.end - tables.times[-1], 1))
    yield _counted(b"stts", 0, _runs(steps))
    if any(tables.offsets):
        yield _counted(b"ctts", 0x01000000, [(runs, value & 0xFFFFFFFF) for runs, value in _runs(tables.offsets)])
    if len(tables.syncs) < count:
        yield mp4.full_box(b"stss", 0, struct.pack(">I", len(tables.syncs)), _big(tables.syncs))
    rows, chunk = [], 1
    for (samples, entry), same in groupby(tables.shape):
        rows.append((chunk, samples, entry))
        chunk += sum(1 for _ in same)
    yield _counted(b"stsc", 0, rows)
    yield mp4.full_box(b"stsz", 0, struct.pack(">II", 0, count), _big(tables.sizes))
    offsets = array("Q", [start + offset for offset in tables.chunks])
    yield mp4.full_box(b"co64", 0, struct.pack(">I", len(offsets)), _big(offsets))


def _runs(values: Iterable[int]) -> list[tuple[int, int]]:
    return [(sum(1 for _ in same), value) for value, same in groupby(values)]


def _counted(name: bytes, version: int, rows: Sequence[tuple[int, ...]]) -> bytes:
    flat = array("I", [word for row in rows for word in row])
    return mp4.full_box(name, version, struct.pack(">I", len(rows)), _big(flat))


def _big(values: array[int]) -> bytes:
    copy = values[:]
    copy.byteswap()
    return copy.tobytes()


def _file_bytes(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end:
            data = file.read(min(CHUNK, end - start))
            if not data:
                raise OSError(f"{path.name} has become shorter while it was read.")
            start += len(data)
            yield data
