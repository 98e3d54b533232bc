"""The live plane's end: a worker process, spoken to by messages, whose death only its owner notices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import glisson
from glisson.streaming.worker.messages import Garbled, Inbox, Message

log = logging.getLogger(__name__)

PIECE = 256 * 1024
HELD_LIMIT = 8 * 1024 * 1024
"""Bytes that may wait for a worker before `WorkerProcess.send` refuses more."""
PARTING = 3.0
"""Seconds a worker has to finish after its stdin is closed."""


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
        self._process: asyncio.subprocess.Process | None = None
        self._spawning: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._complaint = ""
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id, once it runs."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the process."""
        # Shielded: a process whose starting is cancelled half-way would be nobody's.
        self._spawning = asyncio.create_task(self._spawn())
        await asyncio.shield(self._spawning)

    async def _spawn(self) -> None:
        """The arguments go by the environment: everybody can read a command line, and there are passphrases in them."""
        paths = [str(Path(glisson.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "GLISSON_WORKER_ARGUMENTS": json.dumps(self._arguments),
        }
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment
        )
        if self._stopping:  # stopped while it was being started
            self.kill()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._hear_complaints())]

    def send(self, message: Message) -> bool:
        """Send a message; False when the worker is gone or so far behind that more must not be held for it."""
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None or self._stopping:
            return False
        if process.stdin.is_closing() or process.stdin.transport.get_write_buffer_size() > HELD_LIMIT:
            return False
        process.stdin.write(message.packed())
        return True

    async def stop(self) -> None:
        """End the process: politely, and after `PARTING` seconds not."""
        self._stopping = True
        if self._spawning is not None:
            await asyncio.wait((self._spawning,))
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        await self._wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self) -> int:
        assert self._process is not None
        try:
            return await asyncio.wait_for(self._process.wait(), PARTING)
        except TimeoutError:
            self.kill()
            return await self._process.wait()

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                # Not Process.kill(): it polls first, and so takes the exit status away from asyncio's watcher.
                os.kill(self._process.pid, signal.SIGKILL)

    async def _listen(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        inbox = Inbox()
        try:
            while data := await process.stdout.read(PIECE):
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

    async def _hear_complaints(self) -> None:
        process = self._process
        assert process is not None
        assert process.stderr is not None
        while line := await process.stderr.readline():
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._complaint = text[-300:]
                log.debug("%s worker %d: %s", self._command[-1], process.pid, text)
