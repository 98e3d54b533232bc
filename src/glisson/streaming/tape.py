"""The files of one recording while they are written. Everything here may block and runs in the recorders' thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from glisson.streaming import manifest
from glisson.streaming.ring import Init, Part, Ring, Segment


@dataclass(frozen=True, slots=True)
class PartToWrite:
    """A complete part and what its line needs to know."""

    part: Part
    segment: Segment
    data: bytes
    after_gap: bool


Item = Init | PartToWrite | bytes
"""What is written: an initialisation segment, a part, or a ready line of the manifest."""


class Tape:
    """Appends to a recording's folder; the first write mends what a power cut left.

    Policy: the bytes of a part are on disk (``fdatasync``) before its line is written, and the line is on disk before
    the next batch. A process that is killed loses the part it was writing, a power cut the same; a new file's name is
    made durable with it (``fsync`` of the folder). Parts that came while the disk was busy are synchronised together.
    A rung that is made from another (the small picture, the sound alone) is synchronised a segment at a time instead:
    after a power cut the original has what it lost, and each synchronisation costs a commit of the file system.

    Parameters
    ----------
    folder : Path
        Made when missing.
    ring : Ring
        Only its constants are read here (the epoch and the targets).
    each_part : bool
        False for a rung made from another.
    """

    def __init__(self, folder: Path, ring: Ring, *, each_part: bool = True) -> None:
        self._each_part = each_part
        self.folder = folder
        self.ring = ring
        self._manifest: int | None = None
        self._manifest_end = 0
        self._segment: int | None = None
        self._msn = -1
        self._segment_end = 0
        self._inits: set[int] = set()

    def write(self, batch: Sequence[Item]) -> int:
        """Append a batch and make it durable; return the bytes of media written.

        Raises
        ------
        OSError
            The disk is full or failing. What the batch left is cut off again; the tape is closed.
        """
        try:
            if self._manifest is None:
                self._open()
            return self._append(batch)
        except OSError:
            self._undo()
            raise

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in (self._segment, self._manifest):
            if descriptor is not None:
                with suppress(OSError):
                    if not self._each_part:
                        os.fdatasync(descriptor)
                    os.close(descriptor)
        self._segment = self._manifest = None
        self._msn = -1

    def _append(self, batch: Sequence[Item]) -> int:
        lines: list[bytes] = []
        written = 0
        committed = self._segment_end
        for item in batch:
            if isinstance(item, bytes):
                lines.append(item)
            elif isinstance(item, Init):
                if item.number not in self._inits:
                    self._write_init(item)
                    lines.append(manifest.init_line(item))
            else:
                written += self._write_part(item, lines)
        if self._each_part and self._segment is not None and self._segment_end != committed:
            os.fdatasync(self._segment)
        if lines and self._manifest is not None:
            data = b"".join(lines)
            _write_all(self._manifest, data)
            if self._each_part:
                os.fdatasync(self._manifest)
            self._manifest_end += len(data)
        return written

    def _write_part(self, item: PartToWrite, lines: list[bytes]) -> int:
        part = item.part
        if part.msn != self._msn:
            self._next_segment(part.msn)
        discontinuous = part.discontinuous or item.after_gap
        lines.append(manifest.part_line(part, item.segment, item.data, self._segment_end, discontinuous=discontinuous))
        if self._segment is not None:
            _write_all(self._segment, item.data)
        self._segment_end += len(item.data)
        return len(item.data)

    def _next_segment(self, msn: int) -> None:
        if self._segment is not None:
            os.fdatasync(self._segment)
            os.close(self._segment)
            self._segment = None
            if not self._each_part and self._manifest is not None:
                os.fdatasync(self._manifest)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._segment = os.open(self.folder / f"{msn}.m4s", flags, 0o640)
        self._msn, self._segment_end = msn, 0
        self._sync_folder()

    def _write_init(self, init: Init) -> None:
        path = self.folder / f"init-{init.number}.mp4"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        try:
            _write_all(descriptor, init.data)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        self._sync_folder()
        self._inits.add(init.number)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / manifest.NAME
        self._inits, self._manifest_end = mend(self.folder)
        self._manifest = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        head = manifest.head_line(self.ring)
        _write_all(self._manifest, head)
        self._manifest_end += len(head)

    def _undo(self) -> None:
        """Cut off what has no line; when even that fails, the next `mend` does it."""
        with suppress(OSError):
            if self._manifest is not None:
                os.ftruncate(self._manifest, self._manifest_end)
        self.close()
        with suppress(OSError):
            mend(self.folder)


def mend(folder: Path) -> tuple[set[int], int]:
    """Cut off torn tails: half a line, bytes after the last part, files that no line names.

    Returns
    -------
    tuple
        Numbers of the initialisation segments that are whole, and the length of the manifest.
    """
    sizes: dict[int, int] = {}
    inits: set[int] = set()
    good = 0
    torn: int | None = None
    path = folder / manifest.NAME
    for values, position in manifest.read_lines(path):
        row = manifest.read_part(values)
        if row is not None:
            if _size(folder / f"{row.msn}.m4s") < row.offset + row.bytes:
                torn = good if torn is None else torn  # the line outlived its bytes
            else:
                sizes[row.msn], torn = row.offset + row.bytes, None
        elif values.get("kind") == "init" and _size(folder / f"init-{values['number']}.mp4") == values["bytes"]:
            inits.add(values["number"])
        good = position
    if path.exists():
        os.truncate(path, good if torn is None else torn)
    for file in folder.glob("*.m4s"):
        size = sizes.get(int(file.stem)) if file.stem.isdigit() else None
        if size is None:
            file.unlink()
        elif file.stat().st_size > size:
            os.truncate(file, size)
    return inits, good if torn is None else torn


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _write_all(descriptor: int, data: bytes, write: Callable[[int, memoryview], int] = os.write) -> None:
    view = memoryview(data)
    while view:
        view = view[write(descriptor, view) :]
