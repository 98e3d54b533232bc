"""Reading media playlists, for the validator of our own and for tests. Strict: what it does not know it reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^,"]+)(?:,|$)')

_SEGMENT_TAGS = ("EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-GAP", "EXTINF")
_PLAYLIST_TAGS = (
    *("EXTM3U", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-SERVER-CONTROL", "EXT-X-PART-INF", "EXT-X-SKIP"),
    *("EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT"),
    *("EXT-X-ENDLIST", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-PLAYLIST-TYPE"),
)


@dataclass(slots=True)
class ListedPart:
    """One EXT-X-PART line; the duration in seconds."""

    line: int
    uri: str
    duration: float
    independent: bool
    gap: bool


@dataclass(slots=True)
class ListedSegment:
    """One segment, complete (it has a URI) or growing; times in seconds, ``clock`` since 1970."""

    line: int
    msn: int = 0
    uri: str | None = None
    duration: float = 0.0
    clock: float | None = None
    discontinuous: bool = False
    map: str | None = None
    gap: bool = False
    parts: list[ListedPart] = field(default_factory=list)
    late_tags: list[tuple[int, str]] = field(default_factory=list)
    """Tags that came after the first part although they belong before it."""


@dataclass(slots=True)
class ListedReport:
    """One EXT-X-RENDITION-REPORT line."""

    line: int
    uri: str
    msn: int | None
    part: int | None


@dataclass(slots=True)
class Playlist:
    """A media playlist as read; ``values`` are single-valued tags with their line, ``control`` SERVER-CONTROL."""

    segments: list[ListedSegment] = field(default_factory=list)
    values: dict[str, tuple[int, str]] = field(default_factory=dict)
    control: dict[str, str] = field(default_factory=dict)
    part_target: float | None = None
    skipped: int = 0
    hint: tuple[int, str] | None = None
    reports: list[ListedReport] = field(default_factory=list)
    ended: bool = False
    problems: list[tuple[int, str]] = field(default_factory=list)

    def number(self, tag: str, default: int = 0) -> int:
        """Return the whole number a tag carries."""
        return int(self.values[tag][1]) if tag in self.values else default

    def line_of(self, tag: str) -> int:
        """Return the line of a tag, 1 when it is absent."""
        return self.values[tag][0] if tag in self.values else 1


def attributes(text: str) -> dict[str, str]:
    """Return an attribute list as a mapping, quotes removed."""
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


def parse(text: str) -> Playlist:
    """Read a media playlist; malformed lines are collected in ``problems``."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            reader.take(number, line)
        except (KeyError, ValueError) as error:
            reader.playlist.problems.append((number, f"malformed line {line!r}: {error}"))
    return reader.finish()


class _Reader:
    def __init__(self) -> None:
        self.playlist = Playlist()
        self._growing: ListedSegment | None = None

    def take(self, number: int, line: str) -> None:
        playlist = self.playlist
        if number == 1 and line != "#EXTM3U":
            playlist.problems.append((1, "the first line is not #EXTM3U"))
        if not line:
            return
        if not line.startswith("#"):
            self._uri(number, line)
            return
        if not line.startswith("#EXT"):
            return  # a comment
        tag, _, value = line[1:].partition(":")
        if tag in _SEGMENT_TAGS:
            self._segment_tag(number, tag, value)
        elif tag == "EXT-X-PART":
            self._part(number, attributes(value))
        elif tag in _PLAYLIST_TAGS:
            self._playlist_tag(number, tag, value)
        else:
            playlist.problems.append((number, f"unknown tag {tag}"))

    def finish(self) -> Playlist:
        playlist = self.playlist
        if self._growing is not None:
            playlist.segments.append(self._growing)
        first = playlist.number("EXT-X-MEDIA-SEQUENCE") + playlist.skipped
        for position, segment in enumerate(playlist.segments):
            segment.msn = first + position
        return playlist

    def _segment(self, number: int) -> ListedSegment:
        if self._growing is None:
            self._growing = ListedSegment(number)
        return self._growing

    def _uri(self, number: int, uri: str) -> None:
        segment = self._segment(number)
        if not segment.duration:
            self.playlist.problems.append((number, "a segment without EXTINF"))
        segment.uri = uri
        self.playlist.segments.append(segment)
        self._growing = None

    def _segment_tag(self, number: int, tag: str, value: str) -> None:
        segment = self._segment(number)
        if segment.parts and tag not in ("EXTINF", "EXT-X-GAP"):
            segment.late_tags.append((number, tag))
        if tag == "EXT-X-DISCONTINUITY":
            segment.discontinuous = True
        elif tag == "EXT-X-MAP":
            segment.map = attributes(value)["URI"]
        elif tag == "EXT-X-PROGRAM-DATE-TIME":
            segment.clock = datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        elif tag == "EXT-X-GAP":
            segment.gap = True
        else:
            segment.duration = float(value.partition(",")[0])
            segment.line = number

    def _part(self, number: int, values: dict[str, str]) -> None:
        part = ListedPart(
            number,
            values["URI"],
            float(values["DURATION"]),
            values.get("INDEPENDENT") == "YES",
            values.get("GAP") == "YES",
        )
        self._segment(number).parts.append(part)

    def _playlist_tag(self, number: int, tag: str, value: str) -> None:
        playlist = self.playlist
        if tag == "EXT-X-SERVER-CONTROL":
            playlist.control = attributes(value)
        elif tag == "EXT-X-PART-INF":
            playlist.part_target = float(attributes(value)["PART-TARGET"])
        elif tag == "EXT-X-SKIP":
            playlist.skipped = int(attributes(value)["SKIPPED-SEGMENTS"])
        elif tag == "EXT-X-PRELOAD-HINT":
            playlist.hint = (number, attributes(value)["URI"])
        elif tag == "EXT-X-RENDITION-REPORT":
            values = attributes(value)
            msn, part = values.get("LAST-MSN"), values.get("LAST-PART")
            report = ListedReport(number, values["URI"], int(msn) if msn else None, int(part) if part else None)
            playlist.reports.append(report)
        elif tag == "EXT-X-ENDLIST":
            playlist.ended = True
        if tag in playlist.values and tag not in ("EXT-X-RENDITION-REPORT", "EXT-X-PRELOAD-HINT"):
            playlist.problems.append((number, f"a second {tag}"))
        playlist.values[tag] = (number, value)
