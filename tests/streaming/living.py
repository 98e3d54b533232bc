"""A live process with a data folder of its own, real ffmpeg encoders, and viewers with passes."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import websockets

from glisson.streaming.rights import Pass, sign_pass
from glisson.streaming.roster import hash_key
from glisson.streaming.server import LivePlane
from glisson.streaming.settings import LiveSettings

SIGNING = b"signing-secret-of-the-tests-1234567890"
CONTROL = b"control-secret-of-the-tests-1234567890"
ORIGIN = "https://glisson.example"


def settings(data, **changes):
    values = {
        "data": data,
        "signing_secret": SIGNING,
        "control_secret": CONTROL,
        "port": 0,
        "rtmp_host": "127.0.0.1",
        "rtmp_port": 0,
        "allowed_origins": frozenset({ORIGIN}),
    }
    return LiveSettings(**(values | changes))


def make_pass(viewer="chen", group="g1", scopes=("watch",), epoch=0, seconds=600):
    return sign_pass(SIGNING, Pass(viewer, group, frozenset(scopes), epoch, int(time.time() + seconds)))


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def feed(state="on_air", group="g1", keys=("secret",), **changes):
    return {
        "group": group,
        "title": "Theatre 2",
        "angle": "laparoscope",
        "key_sha256": [hash_key(key) for key in keys],
        "state": state,
        "record": True,
        "low": False,
    } | changes


class Roster:
    """The roster as the web keeps it: every change gets the next version."""

    def __init__(self, **feeds):
        self.document = {"version": 0, "groups": {"g1": {}, "g2": {}}, "feeds": feeds}

    def next(self):
        self.document["version"] += 1
        return self.document


class Web:
    """What the web would say to the live process, and what viewers ask of it."""

    def __init__(self, port, roster):
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self.roster = roster
        self.http = httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=20)

    async def put(self):
        answer = await self.http.put("/live/control/roster", json=self.roster.next(), headers=bearer(CONTROL.decode()))
        assert answer.status_code == 200, answer.text

    async def turn(self, code, **changes):
        self.roster.document["feeds"][code].update(changes)
        await self.put()

    async def revoke(self, viewer, group="g1"):
        self.roster.document["groups"][group]["revoked"] = {viewer: time.time() + 600}
        await self.put()

    async def get(self, path, pass_text=None, **headers):
        shown = bearer(pass_text) if pass_text else {}
        return await self.http.get(path, headers=shown | headers)

    def ws(self, path, pass_text, **keywords):
        headers = bearer(pass_text) if pass_text else {}
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}{path}",
            additional_headers=headers,
            max_size=None,
            proxy=None,
            compression=None,
            **keywords,
        )

    async def health(self, code="f1", group="g1"):
        answer = await self.get(f"/live/v/{group}/health", make_pass("eva", group, ("health",)))
        return answer.json()["feeds"][code]

    async def until(self, path, pass_text, good, seconds=20):
        """Ask until the answer is good, and return it."""
        end = time.monotonic() + seconds
        while True:
            answer = await self.get(path, pass_text)
            if good(answer):
                return answer
            assert time.monotonic() < end, (answer.status_code, answer.text[:2000])
            await asyncio.sleep(0.05)

    async def until_playing(self, code="f1", group="g1", pass_text=None, parts=1):
        """Wait for a playlist with so many parts."""
        return await self.until(
            f"/live/v/{group}/{code}/original/live.m3u8",
            pass_text or make_pass(group=group),
            lambda answer: answer.status_code == 200 and answer.text.count("#EXT-X-PART:") >= parts,
        )


@contextlib.asynccontextmanager
async def plane(data, roster, **changes):
    """A live process inside the test's own loop."""
    living = LivePlane(settings(data, **changes))
    await living.start()
    web = Web(living.port, roster)
    web.plane, web.rtmp_port = living, living.rtmp_port
    try:
        await web.put()
        yield web
    finally:
        await web.http.aclose()
        await living.stop()


@contextlib.asynccontextmanager
async def encoder(port, key, clip, *, loop=True):
    """ffmpeg, sending a clip in real time."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-re"]
    command += ["-stream_loop", "-1"] if loop else []
    command += ["-i", str(clip), "-c", "copy", "-f", "flv", f"rtmp://127.0.0.1:{port}/live/{key}"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def make_clip(path, *, seconds=4, size="320x180", rate=25, bitrate="300k", gop=25):
    """A small clip with sound: key frames each second, no B-frames."""
    subprocess.run(
        ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
        + [
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=size={size}:rate={rate}",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=48000",
        ]
        + ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"]
        + ["-g", str(gop), "-b:v", bitrate, "-minrate", bitrate, "-maxrate", bitrate, "-bufsize", bitrate]
        + ["-nal-hrd", "cbr", "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", str(path)],
        check=True,
    )
    return path


PROGRAM = """
import json, logging, sys
from pathlib import Path
from glisson.streaming.server import run
from tests.streaming.living import settings
logging.basicConfig(level="INFO")
changes = json.loads(sys.argv[2])
run(settings(Path(sys.argv[1]), **changes))
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Process:
    """The live process as a process of its own, which can be killed."""

    def __init__(self, data, **changes):
        self.data, self.port, self.rtmp_port = data, free_port(), free_port()
        self.changes = changes | {"port": self.port, "rtmp_port": self.rtmp_port}
        self.process = None
        self.log = Path(data) / "process.log"

    def spawn(self):
        root = Path(__file__).parents[2]
        environment = os.environ | {"PYTHONPATH": f"{root / 'src'}:{root}"}
        command = [sys.executable, "-c", PROGRAM, str(self.data), json.dumps(self.changes)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, env=environment)

    async def start(self):
        self.spawn()
        async with httpx.AsyncClient(trust_env=False) as http:
            for _ in range(400):
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"http://127.0.0.1:{self.port}/live/healthz")).status_code == 200:
                        return self
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)
        raise AssertionError("the live process did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def rss(self):
        """Resident bytes."""
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGESIZE")
