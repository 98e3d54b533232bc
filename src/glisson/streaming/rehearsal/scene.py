"""The moving scene: what the rehearsal's two cameras, white light and fluorescence, see at a moment.

The tissue is rendered once for every phase of a breath (see `tissue`); a picture is then one copy, two tools, one
clock. All drawing is in limited-range YUV 4:2:0, as the encoder wants it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .clock import ClockPainter
from .glyphs import Lettering, ink
from .instruments import DISSECTOR, GRASPER, Tool
from .tissue import Field

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

BREATHS = 30
"""Phases of one breath that are kept; played up and down again."""

BREATH_SECONDS = 4.6
LABEL = ("SYNTHETIC", "REHEARSAL")
VIEWS = (("WHITE LIGHT",), ("ICG", "FLUORESCENCE"))

DEMARCATION_SECONDS = 300.0
"""The line between perfused and ischaemic segments goes there and back in this time."""

DEMARCATION_FROM, DEMARCATION_TO = 0.14, 0.86
DEMARCATION_SOFT = 19
"""Half the width of the line, in steps of `Moment.flow`."""

GREEN_Y, GREEN_U, GREEN_V = 132, -18, -68
"""What full glow adds to the dim picture: the green of indocyanine, toward #19c37d."""


class Scene:
    """Paints pictures of one size.

    Parameters
    ----------
    width, height : int
        Pixels, both even.
    seed : int
        Another seed is another liver.
    fluorescence : bool
        Whether the second view is painted too.
    """

    def __init__(self, width: int, height: int, *, seed: int = 7, fluorescence: bool = True) -> None:
        if width % 2 or height % 2 or width < 320 or height < 180:
            raise ValueError(f"A rehearsal picture has an even size of at least 320x180, not {width}x{height}.")
        self.width, self.height, self.views = width, height, 2 if fluorescence else 1
        field = Field(width, height, seed)
        self._left, self._right = field.left, field.right
        self._moments = [field.moment(at / (BREATHS - 1)) for at in range(BREATHS)]
        self._cap = np.full((height, width), 16, np.uint8)
        self._cap[:, field.left : field.right] = 16 + 219 * field.mask
        self._grasper, self._dissector = Tool(GRASPER, height), Tool(DISSECTOR, height)
        self._clock = ClockPainter(width, height)
        self._letters = Lettering(max(8, round(height / 45)))
        self._digits = {letter: ink(self._letters.coverage(letter), 150) for letter in "0123456789:. UTC"}
        self._margin = round(height / 45)

    def blank(self, view: int) -> Planes:
        """Return a black picture with the words of a view on it; everything else is painted anew each time."""
        half = (self.height // 2, self.width // 2)
        planes: Planes = (
            np.empty((self.height, self.width), np.uint8),
            np.empty(half, np.uint8),
            np.empty(half, np.uint8),
        )
        self.prepare(planes, view)
        return planes

    def prepare(self, planes: Planes, view: int) -> None:
        """Make a buffer black and write the words of a view on it, once before it is painted into."""
        luma, blue, red = planes
        luma[:], blue[:], red[:] = 16, 128, 128
        title = [ink(self._letters.coverage(line), 120) for line in VIEWS[view]]
        label = [ink(self._letters.coverage(line), 150) for line in LABEL]
        right, step = self.width - self._margin, round(self._letters.line * 1.15)
        for at, line in enumerate(title):
            top = self._margin + at * step
            luma[top : top + len(line), right - line.shape[1] : right] = line
        for at, line in enumerate(label):
            bottom = self.height - self._margin - (len(label) - 1 - at) * step
            luma[bottom - len(line) : bottom, right - line.shape[1] : right] = line

    def paint(self, pictures: Sequence[Planes], seconds: float) -> int:
        """Paint the scene as it is at ``seconds`` since the start, and the wall clock of now, into one buffer a view.

        Parameters
        ----------
        pictures : sequence of (Y, U, V)
            As many as `views`; each was prepared once with `prepare`.
        seconds : float
            Scene time; the same seconds give the same picture, except for the clock.

        Returns
        -------
        int
            The painted time, milliseconds since 1970 UTC.
        """
        breath = 0.5 - 0.5 * math.cos(2 * math.pi * seconds / BREATH_SECONDS)
        moment = self._moments[round(breath * (BREATHS - 1))]
        whole = slice(self._left, self._right)
        half = slice(self._left // 2, self._right // 2)
        inner = [(luma[:, whole], blue[:, half], red[:, half]) for luma, blue, red in pictures]
        for plane, source in zip(inner[0], moment.white, strict=True):
            plane[:] = source
        if len(inner) > 1:
            self._glow(inner[1], moment.dark, moment.glow, moment.flow, seconds)
        self._lay_tools(inner, seconds)
        now = time.time_ns() // 1_000_000
        for luma, _, _ in pictures:
            self._clock.paint(luma, now)
            self._write_time(luma, now)
        return now

    def demarcation(self, seconds: float) -> float:
        """Return where the line stands, 0 to 1 in `Moment.flow`; what lies beyond it glows."""
        sweep = 0.5 - 0.5 * math.cos(2 * math.pi * seconds / DEMARCATION_SECONDS)
        return DEMARCATION_FROM + (DEMARCATION_TO - DEMARCATION_FROM) * sweep

    def _glow(
        self,
        view: Planes,
        dark: tuple[NDArray[np.uint8], ...],
        glow: NDArray[np.uint8],
        flow: NDArray[np.uint8],
        seconds: float,
    ) -> None:
        steps = np.arange(256, dtype=np.float32)
        lit = ((steps - 255 * self.demarcation(seconds)) / (2 * DEMARCATION_SOFT) + 0.5).clip(0, 1)
        pulse = 0.97 + 0.03 * math.sin(2 * math.pi * seconds * 1.15)
        table = (255 * pulse * lit * lit * (3 - 2 * lit)).astype(np.uint16)
        shine = table.take(flow, mode="clip")
        shine *= glow
        shine >>= 8
        quarter = shine[::2, ::2].astype(np.int16)
        shine *= GREEN_Y
        shine >>= 8
        np.add(dark[0], shine, out=view[0], casting="unsafe")
        for plane, source, tint in ((view[1], dark[1], GREEN_U), (view[2], dark[2], GREEN_V)):
            np.add(source, quarter * np.int16(tint) >> 8, out=plane, casting="unsafe")

    def _lay_tools(self, views: list[Planes], seconds: float) -> None:
        height, middle = self.height, (self._right - self._left) / 2
        cap = self._cap[:, self._left : self._right]

        def at(x: float, y: float) -> tuple[float, float]:
            return middle + x * height, height / 2 + y * height

        def swing(period: float, phase: float = 0.0) -> float:
            return math.sin(2 * math.pi * (seconds / period + phase))

        port = (-0.95, 0.52)
        away = _absence(seconds, 61.0, 33.0)
        tip = (-0.15 + 0.045 * swing(9.7) + 0.018 * swing(4.1, 0.2), 0.055 + 0.035 * swing(7.3, 0.1))
        self._grasper.lay(views, cap, at(*_withdrawn(tip, port, away)), at(*port), 0.5 + 0.5 * swing(8.3, 0.4))
        port = (0.98, 0.46)
        away = _absence(seconds, 47.0, 12.0)
        tip = (0.055 + 0.030 * swing(6.1) + 0.012 * swing(2.3), -0.03 + 0.085 * swing(13.0, 0.3) + 0.010 * swing(1.9))
        self._dissector.lay(views, cap, at(*_withdrawn(tip, port, away)), at(*port), 0.5 + 0.5 * swing(3.1))

    def _write_time(self, luma: NDArray[np.uint8], milliseconds: int) -> None:
        day = milliseconds % 86_400_000
        hours, rest = divmod(day, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        text = f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03} UTC"
        line = np.hstack([self._digits[letter] for letter in text])
        bottom = self.height - self._margin
        luma[bottom - len(line) : bottom, self._margin : self._margin + line.shape[1]] = line


def _absence(seconds: float, period: float, offset: float) -> float:
    """Return how far a tool is drawn back, 0 to 1: it comes in after the start and pauses once in a while."""
    start = 1 - min(seconds / 3.5, 1.0)
    within = (seconds - offset) % period
    pause = math.sin(math.pi * within / 7.0) if seconds > offset and within < 7.0 else 0.0
    away = max(start, pause)
    return away * away * (3 - 2 * away)


def _withdrawn(tip: tuple[float, float], port: tuple[float, float], away: float) -> tuple[float, float]:
    return tip[0] + (port[0] - tip[0]) * 0.62 * away, tip[1] + (port[1] - tip[1]) * 0.62 * away
