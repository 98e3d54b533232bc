import asyncio
import itertools
import os
import signal
import socket
from pathlib import Path

import pytest

from glisson.streaming.packets import TICKS, Refused, Trouble
from glisson.streaming.srt import SrtListener, check_passphrase, srt_trouble
from tests.streaming.worker.clips import clip, content
from tests.streaming.worker.sinks import KeptDoor, until

PASSPHRASE = "what's the 'word'? 100% \\o/"


@pytest.fixture
def with_srt():
    if srt_trouble() is not None:
        pytest.skip(srt_trouble().text)


@pytest.fixture
async def listening(with_srt):
    """A listener with its door; ended at the end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    door = KeptDoor()
    door.port = port
    door.listener = SrtListener(port, PASSPHRASE, admit=door.admit, report=door.reports.append, host="127.0.0.1")
    door.listener.start()
    yield door
    await door.listener.close()


@pytest.fixture
async def call():
    """``call(port, clip)`` is an ffmpeg that calls, in real time; ended at the end."""
    callers = []

    async def start(port, source, passphrase=PASSPHRASE, *more):
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-i", str(source), "-c", "copy", *more]
        command += ["-passphrase", passphrase, "-f", "mpegts", f"srt://127.0.0.1:{port}?mode=caller"]
        caller = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
        callers.append(caller)
        return caller

    yield start
    for caller in callers:
        if caller.returncode is None:
            caller.kill()
        await caller.wait()


def command_lines(worker):
    """What everybody can read of a worker and its children (Linux)."""
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    return [Path(f"/proc/{process}/cmdline").read_bytes() for process in (worker, *children)]


async def call_until_heard(call, door, source, *more):
    """Call, and call again when the port was not open yet."""
    for _ in range(20):
        caller = await call(door.port, source, *more)
        known = len(door.sinks)
        await until(lambda caller=caller, known=known: caller.returncode is not None or len(door.sinks) > known)
        if len(door.sinks) > known:
            return caller
        await asyncio.sleep(0.5)
    raise AssertionError("nobody answered")


async def test_a_caller_is_passed_on_untouched_and_the_next_one_too(listening, call):
    source = clip("srt.mp4", seconds=10, b_frames=2)
    expected = content(source)
    for publication in range(2):
        caller = await call_until_heard(call, listening, source)
        sink = listening.sink
        await until(lambda sink=sink: len(sink.pictures) > 40)
        caller.kill()
        await until(lambda sink=sink: sink.ends)
        assert len(listening.sinks) == publication + 1
        originals = [packet.data for packet in expected.pictures]
        first = originals.index(sink.pictures[0].data)
        count = len(sink.pictures)
        assert [packet.data for packet in sink.pictures] == originals[first : first + count]
        assert sink.pictures[0].key
        steps = {round((after.dts - before.dts) / TICKS, 3) for before, after in itertools.pairwise(sink.pictures)}
        assert steps == {0.04}
        offsets = [packet.pts - packet.dts for packet in expected.pictures[first : first + count]]
        assert [packet.pts - packet.dts for packet in sink.pictures] == pytest.approx(offsets, abs=TICKS // 1000)
        assert {packet.data for packet in sink.sounds} <= {packet.data for packet in expected.sounds}
        assert len(sink.sounds) > 40
        assert (sink.video[0].width, sink.audio[0].rate) == (640, 48000)
    assert None in listening.codes


async def test_a_wrong_passphrase_is_turned_away_and_the_right_one_still_heard(listening, call):
    source = clip("srt.mp4", seconds=10, b_frames=2)
    caller = await call_until_heard(call, listening, source)
    caller.kill()
    await until(lambda: listening.sink.ends)
    for _ in range(3):
        wrong = await call(listening.port, source, "not the passphrase")
        await until(lambda wrong=wrong: wrong.returncode is not None)
        assert wrong.returncode != 0
    assert len(listening.sinks) == 1
    await call_until_heard(call, listening, source)


async def test_the_worker_is_killed_and_the_port_is_heard_again(listening, call):
    source = clip("srt.mp4", seconds=10, b_frames=2)
    await call_until_heard(call, listening, source)
    os.kill(listening.listener.worker_pid, signal.SIGKILL)
    await until(lambda: listening.sinks[0].ends)
    await call_until_heard(call, listening, source)
    await until(lambda: len(listening.sinks) == 2 and listening.sink.pictures)


async def test_the_passphrase_is_on_no_command_line(listening, call):
    await call_until_heard(call, listening, clip("srt.mp4", seconds=10, b_frames=2))
    worker = listening.listener.worker_pid
    lines = command_lines(worker)
    assert [b"glisson" in lines[0], b"ffmpeg" in lines[1], len(lines)] == [True, True, 2]
    assert not any(b"100%" in line for line in lines)


async def test_closing_frees_the_port(listening, call):
    await call_until_heard(call, listening, clip("srt.mp4", seconds=10, b_frames=2))
    await listening.listener.close()
    assert len(listening.sink.ends) == 1

    def free():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", listening.port))
            except OSError:
                return False
        return True

    await until(free)


async def test_without_ffmpeg_it_says_that_it_is_off(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    srt_trouble.cache_clear()
    door = KeptDoor()
    listener = SrtListener(9001, PASSPHRASE, admit=door.admit, report=door.reports.append)
    listener.start()
    await listener.close()
    assert door.codes == ["srt_off"]
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho Input: file http\n")
    program.chmod(0o755)
    srt_trouble.cache_clear()
    assert srt_trouble().code == "srt_off"
    assert "without SRT" in srt_trouble().text
    srt_trouble.cache_clear()


def test_an_end_without_pictures_says_what_to_check():
    listener = SrtListener(9001, PASSPHRASE, admit=KeptDoor().admit, report=lambda trouble: None)
    trouble = listener._failed("Address already in use", False, 2.0)
    assert trouble.code == "srt_failed"
    assert "9001" in trouble.text
    assert listener._failed("the source ended", True, 1.0) is None
    assert isinstance(trouble, Trouble)


@pytest.mark.parametrize("passphrase", ["", "123456789", "x" * 80, "mit Umläuten 1234", "with a\nnewline"])
def test_passphrases_that_srt_cannot_use(passphrase):
    with pytest.raises(Refused) as refusal:
        check_passphrase(passphrase)
    assert refusal.value.trouble.code == "srt_passphrase"


@pytest.mark.parametrize("passphrase", ["1234567890", "x" * 79, PASSPHRASE])
def test_passphrases_that_srt_can_use(passphrase):
    check_passphrase(passphrase)
