"""A reel: the rings, the packager, the rungs and the recorders of one feed while its gate stands in one position.

When the gate moves (armed to on air, or back) the feed takes a new reel. So nothing that was packaged while only the
theatre could see it is in any ring, playlist or recording that a viewer can reach: there is nothing to filter.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from glisson.streaming.bell import Bell
from glisson.streaming.packager import Packager
from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.playlist import LivePlaylist, report
from glisson.streaming.recorder import Recorder
from glisson.streaming.ring import Ring, RingEvent, RingState
from glisson.streaming.rungs import Rungs

if TYPE_CHECKING:
    from glisson.streaming.archive import Archive

ORIGINAL = "original"
RUNGS = (ORIGINAL, "low", "audio")


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
    note : callable
        Told of what the packager notices.
    note_rungs : callable
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
        note: Callable[[Trouble], None],
        note_rungs: Callable[[Trouble | None], None],
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
                name: Recorder(archive.folder / name, track.ring, executor, each_part=name == ORIGINAL)
                for name, track in self.tracks.items()
            }
            # After the recorder, which hears first whether it takes the part.
            leader.listeners.append(lambda event: self._note_beginning(event, archive))
        self.packager = Packager(leader, now=now)
        self.packager.on_trouble = note
        self.rungs = Rungs(leader, others, note=note_rungs)
        self.packager.on_packet = self.rungs.take
        self.rungs.start()
        self._closed = False
        self._versions: tuple[int, ...] = ()
        self._playlists: dict[tuple[str, bool], bytes] = {}

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

    def playlist(self, rung: str, *, skip: bool) -> bytes:
        """Return a rung's live playlist, made once for a state of all rungs, and where the other rungs stand."""
        versions = tuple([track.ring.version for track in self.tracks.values()])
        if versions != self._versions:
            self._versions = versions
            self._playlists.clear()
        text = self._playlists.get((rung, skip))
        if text is None:
            reports = (report(f"../{name}/live.m3u8", self.tracks[name].ring) for name in self.tracks if name != rung)
            found = [one for one in reports if one is not None]
            text = self.tracks[rung].playlist.render(skip=skip, reports=found)
            self._playlists[rung, skip] = text
        return text

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
