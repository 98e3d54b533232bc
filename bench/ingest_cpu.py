"""What eight encoders cost: 1080p30 at 6 Mbit/s each, packaged and recorded, beside nginx-rtmp."""

from __future__ import annotations

import contextlib
import time

from . import clips, sources
from .audience import cost_of
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row, compared, middle
from .servers import Nginx
from .turns import in_turns

ID = "streaming.ingest_cpu"
TARGET = "≤ 1.2 × peer"
FEEDS = 8


def ours(lengths: Lengths) -> dict[str, float]:
    """Return per cent of a core a stream: the live process, and the workers for sound level and stills beside it."""
    with GlissonLive(FEEDS) as live, contextlib.ExitStack() as encoders:
        for at in range(FEEDS):
            encoders.enter_context(sources.looped(clips.hd(), live.rtmp(live.key(at))))
        for at in range(FEEDS):
            live.wait_on_air(at)
        time.sleep(3)
        alone, all_ = cost_of(live.pid, lengths.seconds)
    return {"live process": alone / FEEDS, "with workers": all_ / FEEDS}


def peer(lengths: Lengths, *, record: bool) -> dict[str, float]:
    """Return the same of nginx-rtmp: HLS whose fragments stay on disk, and an FLV file of each stream."""
    with Nginx(fragment="2s", keep=True, record=record) as server, contextlib.ExitStack() as encoders:
        for at in range(FEEDS):
            encoders.enter_context(sources.looped(clips.hd(), server.rtmp(f"stream{at}")))
        time.sleep(5)
        return {"all": cost_of(server.pid, lengths.seconds)[1] / FEEDS}


def run(lengths: Lengths) -> list[Row]:
    """Measure both in turns."""
    turns = in_turns(
        lengths, lambda: ours(lengths), lambda: peer(lengths, record=True), "nginx-rtmp, HLS 2 s + record all", _said
    )
    value = middle([each["live process"] for each in turns.ours])
    other = middle([each["all"] for each in turns.peer])
    notes = list(turns.notes)
    if other:
        bare = peer(lengths, record=False)["all"]
        notes.append(
            f"peer packaging only (HLS fragments kept, no FLV): {bare:.2f} % a stream; ours is {value / bare:.2f} ×"
        )
    notes.append(
        "The value is the live process: it takes in, packages (100 ms fragments, parts, sound rung) and records "
        "with a checksum and fdatasync for each part. Workers add sound level and stills, which the peer has not."
    )
    return [
        Row(ID, value, "% core a stream", TARGET, turns.peer_name, other, notes=notes, **compared(value, other, 1.2))
    ]


def _said(result: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f} %" for name, value in result.items())
