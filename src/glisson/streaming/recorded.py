"""Playlists of a recording: VOD after the end, EVENT while it grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from glisson.streaming.multivariant import VERSION
from glisson.streaming.packets import TICKS
from glisson.streaming.playlist import HOLD_BACK, SKIP_UNTIL, date_time, seconds, target_duration


class RecordedSegment(Protocol):
    """What a playlist needs to know of a recorded segment; times in 90 kHz ticks, the clock in seconds since 1970."""

    msn: int
    init: int
    duration: int
    clock: float
    discontinuous: bool
    independent: bool
    gap: bool


def recorded_playlist(
    segments: Sequence[RecordedSegment], segment_limit: int, *, prefix: str = "", ended: bool, skip: bool = False
) -> str:
    """Return the playlist of a recording: VOD when ``ended``, else EVENT (what is listed stays listed).

    ``skip`` asks for a delta update of an EVENT playlist.
    """
    target = target_duration(segment_limit)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines.append(f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}")
    if ended and all(segment.independent for segment in segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    skipped = 0
    if not ended:
        lines.append(f"#EXT-X-SERVER-CONTROL:HOLD-BACK={HOLD_BACK * target}.0,CAN-SKIP-UNTIL={SKIP_UNTIL * target}.0")
        skipped = _recorded_skip(segments, SKIP_UNTIL * target * TICKS) if skip else 0
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    init = segments[skipped - 1].init if skipped else None
    for segment in segments[skipped:]:
        if segment.discontinuous:
            lines.append("#EXT-X-DISCONTINUITY")
        if segment.init != init:
            init = segment.init
            lines.append(f'#EXT-X-MAP:URI="{prefix}init-{init}.mp4"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{date_time(segment.clock)}")
        if segment.gap:
            lines.append("#EXT-X-GAP")
        lines.append(f"#EXTINF:{seconds(segment.duration)},\n{prefix}{segment.msn}.m4s")
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _recorded_skip(segments: Sequence[RecordedSegment], boundary: int) -> int:
    behind, count = 0, len(segments)
    while count and behind < boundary:
        count -= 1
        behind += segments[count].duration
    return count
