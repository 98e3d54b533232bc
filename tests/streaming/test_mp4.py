"""Our boxes read back as they were written, by ourselves and by another parser."""

from __future__ import annotations

import io
import struct

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming import mp4
from glisson.streaming.mp4_reader import NotReadable, boxes, fragments, init_tracks
from tests.streaming.simulated import AUDIO, AUDIO_44, VIDEO

sample = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1), st.booleans(), st.binary(min_size=0, max_size=40)
)


def run_of(start: int, rows: list[tuple[int, int, bool, bytes]], *, sound: bool) -> mp4.Run:
    return mp4.Run(
        start,
        [row[0] for row in rows],
        [0 if sound else row[1] for row in rows],
        [True if sound else row[2] for row in rows],
        [row[3] for row in rows],
    )


@given(
    sequence=st.integers(0, 2**32 - 1),
    starts=st.tuples(st.integers(0, 2**62), st.integers(0, 2**62)),
    pictures=st.lists(sample, max_size=20) | st.none(),
    sounds=st.lists(sample, max_size=20),
)
def test_a_fragment_reads_back_as_written(
    sequence: int,
    starts: tuple[int, int],
    pictures: list[tuple[int, int, bool, bytes]] | None,
    sounds: list[tuple[int, int, bool, bytes]],
) -> None:
    video = run_of(starts[0], pictures, sound=False) if pictures is not None else None
    audio = run_of(starts[1], sounds, sound=True)
    data = mp4.fragment(sequence, video, audio)
    (one,) = fragments(data)
    assert (one.sequence, one.at, one.end) == (sequence, 0, len(data))
    runs = [(number, run) for number, run in ((mp4.VIDEO_TRACK, video), (mp4.AUDIO_TRACK, audio)) if run is not None]
    assert [track.number for track in one.tracks] == [number for number, _ in runs]
    for track, (_, run) in zip(one.tracks, runs, strict=True):
        assert track.start == run.start
        assert [read.duration for read in track.samples] == run.durations
        assert [read.offset for read in track.samples] == run.offsets
        assert [read.key for read in track.samples] == run.keys
        assert [data[read.at : read.at + read.size] for read in track.samples] == run.data


def test_an_initialisation_segment_names_what_is_in_it() -> None:
    init = mp4.init_segment(VIDEO, AUDIO_44)
    assert mp4.codecs(VIDEO, AUDIO_44) == "avc1.64001f,mp4a.40.2"
    assert [name for name, _, _ in boxes(init)] == [b"ftyp", b"moov"]
    video, audio = init_tracks(init)
    assert (video.number, video.scale, audio.number, audio.scale) == (1, 90_000, 2, 44_100)
    assert VIDEO.avcc in video.entry
    assert AUDIO_44.asc in audio.entry
    assert [track.number for track in init_tracks(mp4.init_segment(None, AUDIO))] == [2]
    with pytest.raises(ValueError, match="needs pictures or sound"):
        mp4.init_segment(None, None)


def test_another_parser_reads_the_headers() -> None:
    data = mp4.init_segment(VIDEO, AUDIO) + mp4.fragment(
        1,
        mp4.Run(9_000_000_000_000, [3600, 3600], [0, 7200], [True, False], [b"\0\0\0\1\x65", b"\0\0\0\1\x41"]),
        mp4.Run(4_800_000_000_000, [1024], [0], [True], [b"\x21\x00"]),
    )
    with av.open(io.BytesIO(data), "r") as container:
        video, audio = container.streams
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 720)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 48_000, 2)
        packets = [
            (packet.stream.type, packet.dts, packet.pts - packet.dts) for packet in container.demux() if packet.size
        ]
    assert sorted(packets) == [
        ("audio", 4_800_000_000_000, 0),
        ("video", 9_000_000_000_000, 0),
        ("video", 9_000_000_003_600, 7200),
    ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\0\0\0", "left over"),
        (struct.pack(">I4s", 7, b"moof"), "claims 7 bytes"),
        (struct.pack(">I4s", 4000, b"moof"), "claims 4000 bytes"),
        (struct.pack(">I4s", 8, b"mdat"), "without the moof"),
        (struct.pack(">I4s", 8, b"moof"), "without its mdat"),
        (struct.pack(">I4s", 8, b"free"), "does not belong"),
    ],
)
def test_what_is_not_ours_is_refused_with_a_reason(data: bytes, text: str) -> None:
    with pytest.raises(NotReadable, match=text):
        list(fragments(data))


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_else_happens(noise: bytes) -> None:
    for data in (noise, mp4.fragment(1, None, mp4.Run(0, [1], [0], [True], [b"a"])) + noise):
        try:
            list(fragments(data))
        except NotReadable:
            continue
        assert not noise
