from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.h264 import video_config
from glisson.streaming.packets import TICKS
from glisson.streaming.worker.bitstream import has_idr
from glisson.streaming.worker.messages import Kind
from glisson.streaming.worker.picture import LowPicture, low_size
from tests.streaming.worker.clips import clip, content, decoded


def run(low, pictures):
    answers = [answer for packet in pictures for answer in low.take(packet.dts, packet.pts, packet.key, packet.data)]
    return [*answers, *low.finish()]


def split(answers):
    configs = [answer.data for answer in answers if answer.kind == Kind.VIDEO_CONFIG]
    return configs, [answer for answer in answers if answer.kind == Kind.VIDEO]


CASES = [
    ("1280x720", 25, 25, 0),
    ("1280x720", 25, 25, 3),
    ("640x480", 30, 15, 0),
    ("1280x720", 50, 50, 2),
    ("320x180", 60, 120, 0),
]


@pytest.mark.parametrize(("size", "rate", "gop", "b_frames"), CASES)
def test_one_small_picture_comes_for_every_picture(size, rate, gop, b_frames):
    name = f"low-{size}-{rate}-{gop}-{b_frames}.mp4"
    source = content(clip(name, size=size, rate=rate, gop=gop, b_frames=b_frames, seconds=6))
    configs, small = split(run(LowPicture(source.avcc, Fraction(rate)), source.pictures))
    assert len(configs) == 1
    assert len(small) == len(source.pictures) == 6 * rate
    assert [answer.dts for answer in small] == [packet.dts for packet in source.pictures]
    assert [answer.pts for answer in small] == sorted(packet.pts for packet in source.pictures)
    assert [answer.key for answer in small] == [packet.key for packet in source.pictures]
    assert [has_idr(answer.data) for answer in small] == [answer.key for answer in small]
    assert all(answer.pts >= answer.dts for answer in small)
    bits = sum(len(answer.data) for answer in small) * 8 / 6
    assert bits < 235_000  # with 40 kbit/s of sound and 25 of moofs: below 300
    config = video_config(configs[0])
    width, height = low_size(*(int(side) for side in size.split("x")))
    assert (config.width, config.height) == (width, height)
    shown = decoded("h264", configs[0], [(answer.pts, answer.data) for answer in small])
    assert len(shown) == len(small)
    assert all((picture.width, picture.height) == (width, height) for picture in shown)


def test_the_small_picture_shows_what_the_large_one_shows():
    source = content(clip("same.mp4", size="1280x720", seconds=2))
    configs, small = split(run(LowPicture(source.avcc, Fraction(25)), source.pictures))
    large = decoded("h264", source.avcc, [(packet.pts, packet.data) for packet in source.pictures])
    shown = decoded("h264", configs[0], [(answer.pts, answer.data) for answer in small])
    for big, little in zip(large[::7], shown[::7], strict=True):
        expected = big.reformat(64, 36, "gray").to_ndarray().astype(int)
        got = little.reformat(64, 36, "gray").to_ndarray().astype(int)
        assert abs(expected - got).mean() < 12


def test_a_damaged_picture_is_replaced_so_that_the_count_holds():
    source = content(clip("damaged.mp4", b_frames=2, seconds=4))
    pictures = list(source.pictures)
    for index in (10, 11, 30, 47):
        broken = pictures[index]
        pictures[index] = type(broken)(True, broken.dts, broken.pts, broken.key, b"\0\0\0\4\x41rot")
    _, small = split(run(LowPicture(source.avcc, Fraction(25)), pictures))
    assert [answer.dts for answer in small] == [packet.dts for packet in pictures]
    assert [answer.pts for answer in small] == sorted(packet.pts for packet in pictures)


def test_nothing_comes_before_the_first_key_frame():
    source = content(clip("low-key.mp4", seconds=4))
    low = LowPicture(source.avcc, Fraction(25))
    _, small = split(run(low, source.pictures[7:]))
    assert small[0].dts == source.pictures[25].dts
    assert small[0].key


@pytest.mark.parametrize("b_frames", [0, 2])
def test_key_frames_alone_still_give_one_picture_for_every_picture(b_frames):
    source = content(clip(f"keys-{b_frames}.mp4", b_frames=b_frames, seconds=6))
    low = LowPicture(source.avcc, Fraction(25))
    answers = []
    for number, packet in enumerate(source.pictures):
        if number in (40, 110):
            low.keys_only(number == 40)
        answers += low.take(packet.dts, packet.pts, packet.key, packet.data)
    _, small = split([*answers, *low.finish()])
    assert [answer.dts for answer in small] == [packet.dts for packet in source.pictures]
    assert [answer.pts for answer in small] == sorted(packet.pts for packet in source.pictures)
    assert [answer.key for answer in small] == [packet.key for packet in source.pictures]
    # 40-49 wait for the key frame, 51-74, 76-99 and 101-109 are left out, 110-124 wait for the next key frame.
    assert low.skipped == 10 + 24 + 24 + 9 + 15


@given(st.integers(2, 8000), st.integers(2, 8000))
def test_the_size_is_even_never_larger_and_at_most_360_lines(width, height):
    small_width, small_height = low_size(width, height)
    assert small_width % 2 == small_height % 2 == 0
    assert 2 <= small_height <= 360
    assert small_width <= width + 1
    if height > 360:
        assert small_height == 360
        assert abs(small_width - width * 360 / height) <= 1 or small_width == 2


def test_stamps_of_whole_milliseconds_are_kept():
    source = content(clip("low-30.mp4", rate=30, seconds=2))
    pictures = [
        type(packet)(True, packet.dts // 90 * 90, packet.pts // 90 * 90, packet.key, packet.data)
        for packet in source.pictures
    ]
    _, small = split(run(LowPicture(source.avcc, Fraction(TICKS, 2970)), pictures))
    assert [answer.dts for answer in small] == [packet.dts for packet in pictures]
