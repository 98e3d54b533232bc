"""What 200 viewers over WebSocket cost at 6 Mbit/s, beside Node-Media-Server's FLV over WebSocket."""

from __future__ import annotations

from . import clips, sources
from .audience import Watched, watch
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row, compared, middle
from .servers import NodeMediaServer
from .turns import in_turns

ID = "streaming.fanout_ws"
TARGET = "≤ 0.5 × peer"
VIEWERS = 200


def ours(lengths: Lengths) -> Watched:
    """Let the viewers watch ours."""
    with GlissonLive() as live, sources.looped(clips.hd(), live.rtmp(live.key())):
        live.wait_on_air()
        return watch("socket", live.pid, live.socket(), count=VIEWERS, seconds=lengths.seconds, headers=live.headers)


def peer(lengths: Lengths) -> Watched:
    """Let them watch Node-Media-Server."""
    with NodeMediaServer() as server, sources.looped(clips.hd(), server.rtmp("bench")):
        sources.wait_for_start(3)
        return watch("socket", server.pid, server.socket("bench"), count=VIEWERS, seconds=lengths.seconds)


def run(lengths: Lengths) -> list[Row]:
    """Measure both in turns."""
    turns = in_turns(lengths, lambda: ours(lengths), lambda: peer(lengths), "Node-Media-Server", _said)
    value = middle([each.server.percent for each in turns.ours])
    other = middle([each.server.percent for each in turns.peer])
    notes = [*turns.notes, "Each side includes its own intake of the one stream; ours is recorded meanwhile."]
    return [Row(ID, value, "% core", TARGET, turns.peer_name, other, notes=notes, **compared(value, other, 0.5))]


def _said(watched: Watched) -> str:
    seen = watched.figures
    return (
        f"{watched.server.percent:.1f} % core, {seen['megabits']:.0f} Mbit/s in all, slowest viewer "
        f"{seen['slowest_megabits']:.2f}, {seen['closed']} closed; load generator {100 * seen['busy']:.0f} % busy"
    )
