"""The recorder stands kill -9, a full disk and a torn tail; the live picture goes on whatever the disk does."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glisson.streaming import recorder as recorder_module
from glisson.streaming.packager import Packager
from glisson.streaming.recorder import Recorder
from glisson.streaming.recording import Recording
from glisson.streaming.ring import Ring
from tests.streaming.simulated import Clock, Encoder, publish

ROOT = Path(__file__).parents[2]


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


class Life:
    """One life of the process: ring, packager, recorder."""

    def __init__(self, folder: Path, executor: ThreadPoolExecutor, clock: Clock, *, each_part: bool = True) -> None:
        self.clock, self.ring = clock, Ring()
        state = Recording(folder).state()
        if state is not None:
            self.ring.resume(state)
        self.packager = Packager(self.ring, now=clock)
        self.recorder = Recorder(folder, self.ring, executor, each_part=each_part)

    async def publish(self, encoder: Encoder, seconds: float) -> None:
        for number, _ in enumerate(publish(self.packager, self.clock, encoder, seconds)):
            if number % 8 == 0:
                await asyncio.sleep(0)

    async def written(self, parts: int) -> None:
        while self.recorder.parts_written < parts:
            await asyncio.sleep(0.001)


@pytest.fixture(params=[True, False], ids=["each part", "each segment"])
async def life(request: pytest.FixtureRequest, tmp_path: Path, executor: ThreadPoolExecutor) -> AsyncIterator[Life]:
    """A life that is synchronised at each part, as the original is, and one at each segment, as its rungs are."""
    one = Life(tmp_path / "feed", executor, Clock(), each_part=request.param)
    yield one
    await one.recorder.close()


def segment_bytes(ring: Ring) -> dict[int, bytes]:
    return {segment.msn: segment.data for segment in ring.segments}


async def test_every_part_is_on_disk_as_it_was_sent(life: Life, tmp_path: Path) -> None:
    await life.publish(Encoder(), 9)
    life.packager.flush()
    await life.recorder.close(finished=True)
    recording = Recording(tmp_path / "feed")
    assert {
        row.msn: (tmp_path / "feed" / f"{row.msn}.m4s").read_bytes() for row in recording.segments
    } == segment_bytes(life.ring)
    assert [(row.msn, row.part, row.start, row.duration) for row in recording.parts] == [
        (part.msn, part.index, part.start, part.duration) for segment in life.ring.segments for part in segment.parts
    ]
    assert recording.damaged() == []
    assert recording.closed
    assert recording.duration == pytest.approx(9.0, abs=0.01)
    assert life.recorder.bytes_written == recording.size
    assert life.recorder.alarm is None


async def test_recording_starts_at_the_next_key_frame(tmp_path: Path, executor: ThreadPoolExecutor) -> None:
    """What was shown before, to the theatre alone, is not in it."""
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    packets = publish(packager, clock, Encoder(fps=25, gops=(25,)), 8)
    for packet in packets:
        if packet.video and packet.data.startswith((60).to_bytes(4, "big")):
            break
    recorder = Recorder(tmp_path, ring, executor)
    for _ in packets:
        await asyncio.sleep(0)
    packager.flush()
    await recorder.close()
    recording = Recording(tmp_path)
    assert recording.parts[0].start == 3 * 90_000
    assert recording.parts[0].key_first
    assert recording.parts[0].part == 0


async def test_a_restart_goes_on_in_the_same_recording(tmp_path: Path, executor: ThreadPoolExecutor) -> None:
    clock = Clock()
    first = Life(tmp_path, executor, clock)
    await first.publish(Encoder(), 5)
    first.packager.flush()
    await first.recorder.close()
    clock.time += 20
    second = Life(tmp_path, executor, clock)
    await second.publish(Encoder(), 5)
    second.packager.flush()
    await second.recorder.close()
    recording = Recording(tmp_path)
    assert [(round(gap.seconds), gap.reason) for gap in recording.gaps] == [(20, "resumed")]
    assert second.ring.epoch == first.ring.epoch == recording.epoch
    assert second.ring.segments[0].msn > first.ring.segments[-1].msn
    sequences = [row.sequence for row in recording.parts]
    assert sequences == sorted(set(sequences))
    assert recording.duration == pytest.approx(10.0, abs=0.02)
    assert second.ring.segments[0].discontinuity_sequence == 1
    assert recording.vod_playlist().count("#EXT-X-DISCONTINUITY\n") == 1
    assert [init.number for init in recording.inits.values()] == [0, 1]


@pytest.mark.parametrize("torn", ["line", "bytes", "line without bytes", "file without line"])
async def test_a_torn_tail_is_cut_off(tmp_path: Path, executor: ThreadPoolExecutor, torn: str) -> None:
    clock = Clock()
    first = Life(tmp_path, executor, clock)
    await first.publish(Encoder(), 5)
    first.packager.flush()
    await first.recorder.close()
    whole = Recording(tmp_path)
    last = whole.segments[-1].msn
    manifest = tmp_path / "manifest.jsonl"
    kept = len(whole.parts)
    if torn == "line":
        with manifest.open("ab") as file:
            file.write(b'{"msn":9,"part":0,"sta')
    elif torn == "bytes":
        with (tmp_path / f"{last}.m4s").open("ab") as file:
            file.write(b"half a part")
    elif torn == "file without line":
        (tmp_path / f"{last + 1}.m4s").write_bytes(b"half a part")
    else:
        file_size = (tmp_path / f"{last}.m4s").stat().st_size
        os.truncate(tmp_path / f"{last}.m4s", file_size - 1)
        kept -= 1
    assert len(Recording(tmp_path).parts) == kept
    second = Life(tmp_path, executor, clock)
    await second.publish(Encoder(), 3)
    second.packager.flush()
    await second.recorder.close()
    mended = Recording(tmp_path)
    assert mended.damaged() == []
    assert len(mended.parts) > kept
    sizes = {row.msn: row.bytes for row in mended.segments}
    assert on_disk(tmp_path) == sizes
    for line in manifest.read_bytes().splitlines():
        json.loads(line)


def on_disk(folder: Path) -> dict[int, int]:
    return {int(path.stem): path.stat().st_size for path in folder.glob("*.m4s")}


def start_process(folder: Path, seconds: float, pace: float, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.streaming.recording_process", str(folder), str(seconds), str(pace), *more],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        stdout=subprocess.PIPE,
        text=True,
    )


def parts_told(process: subprocess.Popen[str], parts: int) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("parts") and int(line.split()[1]) >= parts:
            return int(line.split()[1])
    raise AssertionError("the recording process ended early")


@pytest.mark.parametrize("wait", [0.0, 0.013, 0.037])
def test_kill_9_loses_at_most_the_part_being_written(tmp_path: Path, wait: float) -> None:
    with start_process(tmp_path, 600, 20) as process:
        told = parts_told(process, 40)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read() if process.stdout else ""
        told = max([told, *(int(line.split()[1]) for line in rest.splitlines() if line.startswith("parts"))])
    recording = Recording(tmp_path)
    assert told <= len(recording.parts)
    assert recording.damaged() == []
    with start_process(tmp_path, 4, 20) as process:
        output, _ = process.communicate(timeout=60)
    assert "alarm -" in output
    after = Recording(tmp_path)
    assert after.parts[: len(recording.parts)] == recording.parts
    assert after.damaged() == []
    assert [gap.reason for gap in after.gaps] == ["resumed"]
    assert after.closed


def test_a_full_disk_stops_only_the_recorder(tmp_path: Path) -> None:
    """A file size limit fails like a full disk does, in the middle of a part; the feed goes on to its end."""
    with start_process(tmp_path, 8, 8, "100000") as process:
        output, _ = process.communicate(timeout=60)
    last = output.splitlines()[-1].split()
    assert last[0] == "fragments"
    assert int(last[1]) > 90
    assert last[3] == "disk_full"
    recording = Recording(tmp_path)
    assert 0 < recording.duration < 8
    assert recording.damaged() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("mounting a small disk needs root")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "glisson-test", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_recording_goes_on_when_there_is_room_again(
    small_disk: Path, executor: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "TRY_AGAIN", 0.0)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(700_000))
    life = Life(small_disk / "feed", executor, Clock())
    encoder = Encoder(sizes=(3000, 100))
    while life.recorder.alarm is None:
        await life.publish(encoder, 1)
        life.packager.break_timeline("again")
        await asyncio.sleep(0.01)
    assert life.recorder.alarm.code == "disk_full"
    assert Recording(small_disk / "feed").damaged() == []
    ballast.unlink()
    written = life.recorder.parts_written
    while life.recorder.parts_written == written:
        await life.publish(encoder, 1)
        life.packager.break_timeline("again")
        await asyncio.sleep(0.01)
    assert life.recorder.alarm is None
    await life.recorder.close()
    recording = Recording(small_disk / "feed")
    assert "disk_full" in [gap.reason for gap in recording.gaps]
    assert recording.damaged() == []


async def test_a_folder_that_cannot_be_made_is_an_alarm_not_a_crash(
    tmp_path: Path, executor: ThreadPoolExecutor
) -> None:
    (tmp_path / "feed").write_text("a file where the folder should be")
    life = Life(tmp_path / "feed" / "original", executor, Clock())
    await life.publish(Encoder(), 4)
    while life.recorder.alarm is None:
        await asyncio.sleep(0.001)
    assert life.recorder.alarm.code == "disk_error"
    assert "directory" in life.recorder.alarm.text
    assert life.ring.next_sequence > 30
    await life.recorder.close()
