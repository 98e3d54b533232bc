"""A recording on disk: what is in it, its playlists, its files and its download."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glisson.streaming import manifest, mp4_reader
from glisson.streaming.download import Download, Piece, make_download
from glisson.streaming.manifest import PartRow
from glisson.streaming.mp4 import AUDIO_TRACK, VIDEO_TRACK
from glisson.streaming.multivariant import Variant
from glisson.streaming.packets import TICKS
from glisson.streaming.recorded import recorded_playlist
from glisson.streaming.ring import Init, RingState


@dataclass(slots=True)
class SegmentRow:
    """A recorded segment: media time in 90 kHz ticks, wall clock of its first picture, and what it needs."""

    msn: int
    init: int
    start: int
    duration: int
    clock: float
    discontinuous: bool
    independent: bool
    gap: bool
    bytes: int
    frames: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole: the wall clock it began at, its length in seconds, and why (``encoder``, ``resumed``, ``disk_full``)."""

    clock: float
    seconds: float
    reason: str


class Recording:
    """Reads a folder a `Recorder` writes or wrote; `refresh` reads only what was added.

    ``parts``, ``segments``, ``inits`` and ``gaps`` are in order of recording; ``closed`` when the feed was closed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._position = 0
        self._reset()
        self.refresh()

    def refresh(self) -> None:
        """Read the lines added to the manifest since the last time; a torn tail is ignored."""
        path = self.folder / manifest.NAME
        size = path.stat().st_size if path.exists() else 0
        if size < self._position:
            self._reset()
        for values, position in manifest.read_lines(path, self._position):
            self._read(values)
            self._position = position

    def _reset(self) -> None:
        self.parts: list[PartRow] = []
        self.segments: list[SegmentRow] = []
        self.inits: dict[int, Init] = {}
        self.gaps: list[Gap] = []
        self.closed = False
        self.epoch = 0.0
        self.part_target = 0
        self.segment_limit = 4 * TICKS
        self._position = 0
        self._reason: str | None = None
        self._download: tuple[int, Download] | None = None

    def _read(self, values: dict[str, Any]) -> None:
        kind = values.get("kind")
        if kind is None:
            row = manifest.read_part(values)
            if row is not None and self._whole(row):
                self._add(row)
        elif kind == "recording":
            self.epoch, self.part_target = values["epoch"], values["part_target"]
            self.segment_limit = values["limit"]
        elif kind == "init":
            self._add_init(values)
        elif kind == "segment" and self.segments and self.segments[-1].msn == values["msn"]:
            self.segments[-1].finished = True
        elif kind == "gap":
            self._reason = values["reason"]
        self.closed = kind == "closed"

    def _whole(self, row: PartRow) -> bool:
        try:
            return row.gap or (self.folder / f"{row.msn}.m4s").stat().st_size >= row.offset + row.bytes
        except FileNotFoundError:
            return False

    def _add_init(self, values: dict[str, Any]) -> None:
        try:
            data = (self.folder / f"init-{values['number']}.mp4").read_bytes()
        except FileNotFoundError:
            return
        init = Init(values["number"], data, values["codecs"], values["width"], values["height"])
        self.inits[init.number] = init

    def _add(self, row: PartRow) -> None:
        if row.discontinuous and self.parts:
            before = self.parts[-1]
            lost = round((row.start - before.end) / TICKS, 3)
            self.gaps.append(Gap(before.clock + before.duration / TICKS, lost, self._reason or "encoder"))
        self._reason = None
        self.parts.append(row)
        last = self.segments[-1] if self.segments else None
        if last is not None and last.msn == row.msn:
            last.duration += row.duration
            last.bytes += row.bytes
            last.frames += row.frames
            last.gap = last.gap and row.gap
            return
        if last is not None:
            last.finished = True
        self.segments.append(
            SegmentRow(
                msn=row.msn,
                init=row.init,
                start=row.start,
                duration=row.duration,
                clock=row.clock,
                discontinuous=row.discontinuous and last is not None,
                independent=row.key_first,
                gap=row.gap,
                bytes=row.bytes,
                frames=row.frames,
            )
        )

    @property
    def duration(self) -> float:
        """Seconds of pictures and sound, gaps not counted."""
        return sum(segment.duration for segment in self.segments) / TICKS

    @property
    def size(self) -> int:
        """Bytes of media."""
        return sum(segment.bytes for segment in self.segments)

    def state(self) -> RingState | None:
        """Where a ring must go on (`Ring.resume`); None when nothing was recorded.

        One segment number and some fragment numbers are left out: viewers may have seen what the disk did not get.
        """
        if not self.parts:
            return None
        last = self.parts[-1]
        return RingState(
            epoch=self.epoch,
            msn=last.msn + 2,
            sequence=max((row.sequence for row in self.parts[-16:]), default=0) + 100,
            init=max(self.inits, default=-1) + 1,
            discontinuity_sequence=last.breaks,
            end=last.end,
            part_target=self.part_target,
        )

    def vod_playlist(self, *, prefix: str = "") -> str:
        """The replay: every segment, ENDLIST. URIs are ``<prefix><msn>.m4s`` and ``<prefix>init-<n>.mp4``."""
        return recorded_playlist(self.segments, self.segment_limit, prefix=prefix, ended=True)

    def rewind_playlist(self, *, prefix: str = "", skip: bool = False) -> str:
        """An EVENT playlist of the finished segments, while live; ``skip`` when a delta update was asked for."""
        finished = [segment for segment in self.segments if segment.finished]
        return recorded_playlist(finished, self.segment_limit, prefix=prefix, ended=self.closed, skip=skip)

    def variant(self, uri: str) -> Variant | None:
        """What the multivariant playlist of the replay says about this rung."""
        rows = [row for row in self.segments if row.duration and not row.gap]
        if not rows or not self.inits:
            return None
        init = self.inits[max(self.inits)]
        length = sum(row.duration for row in rows)
        peak = max(8 * row.bytes * TICKS / row.duration for row in rows)
        average = 8 * sum(row.bytes for row in rows) * TICKS / length
        rate = round(sum(row.frames for row in rows) * TICKS / length, 3) if init.height else 0.0
        return Variant(uri, init.codecs, round(peak), round(average), init.width, init.height, rate)

    def segment_path(self, msn: int) -> Path | None:
        """The file of a recorded segment."""
        path = self.folder / f"{msn}.m4s"
        return path if path.exists() else None

    def init_path(self, number: int) -> Path | None:
        """The file of a recorded initialisation segment."""
        path = self.folder / f"init-{number}.mp4"
        return path if path.exists() else None

    def download_size(self) -> int:
        """Bytes of the downloaded MP4. The first call reads all sample tables: keep it off the event loop."""
        return self._file().size

    def download(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The recording as one seekable MP4 file (moov first), not re-encoded; ``start``/``end`` for HTTP ranges."""
        return self._file().read(start, end)

    def _file(self) -> Download:
        parts = len(self.parts)
        if self._download is None or self._download[0] != parts:
            pieces = []
            for row in self.segments:
                path = self.segment_path(row.msn)
                if path is not None and row.bytes and row.init in self.inits:
                    pieces.append(Piece(path, row.bytes, self.inits[row.init], row.discontinuous))
            self._download = (parts, make_download(pieces))
        return self._download[1]

    def elementary(self, *, video: bool = True) -> Iterator[bytes]:
        """The samples as the encoder sent them, bit-exact."""
        wanted = VIDEO_TRACK if video else AUDIO_TRACK
        for row in self.segments:
            path = self.segment_path(row.msn)
            if path is None or not row.bytes:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), row.bytes, access=mmap.ACCESS_READ) as data:
                for fragment in mp4_reader.fragments(data):
                    for track in fragment.tracks:
                        if track.number == wanted:
                            yield from (data[sample.at : sample.at + sample.size] for sample in track.samples)

    def damaged(self) -> list[PartRow]:
        """Parts whose bytes are no longer those that were recorded (compared by their SHA-256)."""
        wrong = []
        for row in self.parts:
            path = self.segment_path(row.msn)
            if row.gap:
                continue
            data = b""
            if path is not None:
                with path.open("rb") as file:
                    file.seek(row.offset)
                    data = file.read(row.bytes)
            if hashlib.sha256(data).hexdigest() != row.sha256:
                wrong.append(row)
        return wrong
