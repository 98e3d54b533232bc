"""Bytes of parts that a core-second of the server delivers, beside nginx serving the same parts as files."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from . import clips, sources
from .audience import Watched, watch
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row, compared, middle
from .servers import Nginx
from .turns import in_turns

ID = "streaming.bytes"
TARGET = "≥ 0.5 × peer"
CONNECTIONS = 16
PARTS = 24


def newest_parts(live: GlissonLive) -> list[str]:
    """Return the names of finished parts that are still listed."""
    listed = re.findall(rb'#EXT-X-PART:[^\n]*URI="([^"]+)"', live.get(live.path("original/live.m3u8")))
    return [name.decode() for name in listed[-PARTS:]]


def ours(lengths: Lengths, folder: Path) -> Watched:
    """Fetch parts from our ring, over and over; leaves copies of them in ``folder``."""
    with GlissonLive() as live, sources.looped(clips.hd(), live.rtmp(live.key())):
        live.wait_on_air()
        time.sleep(8)
        names = newest_parts(live)
        paths = [live.path(f"original/{name}") for name in names]
        for name, path in zip(names, paths, strict=True):
            (folder / name).write_bytes(live.get(path))
        return watch(
            "files",
            live.pid,
            live.base,
            count=CONNECTIONS,
            seconds=lengths.seconds,
            headers=live.headers,
            paths=paths,
            settle=1.0,
        )


def peer(lengths: Lengths, folder: Path) -> Watched:
    """Fetch the copies from nginx."""
    with Nginx(files=folder) as server:
        paths = [f"/files/{path.name}" for path in sorted(folder.iterdir())]
        address = f"http://127.0.0.1:{server.http_port}"
        return watch("files", server.pid, address, count=CONNECTIONS, seconds=lengths.seconds, paths=paths, settle=1.0)


def run(lengths: Lengths) -> list[Row]:
    """Measure both in turns."""
    with tempfile.TemporaryDirectory(prefix="glisson-bench-parts-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        turns = in_turns(
            lengths, lambda: ours(lengths, folder), lambda: peer(lengths, folder), "nginx, static files", _said
        )
    value, other = middle([rate(each) for each in turns.ours]), middle([rate(each) for each in turns.peer])
    judged = compared(value, other, 0.5, most=False)
    notes = [
        *turns.notes,
        f"{CONNECTIONS} connections, parts of about 250 kB; the viewers throw bodies away in the kernel.",
    ]
    return [Row(ID, value, "MB a core-second", TARGET, turns.peer_name, other, notes=notes, **judged)]


def rate(watched: Watched) -> float:
    """Return megabytes a second of the server's processor time."""
    return watched.figures["megabits"] / 8 / (watched.server.cpu / watched.server.seconds)


def _said(watched: Watched) -> str:
    seen = watched.figures
    return (
        f"{rate(watched):.0f} MB a core-second, {seen['files'] / seen['seconds']:.0f} parts/s, server "
        f"{watched.server.percent:.0f} % core, load generator {100 * seen['busy']:.0f} % busy"
    )
