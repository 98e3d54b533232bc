"""Low-latency HLS playlists (rfc8216bis and Apple's authoring specification), rendered from rings.

URIs are relative to ``…/<feed>/<rung>/live.m3u8`` and ``…/<feed>/index.m3u8``; every viewer gets the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from glisson.streaming.multivariant import VERSION, Variant, multivariant, variant
from glisson.streaming.packets import TICKS
from glisson.streaming.ring import Part, Ring, Segment

__all__ = ["LivePlaylist", "Report", "Variant", "multivariant", "report", "target_duration", "variant"]

HOLD_BACK = 3
"""Players without parts stay three target durations behind, those with parts three part targets."""
SKIP_UNTIL = 6
"""Delta updates leave out what is older than this many target durations."""
PARTS_FOR = 3
"""Parts are listed for segments that ended less than this many target durations ago."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where another rendition of the feed stands now, for EXT-X-RENDITION-REPORT."""

    uri: str
    msn: int
    part: int


def target_duration(segment_limit: int) -> int:
    """Return what TARGETDURATION promises for the life of a feed, in seconds."""
    return -(-segment_limit // TICKS)


def date_time(clock: float) -> str:
    """Return a wall clock in UTC with milliseconds (ISO 8601)."""
    moment = datetime.fromtimestamp(round(clock * 1000) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(ticks: int) -> str:
    """Return ticks as decimal seconds, exact to ten microseconds."""
    return f"{ticks / TICKS:.5f}"


def report(uri: str, ring: Ring) -> Report | None:
    """Return where a ring stands, or None when nothing is complete in it yet."""
    for segment in reversed(ring.segments):
        complete = sum(1 for part in segment.parts if part.complete)
        if complete:
            return Report(uri, segment.msn, complete - 1)
    return None


class LivePlaylist:
    """The media playlist of one ring: rendered once for a state of the ring, complete segments once for life."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._segments: dict[tuple[int, bool], str] = {}
        self._version = -1
        self._texts: dict[tuple[bool, int, tuple[Report, ...]], bytes] = {}

    def render(self, *, skip: bool = False, since: int = 0, reports: Sequence[Report] = ()) -> bytes:
        """Return the playlist as it is now.

        Parameters
        ----------
        skip : bool
            A delta update was asked for (``_HLS_skip=YES``); a full playlist is given when nothing can be left out.
        since : int
            First media sequence number that may be shown (what came before was not on air).
        reports : sequence of Report
            The other renditions of the feed.
        """
        ring = self.ring
        if self._version != ring.version:
            self._version = ring.version
            self._texts.clear()
        key = (skip, since, tuple(reports))
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._render(skip, since, reports).encode()
        return text

    def _render(self, skip: bool, since: int, reports: Sequence[Report]) -> str:
        ring = self.ring
        segments = [segment for segment in ring.segments if segment.msn >= since and _listed(segment)]
        behind = _behind(segments)
        target = target_duration(ring.segment_limit)
        lines = [*_head(ring, target), *_numbers(ring, segments, since)]
        skipped = sum(1 for ticks in behind if ticks >= SKIP_UNTIL * target * TICKS) if skip else 0
        if skipped:
            lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
        init = segments[skipped - 1].init if skipped else None
        for segment, ticks in zip(segments[skipped:], behind[skipped:], strict=True):
            with_parts = ticks <= PARTS_FOR * target * TICKS
            if segment.init != init:
                init = segment.init
                lines.append(self._segment(segment, with_parts, f'#EXT-X-MAP:URI="init-{init}.mp4"\n'))
            else:
                lines.append(self._segment(segment, with_parts, ""))
        if ring.ended:
            lines.append("#EXT-X-ENDLIST")
        else:
            msn, part = ring.hint or ring.next_msn_part()
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{max(msn, since)}.{part if msn >= since else 0}.m4s"')
            lines += [f'#EXT-X-RENDITION-REPORT:URI="{r.uri}",LAST-MSN={r.msn},LAST-PART={r.part}' for r in reports]
        self._forget(segments)
        return "\n".join(lines) + "\n"

    def _segment(self, segment: Segment, with_parts: bool, map_line: str) -> str:
        key = (segment.msn, with_parts)
        text = self._segments.get(key)
        if text is None:
            text = _segment_text(segment, with_parts)
            if segment.complete:
                self._segments[key] = text
        return text.replace("\x00", map_line, 1)

    def _forget(self, segments: list[Segment]) -> None:
        if segments and len(self._segments) > 4 * len(segments) + 8:
            first = self.ring.segments[0].msn
            self._segments = {key: text for key, text in self._segments.items() if key[0] >= first}


def _listed(segment: Segment) -> bool:
    return segment.complete or any(part.complete for part in segment.parts)


def _behind(segments: list[Segment]) -> list[int]:
    """How far each segment's end lies behind the end of the playlist: gaps in media time do not count."""
    behind, ticks = [], 0
    for segment in reversed(segments):
        behind.append(ticks)
        ticks += sum(part.duration for part in segment.parts if part.complete)
    behind.reverse()
    return behind


def _head(ring: Ring, target: int) -> list[str]:
    part = ring.part_target / TICKS
    control = (
        f"CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={HOLD_BACK * part:.3f},"
        f"HOLD-BACK={HOLD_BACK * target}.0,CAN-SKIP-UNTIL={SKIP_UNTIL * target}.0"
    )
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{target}",
        f"#EXT-X-SERVER-CONTROL:{control}",
        f"#EXT-X-PART-INF:PART-TARGET={part:.3f}",
    ]


def _numbers(ring: Ring, segments: list[Segment], since: int) -> list[str]:
    if segments:
        first = segments[0]
        sequence, breaks = first.msn, first.discontinuity_sequence - first.discontinuous
    else:
        sequence, breaks = max(ring.next_msn_part()[0], since), ring.discontinuity_sequence
    return [f"#EXT-X-MEDIA-SEQUENCE:{sequence}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks}"]


def _segment_text(segment: Segment, with_parts: bool) -> str:
    """One segment's lines; a NUL stands where the MAP line goes when it is needed."""
    lines = ["#EXT-X-DISCONTINUITY"] if segment.discontinuous else []
    lines.append(f"\x00#EXT-X-PROGRAM-DATE-TIME:{date_time(segment.clock)}")
    if with_parts or not segment.complete:
        lines += [_part_line(part) for part in segment.parts if part.complete]
    if segment.complete:
        if segment.gap:
            lines.append("#EXT-X-GAP")
        lines.append(f"#EXTINF:{seconds(segment.duration)},\n{segment.msn}.m4s")
    return "\n".join(lines)


def _part_line(part: Part) -> str:
    line = f'#EXT-X-PART:DURATION={seconds(part.duration)},URI="{part.msn}.{part.index}.m4s"'
    if part.gap:
        return line + ",GAP=YES"
    return line + ",INDEPENDENT=YES" if part.independent else line
