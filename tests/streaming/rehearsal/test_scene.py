"""The synthetic operation moves, stays inside its round field, and glows only where blood flows."""

import numpy as np
import pytest

from glisson.streaming.rehearsal import Scene
from glisson.streaming.rehearsal.scene import DEMARCATION_SECONDS
from glisson.streaming.rehearsal.tissue import RADIUS


@pytest.fixture(scope="module")
def small():
    return Scene(640, 360)


def painted_at(scene, seconds):
    buffers = [scene.blank(view) for view in range(scene.views)]
    scene.paint(buffers, seconds)
    return buffers


def below_clock(luma):
    return luma[luma.shape[0] // 10 : -luma.shape[0] // 10]


def round_field(height, width, radius):
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    return np.hypot(xs - width / 2, ys - height / 2) < radius * height


def test_pictures_move_and_come_back_for_the_same_moment(small):
    first, later, again = (painted_at(small, at)[0][0] for at in (20.0, 20.4, 20.0))

    inside = round_field(360, 640, 0.35)
    changed = np.abs(first.astype(int) - later)[inside] > 2
    assert changed.mean() > 0.05
    assert np.array_equal(below_clock(first), below_clock(again))


def test_the_surround_is_black(small):
    for luma, blue, red in painted_at(small, 33.0):
        outside = ~round_field(360, 640, RADIUS + 0.005)
        outside[:40] = outside[-60:] = False  # where clocks and words stand
        assert (luma[outside] == 16).all()
        assert (np.abs(blue.astype(int) - 128)[outside[::2, ::2]] <= 1).all()
        assert (np.abs(red.astype(int) - 128)[outside[::2, ::2]] <= 1).all()


def test_tools_come_in_after_the_start_and_hide_tissue(small):
    start, later = painted_at(small, 0.0)[0], painted_at(small, 20.0)[0]

    def metal(planes):
        neutral = (np.abs(planes[1].astype(int) - 128) < 3) & (np.abs(planes[2].astype(int) - 128) < 3)
        return (neutral & round_field(180, 320, 0.4)).sum()

    assert metal(later) > metal(start) + 300


def green(planes):
    """Where the picture is clearly green: both colour differences well below neutral."""
    luma, _blue, red = planes
    return (red < 110) & (luma[::2, ::2] > 50)


def perfused(scene, seconds, margin):
    """Where the flow is beyond the line by a margin (negative: before it), at the phase of breath that is shown."""
    breath = 0.5 - 0.5 * np.cos(2 * np.pi * seconds / 4.6)
    moment = scene._moments[round(breath * (len(scene._moments) - 1))]
    flow = np.zeros((scene.height, scene.width))
    flow[:, scene._left : scene._right] = moment.flow / 255
    glow = np.zeros_like(flow)
    glow[:, scene._left : scene._right] = moment.glow / 255
    beyond = flow - scene.demarcation(seconds)
    return (beyond > margin)[::2, ::2], (beyond < -margin)[::2, ::2], glow[::2, ::2]


@pytest.mark.parametrize("seconds", [0.0, 40.0, 110.0, DEMARCATION_SECONDS / 2])
def test_only_perfused_segments_glow(small, seconds):
    view = painted_at(small, seconds)[1]
    beyond, before, glow = perfused(small, seconds, 0.1)

    assert not green(view)[before].any()
    assert not green(view)[glow < 0.05].any()
    assert green(view)[beyond & (glow > 0.35)].mean() > 0.6  # tools stand before the rest


def test_the_line_moves_slowly_and_white_light_never_glows(small):
    places = [small.demarcation(at) for at in (0.0, 1.0, DEMARCATION_SECONDS / 2, DEMARCATION_SECONDS)]

    assert abs(places[1] - places[0]) < 0.01
    assert places[2] - places[0] > 0.5
    assert places[3] == pytest.approx(places[0])
    assert not green(painted_at(small, 60.0)[0]).any()


def test_words_and_clock_stand_on_the_picture(small):
    white, fluorescence = painted_at(small, 5.0)

    corner = (slice(-50, -8), slice(-90, -4))
    assert white[0][corner].max() > 120
    assert np.array_equal(white[0][corner], fluorescence[0][corner])
    assert not np.array_equal(white[0][:40, -120:], fluorescence[0][:40, -120:])


@pytest.mark.parametrize("size", [(641, 360), (160, 90)])
def test_odd_and_tiny_sizes_are_refused_in_words(size):
    with pytest.raises(ValueError, match="even size"):
        Scene(*size)


def test_another_seed_is_another_liver():
    one, other = (painted_at(Scene(320, 180, seed=seed, fluorescence=False), 9.0)[0][0] for seed in (1, 2))

    assert np.abs(one.astype(int) - other)[round_field(180, 320, 0.4)].mean() > 2
