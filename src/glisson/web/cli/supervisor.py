"""Keeps the processes of one installation running, each apart from the others."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FIRST_WAIT, LONGEST_WAIT = 0.3, 10.0
STEADY = 30.0
"""A process that lived this many seconds is restarted at once when it dies; a hasty one waits longer each time."""
PATIENCE = 15.0
"""Seconds a process has to close its recordings and connections before it is ended."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep running.

    Parameters
    ----------
    name : str
        Shown before each line it prints.
    command : Sequence
        Program and arguments.
    environment : Mapping
        What it gets on top of ours.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Starts children, restarts the ones that die, and ends them all together."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.running: dict[str, asyncio.subprocess.Process] = {}
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Run until told to stop by SIGINT, SIGTERM or `stop`."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        async with asyncio.TaskGroup() as group:
            for child in self.children:
                group.create_task(self._keep(child))

    def stop(self) -> None:
        """End every child; `run` returns when the last one is gone."""
        self._stop.set()

    async def _keep(self, child: Child) -> None:
        wait = FIRST_WAIT
        while not self._stop.is_set():
            started = time.monotonic()
            process = await self._start(child)
            await self._watch(child, process)
            if self._stop.is_set():
                return
            lived = time.monotonic() - started
            wait = FIRST_WAIT if lived > STEADY else min(wait * 2, LONGEST_WAIT)
            _say(child.name, f"ended (code {process.returncode}) after {lived:.0f} s; starting again in {wait:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)

    async def _start(self, child: Child) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *child.command,
            env={**os.environ, **child.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=_leave_with_parent,
        )
        self.running[child.name] = process
        return process

    async def _watch(self, child: Child, process: asyncio.subprocess.Process) -> None:
        """Pass on what the process prints until it has ended, by itself or because we stop."""
        printing = asyncio.create_task(_print_lines(child.name, process))
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ended), PATIENCE)
            if process.returncode is None:
                process.kill()
        await ended
        # A grandchild may hold the pipe open after its parent has gone; do not wait for it.
        await asyncio.wait({printing}, timeout=1)
        printing.cancel()
        self.running.pop(child.name, None)


async def _print_lines(name: str, process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:  # a line longer than the stream's limit: its rest follows
            continue
        if not line:
            return
        _say(name, line.decode(errors="replace").rstrip())


def _say(name: str, text: str) -> None:
    sys.stdout.write(f"{name:>9} | {text}\n")
    sys.stdout.flush()


def _leave_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed, so that no port stays taken."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the supervisor passes it on in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
