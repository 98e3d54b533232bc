import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from glisson.streaming.srt import srt_trouble
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.process import WorkerProcess
from tests.streaming.worker.clips import clip, content
from tests.streaming.worker.sinks import until


def gone(pid):
    """Whether a process is no more, or only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


async def test_a_worker_answers_until_it_is_stopped():
    got, ends = [], []
    source = content(clip("process.mp4", seconds=2))
    worker = WorkerProcess("rung", {}, receive=got.append, ended=ends.append)
    await worker.start()
    worker.send(Message(Kind.VIDEO_CONFIG, source.avcc))
    for packet in source.pictures:
        assert worker.send(Message(Kind.VIDEO, packet.data, packet.dts, packet.pts, packet.key))
    await until(lambda: sum(message.kind == Kind.VIDEO for message in got) == len(source.pictures))
    assert {Kind.REPORT, Kind.POSTER, Kind.VIDEO_CONFIG} <= {message.kind for message in got}
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    pid = worker.pid
    await worker.stop()
    await worker.stop()
    assert gone(pid)
    assert ends == []
    worker.send(Message(Kind.BREAK))  # dropped


async def test_garbage_ends_the_worker_with_a_reason():
    ends = []
    worker = WorkerProcess("rung", {}, receive=lambda message: None, ended=ends.append)
    await worker.start()
    worker._in.write(b"\xff" * 100)
    await until(lambda: ends)
    assert "Garbled" in ends[0]
    await worker.stop()


async def test_a_receiver_that_fails_ends_the_worker(caplog):
    ends = []

    def fail(message):
        raise RuntimeError("no")

    worker = WorkerProcess("rung", {}, receive=fail, ended=ends.append)
    await worker.start()
    worker.send(Message(Kind.BREAK))
    await until(lambda: ends)
    assert ends == ["its messages could not be taken"]
    assert "could not be taken" in caplog.text
    await worker.stop()


async def test_a_worker_that_does_not_read_is_not_fed_without_end():
    worker = WorkerProcess("rung", {}, receive=lambda message: None)
    await worker.start()
    os.kill(worker.pid, 19)  # SIGSTOP
    try:
        sent = 0
        while worker.send(Message(Kind.VIDEO, bytes(1_000_000))):
            sent += 1
            assert sent < 20
            await asyncio.sleep(0)
    finally:
        worker.kill()
        await worker.stop()


async def test_stopping_one_that_is_still_being_started_leaves_nothing():
    worker = WorkerProcess("rung", {}, receive=lambda message: None)
    starting = asyncio.create_task(worker.start())
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.wait([starting])
    await worker.stop()
    assert gone(worker.pid)


@pytest.mark.parametrize("mode", ["rung", "sound", "chunks", "url", "srt"])
def test_no_worker_outlives_the_live_plane(mode):
    if mode == "srt" and srt_trouble() is not None:
        pytest.skip(srt_trouble().text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.create_server(("127.0.0.1", 0)) as silent:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        udp.close()
        arguments = {
            "sound": {"codec": "opus", "rate": 48000, "channels": 2},
            "chunks": {"format": "matroska"},
            "url": {"url": f"http://127.0.0.1:{silent.getsockname()[1]}/never"},
            "srt": {"ffmpeg": "ffmpeg", "host": "127.0.0.1", "port": port, "passphrase": "1234567890"},
        }.get(mode, {})
        environment = {**os.environ, "GLISSON_WORKER_ARGUMENTS": json.dumps(arguments), "PYTHONPATH": "src"}
        command = [sys.executable, "-m", "glisson.streaming.worker", mode]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as worker:
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
            while mode == "srt" and not children.read_text():
                assert worker.poll() is None
            family = [int(child) for child in children.read_text().split()]
            worker.stdin.close()
            assert worker.wait(timeout=30) == 0
        assert len(family) == (mode == "srt")
        assert all(gone(child) for child in family)
