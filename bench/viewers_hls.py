"""How many low-latency HLS viewers one server core holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import clips, sources
from .audience import AudienceLost, Watched, watch
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row

ID = "streaming.viewers_hls"
LATEST_MS = 300
BUSY = 0.9
"""A load generator busier than this is the limit, not the server."""


def measure(clip: Callable[[], Path], count: int, lengths: Lengths) -> Watched:
    """Let ``count`` viewers play one feed."""
    with GlissonLive() as live, sources.looped(clip(), live.rtmp(live.key())):
        live.wait_on_air()
        return watch(
            "hls", live.pid, live.playlist(), count=count, seconds=lengths.seconds, headers=live.headers, settle=5.0
        )


def run(lengths: Lengths) -> list[Row]:
    """Measure the two numbers of viewers that the target names."""
    wanted = (("6 Mbit/s", clips.hd, 600), ("1.5 Mbit/s", clips.lean, 1000))
    return [_row(rate, clip, count, lengths) for rate, clip, count in wanted]


def _row(rate: str, clip: Callable[[], Path], count: int, lengths: Lengths) -> Row:
    name = f"{ID}_{count}"
    target = f"{count} viewers at {rate} on one core, p99 of part delivery ≤ {LATEST_MS} ms"
    notes, late = [], []
    held = True
    for _ in range(lengths.rounds):
        try:
            watched = measure(clip, count, lengths)
        except AudienceLost as lost:
            held = False
            notes.append(f"the viewers lost it: {lost}")
            continue
        seen = watched.figures
        late.append(seen["part_p99_ms"])
        missing = seen["expected_parts"] - seen["parts"]
        # Viewers between two parts when the time is over have not got the newest one yet; that is no loss.
        held = held and seen["errors"] == 0 and missing <= 2 * count
        limit = "; the load generator is the limit" if seen["busy"] > BUSY else ""
        notes.append(
            f"part p50 {seen['part_p50_ms']:.0f}, p99 {seen['part_p99_ms']:.0f}, worst {seen['part_worst_ms']:.0f} ms; "
            f"reload p99 {seen['reload_p99_ms']:.0f} ms; {seen['megabits']:.0f} Mbit/s; "
            f"server {watched.server.percent:.0f} % core; {seen['errors']} lost viewers; "
            f"load generator {100 * seen['busy']:.0f} % busy{limit}"
        )
    value = sorted(late)[len(late) // 2] if late else None
    met = held and value <= LATEST_MS if value is not None else False
    return Row(name, value, "ms, p99 part", target, met=met, notes=notes)
