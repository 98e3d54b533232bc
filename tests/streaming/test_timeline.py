"""Media time from stamps, the wall clock from media time, and sound by its samples."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.packets import TICKS
from glisson.streaming.timeline import FramePace, SoundClock, Timeline, WallClock


def test_a_key_frame_is_shown_at_its_decoding_time() -> None:
    timeline = Timeline()
    timeline.begin(dts=1000, pts=8200, media=500_000)
    assert timeline.decoding(1000) == timeline.presentation(8200) == 500_000
    assert timeline.presentation(1000) == 500_000 - 7200
    timeline.rebase(50, 900_000)
    assert timeline.decoding(50) == timeline.presentation(7250) == 900_000


@pytest.mark.parametrize(
    ("step", "passed", "jumped"),
    [
        (0.04, 0.04, False),
        (-0.3, 0.04, False),
        (-0.6, 0.04, True),
        (1.9, 0.04, False),
        (2.5, 0.04, True),
        (60.5, 60.0, False),
        (63.0, 60.0, True),
    ],
)
def test_jumps(step: float, passed: float, jumped: bool) -> None:
    timeline = Timeline()
    assert not timeline.jumped(0, 100.0)
    assert timeline.jumped(round(step * TICKS), 100.0 + passed) is jumped


def clocks(delays: list[float], *, step: float = 0.1) -> list[float]:
    """Errors of the clock against the truth, for these delays of arrival."""
    clock, errors = WallClock(), []
    clock.anchor(0, 1000.0 + delays[0])
    for number, delay in enumerate(delays):
        media = round(number * step * TICKS)
        clock.observe(media, 1000.0 + media / TICKS + delay)
        errors.append(clock.at(media) - (1000.0 + media / TICKS))
    return errors


def test_the_clock_does_not_follow_the_scheduling_of_the_machine() -> None:
    noise = random.Random(1)
    errors = clocks([0.05, *(0.05 + noise.expovariate(20) for _ in range(6000))])
    assert max(errors) - min(errors) < 0.005  # where single frames were late by half a second


def test_a_late_beginning_is_corrected_slowly() -> None:
    errors = clocks([0.25, *[0.05] * 600])
    assert errors[0] == pytest.approx(0.25)
    assert errors[300] == pytest.approx(0.05, abs=0.001)
    assert max(before - after for before, after in pairwise(errors)) <= 0.1 * WallClock.FAST + 1e-9


def test_a_drifting_encoder_is_followed() -> None:
    """100 parts in a million for two hours: without correction the picture's clock would be 0.7 s off."""
    errors = clocks([0.05 + number * 0.1 * 100e-6 for number in range(72_000)])
    truth = [0.05 + number * 0.1 * 100e-6 for number in range(72_000)]
    assert max(abs(error - true) for error, true in zip(errors, truth, strict=True)) < 0.005


def test_the_pace_ignores_single_gaps_and_learns_a_new_rate() -> None:
    pace = FramePace()
    for step in [3000, 2970, 3060, 2970] * 20:
        pace.measure(step)
    assert pace.length == pytest.approx(3000, abs=20)
    pace.measure(30_000)
    pace.measure(-5)
    assert pace.length == pytest.approx(3000, abs=20)
    for _ in range(4):
        pace.measure(7500)
    assert pace.length == 7500


def place_all(clock: SoundClock, stamps: list[float]) -> list[tuple[int, int, int]]:
    """Position, length and stamp (in samples) of each frame that was placed."""
    placed = []
    for stamp in stamps:
        media = round(stamp * 1000) * 90
        one = clock.place(media)
        if one is not None and clock.next is not None:
            placed.append((clock.next - one[1], one[1], clock.samples(media)))
    return placed


@given(rate=st.sampled_from([8000, 22_050, 44_100, 48_000, 96_000]), origin=st.floats(0, 1e6))
def test_rounded_stamps_never_move_the_sound(rate: int, origin: float) -> None:
    clock = SoundClock(rate)
    placed = place_all(clock, [origin + number * 1024 / rate for number in range(2000)])
    assert {length for _, length, _ in placed} == {1024}
    assert all(after[0] - before[0] == 1024 for before, after in pairwise(placed))


@pytest.mark.parametrize("lost", [1, 3, 30])
def test_lost_frames_do_not_leave_the_sound_early(lost: int) -> None:
    stamps = [number * 1024 / 48_000 for number in range(300) if not 100 <= number < 100 + lost]
    placed = place_all(SoundClock(48_000), stamps)
    assert len(placed) == len(stamps)
    assert max(abs(position - stamp) for position, _, stamp in placed[130:]) <= 640


def test_a_slow_sample_clock_is_shortened_unheard() -> None:
    """An encoder that makes 0.2 % too many samples for its stamps: never more than a frame apart."""
    placed = place_all(SoundClock(48_000), [number * 1024 / 48_000 * 0.998 for number in range(20_000)])
    assert max(abs(position - stamp) for position, _, stamp in placed) < 1024
    assert {length for _, length, _ in placed} == {1024, 1016}


def test_sound_that_overlaps_is_dropped_not_doubled() -> None:
    stamps = [number * 1024 / 48_000 for number in range(100)]
    placed = place_all(SoundClock(48_000), [*stamps, *stamps[-40:], *[2.14 + stamp for stamp in stamps]])
    assert all(after[0] >= before[0] + before[1] for before, after in pairwise(placed))
    assert len(placed) < 210


def test_no_sound_before_its_section() -> None:
    clock = SoundClock(48_000)
    clock.begin(TICKS)
    assert clock.place(TICKS - 5000) is None
    assert clock.place(TICKS - 90) == (0, 1024)
    assert clock.next == 48_000 + 1024
    clock.restart()
    assert clock.place(TICKS) is None
    assert clock.place(3 * TICKS) == (0, 1024)
    assert clock.next == 3 * 48_000 + 1024
