"""One feed: who publishes it, what is made of it, and the gate that every reader stands behind."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor

from glisson.streaming.archive import Archive
from glisson.streaming.bell import Bell
from glisson.streaming.door import CLOSED, OLD_KEY, check_publisher
from glisson.streaming.health import Health, trouble_json
from glisson.streaming.packets import AudioConfig, Packet, Refused, Trouble, VideoConfig
from glisson.streaming.publication import Publication
from glisson.streaming.reel import ORIGINAL, Reel
from glisson.streaming.ring import RingState
from glisson.streaming.roster import FeedEntry, FeedState
from glisson.streaming.settings import LiveSettings

log = logging.getLogger("glisson.live")

HLS_SECONDS = 10.0
"""A viewer who asked for a playlist within this time counts as watching."""


class Feed:
    """One feed over its whole life.

    Parameters
    ----------
    code : str
        The feed's id.
    entry : FeedEntry
        What the roster says of it.
    settings : LiveSettings
        The process's settings.
    executor : Executor
        The recorders' thread.
    now : callable
        Unix seconds.
    """

    def __init__(
        self,
        code: str,
        entry: FeedEntry,
        settings: LiveSettings,
        executor: Executor,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.code = code
        self.entry = entry
        self.settings = settings
        self.archive = Archive(settings.recordings / code)
        self.health = Health(keyframe_warning=settings.keyframe_warning, now=now)
        self.gate: FeedState = "closed"
        self.reel: Reel | None = None
        self.publication: Publication | None = None
        self.closed_at: float | None = None
        self.websockets = 0
        self.bell = Bell()
        """Struck when a reel is there: those who came before the first one wait for it."""
        self.retired_keys: set[str] = set()
        self.refusals: deque[dict[str, object]] = deque(maxlen=10)
        self.settled = True
        """False while a recorder of an earlier reel still writes."""
        self._recorded_before = 0.0
        self._hls: dict[str, float] = {}
        self._standing: dict[str, Trouble] = {}
        self._executor = executor
        self.now = now
        self._states: dict[str, RingState] = {}

    # -- the gate -----------------------------------------------------------------------------------------------

    def shows_live(self, scopes: frozenset[str]) -> bool:
        """Say whether someone with these scopes may see what the ring holds now."""
        if self.gate == "on_air":
            return "watch" in scopes or "preview" in scopes
        return self.gate == "armed" and "preview" in scopes

    def shows_ending(self, scopes: frozenset[str]) -> bool:
        """As `shows_live`, and for a moment after the end, so that players come to theirs."""
        if self.shows_live(scopes):
            return True
        just_closed = self.closed_at is not None and self.now() - self.closed_at < self.settings.closing_seconds
        return self.gate == "closed" and just_closed and bool(scopes & {"watch", "preview"})

    def shows_recording(self, scopes: frozenset[str]) -> bool:
        """Say whether someone with these scopes may see what was recorded."""
        return "replay" in scopes if self.gate == "closed" else self.shows_live(scopes)

    def state(self) -> str:
        """Return what a viewer is told: ``waiting``, ``armed``, ``on_air`` or ``closed``."""
        if self.gate == "closed":
            return "closed"
        return self.gate if self.publication is not None else "waiting"

    def turn(self, entry: FeedEntry) -> Reel | None:
        """Move the gate at once to where the roster wants it; returns the reel that has to be closed, if any."""
        self.retired_keys |= set(self.entry.key_sha256) - set(entry.key_sha256)
        self.retired_keys -= set(entry.key_sha256)
        moved = entry.state != self.gate
        changed = moved or (entry.record, entry.low) != (self.entry.record, self.entry.low)
        self.entry = entry
        self.gate = entry.state
        self._turn_out()
        if not changed:
            return None
        leaving, self.reel = self.reel, None
        if self.gate == "closed" and moved:
            self.closed_at = self.now()
            # The ended ring stays readable for a moment; `forget` drops it.
            self.reel = leaving
        if leaving is not None:
            self._states = leaving.states()
            self.settled = False
            leaving.end()
        return leaving

    def open(self) -> None:
        """Take a new reel for the gate's position; numbers go on from the reel before or from the disk."""
        if self.gate == "closed" or self.reel is not None:
            return
        self.closed_at = None
        recorded = self.gate == "on_air" and self.entry.record
        self._recorded_before = self.archive.seconds()
        self.reel = Reel(
            self._states,
            low=self.entry.low,
            archive=self.archive if recorded else None,
            executor=self._executor,
            note=self.health.note,
            note_rungs=lambda trouble: self.stand("rungs", trouble),
            now=self.now,
        )
        if self.publication is not None:
            if self.health.video is not None:
                self.reel.configure_video(self.health.video)
            if self.health.audio is not None:
                self.reel.configure_audio(self.health.audio)
        self.bell.strike()

    def strike(self) -> None:
        """Wake every waiting viewer, so that rights and state are looked at again."""
        self.bell.strike()
        if self.reel is not None:
            self.reel.strike()

    def forget(self) -> None:
        """Drop the ended reel of a closed feed once nobody may read it any more."""
        if self.closed_at is not None and self.now() - self.closed_at > self.settings.closing_seconds:
            self.reel = None
            self.closed_at = None
        if self.gate == "closed":
            self.archive.forget_idle()

    def read_disk(self) -> None:
        """Read what was recorded in an earlier life, so that the numbers go on; slow, not for the event loop."""
        self._states = self.archive.states() | self._states

    # -- the publisher ------------------------------------------------------------------------------------------

    def admit(self, secret: str | None, *, way: str, peer: str) -> Publication:
        """Let a publisher in, or raise `Refused`; ``secret`` is None for ways in that hold a right of their own."""
        try:
            check_publisher(self, secret, now=self.now())
        except Refused as refused:
            self.refuse(peer, refused.trouble)
            raise
        log.info("feed %s: publisher %s by %s", self.code, peer, way)
        return Publication(self, secret, way=way, peer=peer)

    def refuse(self, peer: str, trouble: Trouble) -> None:
        """Keep a refusal for the technician's page."""
        self.refusals.append({"at": self.now(), "peer": peer, "trouble": trouble_json(trouble)})

    def begin(self, publication: Publication) -> None:
        """A publisher was let in: the same ring goes on, with a break in its timeline."""
        self.publication = publication
        self.health.begin()
        if self.reel is not None:
            self.reel.break_timeline("encoder_back")
        self.strike()

    def finish(self, publication: Publication, reason: str) -> None:
        """The publisher has gone; the ring stays, viewers wait."""
        if self.publication is not publication:
            return
        self.publication = None
        log.info("feed %s: publisher %s gone: %s", self.code, publication.peer, reason)
        if self.reel is not None and self.gate != "closed":
            self.reel.flush()
        self.strike()

    def configure_video(self, config: VideoConfig) -> None:
        """Take the publisher's sequence header."""
        self.health.configure_video(config)
        if self.reel is not None:
            self.reel.configure_video(config)

    def configure_audio(self, config: AudioConfig) -> None:
        """Take the publisher's AudioSpecificConfig."""
        self.health.configure_audio(config)
        if self.reel is not None:
            self.reel.configure_audio(config)

    def take(self, packet: Packet) -> None:
        """Take one frame."""
        self.health.take(packet)
        if self.reel is not None:
            self.reel.take(packet)

    def _turn_out(self) -> None:
        """End the publisher at once when the roster no longer lets it in."""
        publication = self.publication
        if publication is None:
            return
        if self.entry.state == "closed":
            publication.turn_out(CLOSED)
        elif publication.secret is not None and not self.entry.accepts(publication.secret):
            publication.turn_out(OLD_KEY)

    # -- what is told of it -------------------------------------------------------------------------------------

    def saw_playlist_of(self, viewer: str) -> None:
        """Count a viewer of HLS."""
        self._hls[viewer] = self.now()

    def hls_viewers(self) -> int:
        """Viewers who asked for a playlist in the last ten seconds."""
        now = self.now()
        self._hls = {viewer: at for viewer, at in self._hls.items() if now - at < HLS_SECONDS}
        return len(self._hls)

    def advice(self) -> list[Trouble]:
        """What the technician should change, what stands in the way first."""
        return [*self._standing.values(), *self.health.advice(publishing=self.publication is not None)]

    def listen(self) -> None:
        """Take the sound level of the last second from the rungs' worker."""
        on = self.publication is not None and self.reel is not None
        self.health.hear(self.reel.rungs.level_db if on and self.reel else None)

    def stand(self, name: str, trouble: Trouble | None) -> None:
        """Keep a trouble on the page until it is over (a pull that fails, SRT that cannot listen)."""
        if trouble is None:
            self._standing.pop(name, None)
        else:
            self._standing[name] = trouble

    def recorded_seconds(self) -> float:
        """Seconds of the original on disk so far."""
        recorder = self.reel.recorders.get(ORIGINAL) if self.reel else None
        return self._recorded_before + recorder.seconds_written if recorder else self.archive.seconds()
