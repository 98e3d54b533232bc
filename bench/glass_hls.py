"""Glass to glass over HLS: our low-latency HLS beside nginx-rtmp with 1 s fragments; both played by hls.js."""

from __future__ import annotations

from . import sources
from .glass import Browser, Glass
from .glisson_live import GlissonLive
from .lengths import Lengths
from .pages import Pages
from .row import Row, compared, middle
from .servers import Nginx
from .turns import in_turns

ID = "streaming.glass_hls"
TARGET = "p95 ≤ 0.40 × peer, no stall in 10 minutes"


def ours(seconds: float) -> Glass:
    """Return what hls.js shows of our low-latency playlist."""
    with (
        GlissonLive() as live,
        Pages(live.web_port) as pages,
        sources.living(live.rtmp(live.key())),
        Browser() as browser,
    ):
        live.wait_on_air()
        return browser.watch(pages.hls(live.playlist(), credentials=True), seconds, live).settled()


def peer(seconds: float) -> Glass:
    """Return what hls.js shows of nginx-rtmp's playlist."""
    with Nginx(fragment="1s") as server, Pages() as pages, sources.living(server.rtmp("bench")), Browser() as browser:
        sources.wait_for_start(12)
        return browser.watch(pages.hls(server.playlist("bench"), credentials=False), seconds).settled()


def run(lengths: Lengths) -> list[Row]:
    """Measure both in turns, then ours alone for long enough to see a stall."""
    turns = in_turns(
        lengths, lambda: ours(lengths.glass_seconds), lambda: peer(lengths.glass_seconds + 10), "nginx-rtmp HLS 1 s"
    )
    long = ours(1.5 * lengths.stall_seconds)
    stalls = long.rebuffers()
    value, other = middle([glass.p(0.95) for glass in turns.ours]), middle([glass.p(0.95) for glass in turns.peer])
    notes = [*turns.notes, f"ours, {lengths.stall_seconds:.0f} s without a break: {long}"]
    row = Row(ID, value, "ms, p95", TARGET, turns.peer_name, other, notes=notes, **compared(value, other, 0.40))
    if row.met is not None:
        row.met = row.met and stalls == 0
    return [row]
