"""The picture a quarter of a second behind life: fragments over a WebSocket.

The ring is every viewer's queue: a viewer is a position in it. Who is too far behind jumps to the newest key frame, so
a slow line costs nobody memory. Rights, gate and state are looked at before every fragment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping

from glisson.streaming.app.answers import Receive, Send
from glisson.streaming.app.frames import Frames, binary_frame, text_frame
from glisson.streaming.feed import Feed
from glisson.streaming.packets import TICKS
from glisson.streaming.reel import ORIGINAL, RUNGS, Reel, Track
from glisson.streaming.rights import Pass
from glisson.streaming.ring import Fragment
from glisson.streaming.studio import Studio

DENIED = 4403
MISUSE = 1008
FULL = 1013


class Viewer:
    """One WebSocket viewer of one feed.

    Parameters
    ----------
    studio, feed : Studio, Feed
        What is watched.
    viewer_pass : Pass
        The pass it came with; a newer one of the same viewer prolongs it.
    rung : str
        The rung it wants.
    send : callable
        The ASGI send; waits while the line is full.
    frames : Frames
        Fragments as WebSocket frames, made once for all viewers.
    write_now : callable
        Writes frames at once, or says False when that would be a wait.
    """

    def __init__(
        self,
        studio: Studio,
        feed: Feed,
        viewer_pass: Pass,
        rung: str,
        send: Send,
        frames: Frames,
        write_now: Callable[[list[bytes]], bool],
    ) -> None:
        self._studio = studio
        self._feed = feed
        self._pass = viewer_pass
        self._send = send
        self._frames = frames
        self._write_now = write_now
        self._wanted = rung
        self._rung = rung
        self._wanted_after = -1
        self._cursor: int | None = None
        self._reel: Reel | None = None
        self._init: tuple[int, int] | None = None
        self._msn = -1
        self._state = ""

    def want(self, rung: str) -> None:
        """Change over to another rung at its next key frame."""
        self._wanted = rung
        track = self._reel.tracks.get(rung) if self._reel else None
        key = track.ring.latest_key() if track else None
        self._wanted_after = key.sequence if key else -1

    async def run(self) -> None:
        """Send until the feed is closed, the rights end or the viewer is gone."""
        while True:
            why = self._why_not()
            if self._feed.gate == "closed":
                await self._tell_state()
                await self._send({"type": "websocket.close", "code": 1000})
                return
            if why is not None:
                await self._tell({"type": "denied", "why": why})
                await self._send({"type": "websocket.close", "code": DENIED, "reason": why})
                return
            await self._tell_state()
            track = self._enter()
            if track is None:
                await self._feed.bell.wait()
                continue
            fragments = [] if self._cursor is None else track.ring.fragments_after(self._cursor)
            if fragments:
                await self._send_all(track, fragments)
            else:
                await self._follow(track)

    async def _follow(self, track: Track) -> None:
        """Send each fragment as it comes, without waking the task; returns when one needs more than that."""
        future = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if self._went_out(track):
                track.fragments.call(wake)
            elif not future.done():
                future.set_result(None)

        track.fragments.call(wake)
        try:
            await future
        finally:
            track.fragments.forget(wake)

    def _went_out(self, track: Track) -> bool:
        """Send the one new fragment if that is all there is to do; False when the long way has to look at it."""
        feed = self._feed
        if self._cursor is None or self._wanted != self._rung or feed.reel is not self._reel:
            return False
        fragments = track.ring.fragments_after(self._cursor)
        if len(fragments) != 1 or feed.state() != self._state or self._why_not() is not None:
            return False
        fragment = fragments[0]
        if fragment.discontinuous or (id(track), fragment.init) != self._init:
            return False
        frames = [self._frames.frame(track.ring, fragment)]
        if fragment.msn != self._msn:
            frames.insert(0, text_frame(_json(_clock(fragment))))
        if not self._write_now(frames):
            return False
        self._msn, self._cursor = fragment.msn, fragment.sequence
        return True

    def _enter(self) -> Track | None:
        """Return the track to read from now, with the position set to a key frame where it is a new one."""
        feed = self._feed
        if feed.reel is not self._reel:
            self._reel, self._cursor = feed.reel, None
        if self._reel is None:
            return None
        wanted = self._reel.tracks.get(self._wanted)
        if wanted is None:
            self._wanted = self._rung
        elif self._wanted != self._rung:
            key = wanted.ring.latest_key()
            if key is not None and (key.sequence > self._wanted_after or self._cursor is None):
                self._rung, self._cursor = self._wanted, key.sequence - 1
        track = self._reel.tracks.get(self._rung) or self._reel.tracks[ORIGINAL]
        if self._cursor is None:
            key = track.ring.latest_key()
            self._cursor = None if key is None else key.sequence - 1
        return track

    async def _send_all(self, track: Track, fragments: list[Fragment]) -> None:
        """Send what came since, or jump when that is too much."""
        last = fragments[-1]
        behind = last.start + last.duration - fragments[0].start
        if behind > self._studio.settings.behind_seconds * TICKS:
            key = track.ring.latest_key()
            if key is not None and key.sequence > fragments[0].sequence:
                self._cursor = key.sequence - 1
                await self._tell({"type": "skip"})
                return
        # A slow line makes each send a wait: after a few, rights and distance are looked at again.
        for fragment in fragments[:8]:
            if self._feed.reel is not self._reel or self._why_not() is not None:
                return
            await self._send_one(track, fragment)

    async def _send_one(self, track: Track, fragment: Fragment) -> None:
        if (id(track), fragment.init) != self._init:
            init = track.ring.inits[fragment.init]
            await self._tell(
                {
                    "type": "init",
                    "number": init.number,
                    "codecs": init.codecs,
                    "width": init.width,
                    "height": init.height,
                    "epoch": track.ring.epoch,
                }
            )
            await self._put(binary_frame(init.data))
            self._init = (id(track), fragment.init)
            self._msn = -1
        if fragment.discontinuous:
            await self._tell({"type": "gap"})
        if fragment.discontinuous or fragment.msn != self._msn:
            self._msn = fragment.msn
            await self._tell(_clock(fragment))
        if self._why_not() is None and self._feed.reel is self._reel:
            await self._put(self._frames.frame(track.ring, fragment))
            self._cursor = fragment.sequence

    def _allowed(self) -> bool:
        """Asked by the protocol while it waits for a full line."""
        return self._why_not() is None

    def _why_not(self) -> str | None:
        """Why this viewer may not have the next fragment; also asked between two sends of one batch."""
        why = self._studio.why_not(self._pass)
        if why == "expired":
            self._pass = self._studio.newest_pass(self._pass)
            why = self._studio.why_not(self._pass)
        if why is not None:
            return why
        return None if self._feed.shows_live(self._pass.scopes) else "not_now"

    async def _tell_state(self) -> None:
        state = self._feed.state()
        if state != self._state:
            self._state = state
            await self._tell({"type": "state", "state": state})

    async def _tell(self, message: Mapping[str, object]) -> None:
        await self._put(text_frame(_json(message)))

    async def _put(self, frame: bytes) -> None:
        """Send a frame. While the line is full the rights are looked at again, and without them the line is cut."""
        await self._send({"type": "websocket.send", "frame": frame, "allowed": self._allowed})


def _clock(fragment: Fragment) -> dict[str, object]:
    return {"type": "clock", "start": fragment.start, "clock": fragment.clock}


def _json(message: Mapping[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"))


async def watch(viewer: Viewer, receive: Receive, send: Send) -> None:
    """Serve an accepted WebSocket: send until either side ends it."""
    sending = asyncio.create_task(viewer.run())
    hearing = asyncio.create_task(_hear(viewer, receive))
    try:
        await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        if hearing.done() and not sending.done() and hearing.result():
            sending.cancel()
            await send({"type": "websocket.close", "code": MISUSE, "reason": "not a message we know"})
    finally:
        for task in (sending, hearing):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task


async def _hear(viewer: Viewer, receive: Receive) -> bool:
    """Take the viewer's wishes; True when it said something else, False when it is gone."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return False
        rung = read_wish(message.get("text"))
        if rung is None:
            return True
        viewer.want(rung)


def read_wish(text: object) -> str | None:
    """Read ``{"type": "rung", "rung": …}``; None for anything else."""
    if not isinstance(text, str) or len(text) > 200:
        return None
    try:
        wish = json.loads(text)
    except ValueError:
        return None
    if not isinstance(wish, dict) or wish.get("type") != "rung" or wish.get("rung") not in RUNGS:
        return None
    return str(wish["rung"])
