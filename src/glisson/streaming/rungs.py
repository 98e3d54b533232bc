"""The other rungs of a feed: a low one for poor lines, made by a worker process, and its sound alone.

The worker gets what the original's packager put into its fragments and gives back one small picture for every picture,
with the same stamps. It may be slow, or die: then the low rung has a gap, and nothing else happens to the feed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from glisson.streaming.following import FollowingPackager
from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.ring import Ring
from glisson.streaming.worker.lag import Lag, Verdict
from glisson.streaming.worker.low_ring import LowRing
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.process import WorkerProcess

REST = 60.0
"""Seconds before a worker that was too slow is tried again."""


@dataclass(frozen=True, slots=True)
class Poster:
    """A still of the feed: a JPEG of at most 360 lines and the wall clock (seconds since 1970) at which we made it."""

    jpeg: bytes
    clock: float


class Rungs:
    """The low and the audio rung of one feed.

    Wire `take` to `Packager.on_packet` of the original (packets in media time), and call `configure_video`,
    `configure_audio` and `flush` right after the packager's.

    Parameters
    ----------
    leader : Ring
        The original's ring, whose cuts both follow.
    rings : dict
        ``{"low": Ring, "audio": Ring}``, already resumed; an absent one is not made. The worker runs in any case, for
        the sound level and the stills; without ``low`` it gets key frames alone and costs next to nothing.
    note : callable
        Told of trouble (codes ``low_rung_slow``, ``low_rung_failed``), and by None that it is over.

    Attributes
    ----------
    status : dict
        For each rung ``on``, ``off``, ``waiting`` (for pictures or sound) or ``failed: <sentence>``.
    trouble : Trouble or None
        What `note` was told last.
    level_db, peak_db : float or None
        Sound level of the last second in dBFS (RMS, peak), None without sound or before it is known.
    poster : Poster or None
        The newest still.
    cpu : float
        Share of one processor core that the worker used over the last second (0.1 = 10 %).
    """

    def __init__(
        self, leader: Ring, rings: dict[str, Ring], *, note: Callable[[Trouble | None], None] = lambda trouble: None
    ) -> None:
        self._low = LowRing(rings["low"], leader) if "low" in rings else None
        self._audio = FollowingPackager(rings["audio"], leader) if "audio" in rings else None
        self.status = {name: "waiting" if name in rings else "off" for name in ("low", "audio")}
        self.trouble: Trouble | None = None
        self.level_db: float | None = None
        self.peak_db: float | None = None
        self.poster: Poster | None = None
        self.cpu = 0.0
        self._note = note
        self._video: VideoConfig | None = None
        self._coming: VideoConfig | None = None
        self._sound: AudioConfig | None = None
        self._coming_sound: AudioConfig | None = None
        self._worker: WorkerProcess | None = None  # the one that is fed
        self._process: WorkerProcess | None = None  # the one that is to be ended
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._gone = asyncio.Event()
        self._why = ""
        self._measured: tuple[float, float] | None = None
        self._lag = Lag(time.monotonic())
        self._told_on = False
        self._from_key = True

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, while there is one."""
        return self._worker.pid if self._worker is not None else None

    def configure_video(self, config: VideoConfig) -> None:
        """Take the original's decoder configuration; it holds from the next key frame on."""
        self._coming = config

    def configure_audio(self, config: AudioConfig) -> None:
        """Take the original's sound configuration; another one than before holds from the next key frame on."""
        self._coming_sound = config
        if self._sound is None or self._video is None:
            self._change_sound()

    def take(self, packet: Packet) -> None:
        """Take one packet of the original in media time."""
        self._wanted.set()
        if packet.video:
            self._take_picture(packet)
            return
        self._send(Message(Kind.AUDIO, packet.data, packet.dts, packet.pts, True))
        if self._audio is not None and packet.data:
            self._audio.take(packet)
            self.status["audio"] = "on"

    def flush(self) -> None:
        """The encoder went: have the worker give out what it still holds."""
        self._send(Message(Kind.BREAK))
        self._from_key = True
        self._lag.forget()
        self.level_db = self.peak_db = None

    def start(self) -> None:
        """Start, in a task of the running event loop; the worker itself starts with the first packet."""
        self._task = asyncio.create_task(self._keep_going())

    async def close(self) -> None:
        """End the worker and both rungs; their rings stay readable."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._process is not None:
            await self._process.stop()
        for follower in (self._low, self._audio):
            if follower is not None:
                follower.close()

    def _take_picture(self, packet: Packet) -> None:
        if packet.key:
            if self._coming is not None:
                self._video, self._coming = self._coming, None
                self._send(Message(Kind.VIDEO_CONFIG, self._video.avcc))
            self._change_sound()
            self._from_key = False
        if self._worker is None or self._from_key or (self._low is None and not packet.key):
            return
        if not self._send(Message(Kind.VIDEO, packet.data, packet.dts, packet.pts, packet.key)):
            self._give_up("it could not take more pictures")
            return
        now = time.monotonic()
        self._lag.sent(packet.dts, now)
        verdict = self._lag.verdict(now)
        if verdict is Verdict.GIVE_UP:
            self._give_up("it fell too far behind")
        elif verdict is not Verdict.GO_ON:
            self._lighten(verdict is Verdict.LIGHTEN)

    def _change_sound(self) -> None:
        config, self._coming_sound = self._coming_sound, None
        if config is None or config == self._sound:
            return
        self._sound = config
        self._send(Message(Kind.AUDIO_CONFIG, config.asc))
        if self._audio is not None:
            self._audio.configure_audio(config)

    def _lighten(self, on: bool) -> None:
        self._send(Message(Kind.KEYS_ONLY, key=on))
        text = (
            "This computer is too slow for the low rung: it shows key frames alone for now. Stop other programs, or "
            "switch the low rung off for some feeds; the original is not affected."
        )
        self._say(Trouble("low_rung_slow", text) if on else None)

    def _send(self, message: Message) -> bool:
        return self._worker is not None and self._worker.send(message)

    def _give_up(self, why: str) -> None:
        self._why = why
        self._gone.set()
        self._worker = None

    async def _keep_going(self) -> None:
        pause = 1.0
        while True:
            await self._wanted.wait()
            began = time.monotonic()
            slow = await self._run_worker()
            if self._low is not None:
                self._low.break_timeline(self._why)
                self.status["low"] = f"failed: {self._why}"
            if time.monotonic() - began > REST:
                pause = 1.0
            seconds = REST if slow else pause
            pause = min(30.0, 2 * pause)
            text = f"The worker of the low rung was ended ({self._why}) and starts again in {seconds:.0f} seconds."
            self._say(Trouble("low_rung_failed", text, {"why": self._why, "seconds": seconds}))
            await asyncio.sleep(seconds)

    async def _run_worker(self) -> bool:
        """Run one worker until it is gone; True when it was we who gave it up."""
        self._gone.clear()
        self._lag, self._told_on, self._from_key = Lag(time.monotonic()), False, True
        worker = WorkerProcess("rung", {}, receive=lambda message: self._receive(worker, message), ended=self._end_of)
        self._process = worker
        try:
            await worker.start()
            self._worker = worker
            if self._video is not None:
                self._send(Message(Kind.VIDEO_CONFIG, self._video.avcc))
            if self._sound is not None:
                self._send(Message(Kind.AUDIO_CONFIG, self._sound.asc))
            await self._gone.wait()
            return self._worker is None
        except OSError as error:
            self._why = f"it could not be started: {error}"
            return True
        finally:
            self._worker = None
            self.cpu, self._measured, self.level_db, self.peak_db = 0.0, None, None, None
            worker.kill()
            await worker.stop()

    def _end_of(self, reason: str) -> None:
        self._why = reason
        self._gone.set()

    def _receive(self, worker: WorkerProcess, message: Message) -> None:
        if worker is not self._worker:
            return  # the last words of one that was given up
        if message.kind == Kind.REPORT:
            self._read_report(message.report)
        elif message.kind == Kind.POSTER:
            self.poster = Poster(message.data, time.time())
        elif self._low is not None:
            self._low.take(message)
        if message.kind == Kind.VIDEO:
            self._lag.answered(message.dts)
            self._is_on()

    def _is_on(self) -> None:
        if self._low is not None and not self._told_on:
            self._told_on = True
            self.status["low"] = "on"
            self._say(None)

    def _read_report(self, values: dict[str, object]) -> None:
        now, used = time.monotonic(), float(cast(float, values["cpu"]))
        if self._measured is not None and now > self._measured[0]:
            self.cpu = (used - self._measured[1]) / (now - self._measured[0])
        self._measured = now, used
        level = cast("dict[str, float] | None", values.get("level"))
        if level is not None:
            self.level_db, self.peak_db = level["rms"], level["peak"]

    def _say(self, trouble: Trouble | None) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._note(trouble)
