import subprocess

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.aac import audio_config
from glisson.streaming.h264 import H264Error, read_avcc, video_config, well_framed
from glisson.streaming.worker.bitstream import AnnexB, bare_aac, has_idr, make_avcc, nal_units
from tests.streaming.worker.clips import clip, content

units = st.lists(
    st.binary(min_size=1, max_size=40).map(lambda data: data.replace(b"\0", b"\1")), min_size=1, max_size=6
)


@given(units, st.booleans())
def test_units_are_found_between_start_codes(parts, long):
    code = b"\0\0\0\1" if long else b"\0\0\1"
    assert list(nal_units(b"".join(code + part for part in parts))) == parts


@given(st.binary(max_size=400))
def test_any_bytes_give_well_framed_pictures(data):
    framing = AnnexB()
    try:
        picture = framing.access_unit(data)
    except H264Error:
        return
    assert picture == b"" or well_framed(picture, 4)


@given(st.binary(max_size=100))
def test_any_bytes_are_taken_as_sound(data):
    bare, asc = bare_aac(data)
    assert data.endswith(bare)
    assert (asc is None) == (bare == data)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_transport_stream_gives_the_same_pictures_as_the_mp4_it_was_made_of(b_frames):
    source = clip(f"framing-{b_frames}.mp4", b_frames=b_frames, seconds=2)
    stream = source.with_suffix(".ts")
    command = ["ffmpeg", "-v", "error", "-y", "-i", source, "-c", "copy", stream]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    expected = content(source)
    framing, pictures, sounds, configs = AnnexB(), [], [], set()
    with av.open(stream) as container:
        for packet in container.demux():
            if packet.size and packet.stream.type == "video":
                pictures.append(framing.access_unit(bytes(packet)))
            elif packet.size:
                bare, asc = bare_aac(bytes(packet))
                sounds.append(bare)
                configs.add(asc)
    assert pictures == [packet.data for packet in expected.pictures]
    assert sounds == [packet.data for packet in expected.sounds]
    assert [has_idr(picture) for picture in pictures] == [packet.key for packet in expected.pictures]
    original = video_config(expected.avcc)
    made = video_config(framing.avcc)
    assert (made.width, made.height, made.codec) == (original.width, original.height, original.codec)
    assert read_avcc(framing.avcc).sps == read_avcc(expected.avcc).sps
    assert read_avcc(framing.avcc).pps == read_avcc(expected.avcc).pps
    [asc] = configs
    assert audio_config(asc).rate == audio_config(expected.asc).rate == 48000
    assert audio_config(asc).channels == 2


def test_a_new_parameter_set_in_the_stream_is_a_new_configuration():
    small = read_avcc(content(clip("small.mp4", size="320x180", seconds=1)).avcc)
    large = read_avcc(content(clip("large.mp4", size="640x360", seconds=1)).avcc)
    framing = AnnexB()
    for sets, width in ((small, 320), (large, 640)):
        framing.access_unit(b"".join(b"\0\0\0\1" + unit for unit in (*sets.sps, *sets.pps)))
        assert video_config(framing.avcc).width == width


def test_broken_parameter_sets_make_no_configuration():
    with pytest.raises(H264Error):
        make_avcc(b"\x67\x64\x00\x1e", [b"\x68\xee"])
    with pytest.raises(H264Error):
        make_avcc(b"\x67", [])
