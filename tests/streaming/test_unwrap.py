import random

from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.unwrap import Unwrapper

WRAP = 1 << 32


def test_the_first_stamp_is_taken_as_it_is():
    assert Unwrapper()(4_294_967_000) == 4_294_967_000


def test_stamps_go_on_past_the_wrap():
    unwrap = Unwrapper()

    assert [unwrap(stamp) for stamp in (WRAP - 33, WRAP - 1, 32, 65)] == [WRAP - 33, WRAP - 1, WRAP + 32, WRAP + 65]


def test_sound_a_little_behind_the_pictures_stays_behind_them_across_the_wrap():
    unwrap = Unwrapper()

    assert [unwrap(stamp) for stamp in (WRAP - 10, 5, WRAP - 3, 20)] == [WRAP - 10, WRAP + 5, WRAP - 3, WRAP + 20]


def test_a_step_back_is_a_step_back_and_not_a_wrap():
    unwrap = Unwrapper()

    assert [unwrap(stamp) for stamp in (10_000, 0, WRAP - 5)] == [10_000, 0, -5]


def test_encoders_that_count_in_31_bits_go_on_too():
    unwrap, half = Unwrapper(), 1 << 31

    assert [unwrap(s) for s in (half - 20, 13, half - 3, 46)] == [half - 20, half + 13, half - 3, half + 46]


@given(st.integers(0, WRAP - 1), st.lists(st.integers(-(1 << 31) + 60_000, (1 << 31) - 60_000), max_size=50))
def test_any_walk_with_steps_clear_of_half_the_circle_is_followed(start, steps):
    unwrap, true = Unwrapper(), start
    assert unwrap(start) == start

    for step in steps:
        true += step
        assert unwrap(true % WRAP) == true


def test_half_a_year_of_frames_never_goes_back():
    unwrap, chance, true = Unwrapper(), random.Random(1), 0

    for _ in range(20_000):
        true += chance.randrange(1, 2_000_000)
        assert unwrap(true % WRAP) == true
    assert true > 4 * WRAP
