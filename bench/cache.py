"""Varnish, as we ship its configuration, in front of the live process: what it keeps away, and what it adds."""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass
from pathlib import Path

from . import clips, sources
from .audience import Watched, watch
from .glisson_live import GlissonLive
from .lengths import Lengths
from .machine import LOAD_CORES
from .processes import Program, resident
from .row import Row, middle
from .servers import PeerMissing, Varnish
from .turns import in_turns

ID = "streaming.cache"
TARGET = "one origin request a part; p99 of blocking reload ≤ 2.5 × direct"
VIEWERS = 400


@dataclass(slots=True)
class Cached:
    """What viewers behind Varnish saw, and what Varnish asked the origin for, by kind."""

    watched: Watched
    parts_asked: int = 0
    parts: int = 0
    playlists_asked: int = 0
    checks_asked: int = 0


def direct(lengths: Lengths) -> Cached:
    """Let the viewers play from the live process itself."""
    with GlissonLive() as live, sources.looped(clips.lean(), live.rtmp(live.key())):
        live.wait_on_air()
        return Cached(_watch(live, live.playlist(), lengths))


def cached(lengths: Lengths) -> Cached:
    """Let them play from Varnish."""
    with (
        GlissonLive() as live,
        sources.looped(clips.lean(), live.rtmp(live.key())),
        Varnish(live.http_port) as varnish,
        Program(_log_command(varnish), varnish.folder / "asked", LOAD_CORES),
    ):
        live.wait_on_air()
        front = f"http://127.0.0.1:{varnish.http_port}"
        result = Cached(_watch(live, live.playlist().replace(live.base, front), lengths))
        time.sleep(1.5)
        _count(result, varnish.folder / "asked")
    return result


def _watch(live: GlissonLive, address: str, lengths: Lengths) -> Watched:
    """One viewer asks the origin directly in both cases: its answers tell when a part was cut."""
    return watch(
        "hls",
        live.pid,
        address,
        count=VIEWERS,
        seconds=lengths.seconds,
        headers=live.headers,
        settle=4.0,
        observer=live.base,
    )


def _log_command(varnish: Varnish) -> list[str]:
    program = resident("varnishncsa")
    if program is None:
        raise PeerMissing("varnishncsa is not installed (Debian: varnish)")
    return [program, "-b", "-n", str(varnish.name), "-F", "%U"]


def _count(result: Cached, log: Path) -> None:
    asked = collections.Counter(log.read_text().split())
    parts = {path: count for path, count in asked.items() if path.endswith(".m4s")}
    result.parts, result.parts_asked = len(parts), sum(parts.values())
    result.playlists_asked = sum(count for path, count in asked.items() if path.endswith(".m3u8"))
    result.checks_asked = sum(count for path, count in asked.items() if path.startswith("/live/auth"))


def run(lengths: Lengths) -> list[Row]:
    """Measure Varnish and direct in turns: here the peer is ourselves without a cache."""
    if resident("varnishd") is None:
        return [Row(ID, None, "× direct", TARGET, "peer missing", notes=["Varnish is not installed (Debian: varnish)"])]
    turns = in_turns(lengths, lambda: cached(lengths), lambda: direct(lengths), "direct", _said)
    value = middle([each.watched.figures["reload_p99_ms"] for each in turns.ours])
    other = middle([each.watched.figures["reload_p99_ms"] for each in turns.peer])
    per_part = middle([each.parts_asked / max(each.parts, 1) for each in turns.ours])
    row = Row(ID, value, "ms, p99 reload", TARGET, turns.peer_name, other, notes=turns.notes)
    if value is not None and other:
        row.ratio = value / other
        row.met = row.ratio <= 2.5 and per_part is not None and per_part <= 1.0 + 1e-9
    row.notes.append(
        f"{VIEWERS} viewers at 1.5 Mbit/s, each with its own pass checked; Varnish runs on the viewers' core."
    )
    return [row]


def _said(result: Cached) -> str:
    seen = result.watched.figures
    text = (
        f"reload p50 {seen['reload_p50_ms']:.1f}, p99 {seen['reload_p99_ms']:.1f} ms; "
        f"part p99 {seen['part_p99_ms']:.0f} ms; "
        f"live process {result.watched.server.percent:.1f} % core; {seen['errors']} lost viewers"
    )
    if result.parts:
        text += (
            f"; asked of the origin: {result.parts_asked} for {result.parts} parts, "
            f"{result.playlists_asked} playlists, "
            f"{result.checks_asked} passes"
        )
    return text
