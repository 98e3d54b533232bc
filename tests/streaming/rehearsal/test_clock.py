"""The burnt-in clock survives what a picture goes through between a theatre and a phone."""

import io
import json
import shutil
import subprocess
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glisson.streaming.rehearsal import READ_CLOCK_JS, age, read_clock
from glisson.streaming.rehearsal.clock import ClockPainter, crc8

TIMES = [0, 1, 0x5A5A5A5A, 0xFFFFFFFF, 1_795_000_000_123, 0x80000000]


def encoded(pictures, size, bit_rate, scaled=None):
    """Encode luma pictures as the rehearsal does, optionally scaled first; return the decoded luma planes."""
    sink = io.BytesIO()
    width, height = scaled or size
    with av.open(sink, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", bit_rate
        stream.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "maxrate": str(bit_rate),
            "bufsize": str(bit_rate),
        }
        for number, luma in enumerate(pictures):
            grey = np.full((size[1] // 2, size[0]), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.vstack([luma, grey]), "yuv420p")
            frame = frame.reformat(width=width, height=height, interpolation="BILINEAR") if scaled else frame
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    sink.seek(0)
    with av.open(sink) as container:
        return [frame.to_ndarray()[:height] for frame in container.decode(video=0)]


@pytest.mark.parametrize("milliseconds", TIMES)
@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (1920, 1080), (854, 480)])
def test_reads_back_at_every_size(milliseconds, size):
    luma = np.full((size[1], size[0]), 16, np.uint8)
    ClockPainter(*size).paint(luma, milliseconds)

    assert read_clock(luma) == milliseconds % 2**32
    assert read_clock(np.repeat(luma[:, :, None], 3, axis=2)) == milliseconds % 2**32


@pytest.mark.parametrize(("scaled", "bit_rate"), [(None, 2_500_000), ((640, 360), 200_000)])
def test_reads_back_exactly_after_x264(scene, painted, scaled, bit_rate):
    pictures, times = painted

    seen = [read_clock(luma) for luma in encoded(pictures, (scene.width, scene.height), bit_rate, scaled)]

    assert seen == [at % 2**32 for at in times]


def test_a_picture_without_a_strip_says_nothing():
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280), np.uint8)

    assert read_clock(np.full((720, 1280), 16, np.uint8)) is None
    assert read_clock(noise) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 39))
@settings(deadline=None, max_examples=60)
def test_one_wrong_cell_is_noticed(milliseconds, bit):
    luma = np.full((360, 640), 16, np.uint8)
    ClockPainter(640, 360).paint(luma, milliseconds)
    row, column = divmod(bit, 20)
    cell = luma[8 * (1 + row) : 8 * (2 + row), 8 * (2 + column) : 8 * (3 + column)]
    cell[:] = 16 if cell[0, 0] > 90 else 168

    assert read_clock(luma) is None


@given(st.integers(0, 2**32 - 1))
def test_time_and_check_byte_divide_by_the_polynomial(milliseconds):
    rest = milliseconds << 8 | crc8(milliseconds)
    for bit in range(39, 7, -1):
        if rest >> bit & 1:
            rest ^= 0x107 << (bit - 8)

    assert rest == 0


@pytest.mark.parametrize(
    ("read", "now", "expected"), [(1000, 1250, 250), (2**32 - 100, 2**32 + 50, 150), (5000, 4990, -10)]
)
def test_age_crosses_the_wrap(read, now, expected):
    assert age(read, now) == expected


@pytest.mark.skipif(shutil.which("node") is None, reason="node, which runs the browser's reader here, is missing")
def test_the_browsers_reader_agrees(tmp_path):
    pictures = []
    for milliseconds in TIMES:
        luma = np.full((360, 640), 16, np.uint8)
        ClockPainter(640, 360).paint(luma, milliseconds)
        pictures.append(np.repeat(luma[:32, :, None], 4, axis=2).ravel().tolist())
    pictures.append([16] * (640 * 32 * 4))
    (tmp_path / "pictures.json").write_text(json.dumps(pictures))
    script = f"""const read = {READ_CLOCK_JS}
    const pictures = JSON.parse(require('fs').readFileSync('{tmp_path}/pictures.json'))
    console.log(JSON.stringify(pictures.map((data) => read({{data, width: 640, height: 360}}))))"""

    answer = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)

    assert json.loads(answer.stdout) == [*(at % 2**32 for at in TIMES), None]
