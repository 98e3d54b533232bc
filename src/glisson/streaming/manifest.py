"""The manifest of a recording: one JSON line for each part, written after the part's bytes are on disk.

A line that is not complete was being written when the power went; nothing after the last complete line counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glisson.streaming.ring import Init, Part, Ring, Segment

NAME = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class PartRow:
    """One recorded part.

    Parameters
    ----------
    msn, part : int
        Which segment, and which part of it.
    start, duration : int
        Media time since the feed's epoch and length, 90 kHz ticks.
    clock : float
        Wall clock of its first picture.
    offset, bytes : int
        Where in ``<msn>.m4s`` it lies.
    sha256 : str
        Of these bytes.
    init : int
        Initialisation segment it is decoded with.
    frames : int
        Pictures in it (of sound alone: frames of sound).
    independent, key_first, discontinuous, covered : bool
        Holds a key frame; begins with one; the timeline broke before it; was covered by the shutter.
    breaks : int
        Discontinuity sequence of its segment.
    sequence : int
        Sequence number after its last fragment.
    gap : bool
        Nothing could be written for this time (a rung's worker was away).
    """

    msn: int
    part: int
    start: int
    duration: int
    clock: float
    offset: int
    bytes: int
    sha256: str
    init: int
    frames: int
    independent: bool
    key_first: bool
    discontinuous: bool
    covered: bool
    breaks: int
    sequence: int
    gap: bool

    @property
    def end(self) -> int:
        """Media time after it."""
        return self.start + self.duration


_FIELDS = tuple(PartRow.__slots__)


def part_line(part: Part, segment: Segment, data: bytes, offset: int, *, discontinuous: bool) -> bytes:
    """Return the line for a part that lies at this offset of its segment's file."""
    values = {
        "msn": part.msn,
        "part": part.index,
        "start": part.start,
        "duration": part.duration,
        "clock": round(part.clock, 6),
        "offset": offset,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "init": part.init,
        "frames": sum(fragment.frames for fragment in part.fragments),
        "independent": part.independent,
        "key_first": bool(part.fragments) and part.fragments[0].independent,
        "discontinuous": discontinuous,
        "covered": part.covered,
        "breaks": segment.discontinuity_sequence,
        "sequence": part.fragments[-1].sequence + 1 if part.fragments else 0,
        "gap": part.gap,
    }
    return _line(values)


def head_line(ring: Ring) -> bytes:
    """Return the line a recording, and each continuation of it, begins with."""
    return _line(
        {"kind": "recording", "epoch": ring.epoch, "part_target": ring.part_target, "limit": ring.segment_limit}
    )


def init_line(init: Init) -> bytes:
    """Return the line for an initialisation segment."""
    sha256 = hashlib.sha256(init.data).hexdigest()
    return _line(
        {
            "kind": "init",
            "number": init.number,
            "codecs": init.codecs,
            "width": init.width,
            "height": init.height,
            "bytes": len(init.data),
            "sha256": sha256,
        }
    )


def segment_line(msn: int) -> bytes:
    """Return the line that says a segment gets no more parts."""
    return _line({"kind": "segment", "msn": msn})


def gap_line(reason: str) -> bytes:
    """Return the line that marks a hole in the recording, with its reason, before the part that goes on."""
    return _line({"kind": "gap", "reason": reason})


def closed_line() -> bytes:
    """Return the line that says the feed was closed: the recording is complete."""
    return _line({"kind": "closed"})


def read_part(values: dict[str, Any]) -> PartRow | None:
    """Return the row of a part line, or None when it lacks a field."""
    try:
        return PartRow(*(values[name] for name in _FIELDS))
    except KeyError:
        return None


def read_lines(path: Path, start: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each complete line from byte ``start`` on and the position after it; what is no JSON object is skipped."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return
    position = start
    for line in data.split(b"\n")[:-1]:
        position += len(line) + 1
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if isinstance(values, dict):
            yield values, position


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"
