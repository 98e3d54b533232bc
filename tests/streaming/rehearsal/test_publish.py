"""The rehearsal publishes to a real RTMP listener, comes back when it went away, and ends when told."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import av
import numpy as np
import pytest

from glisson.streaming.rehearsal import read_clock, rehearse
from glisson.streaming.rehearsal.feed import masked

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg, the listener of this test, is missing")
SMALL = {"size": (320, 180), "fps": 25, "bit_rate": 400_000}


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Listener:
    """ffmpeg as an RTMP server for one publication, writing what it gets to a file."""

    def __init__(self, port, path):
        self.url, self.path, self.port = f"rtmp://127.0.0.1:{port}/live/rehearsal-key", path, port
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-listen",
            "1",
            "-i",
            self.url,
            "-c",
            "copy",
            "-f",
            "mpegts",
            "-y",
            str(path),
        ]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait_until_listening()

    def _wait_until_listening(self):
        """Look in the kernel's table: a trial connection would use up the only one that ffmpeg accepts."""
        wanted = f"0100007F:{self.port:04X} 00000000:0000 0A"
        for _ in range(200):
            with open("/proc/net/tcp") as table:
                if wanted in table.read():
                    return
            time.sleep(0.05)
        raise AssertionError("ffmpeg does not listen")

    def end(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def listen(tmp_path):
    listeners = []

    def start(port=None, name="taken.ts"):
        listeners.append(Listener(port or free_port(), tmp_path / name))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.end()


def test_both_feeds_arrive_with_picture_clock_and_sound(listen):
    white, fluorescence = listen(name="white.ts"), listen(name="fluorescence.ts")
    before = time.time_ns() // 1_000_000

    tallies = rehearse(white.url, fluorescence.url, seconds=3, **SMALL)

    after = time.time_ns() // 1_000_000
    for listener, tally in zip((white, fluorescence), tallies, strict=True):
        listener.process.wait(20)
        with av.open(str(listener.path)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]
            assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
            assert not video.codec_context.has_b_frames
            frames = list(container.decode(video=0))
        with av.open(str(listener.path)) as container:
            sound = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
        clocks = [read_clock(frame.to_ndarray()[:180]) for frame in frames]
        assert len(frames) == tally.sent > 25
        assert None not in clocks
        assert clocks == sorted(clocks)
        assert before % 2**32 <= clocks[0] <= clocks[-1] <= after % 2**32
        keys = [number for number, frame in enumerate(frames) if frame.key_frame]
        assert len(keys) >= 2
        assert max(np.diff(keys)) <= SMALL["fps"]
        assert 0.01 < np.abs(sound).max() < 0.2  # the beep: audible, quiet


def test_comes_back_after_the_server_went_away(listen):
    first = listen(name="first.ts")
    stop, words = threading.Event(), []
    rehearsal = threading.Thread(
        target=rehearse, args=(first.url,), kwargs={**SMALL, "stop": stop, "say": words.append}
    )
    rehearsal.start()
    try:
        wait_for(lambda: any("is on its way" in sentence for sentence in words))
        first.end()
        wait_for(lambda: any("is not on its way" in sentence for sentence in words))
        second = listen(first.port, name="second.ts")
        wait_for(lambda: second.path.exists() and second.path.stat().st_size > 50_000)
    finally:
        stop.set()
        rehearsal.join(20)

    assert not rehearsal.is_alive()
    assert [("is on its way" in sentence) for sentence in words if "feed" in sentence] == [True, False, True]
    assert not any("rehearsal-key" in sentence for sentence in words)


def test_says_once_that_nobody_answers_and_ends_when_told():
    stop, words = threading.Event(), []
    url = f"rtmp://127.0.0.1:{free_port()}/live/nobody"
    rehearsal = threading.Thread(target=rehearse, args=(url,), kwargs={**SMALL, "stop": stop, "say": words.append})
    rehearsal.start()
    wait_for(lambda: any("is not on its way" in sentence for sentence in words))
    time.sleep(1.2)  # time for a second attempt, which says nothing new
    stop.set()
    rehearsal.join(20)

    assert not rehearsal.is_alive()
    assert sum("is not on its way" in sentence for sentence in words) == 1


def test_ends_cleanly_on_sigterm(listen):
    listener = listen()
    command = [sys.executable, "-m", "glisson.streaming.rehearsal", listener.url, "--size", "320x180"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "src"})
    try:
        wait_for(lambda: listener.path.exists() and listener.path.stat().st_size > 50_000)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert "The rehearsal has ended." in said
    assert listener.process.wait(20) == 0


def test_stream_keys_are_masked():
    assert masked("rtmp://theatre.example/live/abcd1234-secret") == "rtmp://theatre.example/live/abcd…"


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen within 30 s.")
