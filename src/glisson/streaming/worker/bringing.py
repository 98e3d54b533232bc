"""Keeps a source coming: a worker that fetches it, a sink while it has pictures, another try after every end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping

from glisson.streaming.aac import AacError, audio_config
from glisson.streaming.h264 import H264Error, video_config
from glisson.streaming.packets import Packet, Refused, Sink, Trouble
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.process import WorkerProcess

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds between tries: doubled from the one to the other, and from the start again after a minute of pictures."""
STEADY = 60.0
QUIET = 15.0
"""Seconds without a packet from an open source after which it is taken to be hung."""

Admit = Callable[[str], Sink]
Report = Callable[[Trouble | None], None]


class Delivery:
    """One publication made of a worker's messages.

    Parameters
    ----------
    admit : callable
        Called at the first configuration; returns the sink or raises `Refused`.
    over : callable
        Called when the sink turns the publication out.
    """

    def __init__(self, admit: Callable[[], Sink], over: Callable[[], None]) -> None:
        self._admit = admit
        self._over = over
        self._sink: Sink | None = None
        self._troubles: list[Trouble] = []
        self.refused: Trouble | None = None
        self.ended = False
        self.frames = 0

    def take(self, message: Message) -> None:
        """Take a configuration, a frame or a trouble."""
        if self.ended:
            return
        try:
            self._take(message)
        except (H264Error, AacError) as error:
            self.note(Trouble("garbage", f"The source's configuration cannot be used: {error}."))
        except Refused as refusal:
            self.refused, self.ended = refusal.trouble, True
            self._over()

    def _take(self, message: Message) -> None:
        if message.kind == Kind.VIDEO_CONFIG:
            config = video_config(message.data)
            self.open().configure_video(config)
        elif message.kind == Kind.AUDIO_CONFIG:
            sound = audio_config(message.data)
            self.open().configure_audio(sound)
        elif message.kind in (Kind.VIDEO, Kind.AUDIO) and self._sink is not None:
            self.frames += 1
            video = message.kind == Kind.VIDEO
            self._sink.take(Packet(video, message.dts, message.pts, message.key or not video, message.data))

    def note(self, trouble: Trouble) -> None:
        """Pass trouble on, once there is somebody to tell."""
        if self._sink is not None:
            self._sink.note(trouble)
        else:
            self._troubles.append(trouble)

    def end(self, reason: str) -> None:
        """End the publication, if it began; once."""
        if not self.ended:
            self.ended = True
            if self._sink is not None:
                self._sink.end(reason)

    def open(self) -> Sink:
        """Return the sink, asking the door for it the first time; raises `Refused`."""
        if self._sink is None:
            self._sink = self._admit()
            self._sink.hang_up = self._hang_up
            for trouble in self._troubles:
                self._sink.note(trouble)
        return self._sink

    def _hang_up(self, trouble: Trouble) -> None:
        if not self.ended:
            self.refused = trouble
            self.end(trouble.text)
            self._over()


class Bringing:
    """Runs one fetching worker after another until closed.

    Parameters
    ----------
    mode, arguments
        Of the worker; see `glisson.streaming.worker.__main__`.
    peer : str
        The source's address without passwords, for the door and the technician.
    admit, report : callable
        See `glisson.streaming.pull.Pull`.
    failed : callable
        Words the trouble for an end: gets what the source said, whether there were pictures, and seconds to the next
        try; None when the end is in the order of things.
    first_pause : float
        Seconds before the first new try.
    """

    def __init__(
        self,
        mode: str,
        arguments: Mapping[str, object],
        *,
        peer: str,
        admit: Admit,
        report: Report,
        failed: Callable[[str, bool, float], Trouble | None],
        first_pause: float = SHORTEST,
        quiet: float | None = QUIET,
    ) -> None:
        self._mode, self._arguments, self._peer = mode, arguments, peer
        self._admit, self._report, self._failed = admit, report, failed
        self._first_pause, self._quiet = first_pause, quiet
        self._task: asyncio.Task[None] | None = None
        self._worker: WorkerProcess | None = None
        self._over = asyncio.Event()
        self._reason = ""
        self._heard = 0.0
        self._opened = False

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, while there is one."""
        return self._worker.pid if self._worker is not None else None

    def start(self) -> None:
        """Begin, in a task of the running event loop."""
        self._task = asyncio.create_task(self._keep_going())

    async def close(self) -> None:
        """Stop, ending the publication if there is one."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._worker is not None:  # the task was cancelled while it was ending one
            await self._worker.stop()

    async def _keep_going(self) -> None:
        pause = self._first_pause
        while True:
            began = time.monotonic()
            delivery = await self._run_once()
            if delivery.frames and time.monotonic() - began > STEADY:
                pause = self._first_pause
            trouble = delivery.refused or self._failed(self._reason, delivery.frames > 0, pause)
            if trouble is not None:
                self._report(trouble)
            await asyncio.sleep(pause)
            pause = min(LONGEST, max(SHORTEST, 2 * pause)) if trouble is not None else self._first_pause

    async def _run_once(self) -> Delivery:
        self._over.clear()
        self._reason, self._opened, self._heard = "", False, time.monotonic()
        delivery = Delivery(lambda: self._admit(self._peer), self._over.set)
        self._worker = worker = WorkerProcess(
            self._mode, self._arguments, receive=lambda message: self._receive(delivery, message), ended=self._end_of
        )
        try:
            await worker.start()
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), 1)
                if self._opened and self._quiet is not None and time.monotonic() - self._heard > self._quiet:
                    self._reason = f"nothing came from it for {self._quiet:.0f} seconds"
                    break
        except OSError as error:
            self._reason = f"the worker could not be started: {error}"
        except asyncio.CancelledError:
            self._reason = "closed"
            raise
        finally:
            delivery.end(self._reason)
            worker.kill()
            await worker.stop()
            self._worker = None
        return delivery

    def _receive(self, delivery: Delivery, message: Message) -> None:
        self._heard = time.monotonic()
        if message.kind == Kind.END:
            self._end_of(message.text)
        elif message.kind == Kind.REPORT:
            values = message.report
            self._opened |= "open" in values
            trouble = values.get("trouble")
            if isinstance(trouble, dict):
                delivery.note(Trouble(trouble["code"], trouble["text"], trouble["values"]))
        else:
            had_frames = delivery.frames > 0
            delivery.take(message)
            if delivery.frames and not had_frames:
                self._report(None)

    def _end_of(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._over.set()
