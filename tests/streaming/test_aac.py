import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.aac import AacError, audio_config, read_asc


class Bits:
    def __init__(self):
        self.text = ""

    def put(self, value, width):
        self.text += format(value, f"0{width}b")
        return self

    def bytes(self):
        padded = self.text + "0" * (-len(self.text) % 8)
        return int(padded, 2).to_bytes(len(padded) // 8, "big")


@pytest.mark.parametrize(("rate", "layout", "channels"), [(48000, "stereo", 2), (44100, "mono", 1), (32000, "5.1", 6)])
def test_what_an_encoder_writes_is_read(rate, layout, channels):
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=rate, layout=layout)
        stream.codec_context.open()
        asc = stream.codec_context.extradata

    config = audio_config(asc)

    assert (config.asc, config.rate, config.channels, config.codec) == (asc, rate, channels, "mp4a.40.2")


def test_he_aac_keeps_the_rate_of_its_frames():
    asc = Bits().put(5, 5).put(6, 4).put(2, 4).put(3, 4).put(2, 5).put(0, 3).bytes()

    read = read_asc(asc)

    assert (read.object_type, read.rate, read.output_rate, read.channels) == (5, 24000, 48000, 2)
    assert read.codec == "mp4a.40.5"
    assert audio_config(asc).rate == 24000


def test_a_rate_written_out_and_an_escaped_object_type():
    asc = Bits().put(31, 5).put(10, 6).put(15, 4).put(47999, 24).put(2, 4).bytes()

    read = read_asc(asc)

    assert (read.object_type, read.rate, read.channels) == (42, 47999, 2)


def test_frames_of_960_samples():
    assert read_asc(Bits().put(2, 5).put(3, 4).put(2, 4).put(1, 1).put(0, 2).bytes()).frame_samples == 960


def test_the_channels_of_a_program_are_counted():
    bits = Bits().put(2, 5).put(3, 4).put(0, 4).put(0, 3)
    bits.put(0, 4).put(1, 2).put(3, 4)  # tag, object type, rate
    bits.put(2, 4).put(0, 4).put(1, 4).put(1, 2).put(0, 3).put(0, 4)  # front, side, back, low frequency, others
    bits.put(0, 3)  # no mixdowns
    bits.put(0, 1).put(0, 4).put(1, 1).put(0, 4).put(1, 1).put(0, 4).put(0, 4)

    assert read_asc(bits.bytes()).channels == 6


@pytest.mark.parametrize(
    ("asc", "why"),
    [
        (b"", "cut short"),
        (b"\x12", "cut short"),
        (Bits().put(2, 5).put(13, 4).put(2, 4).put(0, 3).bytes(), "index 13"),
        (Bits().put(2, 5).put(15, 4).put(5, 24).put(2, 4).put(0, 3).bytes(), "5 Hz"),
        (Bits().put(2, 5).put(3, 4).put(9, 4).put(0, 3).bytes(), "layout 9"),
    ],
)
def test_what_cannot_be_used(asc, why):
    with pytest.raises(AacError, match=why):
        audio_config(asc)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_configuration_or_an_error(data):
    try:
        config = audio_config(data)
    except AacError:
        return
    assert config.channels > 0
    assert 4000 <= config.rate <= 192_000
