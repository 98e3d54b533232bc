"""Glass to glass over WebSocket: our player beside Node-Media-Server with mpegts.js."""

from __future__ import annotations

from . import sources
from .glass import Browser, Glass
from .glisson_live import GlissonLive
from .lengths import Lengths
from .pages import Pages
from .row import Row, compared, middle
from .servers import NodeMediaServer
from .turns import in_turns

ID = "streaming.glass_interactive"
TARGET = "p95 ≤ 350 ms and ≤ 1.0 × peer"
MOST_MS = 350


def ours(lengths: Lengths) -> Glass:
    """Return what our player shows."""
    with (
        GlissonLive() as live,
        Pages(live.web_port) as pages,
        sources.living(live.rtmp(live.key())),
        Browser() as browser,
    ):
        live.wait_on_air()
        return browser.watch(pages.ours(live), lengths.glass_seconds, live).settled()


def peer(lengths: Lengths) -> Glass:
    """Return what mpegts.js shows of the same source through Node-Media-Server."""
    with NodeMediaServer() as server, Pages() as pages, sources.living(server.rtmp("bench")), Browser() as browser:
        sources.wait_for_start()
        return browser.watch(pages.flv(server.socket("bench")), lengths.glass_seconds).settled()


def run(lengths: Lengths) -> list[Row]:
    """Measure both in turns."""
    turns = in_turns(lengths, lambda: ours(lengths), lambda: peer(lengths), "Node-Media-Server + mpegts.js")
    value, other = middle([glass.p(0.95) for glass in turns.ours]), middle([glass.p(0.95) for glass in turns.peer])
    row = Row(ID, value, "ms, p95", TARGET, turns.peer_name, other, notes=turns.notes, **compared(value, other, 1.0))
    if value is not None and value > MOST_MS:
        row.met = False
    return [row]
