"""The encoder drops and returns: how soon its pictures are on the glass again, without a reload of the page."""

from __future__ import annotations

import re
import time
from datetime import datetime

from playwright.sync_api import Page

from . import sources
from .glass import Browser, Glass, collect
from .glisson_live import GlissonLive
from .lengths import Lengths
from .pages import Pages
from .row import Row

ID = "streaming.resume"
TARGET = "pictures again within 2 s of the encoder's return, no page reload"
MOST_MS = 2000
SAID = re.compile(r"^(\S+ \S+) The white light feed is on its way", re.MULTILINE)


def measure(absences: list[float], *, interactive: bool) -> list[float]:
    """Return, for each absence (seconds), milliseconds between the encoder's return and its first picture shown."""
    found = []
    with GlissonLive() as live, Pages(live.web_port) as pages, Browser() as browser:
        source = sources.living(live.rtmp(live.key()))
        live.wait_on_air()
        address = pages.ours(live) if interactive else pages.hls(live.playlist(), credentials=True)
        with browser.open(address, live) as (page, glass):
            page.wait_for_timeout(6000)
            page.evaluate("() => { window.notReloaded = true }")
            for absence in absences:
                source.kill()
                page.wait_for_timeout(1000 * absence)
                source = sources.living(live.rtmp(live.key()))
                returned = _returned(page, source)
                page.wait_for_timeout(8000)
                found.append(_first_after(collect(page, glass), returned))
            if not page.evaluate("() => window.notReloaded === true"):
                found = [float("inf")] * len(found)
        source.stop()
    return found


def _returned(page: Page, source: sources.Program) -> float:
    """Wait until the new encoder is connected; return when that was, ms since 1970."""
    size = source.log_start
    for _ in range(300):
        said = SAID.findall(source.log.read_bytes()[size:].decode())
        if said:
            moment = datetime.strptime(said[-1], "%Y-%m-%d %H:%M:%S,%f")  # noqa: DTZ007 - the log is in local time
            return 1000 * time.mktime(moment.timetuple()) + moment.microsecond / 1000
        page.wait_for_timeout(100)
    raise RuntimeError("The encoder did not come back.")


def _first_after(glass: Glass, returned: float) -> float:
    fresh = [now for _, now, clock in glass.frames if clock is not None and (clock - returned) % 2**32 < 2**31]
    return min(fresh) - returned if fresh else float("inf")


def run(lengths: Lengths) -> list[Row]:
    """Measure a short absence over WebSocket and over HLS; with the full lengths a minute's absence as well."""
    rows = []
    for name, interactive in (("interactive", True), ("hls", False)):
        absences = [1.0, 60.0] if lengths.full else [1.0]
        found = measure(absences, interactive=interactive)
        worst = max(found)
        notes = [
            f"encoder killed and started again after {absence:.0f} s (and the 3 to 5 s it needs to start): "
            f"{milliseconds:.0f} ms from its connection to its first picture on the glass"
            for absence, milliseconds in zip(absences, found, strict=True)
        ]
        value = None if worst == float("inf") else worst
        rows.append(Row(f"{ID}_{name}", value, "ms", TARGET, met=worst <= MOST_MS, notes=notes))
    return rows
