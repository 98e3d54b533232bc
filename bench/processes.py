"""Starting programs and ending exactly those that were started, by their process id."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from . import machine

_running: list[Program] = []


class Program:
    """A program started by the bench.

    Parameters
    ----------
    command : sequence of str
        What to run.
    log : Path
        Where its output goes.
    cores : set of int
        The cores it may use.
    environment : dict, optional
        Added to ours.
    """

    def __init__(
        self, command: Sequence[str], log: Path, cores: set[int], environment: dict[str, str] | None = None
    ) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, sorted(cores))), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
            )
        self.pid = self.process.pid
        _running.append(self)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def wait_for_port(self, port: int, seconds: float = 20) -> None:
        """Return when something listens there; an error with the end of the log when the program dies first."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                return
            if not self.alive:
                break
            time.sleep(0.05)
        raise RuntimeError(f"Nothing listens on port {port}. {self.log}: {self.log.read_text()[-600:]}")

    def kill(self) -> None:
        """End it as a power cut would (its descendants too)."""
        for pid in machine.family(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.process.wait()
        self._forget()

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        family = machine.family(self.pid)
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in family[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self._forget()

    def _forget(self) -> None:
        if self in _running:
            _running.remove(self)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def resident(name: str) -> str | None:
    """Return where a program is, also in the folders of the system's own programs, or None."""
    for folder in [*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/sbin"]:
        path = Path(folder) / name
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    return None


@atexit.register
def _stop_all() -> None:
    for program in list(_running):
        with contextlib.suppress(Exception):
            program.stop()
