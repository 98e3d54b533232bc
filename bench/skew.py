"""Four angles side by side in our stage: how far apart their clocks are on the glass at one moment."""

from __future__ import annotations

from . import sources
from .glass import Browser
from .glisson_live import GlissonLive
from .lengths import Lengths
from .pages import Pages
from .row import Row, percentile

ID = "streaming.skew"
TARGET = "4 angles, p95 within one frame (40 ms) after sync"
FRAME_MS = 40


def run(lengths: Lengths) -> list[Row]:
    """Show two rehearsals of two views each, all at 25 frames a second, and compare the clocks at every new picture."""
    small = {"size": "640x360", "fps": 25, "bit_rate": 800_000}
    with (
        GlissonLive(4) as live,
        Pages(live.web_port) as pages,
        sources.living(live.rtmp(live.key(0)), live.rtmp(live.key(1)), **small),
        sources.living(live.rtmp(live.key(2)), live.rtmp(live.key(3)), **small),
        Browser() as browser,
    ):
        for at in range(4):
            live.wait_on_air(at)
        glass = browser.watch(pages.ours(live, feeds=4), lengths.glass_seconds + 10, live).settled()
    differences = [difference for _, difference in glass.together]
    shown = len({video for video, _, _ in glass.frames})
    if shown < 4 or not differences:
        return [Row(ID, None, "ms, p95", TARGET, met=False, notes=[f"only {shown} angles were shown: {glass}"])]
    value = percentile(differences, 0.95)
    spread = f"p50 {percentile(differences, 0.5):.0f}, p95 {value:.0f}, worst {max(differences):.0f} ms"
    note = f"{spread} over {len(differences)} moments; {glass}"
    return [Row(ID, value, "ms, p95", TARGET, met=value <= FRAME_MS, notes=[note])]
