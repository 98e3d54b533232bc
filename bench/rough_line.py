"""A rough line: 80 ms round trip and stalls of 300 ms every six seconds or so; nothing may stand still on the glass."""

from __future__ import annotations

import sys

from . import sources
from .glass import Browser, Glass
from .glisson_live import GlissonLive
from .lengths import Lengths
from .machine import LOAD_CORES
from .pages import Pages
from .processes import Program, free_port
from .row import Row

ID = "streaming.rough_line"
ONE_WAY_MS, STALL_MS, EVERY_S = 40, 300, 6


def measure(lengths: Lengths, *, interactive: bool) -> Glass:
    """Return what a viewer behind the line sees."""
    port = free_port()
    with GlissonLive() as live, Pages(live.web_port) as pages, sources.living(live.rtmp(live.key())):
        live.wait_on_air()
        command = [sys.executable, "-m", "bench.line", str(port), str(live.http_port)]
        command += [str(ONE_WAY_MS), str(STALL_MS), str(EVERY_S)]
        with Program(command, sources.LOGS / "line.log", LOAD_CORES) as line, Browser() as browser:
            line.wait_for_port(port)
            front = f"http://127.0.0.1:{port}"
            playlist = live.playlist().replace(live.base, front)
            page = pages.ours(live, live_base=front) if interactive else pages.hls(playlist, credentials=True)
            return browser.watch(page, 1.5 * lengths.stall_seconds, live).settled()


def run(lengths: Lengths) -> list[Row]:
    """Measure both ways of playing, for as long as the lengths say after a third that is dropped."""
    rows = []
    for name, interactive, most in (("interactive", True, 800), ("hls", False, 2500)):
        glass = measure(lengths, interactive=interactive)
        target = f"0 rebuffers in 10 minutes at ≤ {most / 1000} s"
        value = glass.p(0.95)
        met = glass.rebuffers() == 0 and value <= most if value is not None else False
        note = f"{lengths.stall_seconds:.0f} s: {glass}; {len(glass.waits)} times dry, shorter ones included"
        rows.append(Row(f"{ID}_{name}", value, "ms, p95", target, met=met, notes=[note]))
    return rows
