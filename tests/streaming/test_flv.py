import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming import flv
from glisson.streaming.flv import FlvError, Kind, read_audio, read_tags, read_video
from glisson.streaming.rtmp import publisher

NALS = b"\x00\x00\x00\x02\x65\x88"


def video(*pieces):
    return read_video(memoryview(b"".join(pieces)))


def audio(*pieces):
    return read_audio(memoryview(b"".join(pieces)))


def byte(*values):
    return bytes(values)


@given(st.binary(max_size=50), st.booleans(), st.integers(-(1 << 23), (1 << 23) - 1))
def test_a_picture_in_the_old_form(picture, key, offset):
    tag = video(publisher.avc_picture(picture, key=key, offset=offset))

    assert (tag.kind, tag.codec, tag.data, tag.key, tag.offset) == (Kind.FRAME, "avc1", picture, key, offset)


def test_what_is_cut_short_but_says_enough_is_no_error():
    assert video(b"\x17\x02").kind is Kind.END
    assert audio(b"\xaf").kind is Kind.OTHER


def test_configuration_and_end_in_the_old_form():
    assert video(publisher.avc_config(b"avcc")) == flv.Tag(Kind.CONFIG, "avc1", b"avcc")
    assert video(b"\x17\x02\x00\x00\x00").kind is Kind.END


def test_a_command_frame_carries_no_picture():
    assert video(b"\x57\x00").kind is Kind.OTHER
    assert video(byte(0x80 | 5 << 4 | 1), b"avc1", b"\x00").kind is Kind.OTHER


@pytest.mark.parametrize(("first", "name"), [(0x1C, "HEVC (H.265)"), (0x12, "Sorenson H.263"), (0x1E, "number 14")])
def test_other_codecs_in_the_old_form_are_named(first, name):
    assert video(byte(first, 1, 0, 0, 0)).codec == name


@pytest.mark.parametrize(
    ("fourcc", "name"), [(b"hvc1", "HEVC (H.265)"), (b"av01", "AV1"), (b"vp09", "VP9"), (b"x\x00\xff!", "x??!")]
)
def test_other_codecs_in_the_enhanced_form_are_named(fourcc, name):
    assert video(byte(0x90), fourcc, b"config").codec == name


def test_h264_in_the_enhanced_form():
    assert video(byte(0x90), b"avc1", b"avcc") == flv.Tag(Kind.CONFIG, "avc1", b"avcc")
    coded = video(byte(0x91), b"avc1", b"\xff\xff\xdf", NALS)
    assert (coded.kind, coded.key, coded.offset, coded.data) == (Kind.FRAME, True, -33, NALS)
    without_offset = video(byte(0xA3), b"avc1", NALS)
    assert (without_offset.kind, without_offset.key, without_offset.offset) == (Kind.FRAME, False, 0)
    assert without_offset.data == NALS
    assert video(byte(0x92), b"avc1").kind is Kind.END
    assert video(byte(0x94), b"avc1", b"colour").kind is Kind.OTHER


def test_nanoseconds_in_a_modifier():
    modifier = byte(2) + (250_000).to_bytes(3, "big") + byte(0 << 4 | 3)

    tag = video(byte(0x97), modifier, b"avc1", NALS)

    assert (tag.kind, tag.nanoseconds, tag.data) == (Kind.FRAME, 250_000, NALS)


def test_a_modifier_nobody_knows_is_skipped_even_when_it_is_long():
    long = byte(255) + (299).to_bytes(2, "big") + bytes(300) + byte(9 << 4 | 7)
    short = byte(0) + byte(7) + byte(9 << 4 | 3)

    tag = video(byte(0x97), long, short, b"avc1", NALS)

    assert (tag.kind, tag.nanoseconds, tag.data) == (Kind.FRAME, 0, NALS)


def test_one_track_of_a_multitrack_message():
    tag = video(byte(0x96), byte(0 << 4 | 3), b"avc1", byte(0), NALS)

    assert (tag.kind, tag.data, tag.other_tracks) == (Kind.FRAME, NALS, False)


def test_another_track_than_the_first_is_only_reported():
    tag = video(byte(0x96), byte(0 << 4 | 3), b"avc1", byte(1), NALS)

    assert (tag.kind, tag.other_tracks) == (Kind.OTHER, True)


def test_many_tracks_of_one_codec():
    tracks = byte(1) + b"\x00\x00\x01x" + byte(0) + b"\x00\x00\x06" + NALS

    tag = video(byte(0x96), byte(1 << 4 | 3), b"avc1", tracks)

    assert (tag.kind, tag.data, tag.other_tracks) == (Kind.FRAME, NALS, True)


def test_many_tracks_of_many_codecs():
    tracks = b"avc1" + byte(0) + b"\x00\x00\x06" + NALS + b"hvc1" + byte(1) + b"\x00\x00\x01x"

    tag = video(byte(0x96), byte(2 << 4 | 3), tracks)

    assert (tag.kind, tag.codec, tag.data, tag.other_tracks) == (Kind.FRAME, "avc1", NALS, True)


def test_aac_in_both_forms():
    assert audio(publisher.aac_config(b"asc")) == flv.Tag(Kind.CONFIG, "mp4a", b"asc")
    assert audio(publisher.aac_frame(b"frame")) == flv.Tag(Kind.FRAME, "mp4a", b"frame")
    assert audio(byte(0x90), b"mp4a", b"asc") == flv.Tag(Kind.CONFIG, "mp4a", b"asc")
    assert audio(byte(0x91), b"mp4a", b"frame") == flv.Tag(Kind.FRAME, "mp4a", b"frame")
    assert audio(byte(0x95), byte(0 << 4 | 1), b"mp4a", byte(0), b"frame").data == b"frame"
    assert audio(byte(0x94), b"mp4a", b"layout").kind is Kind.OTHER


@pytest.mark.parametrize(
    ("first", "name"), [(0x2F, "MP3"), (0xB2, "Speex"), (0x72, "G.711 A-law"), (0xFF, "number 15")]
)
def test_other_sound_in_the_old_form_is_named(first, name):
    assert audio(byte(first, 1)).codec == name


def test_opus_in_the_enhanced_form_is_named():
    assert audio(byte(0x90), b"Opus", b"head").codec == "Opus"


@pytest.mark.parametrize(
    "body",
    [
        b"\x17",
        b"\x17\x01\x00\x00",
        byte(0x91) + b"avc",
        byte(0x91) + b"avc1\x00",
        byte(0x97, 255, 0),
        byte(0x97, 9, 0, 0),
        byte(0x96),
        byte(0x96, 0x36) + b"avc1",
        byte(0x96, 0x16) + b"avc1",
        byte(0x96, 0x13) + b"avc1" + byte(0, 0, 0),
        byte(0x96, 0x13) + b"avc1" + byte(0, 0, 0, 9) + b"short",
    ],
)
def test_headers_that_are_cut_short_or_contradict_themselves(body):
    with pytest.raises(FlvError):
        video(body)


@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_are_a_tag_or_an_error(data):
    for read in (read_video, read_audio):
        with contextlib.suppress(FlvError):
            assert isinstance(read(memoryview(data)), flv.Tag)


@given(
    st.lists(st.tuples(st.sampled_from([8, 9, 18]), st.integers(0, (1 << 32) - 1), st.binary(max_size=40)), max_size=6)
)
def test_tags_of_an_aggregate(tags):
    message = publisher.aggregate(0, tags, chunk_size=1 << 20)[12:]

    assert [(kind, stamp, bytes(body)) for kind, stamp, body in read_tags(memoryview(message))] == tags


@pytest.mark.parametrize("data", [b"\x09\x00\x00", b"\x09\x00\x00\x05" + bytes(7) + b"abc"])
def test_an_aggregate_cut_short(data):
    with pytest.raises(FlvError):
        list(read_tags(memoryview(data)))
