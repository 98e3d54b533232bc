"""What is recorded is what was sent: bit-exact samples, playable playlists, one seekable MP4 file."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glisson.streaming import download
from glisson.streaming.hls_parse import parse
from glisson.streaming.mp4_reader import NotReadable, ReadFragment, fragments
from glisson.streaming.packager import Packager
from glisson.streaming.packets import Packet
from glisson.streaming.recorder import Recorder
from glisson.streaming.recording import Recording
from glisson.streaming.ring import Ring
from tests.streaming.encoded import CLIP, encode, read
from tests.streaming.simulated import Clock

FORMS = {
    "25 fps": {},
    "B-frames": {"b_frames": 2},
    "29.97 fps, odd GOP, 44.1 kHz": {"fps": "30000/1001", "gop": 37, "rate": 44_100},
    "60 fps, long GOP": {"fps": "60", "gop": 360, "b_frames": 3},
    "no sound": {"sound": False},
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


def record(folder: Path, *files: Path, away: float = 5.0) -> tuple[Recording, Ring, list[Packet]]:
    """Publish these files one after another into one recording; return what was recorded and sent."""

    async def run() -> tuple[Ring, list[Packet]]:
        clock, ring = Clock(), Ring()
        packager = Packager(ring, now=clock)
        sent: list[Packet] = []
        with ThreadPoolExecutor(1) as executor:
            recorder = Recorder(folder, ring, executor)
            for file in files:
                video, audio, packets = read(file)
                packager.break_timeline("the encoder came")
                if video:
                    packager.configure_video(video)
                if audio:
                    packager.configure_audio(audio)
                start, origin = clock.time, packets[0].dts
                for packet in packets:
                    clock.time = max(clock.time, start + (packet.dts - origin) / 90_000)
                    packager.take(packet)
                    await asyncio.sleep(0)
                packager.flush()
                clock.time += away
                sent += packets
            ring.end()
            await recorder.close(finished=True)
            assert recorder.alarm is None
        return ring, sent

    ring, sent = asyncio.run(run())
    return Recording(folder), ring, sent


def joined(path: Path, recording: Recording) -> Path:
    """Initialisation segment and segments in one file, as a player's parser gets them."""
    with path.open("wb") as file:
        for init in list(recording.inits.values())[:1]:
            file.write(init.data)
        for row in recording.segments:
            segment = recording.segment_path(row.msn)
            assert segment is not None
            file.write(segment.read_bytes())
    return path


def ffmpeg(*arguments: str) -> str:
    """Run ffmpeg; return its warnings."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed; it reads back what was recorded.")
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    return done.stderr


def decodes(path: Path) -> str:
    return ffmpeg("-i", str(path), "-f", "null", "-")


def sound_of(packets: list[Packet]) -> list[bytes]:
    return [packet.data for packet in packets if not packet.video]


@pytest.mark.parametrize("form", FORMS)
def test_elementary_streams_are_bit_exact(clips: Path, tmp_path: Path, form: str) -> None:
    recording, _, sent = record(tmp_path / "feed", encode(clips, **FORMS[form]))  # type: ignore[arg-type]
    assert list(recording.elementary(video=True)) == [packet.data for packet in sent if packet.video]
    sound = list(recording.elementary(video=False))
    first_picture = next(packet.pts for packet in sent if packet.video)
    expected = [p.data for p in sent if not p.video and p.pts + 512 * 90_000 / 48_000 >= first_picture]
    assert sound == sound_of(sent)[len(sound_of(sent)) - len(sound) :]
    assert abs(len(sound) - len(expected)) <= 1
    assert recording.damaged() == []


@pytest.mark.parametrize("form", FORMS)
def test_players_parsers_read_it_without_a_warning(clips: Path, tmp_path: Path, form: str) -> None:
    file = encode(clips, **FORMS[form])  # type: ignore[arg-type]
    recording, _, sent = record(tmp_path / "feed", file)
    assert decodes(joined(tmp_path / "joined.mp4", recording)) == ""
    with av.open(str(tmp_path / "joined.mp4")) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
        container.seek(0)
        pictures = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert keys == [packet.key for packet in sent if packet.video]
    assert len(pictures) == sum(packet.video for packet in sent)
    fps = len(pictures) / recording.duration
    steps = [float(after - before) for before, after in pairwise(pictures)]
    assert max(steps) < 1 / fps + 0.0015
    assert min(steps) > 1 / fps - 0.0015


@pytest.mark.parametrize("form", FORMS)
def test_the_download_is_one_file_of_the_right_length(clips: Path, tmp_path: Path, form: str) -> None:
    recording, _, sent = record(tmp_path / "feed", encode(clips, **FORMS[form]))  # type: ignore[arg-type]
    path = tmp_path / "download.mp4"
    data = b"".join(recording.download())
    path.write_bytes(data)
    assert len(data) == recording.download_size()
    assert decodes(path) == ""
    with av.open(str(path)) as container:
        assert container.duration / 1e6 == pytest.approx(recording.duration, abs=0.05)
        assert container.start_time == pytest.approx(0, abs=1000)
        assert container.streams.video[0].frames == sum(packet.video for packet in sent)
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert packets == [packet.data for packet in sent if packet.video]


def test_sound_and_picture_stay_together_in_the_download(clips: Path, tmp_path: Path) -> None:
    recording, _, sent = record(tmp_path / "feed", encode(clips, fps="25"))
    path = tmp_path / "download.mp4"
    path.write_bytes(b"".join(recording.download()))
    origin = next(packet.pts for packet in sent if packet.video)
    times = {packet.data: (packet.pts - origin) / 90_000 for packet in sent}
    with av.open(str(path)) as container:
        errors = [
            abs(float(packet.pts * packet.time_base) - times[bytes(packet)])
            for packet in container.demux()
            if packet.size and packet.pts is not None
        ]
    assert len(errors) > 400
    assert max(errors) < 0.012


def test_any_range_of_the_download_can_be_served(clips: Path, tmp_path: Path) -> None:
    recording, _, _ = record(tmp_path / "feed", encode(clips))
    whole = b"".join(recording.download())
    for start, end in [
        (0, 1),
        (5, 5000),
        (len(whole) // 2, len(whole) // 2 + 70_000),
        (len(whole) - 3, None),
        (0, None),
    ]:
        assert b"".join(recording.download(start, end)) == whole[start:end]


def test_a_long_recording_is_prepared_by_a_process_of_its_own(clips: Path, tmp_path: Path, monkeypatch, caplog) -> None:
    recording, _, _ = record(tmp_path / "feed", encode(clips))
    whole = b"".join(recording.download())
    monkeypatch.setattr(download, "FEW", 0)
    monkeypatch.setattr(download.Download, "_read", None)
    assert b"".join(Recording(tmp_path / "feed").download()) == whole
    assert not caplog.records
    # Where no process can be had, it is done here all the same.
    monkeypatch.undo()
    monkeypatch.setattr(download, "FEW", 0)
    monkeypatch.setattr(download.sys, "executable", "false")
    assert b"".join(Recording(tmp_path / "feed").download()) == whole
    assert "in the live process" in caplog.text


def test_an_encoder_that_changes_its_parameters(clips: Path, tmp_path: Path) -> None:
    """Another size and another sampling rate: a second initialisation segment, a second sample description."""
    files = encode(clips), encode(clips, size="480x270", rate=44_100, fps="30"), encode(clips)
    recording, _, sent = record(tmp_path / "feed", *files)
    assert [(init.width, init.height) for init in recording.inits.values()] == [(320, 180), (480, 270), (320, 180)]
    assert [round(gap.seconds) for gap in recording.gaps] == [5, 5]
    playlist = parse(recording.vod_playlist())
    assert [segment.map for segment in playlist.segments if segment.map] == [f"init-{n}.mp4" for n in range(3)]
    assert sum(segment.discontinuous for segment in playlist.segments) == 2
    path = tmp_path / "download.mp4"
    path.write_bytes(b"".join(recording.download()))
    with av.open(str(path)) as container:
        assert container.duration / 1e6 == pytest.approx(recording.duration, abs=0.1)
        sizes = [(frame.width, frame.height) for frame in container.decode(video=0)]
    assert len(sizes) == sum(packet.video for packet in sent)
    assert [sizes[0], sizes[200], sizes[-1]] == [(320, 180), (480, 270), (320, 180)]
    whole = path.read_bytes()
    for start in range(0, len(whole), 40_009):
        assert b"".join(recording.download(start, start + 7001)) == whole[start : start + 7001]


def test_the_replay_playlist_plays_from_beginning_to_end(clips: Path, tmp_path: Path) -> None:
    recording, _, sent = record(tmp_path / "feed", encode(clips), encode(clips))
    text = recording.vod_playlist()
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in text
    playlist = parse(text)
    assert playlist.problems == []
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(recording.duration, abs=0.001)
    (tmp_path / "feed" / "replay.m3u8").write_text(text)
    with av.open(str(tmp_path / "feed" / "replay.m3u8")) as container:
        assert sum(1 for _ in container.decode(video=0)) == sum(packet.video for packet in sent)


def test_the_rewind_playlist_only_grows(clips: Path, tmp_path: Path) -> None:
    record(tmp_path / "feed", encode(clips, seconds=20))
    manifest = tmp_path / "feed" / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"")
    recording = Recording(tmp_path / "feed")
    before: list[str] = []
    for line in lines[:-1]:
        with manifest.open("ab") as file:
            file.write(line)
        recording.refresh()
        now = recording.rewind_playlist().splitlines()
        assert now[: len(before)] == before
        before = now
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in before
    assert len(parse("\n".join(before)).segments) == 10
    assert parse(recording.rewind_playlist(skip=True)).skipped == 0
    with manifest.open("ab") as file:
        file.write(lines[-1])
    recording.refresh()
    assert recording.rewind_playlist().endswith("#EXT-X-ENDLIST\n")


def test_the_clip_of_the_operation(tmp_path: Path) -> None:
    """A real recording from an operation is recorded and replayed bit for bit."""
    if not CLIP.exists():
        pytest.skip(f"{CLIP.name} is not here; it lies in ../shared/data/rvim_endoscopy.")
    flv = tmp_path / "clip.flv"
    warnings = ffmpeg(
        *("-stream_loop", "2", "-i", str(CLIP), "-vf", "scale=640:-2,format=yuv420p", "-c:v", "libx264"),
        *("-preset", "ultrafast", "-bf", "2", "-g", "25", "-threads", "2", "-an", str(flv)),
    )
    assert flv.exists(), warnings
    recording, _, sent = record(tmp_path / "feed", flv)
    assert list(recording.elementary()) == [packet.data for packet in sent]
    assert decodes(joined(tmp_path / "joined.mp4", recording)) == ""


def test_damage_is_found(clips: Path, tmp_path: Path) -> None:
    recording, _, _ = record(tmp_path / "feed", encode(clips))
    row = recording.parts[5]
    path = recording.segment_path(row.msn)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[row.offset + 40] ^= 1
    path.write_bytes(data)
    assert recording.damaged() == [row]


@pytest.fixture(scope="module")
def segment(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    recording, _, _ = record(tmp_path_factory.mktemp("one") / "feed", encode(clips))
    path = recording.segment_path(0)
    assert path is not None
    return path.read_bytes()


def read_back(data: bytes) -> tuple[list[ReadFragment], bool]:
    """Fragments until the damage, and whether the reader noticed it."""
    found: list[ReadFragment] = []
    try:
        for one in fragments(data):
            found.append(one)
    except NotReadable:
        return found, True
    return found, False


def test_a_cut_segment_is_read_up_to_the_cut(segment: bytes) -> None:
    whole = list(fragments(segment))
    ends = [0, *(one.end for one in whole)]
    assert len(whole) > 15
    for end in [*range(1, 200), *range(200, len(segment), 1009), *ends[1:]]:
        found, noticed = read_back(segment[:end])
        assert found == [one for one in whole if one.end <= end]
        assert noticed == (end not in ends)


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_tables_never_point_outside(segment: bytes, data: st.DataObject) -> None:
    first = next(fragments(segment))
    damaged = bytearray(segment[: first.end])
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, first.tracks[0].samples[0].at))] = data.draw(st.integers(0, 255))
    for one in read_back(bytes(damaged))[0]:
        for sample in (sample for track in one.tracks for sample in track.samples):
            assert 0 <= sample.at <= sample.at + sample.size <= len(damaged)
