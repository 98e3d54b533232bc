"""The live plane's end: a worker process, spoken to by messages, whose death only its owner notices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import glisson
from glisson.streaming.worker.messages import Garbled, Inbox, Message

log = logging.getLogger(__name__)

PIECE = 256 * 1024
HELD_LIMIT = 8 * 1024 * 1024
"""Bytes that may wait for a worker before `WorkerProcess.send` refuses more."""
PARTING = 3.0
"""Seconds a worker has to finish after its stdin is closed."""


class _Pen(asyncio.BaseProtocol):
    """Our end of the worker's stdin."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


class WorkerProcess:
    """One worker process.

    Parameters
    ----------
    mode : str
        What it does: ``rung``, ``bring``, ``chunks`` or ``sound`` (see `glisson.streaming.worker.__main__`).
    arguments : Mapping
        JSON-able arguments of that mode.
    receive : callable
        Called with every message of the worker, in the event loop.
    ended : callable
        Called once when the worker is gone without `stop`, with the last thing it said on stderr or its exit status.
    """

    def __init__(
        self,
        mode: str,
        arguments: Mapping[str, object],
        *,
        receive: Callable[[Message], None],
        ended: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._command = [sys.executable, "-m", "glisson.streaming.worker", mode]
        self._arguments = arguments
        self._receive = receive
        self._ended = ended
        self._process: subprocess.Popen[bytes] | None = None
        self._in: asyncio.WriteTransport | None = None
        self._pen = _Pen()
        self._outs: list[asyncio.BaseTransport] = []
        self._spawning: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._complaint = ""
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id, once it runs."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the process; raises `OSError` when this computer cannot."""
        # Shielded: a process whose starting is cancelled half-way would be nobody's.
        self._spawning = asyncio.create_task(self._spawn())
        await asyncio.shield(self._spawning)

    async def _spawn(self) -> None:
        """Start in a thread, since on a busy computer that takes a tenth of a second, in which no picture would move.

        The arguments go by the environment: everybody can read a command line, and there are passphrases in them.
        """
        paths = [str(Path(glisson.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "GLISSON_WORKER_ARGUMENTS": json.dumps(self._arguments),
        }
        pipe = subprocess.PIPE
        process = await asyncio.to_thread(
            lambda: subprocess.Popen(  # noqa: S603 (our own module)
                self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, bufsize=0
            )
        )
        self._process = process
        loop = asyncio.get_running_loop()
        self._in, _ = await loop.connect_write_pipe(lambda: self._pen, process.stdin)
        said, complaints = asyncio.StreamReader(), asyncio.StreamReader()
        for reader, end in ((said, process.stdout), (complaints, process.stderr)):
            transport, _ = await loop.connect_read_pipe(partial(asyncio.StreamReaderProtocol, reader), end)
            self._outs.append(transport)
        if self._stopping:  # stopped while it was being started
            self.kill()
        self._tasks = [
            asyncio.create_task(self._listen(said)),
            asyncio.create_task(self._hear_complaints(complaints)),
        ]

    def send(self, message: Message) -> bool:
        """Send a message; False when the worker is so far behind that more must not be held for it.

        What is sent to a worker that is gone is dropped: its owner hears of the end by ``ended``.
        """
        if self._in is None or self._in.is_closing() or self._stopping:
            return True
        if self._in.get_write_buffer_size() > HELD_LIMIT:
            return False
        self._in.write(message.packed())
        return True

    async def stop(self) -> None:
        """End the process: politely, and after `PARTING` seconds not."""
        self._stopping = True
        if self._spawning is not None:
            await asyncio.wait((self._spawning,))
        if self._process is None:
            return
        if self._in is not None:
            self._in.close()
        await self._wait()
        with contextlib.suppress(TimeoutError):  # a child of the worker's may hold the pipes open
            await asyncio.wait_for(asyncio.gather(self._pen.lost.wait(), *map(asyncio.shield, self._tasks)), 1)
        for transport in self._outs:
            transport.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self) -> int:
        assert self._process is not None
        try:
            return await asyncio.to_thread(self._process.wait, PARTING)
        except subprocess.TimeoutExpired:
            self.kill()
            return await asyncio.to_thread(self._process.wait)

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()

    async def _listen(self, said: asyncio.StreamReader) -> None:
        inbox = Inbox()
        try:
            while data := await said.read(PIECE):
                for message in inbox.feed(data):
                    self._receive(message)
        except Garbled as error:
            self._complaint = str(error)
            self.kill()
        except Exception:
            # Whatever the receiver could not stand must not leave the worker running without anybody listening.
            log.exception("A message of the %s worker could not be taken", self._command[-1])
            self._complaint = "its messages could not be taken"
            self.kill()
        status = await self._wait()
        await asyncio.wait(self._tasks[1:], timeout=1)
        if not self._stopping:
            self._ended(self._complaint or f"exit status {status}")

    async def _hear_complaints(self, complaints: asyncio.StreamReader) -> None:
        while line := await complaints.readline():
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._complaint = text[-300:]
                log.debug("%s worker %s: %s", self._command[-1], self.pid, text)
