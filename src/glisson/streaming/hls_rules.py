"""A validator of low-latency HLS: the rules of rfc8216bis and of Apple's authoring specification that servers break.

It reads the playlists of one rendition in the order a client got them, with what the client asked for, and reports
every rule that one of them, or two of them together, break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from glisson.streaming.hls_parse import ListedPart, ListedSegment, Playlist, parse

SHORTEST = 0.85
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


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: in which answer (from 0), on which line (from 1), its short name, and what is wrong."""

    playlist: int
    line: int
    rule: str
    text: str


@dataclass(slots=True)
class _Seen:
    """What a client that got everything so far knows."""

    constants: dict[str, str] = field(default_factory=dict)
    segments: dict[int, ListedSegment] = field(default_factory=dict)
    breaks: dict[int, int] = field(default_factory=dict)
    first: int = -1
    last: tuple[int, int] = (-1, -1)
    hint: tuple[int, int, str] | None = None
    ended: bool = False


Found = Iterator[tuple[int, str, str]]


def check(fetched: Iterable[Fetched], *, renditions: Sequence[str] = ()) -> list[Violation]:
    """Return every violation in these answers of one media playlist.

    Parameters
    ----------
    fetched : iterable of Fetched
        In the order they were received.
    renditions : sequence of str
        URIs of the other renditions, relative to this playlist: each needs a report.
    """
    seen = _Seen()
    violations = []
    for index, answer in enumerate(fetched):
        playlist = parse(answer.text)
        found: list[tuple[int, str, str]] = [(line, "syntax", text) for line, text in playlist.problems]
        for rule in (_constants, _header, _sequence, _delta, _continuity, _dates, _hint):
            found += rule(playlist, answer, seen)
        found += _reports(playlist, renditions)
        found += _blocking(playlist, answer)
        for segment in playlist.segments:
            found += _segment(segment, playlist)
        violations += [Violation(index, line, rule_name, text) for line, rule_name, text in found]
        _remember(playlist, seen)
    return violations


def _duration(segment: ListedSegment) -> float:
    return segment.duration if segment.uri is not None else sum(part.duration for part in segment.parts)


def _constants(playlist: Playlist, _: Fetched, seen: _Seen) -> Found:
    """What a server may never change during the life of a playlist."""
    now = {tag: playlist.values[tag][1] for tag in _FIXED if tag in playlist.values}
    for tag in _FIXED:
        if seen.constants and now.get(tag) != seen.constants.get(tag):
            yield playlist.line_of(tag), "constant", f"{tag} was {seen.constants.get(tag)!r}, is {now.get(tag)!r}"
    seen.constants = seen.constants or now


_FIXED = (
    "EXT-X-TARGETDURATION",
    "EXT-X-PART-INF",
    "EXT-X-SERVER-CONTROL",
    "EXT-X-VERSION",
    "EXT-X-INDEPENDENT-SEGMENTS",
)


def _header(playlist: Playlist, _: Fetched, __: _Seen) -> Found:
    """Target, hold-backs, skip boundary, version."""
    target, part = playlist.number("EXT-X-TARGETDURATION"), playlist.part_target
    control, line = playlist.control, playlist.line_of("EXT-X-SERVER-CONTROL")
    if not target:
        yield 1, "target_duration", "EXT-X-TARGETDURATION is missing"
    if playlist.number("EXT-X-VERSION") < (9 if playlist.skipped else 6):
        yield playlist.line_of("EXT-X-VERSION"), "version", "the version is too low for the tags used"
    if part is None:
        yield 1, "part_inf", "EXT-X-PART-INF is missing"
        return
    if control.get("CAN-BLOCK-RELOAD") != "YES":
        yield line, "block_reload", "CAN-BLOCK-RELOAD=YES is missing"
    for name, least in (("PART-HOLD-BACK", 3 * part), ("HOLD-BACK", 3 * target), ("CAN-SKIP-UNTIL", 6 * target)):
        value = control.get(name)
        if name == "PART-HOLD-BACK" and value is None:
            yield line, "hold_back", "PART-HOLD-BACK is missing"
        elif value is not None and float(value) < least - ROUNDING:
            rule = "skip_until" if name == "CAN-SKIP-UNTIL" else "hold_back"
            yield line, rule, f"{name} is {value} and must be at least {least:g}"
    if playlist.ended and playlist.hint:
        yield playlist.hint[0], "hint", "a preload hint after the end"
    if not playlist.ended and not playlist.hint:
        yield 1, "hint", "no preload hint"


def _segment(segment: ListedSegment, playlist: Playlist) -> Found:
    """One segment and its parts."""
    target, part_target = playlist.number("EXT-X-TARGETDURATION"), playlist.part_target or 0.0
    if segment.uri is not None and int(segment.duration + 0.5) > target:
        yield segment.line, "target_duration", f"segment of {segment.duration} s, target duration {target}"
    if segment.clock is None:
        yield segment.line, "date_time", "a segment without EXT-X-PROGRAM-DATE-TIME"
    for line, tag in segment.late_tags:
        yield line, "order", f"{tag} after the segment's first part"
    for position, part in enumerate(segment.parts):
        yield from _part(segment, position, part, part_target)
    if segment.parts and segment.uri is not None:
        total = sum(part.duration for part in segment.parts)
        if abs(total - segment.duration) > 0.01:
            yield segment.line, "part_sum", f"parts last {total:.5f} s, their segment {segment.duration:.5f} s"
    if "EXT-X-INDEPENDENT-SEGMENTS" in playlist.values and segment.parts and not segment.parts[0].independent:
        yield (
            segment.parts[0].line,
            "independent",
            "EXT-X-INDEPENDENT-SEGMENTS, yet a segment begins without a key frame",
        )


def _part(segment: ListedSegment, position: int, part: ListedPart, target: float) -> Found:
    if part.duration > target + ROUNDING:
        yield part.line, "part_long", f"part of {part.duration} s, target {target}"
    last = position + 1 == len(segment.parts)
    free = part.independent or part.gap or last or segment.parts[position + 1].gap
    if not free and part.duration < SHORTEST * target - ROUNDING:
        yield part.line, "part_short", f"part of {part.duration} s is shorter than 85 % of {target}"


def _sequence(playlist: Playlist, _: Fetched, seen: _Seen) -> Found:
    """Numbers never go back, and enough stays listed."""
    line = playlist.line_of("EXT-X-MEDIA-SEQUENCE")
    first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    if first < seen.first:
        yield line, "sequence", f"EXT-X-MEDIA-SEQUENCE went back from {seen.first} to {first}"
    last = _last(playlist)
    if last != (-1, -1) and last < seen.last:
        yield line, "sequence", f"the playlist ended at {seen.last} and now ends at {last}"
    if seen.first >= 0 and first > seen.first and not playlist.ended:
        target = playlist.number("EXT-X-TARGETDURATION")
        kept = [seen.segments[msn] for msn in range(first, first + playlist.skipped) if msn in seen.segments]
        length = sum(_duration(segment) for segment in [*kept, *playlist.segments])
        if length < 3 * target:
            yield line, "window", f"segments were removed although only {length:.1f} s are left"
    if seen.ended and not playlist.ended:
        yield line, "endlist", "EXT-X-ENDLIST was taken back"


def _delta(playlist: Playlist, answer: Fetched, seen: _Seen) -> Found:
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
        behind += _duration(segment)
    if not playlist.skipped and possible and not playlist.ended:
        yield 1, "skip", "CAN-SKIP-UNTIL is promised, but _HLS_skip=YES was ignored"
    if playlist.skipped and behind < float(until) - ROUNDING:
        yield line, "skip", f"skips what is only {behind:.2f} s behind the end"
    unknown = [msn for msn in range(first, first + playlist.skipped) if seen.segments and msn not in seen.segments]
    if unknown:
        yield line, "skip", f"skips segment {unknown[0]}, which the client has never seen"


def _continuity(playlist: Playlist, _: Fetched, seen: _Seen) -> Found:
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
        behind += _duration(segment)


def _numbered(playlist: Playlist, seen: _Seen) -> Iterator[tuple[ListedSegment, int]]:
    """Yield each segment with its discontinuity sequence number."""
    number = playlist.number("EXT-X-DISCONTINUITY-SEQUENCE")
    first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    for msn in range(first, first + playlist.skipped):
        number += msn in seen.segments and seen.segments[msn].discontinuous
    for segment in playlist.segments:
        number += segment.discontinuous
        yield segment, number


def _dates(playlist: Playlist, _: Fetched, __: _Seen) -> Found:
    """Dates advance with the media, not with the moment of the cut."""
    for before, after in zip(playlist.segments, playlist.segments[1:], strict=False):
        if before.clock is None or after.clock is None or after.discontinuous:
            continue
        error = abs(after.clock - before.clock - _duration(before))
        if error > CLOCK_SLACK + CLOCK_SLEW * _duration(before):
            yield after.line, "date_time", f"date and durations differ by {error * 1000:.0f} ms at segment {after.msn}"


def _hint(playlist: Playlist, _: Fetched, seen: _Seen) -> Found:
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


def _reports(playlist: Playlist, renditions: Sequence[str]) -> Found:
    """Every other rendition is reported, by a relative URI, with its last segment and part."""
    if playlist.ended:
        return
    given = {report.uri: report for report in playlist.reports}
    for uri in renditions:
        if uri not in given:
            yield 1, "report", f"no EXT-X-RENDITION-REPORT for {uri}"
    for report in playlist.reports:
        if "://" in report.uri:
            yield report.line, "report", "the URI of a rendition report is not relative"
        if report.msn is None or report.part is None:
            yield report.line, "report", "a rendition report without LAST-MSN and LAST-PART"


def _blocking(playlist: Playlist, answer: Fetched) -> Found:
    """A held request is answered with what it waited for."""
    if answer.msn is None or playlist.ended:
        return
    complete = [segment.msn for segment in playlist.segments if segment.uri is not None]
    newest, parts = _last(playlist)
    if answer.part is None:
        there = bool(complete) and complete[-1] >= answer.msn
    else:
        there = (newest, parts) >= (answer.msn, answer.part)
    if not there:
        yield 1, "blocking", f"asked for {answer.msn}.{answer.part}, got {newest}.{parts}"


def _last(playlist: Playlist) -> tuple[int, int]:
    """The newest segment and part listed."""
    if not playlist.segments:
        return (-1, -1)
    last = playlist.segments[-1]
    return last.msn, len(last.parts) - 1


def _remember(playlist: Playlist, seen: _Seen) -> None:
    for segment, number in _numbered(playlist, seen):
        before = seen.segments.get(segment.msn)
        if before is not None and not segment.parts:
            segment.parts = before.parts
        seen.segments[segment.msn] = segment
        seen.breaks[segment.msn] = number
    seen.first = playlist.number("EXT-X-MEDIA-SEQUENCE")
    seen.last = max(seen.last, _last(playlist))
    seen.ended = playlist.ended
    last = playlist.segments[-1] if playlist.segments else None
    if playlist.hint is not None and last is not None:
        seen.hint = (*((last.msn + 1, 0) if last.uri else (last.msn, len(last.parts))), playlist.hint[1])
