from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glisson.streaming.h264 import H264Error, read_avcc, read_sps, video_config, well_framed


def encoded_avcc(path, width, height, rate=30, pixels="yuv420p", **options):
    """Encode two pictures into an MP4 file and return its decoder configuration."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", **options})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        for _ in range(2):
            picture = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.extradata


@pytest.mark.parametrize(
    ("width", "height", "pixels"),
    [
        (1920, 1080, "yuv420p"),
        (640, 360, "yuv420p"),
        (1278, 722, "yuv420p"),
        (322, 182, "yuv422p"),
        (321, 181, "yuv444p"),
        (128, 96, "gray"),
    ],
)
def test_the_size_after_cropping(tmp_path, width, height, pixels):
    config = video_config(encoded_avcc(tmp_path / "a.mp4", width, height, pixels=pixels))

    assert (config.width, config.height) == (width, height)


def test_the_size_of_interlaced_pictures(tmp_path):
    avcc = encoded_avcc(tmp_path / "a.mp4", 1920, 1080, **{"x264-params": "tff=1"})

    sps = read_sps(read_avcc(avcc).sps[0])

    assert (sps.width, sps.height) == (1920, 1080)


@pytest.mark.parametrize("rate", [25, 30, 50, Fraction(30000, 1001), Fraction(60000, 1001)])
def test_the_frame_rate_of_the_encoder(tmp_path, rate):
    avcc = encoded_avcc(tmp_path / "a.mp4", 320, 180, rate=rate, **{"x264-params": "force-cfr=1"})

    assert read_sps(read_avcc(avcc).sps[0]).frame_rate == rate


@pytest.mark.parametrize(("frames", "reorder"), [(0, 0), (2, 2)])
def test_how_many_pictures_wait_for_later_ones(tmp_path, frames, reorder):
    avcc = encoded_avcc(
        tmp_path / "a.mp4", 320, 180, preset="veryfast", bf=str(frames), **{"x264-params": "b-pyramid=1"}
    )

    assert read_sps(read_avcc(avcc).sps[0]).reorder_frames == reorder


@pytest.mark.parametrize(
    ("profile", "codec"), [("baseline", "avc1.42c0"), ("main", "avc1.4d40"), ("high", "avc1.6400")]
)
def test_the_codec_string_names_profile_and_level(tmp_path, profile, codec):
    avcc = encoded_avcc(tmp_path / "a.mp4", 1280, 720, preset="veryfast", profile=profile, level="3.1")

    assert video_config(avcc).codec == codec + "1f"


def test_custom_scaling_lists_are_skipped(tmp_path):
    avcc = encoded_avcc(tmp_path / "a.mp4", 640, 352, preset="veryfast", **{"x264-params": "cqm=jvt"})

    assert video_config(avcc).width == 640


def test_a_vui_cut_short_costs_only_what_it_would_have_said(tmp_path):
    avcc = encoded_avcc(tmp_path / "a.mp4", 320, 180)
    sps = read_avcc(avcc).sps[0]

    read = read_sps(sps[:-6])

    assert (read.width, read.height, read.reorder_frames) == (320, 180, None)


@pytest.mark.parametrize(
    ("avcc", "why"),
    [
        (b"", "not an H.264 decoder configuration"),
        (b"\x00\x64\x00\x28\xff\xe1\x00", "not an H.264 decoder configuration"),
        (b"\x01\x64\x00\x28\xfe\xe1\x00\x00", "a length of 3 bytes"),
        (b"\x01\x64\x00\x28\xff\xe1\x00\x09\x67", "cut short"),
        (b"\x01\x64\x00\x28\xff\xe1\x00\x01\x67", "cut short"),
        (b"\x01\x64\x00\x28\xff\xe0\x00", "no parameter sets"),
        (b"\x01\x64\x00\x28\xff\xe1\x00\x01\x67\x01\x00\x01\x68", "not a sequence parameter set"),
        (b"\x01\x64\x00\x28\xff\xe1\x00\x04\x67\x42\x00\x1f\x01\x00\x01\x68", "sequence parameter set is cut short"),
        (b"\x01\x64\x00\x28\xff\xe1\x00\x0c\x67\x42\x00\x1f" + bytes(8) + b"\x01\x00\x01\x68", "32 bits"),
    ],
)
def test_what_cannot_be_used(avcc, why):
    with pytest.raises(H264Error, match=why):
        video_config(avcc)


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_configuration_is_read_or_refused(data):
    avcc = bytearray.fromhex("0164001effe100196764001eacd940a02ff9610000030001000003003c0f162d9601000468ef8fcbfdf8f800")
    for _ in range(data.draw(st.integers(1, 4))):
        avcc[data.draw(st.integers(0, len(avcc) - 1))] = data.draw(st.integers(0, 255))

    try:
        config = video_config(bytes(avcc))
    except H264Error:
        return
    assert 0 < config.width <= 16_384
    assert 0 < config.height <= 16_384


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=6), st.sampled_from([1, 2, 4]))
def test_nal_units_whose_lengths_add_up_are_well_framed(units, size):
    picture = b"".join(len(unit).to_bytes(size, "big") + unit for unit in units)

    assert well_framed(picture, size)
    assert not well_framed(picture + b"\x01", size)
    assert not well_framed(picture[:-1], size)


def test_nothing_is_no_picture():
    assert not well_framed(b"", 4)
