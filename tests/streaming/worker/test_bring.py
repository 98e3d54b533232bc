import itertools
from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.packets import TICKS
from glisson.streaming.worker.bring import AHEAD, Pace
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.passages import Stamps, in_order


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.now = 100.0
        self.slept = 0.0

    def sleep(self, seconds):
        self.now += seconds
        self.slept += seconds


def paced(speed=1.0):
    clock = Clock()
    return clock, Pace(speed, lambda: clock.now, clock.sleep)


class TestPace:
    def test_ten_seconds_of_pictures_take_ten_seconds(self):
        clock, pace = paced()
        for frame in range(251):
            pace.wait(frame * 3600)
        assert clock.slept == pytest.approx(10, abs=AHEAD)

    def test_a_late_source_is_not_made_to_rush(self):
        clock, pace = paced()
        pace.wait(0)
        clock.now += 5
        pace.wait(TICKS)
        pace.wait(2 * TICKS)
        assert clock.slept == pytest.approx(1)

    def test_a_jump_of_the_stamps_starts_again(self):
        clock, pace = paced()
        pace.wait(0)
        pace.wait(3600 * TICKS)
        pace.wait(10 * TICKS)
        assert clock.slept == 0

    def test_a_live_playlist_is_emptied_a_little_faster_than_it_grows(self):
        clock, pace = paced(1.01)
        for second in range(102):
            pace.wait(second * TICKS)
        assert clock.slept == pytest.approx(100)


def packet(dts, pts, base):
    made = av.Packet(b"x")
    made.dts, made.pts, made.time_base = dts, pts, base
    return made


class TestStamps:
    def test_they_go_on_past_the_wrap_of_transport_streams(self):
        base, top = Fraction(1, TICKS), 1 << 33
        stamps = Stamps(base)
        got = [stamps.of(packet(dts % top, (dts + 3600) % top, base)) for dts in range(top - 7200, top + 7200, 3600)]
        assert [dts for dts, _ in got] == list(range(top - 7200, top + 7200, 3600))

    def test_one_of_the_two_is_enough(self):
        base = Fraction(1, 1000)
        stamps = Stamps(base)
        assert stamps.of(packet(None, 40, base)) == (3600, 3600)
        assert stamps.of(packet(80, None, base)) == (7200, 7200)
        assert stamps.of(packet(None, None, base)) is None


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6), st.integers(1, 4))
def test_the_first_decoding_times_rise_and_nothing_is_shown_before_it_is_decoded(times, wrong):
    right = [40 + number for number in range(6)]
    dts = [time + 40 if number < wrong else right[number] for number, time in enumerate(times)]
    pictures = [Message(Kind.VIDEO, b"", time, time + times[number]) for number, time in enumerate(dts)]
    risen = in_order(pictures)
    assert all(before.dts < after.dts for before, after in itertools.pairwise(risen))
    assert all(picture.pts >= picture.dts for picture in risen)
    assert [picture.dts for picture in risen[wrong:]] == right[wrong:]


def test_decoding_times_as_srt_brings_them():
    pictures = [
        Message(Kind.VIDEO, b"", dts, pts) for dts, pts in [(8, 8), (11, 11), (8, 9), (9, 10), (10, 14), (11, 12)]
    ]
    assert [picture.dts for picture in in_order(pictures)] == [6, 7, 8, 9, 10, 11]
    assert [picture.pts for picture in in_order(pictures)] == [8, 11, 9, 10, 14, 12]
