"""A validator of low-latency HLS: the rules of rfc8216bis and of Apple's authoring specification that servers break.

It reads the playlists of one rendition in the order a client got them, with what the client asked for, and reports
every rule that one of them, or two of them together, break.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glisson.streaming.hls_history import (
    ROUNDING,
    Fetched,
    Found,
    Seen,
    constants,
    continuity,
    dates,
    delta,
    hint,
    last_listed,
    numbers,
    remember,
)
from glisson.streaming.hls_parse import ListedPart, ListedSegment, Playlist, parse

__all__ = ["Fetched", "Violation", "check"]

SHORTEST = 0.85


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: in which answer (from 0), on which line (from 1), its short name, and what is wrong."""

    playlist: int
    line: int
    rule: str
    text: str


def check(fetched: Iterable[Fetched], *, renditions: Sequence[str] = ()) -> list[Violation]:
    """Return every violation in these answers of one media playlist.

    Parameters
    ----------
    fetched : iterable of Fetched
        In the order they were received.
    renditions : sequence of str
        URIs of the other renditions, relative to this playlist: each needs a report.
    """
    seen = Seen()
    violations = []
    for index, answer in enumerate(fetched):
        playlist = parse(answer.text)
        found: list[tuple[int, str, str]] = [(line, "syntax", text) for line, text in playlist.problems]
        for rule in (constants, _header, numbers, delta, continuity, dates, hint):
            found += rule(playlist, answer, seen)
        found += _reports(playlist, renditions)
        found += _blocking(playlist, answer)
        for segment in playlist.segments:
            found += _segment(segment, playlist)
        violations += [Violation(index, line, rule_name, text) for line, rule_name, text in found]
        remember(playlist, seen)
    return violations


def _header(playlist: Playlist, _: Fetched, __: Seen) -> Found:
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
    newest, parts = last_listed(playlist)
    if answer.part is None:
        there = bool(complete) and complete[-1] >= answer.msn
    else:
        there = (newest, parts) >= (answer.msn, answer.part)
    if not there:
        yield 1, "blocking", f"asked for {answer.msn}.{answer.part}, got {newest}.{parts}"
