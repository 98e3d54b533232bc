"""The rules of low-latency HLS that two playlists of one rendition can only break together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from glisson.streaming.hls_parse import ListedPart, ListedSegment, Playlist

ROUNDING = 1e-4
"""Seconds by which decimal durations may differ from each other."""
CLOCK_SLACK = 0.003
CLOCK_SLEW = 0.02
"""Dates may run so much faster or slower than the durations: 3 ms and 2 %."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, and the delivery directives it was asked with (``_HLS_msn``, ``_HLS_part``, ``_HLS_skip=YES``)."""

    text: str
    msn: int | None = None
    part: int | None = None
    skip: bool = False


Found = Iterator[tuple[int, str, str]]
"""Line, short name of the rule, and what is wrong."""


@dataclass(slots=True)
class Seen:
    """What a client that got everything so far knows."""

    constants: dict[str, str] = field(default_factory=dict)
    segments: dict[int, ListedSegment] = field(default_factory=dict)
    breaks: dict[int, int] = field(default_factory=dict)
    first: int = -1
    last: tuple[int, int] = (-1, -1)
    hint: tuple[int, int, str] | None = None
    ended: bool = False


_FIXED = (
    "EXT-X-TARGETDURATION",
    "EXT-X-PART-INF",
    "EXT-X-SERVER-CONTROL",
    "EXT-X-VERSION",
    "EXT-X-INDEPENDENT-SEGMENTS",
)


def constants(playlist: Playlist, _: Fetched, seen: Seen) -> Found:
    """What a server may never change during the life of a playlist."""
    now = {tag: playlist.values[tag][1] for tag in _FIXED if tag in playlist.values}
    for tag in _FIXED:
        if seen.constants and now.get(tag) != seen.constants.get(tag):
            yield playlist.line_of(tag), "constant", f"{tag} was {seen.constants.get(tag)!r}, is {now.get(tag)!r}"
    seen.constants = seen.constants or now


def numbers(playlist: Playlist, _: Fetched, seen: Seen) -> Found:
    """Numbers never go back, and enough stays listed."""
    line = playlist.line_of("EXT-X-MEDIA-SEQUENCE")
    first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    if first < seen.first:
        yield line, "sequence", f"EXT-X-MEDIA-SEQUENCE went back from {seen.first} to {first}"
    last = last_listed(playlist)
    if last != (-1, -1) and last < seen.last:
        yield line, "sequence", f"the playlist ended at {seen.last} and now ends at {last}"
    if seen.first >= 0 and first > seen.first and not playlist.ended:
        target = playlist.number("EXT-X-TARGETDURATION")
        kept = [seen.segments[msn] for msn in range(first, first + playlist.skipped) if msn in seen.segments]
        length = sum(duration(segment) for segment in [*kept, *playlist.segments])
        if length < 3 * target:
            yield line, "window", f"segments were removed although only {length:.1f} s are left"
    if seen.ended and not playlist.ended:
        yield line, "endlist", "EXT-X-ENDLIST was taken back"


def delta(playlist: Playlist, answer: Fetched, seen: Seen) -> Found:
    """EXT-X-SKIP comes when asked for and possible, and skips only what is old enough and known."""
    until = playlist.control.get("CAN-SKIP-UNTIL")
    first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    line = playlist.line_of("EXT-X-SKIP")
    if playlist.skipped and not answer.skip:
        yield line, "skip", "a delta update that nobody asked for"
    if playlist.skipped and until is None:
        yield line, "skip", "a delta update without CAN-SKIP-UNTIL"
    if until is None or not answer.skip:
        return
    behind, possible = 0.0, 0
    for segment in reversed(playlist.segments):
        if behind >= float(until) + ROUNDING:
            possible += 1
        behind += duration(segment)
    if not playlist.skipped and possible and not playlist.ended:
        yield 1, "skip", "CAN-SKIP-UNTIL is promised, but _HLS_skip=YES was ignored"
    if playlist.skipped and behind < float(until) - ROUNDING:
        yield line, "skip", f"skips what is only {behind:.2f} s behind the end"
    unknown = [msn for msn in range(first, first + playlist.skipped) if seen.segments and msn not in seen.segments]
    if unknown:
        yield line, "skip", f"skips segment {unknown[0]}, which the client has never seen"


def continuity(playlist: Playlist, _: Fetched, seen: Seen) -> Found:
    """What was listed once stays as it was; discontinuities are counted right."""
    if playlist.segments and not playlist.skipped and not playlist.segments[0].map:
        yield playlist.segments[0].line, "map", "no EXT-X-MAP before the first segment"
    for segment, number in _numbered(playlist, seen):
        before = seen.segments.get(segment.msn)
        if before is None:
            continue
        if seen.breaks.get(segment.msn, number) != number:
            line = playlist.line_of("EXT-X-DISCONTINUITY-SEQUENCE")
            yield line, "breaks", f"discontinuity sequence of segment {segment.msn} changed to {number}"
        if before.uri is not None and (before.uri, before.duration) != (segment.uri, segment.duration):
            yield segment.line, "changed", f"segment {segment.msn} changed after it was complete"
        if before.clock is not None and before.clock != segment.clock:
            yield segment.line, "changed", f"the date of segment {segment.msn} changed"
        if before.discontinuous != segment.discontinuous:
            yield segment.line, "changed", f"EXT-X-DISCONTINUITY of segment {segment.msn} came or went"
        if segment.parts:
            for old, new in zip(before.parts, segment.parts, strict=False):
                same = (old.uri, old.duration, old.independent, old.gap) == (
                    new.uri,
                    new.duration,
                    new.independent,
                    new.gap,
                )
                if not same:
                    yield new.line, "changed", f"part {new.uri} changed after it was listed"
            if len(segment.parts) < len(before.parts):
                yield segment.line, "changed", f"parts of segment {segment.msn} were taken back"
    yield from _removed_parts(playlist)


def _removed_parts(playlist: Playlist) -> Found:
    """Parts stay listed until their segment is three target durations old."""
    behind = 0.0
    for segment in reversed(playlist.segments):
        if behind < 3 * playlist.number("EXT-X-TARGETDURATION") and not segment.parts and not playlist.ended:
            yield segment.line, "parts_removed", f"no parts although the segment is only {behind:.1f} s old"
        behind += duration(segment)


def dates(playlist: Playlist, _: Fetched, __: Seen) -> Found:
    """Dates advance with the media, not with the moment of the cut."""
    for before, after in zip(playlist.segments, playlist.segments[1:], strict=False):
        if before.clock is None or after.clock is None or after.discontinuous:
            continue
        error = abs(after.clock - before.clock - duration(before))
        if error > CLOCK_SLACK + CLOCK_SLEW * duration(before):
            yield after.line, "date_time", f"date and durations differ by {error * 1000:.0f} ms at segment {after.msn}"


def hint(playlist: Playlist, _: Fetched, seen: Seen) -> Found:
    """The part that was hinted comes under the hinted URI, unless a segment began or went on unforeseen."""
    if seen.hint is None:
        return
    msn, index, uri = seen.hint
    following: ListedPart | None = None
    position = (msn, index)
    for segment in playlist.segments:
        if segment.msn == msn and len(segment.parts) > index:
            following = segment.parts[index]
            break
        if segment.msn == msn + 1 and segment.parts:
            following, position = segment.parts[0], (msn + 1, 0)
            break
    if following is None or following.uri == uri:
        return
    hinted = next((s for s in playlist.segments for part in s.parts if part.uri == uri), None)
    foreseeable = uri not in (f"{msn}.{index}.m4s", f"{msn + 1}.0.m4s")
    if hinted is not None or foreseeable:
        yield following.line, "hint", f"hinted {uri}, came {following.uri} as {position}"


def _numbered(playlist: Playlist, seen: Seen) -> Iterator[tuple[ListedSegment, int]]:
    """Yield each segment with its discontinuity sequence number."""
    number = playlist.number("EXT-X-DISCONTINUITY-SEQUENCE")
    first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    for msn in range(first, first + playlist.skipped):
        number += msn in seen.segments and seen.segments[msn].discontinuous
    for segment in playlist.segments:
        number += segment.discontinuous
        yield segment, number


def duration(segment: ListedSegment) -> float:
    return segment.duration if segment.uri is not None else sum(part.duration for part in segment.parts)


def last_listed(playlist: Playlist) -> tuple[int, int]:
    """The newest segment and part listed."""
    if not playlist.segments:
        return (-1, -1)
    last = playlist.segments[-1]
    return last.msn, len(last.parts) - 1


def remember(playlist: Playlist, seen: Seen) -> None:
    for segment, number in _numbered(playlist, seen):
        before = seen.segments.get(segment.msn)
        if before is not None and not segment.parts:
            segment.parts = before.parts
        seen.segments[segment.msn] = segment
        seen.breaks[segment.msn] = number
    seen.first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    seen.last = max(seen.last, last_listed(playlist))
    seen.ended = playlist.ended
    last = playlist.segments[-1] if playlist.segments else None
    if playlist.hint is not None and last is not None:
        seen.hint = (*((last.msn + 1, 0) if last.uri else (last.msn, len(last.parts))), playlist.hint[1])
