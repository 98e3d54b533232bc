"""A reel: the rings, the packager, the rungs and the recorders of one feed while its gate stands in one position.

When the gate moves (armed to on air, or back) the feed takes a new reel. So nothing that was packaged while only the
theatre could see it is in any ring, playlist or recording that a viewer can reach: there is nothing to filter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from glisson.streaming.packager import Packager
from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.playlist import LivePlaylist
from glisson.streaming.recorder import Recorder
from glisson.streaming.ring import Ring, RingEvent, RingState
from glisson.streaming.rungs import Rungs

if TYPE_CHECKING:
    from glisson.streaming.archive import Archive

ORIGINAL = "original"
RUNGS = (ORIGINAL, "low", "audio")


class Bell:
    """Wakes everyone who waits for the next of something; a waiter that gives up leaves no trace."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def strike(self) -> None:
        """Wake all who wait now."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        """Wait for the next strike."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)


class Track:
    """One rung of a reel: its ring, and the bells of those who wait for it."""

    __slots__ = ("fragments", "parts", "playlist", "ring", "segments")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.fragments = Bell()
        self.parts = Bell()
        self.playlist = LivePlaylist(ring)
        self.segments: dict[int, bytes] = {}
        """Whole segments that were asked for, joined; the newest few."""
        ring.listeners.append(self._heard)

    def segment(self, msn: int) -> bytes | None:
        """Return a complete segment's bytes."""
        body = self.segments.get(msn)
        if body is None:
            segment = self.ring.segment(msn)
            if segment is None or not segment.complete or segment.gap:
                return None
            body = self.segments[msn] = segment.data
            for old in sorted(self.segments)[:-4]:
                del self.segments[old]
        return body

    def strike(self) -> None:
        """Wake everyone: something other than the ring has changed."""
        self.fragments.strike()
        self.parts.strike()

    def _heard(self, event: RingEvent) -> None:
        if event.kind in ("fragment", "end"):
            self.fragments.strike()
        if event.kind != "fragment":
            self.parts.strike()


class Reel:
    """One stretch of one feed.

    Parameters
    ----------
    states : dict
        Where the numbers of each rung go on.
    low : bool
        Make the low rung.
    archive : Archive or None
        Record into its folder; None records nothing.
    executor : Executor
        One thread for all recorders of the process.
    report : callable
        Told of what the packager notices.
    report_rungs : callable
        Told of the low rung's trouble, and by None that it is over.
    now : callable
        Unix seconds.
    """

    def __init__(
        self,
        states: dict[str, RingState],
        *,
        low: bool,
        archive: Archive | None,
        executor: Executor,
        report: Callable[[Trouble], None],
        report_rungs: Callable[[Trouble | None], None],
        now: Callable[[], float],
    ) -> None:
        self.tracks: dict[str, Track] = {}
        before = states.get(ORIGINAL)
        self.first_msn = before.msn if before else 0
        self.first_init = before.init if before else 0
        """Lower numbers belong to an earlier position of the gate."""
        for name in RUNGS:
            if name == "low" and not low:
                continue
            ring = Ring()
            state = states.get(name) or states.get(ORIGINAL)
            if state is not None:
                ring.resume(state)
            self.tracks[name] = Track(ring)
        leader = self.tracks[ORIGINAL].ring
        others = {name: track.ring for name, track in self.tracks.items() if name != ORIGINAL}
        self.recorders: dict[str, Recorder] = {}
        if archive is not None:
            self.recorders = {
                name: Recorder(archive.folder / name, track.ring, executor) for name, track in self.tracks.items()
            }
            # After the recorder, which hears first whether it takes the part.
            leader.listeners.append(lambda event: self._note_beginning(event, archive))
        self.packager = Packager(leader, now=now)
        self.packager.on_trouble = report
        self.rungs = Rungs(leader, others, note=report_rungs)
        self.packager.on_packet = self.rungs.take
        self.rungs.start()
        self._closed = False

    @property
    def leader(self) -> Ring:
        """The ring of the original."""
        return self.tracks[ORIGINAL].ring

    def states(self) -> dict[str, RingState]:
        """Where the next reel goes on."""
        return {name: track.ring.state() for name, track in self.tracks.items()}

    def configure_video(self, config: VideoConfig) -> None:
        """Hand on a sequence header."""
        self.packager.configure_video(config)
        self.rungs.configure_video(config)

    def configure_audio(self, config: AudioConfig) -> None:
        """Hand on an AudioSpecificConfig."""
        self.packager.configure_audio(config)
        self.rungs.configure_audio(config)

    def take(self, packet: Packet) -> None:
        """Hand on one frame."""
        self.packager.take(packet)

    def break_timeline(self, reason: str) -> None:
        """A new publication follows."""
        self.packager.break_timeline(reason)

    def flush(self) -> None:
        """The publication is over; give out what waits."""
        self.packager.flush()
        self.rungs.flush()

    def strike(self) -> None:
        """Wake every waiting viewer, so that rights and state are looked at again."""
        for track in self.tracks.values():
            track.strike()

    @property
    def alarm(self) -> Trouble | None:
        """The recorders' alarm, the original's first."""
        return next((recorder.alarm for recorder in self.recorders.values() if recorder.alarm is not None), None)

    def _note_beginning(self, event: RingEvent, archive: Archive) -> None:
        if event.part is not None and self.recorders[ORIGINAL].on:
            archive.begin(event.part.clock)

    def end(self) -> None:
        """No more pictures come: the playlists get their ENDLIST, everyone wakes. At once, before `close`."""
        if self._closed:
            return
        self._closed = True
        self.packager.flush()
        self.leader.end()
        self.strike()

    async def close(self, *, finished: bool) -> None:
        """Let the worker and the recorders go; ``finished`` marks the recordings as complete."""
        self.end()
        await self.rungs.close()
        for recorder in self.recorders.values():
            await recorder.close(finished=finished)
