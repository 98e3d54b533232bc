"""Starts a whole installation in a folder of its own, as `make run` does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Installation:
    """``glisson demo`` with ports and a data folder of its own."""

    def __init__(self, folder: Path, *, rehearsal: bool = True, **environment: str) -> None:
        self.folder = folder
        self.web_port, self.live_port, self.rtmp_port = free_port(), free_port(), free_port()
        self.rehearsal = rehearsal
        self.environment = {
            **os.environ,
            "GLISSON_DATA": str(folder / "var"),
            "GLISSON_WEB_PORT": str(self.web_port),
            "GLISSON_LIVE_PORT": str(self.live_port),
            "GLISSON_RTMP_PORT": str(self.rtmp_port),
            **environment,
        }
        self.environment.pop("GLISSON_DATABASE_URL", None)
        self.log = folder / "glisson.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def live_url(self) -> str:
        return f"http://127.0.0.1:{self.live_port}"

    def start(self) -> Installation:
        command = [sys.executable, "-m", "glisson.web.cli", "demo"]
        if not self.rehearsal:
            command.append("--no-rehearsal")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.wait_for(f"{self.live_url}/live/healthz")
        self.wait_for(f"{self.url}/healthz")
        return self

    def wait_for(self, address: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urlopen(address, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError, TimeoutError):
                pass
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, f"{address} did not answer:\n{self.log.read_text()[-4000:]}"
            time.sleep(0.1)

    def child(self, command: str) -> int:
        """Process id of one of the supervised processes."""
        assert self.process is not None
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                arguments = (folder / "cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and command.encode() in arguments:
                return int(folder.name)
        raise AssertionError(f"no process {command!r} is running")

    def kill(self, command: str) -> int:
        """``kill -9`` one process and wait until the supervisor has put another in its place."""
        pid = self.child(command)
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if self.child(command) != pid:
                    return pid
            except AssertionError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{command} was not started again")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def complaints(self) -> list[str]:
        """Tracebacks and errors that any process printed."""
        return [line for line in self.log.read_text().splitlines() if re.search(r"Traceback|\bERROR\b|CRITICAL", line)]


class Encoder:
    """Plain ffmpeg publishing to one feed, as the README says."""

    def __init__(self, address: str, *source: str) -> None:
        self.process = subprocess.Popen(
            ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", *source, "-f", "flv", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def kill(self) -> None:
        """Vanish without a word, as an encoder without power does."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> str:
        """End the encoder; return what it complained about."""
        self.process.terminate()
        try:
            _, complaint = self.process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, complaint = self.process.communicate()
        return complaint.decode(errors="replace")


CLIP = Path(__file__).parents[3] / "shared/data/rvim_endoscopy/phantom_instrument_50f.mp4"


def looped_clip() -> list[str]:
    """The dry-lab clip in a loop, untouched, with a tone beside it since it has no sound."""
    return [
        *("-re", "-stream_loop", "-1", "-i", str(CLIP)),
        *("-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"),
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "96k"),
    ]


def drawn_source(*more: str, size: str = "640x360", rate: int = 25) -> list[str]:
    """A moving test picture and a tone, encoded as the technician's page asks."""
    return [
        *("-re", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}"),
        *("-re", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(rate), "-bf", "0"),
        *("-pix_fmt", "yuv420p", "-b:v", "1500k", "-c:a", "aac", "-b:a", "96k", *more),
    ]
