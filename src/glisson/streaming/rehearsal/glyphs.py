"""A small stroke alphabet, drawn once at the size of the picture: no font file, the same on every machine."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

Stroke = tuple[tuple[float, float], ...]


def _arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Stroke:
    """Return points of an elliptic arc; degrees, 0 to the right, growing clockwise because y grows downward."""
    steps = max(3, int(abs(end - start) / 15))
    angles = [math.radians(start + (end - start) * at / steps) for at in range(steps + 1)]
    return tuple((cx + rx * math.cos(angle), cy + ry * math.sin(angle)) for angle in angles)


# On a grid 0.6 wide and 1 high, y down.
STROKES: dict[str, tuple[Stroke, ...]] = {
    "0": (_arc(0.3, 0.3, 0.26, 0.3, 180, 360) + _arc(0.3, 0.7, 0.26, 0.3, 0, 180) + ((0.04, 0.3),),),
    "1": (((0.12, 0.2), (0.34, 0.0), (0.34, 1.0)),),
    "2": ((*_arc(0.3, 0.27, 0.25, 0.27, 190, 385), (0.04, 1.0), (0.56, 1.0)),),
    "3": (_arc(0.29, 0.25, 0.24, 0.25, 200, 450), _arc(0.29, 0.74, 0.27, 0.26, 270, 520)),
    "4": (((0.44, 1.0), (0.44, 0.0), (0.04, 0.7), (0.58, 0.7)),),
    "5": (((0.52, 0.0), (0.1, 0.0), (0.07, 0.44), *_arc(0.28, 0.68, 0.27, 0.32, 240, 500)),),
    "6": (((0.46, 0.02), (0.1, 0.5)), _arc(0.3, 0.7, 0.26, 0.3, 0, 360)),
    "7": (((0.04, 0.0), (0.56, 0.0), (0.22, 1.0)),),
    "8": (_arc(0.3, 0.25, 0.22, 0.25, 0, 360), _arc(0.3, 0.74, 0.26, 0.26, 0, 360)),
    "9": (((0.14, 0.98), (0.5, 0.5)), _arc(0.3, 0.3, 0.26, 0.3, 0, 360)),
    ":": (((0.3, 0.28), (0.3, 0.3)), ((0.3, 0.76), (0.3, 0.78))),
    ".": (((0.3, 0.98), (0.3, 1.0)),),
    "A": (((0.02, 1.0), (0.3, 0.0), (0.58, 1.0)), ((0.12, 0.66), (0.48, 0.66))),
    "C": (_arc(0.32, 0.5, 0.28, 0.5, 310, 50),),
    "E": (((0.54, 0.0), (0.08, 0.0), (0.08, 1.0), (0.54, 1.0)), ((0.08, 0.48), (0.46, 0.48))),
    "F": (((0.54, 0.0), (0.08, 0.0), (0.08, 1.0)), ((0.08, 0.48), (0.46, 0.48))),
    "G": ((*_arc(0.32, 0.5, 0.28, 0.5, 310, 60), (0.56, 0.93), (0.56, 0.55), (0.36, 0.55)),),
    "H": (((0.06, 0.0), (0.06, 1.0)), ((0.54, 0.0), (0.54, 1.0)), ((0.06, 0.48), (0.54, 0.48))),
    "I": (((0.3, 0.0), (0.3, 1.0)),),
    "L": (((0.1, 0.0), (0.1, 1.0), (0.54, 1.0)),),
    "N": (((0.06, 1.0), (0.06, 0.0), (0.54, 1.0), (0.54, 0.0)),),
    "O": (_arc(0.3, 0.5, 0.28, 0.5, 0, 360),),
    "R": (
        ((0.08, 1.0), (0.08, 0.0), (0.3, 0.0), *_arc(0.3, 0.26, 0.24, 0.26, 270, 450), (0.08, 0.52)),
        ((0.3, 0.52), (0.56, 1.0)),
    ),
    "S": (_arc(0.3, 0.26, 0.25, 0.26, 325, 90) + _arc(0.3, 0.76, 0.26, 0.24, 270, 505),),
    "T": (((0.02, 0.0), (0.58, 0.0)), ((0.3, 0.0), (0.3, 1.0))),
    "U": (((0.06, 0.0), (0.06, 0.68), *_arc(0.3, 0.7, 0.24, 0.3, 180, 0), (0.54, 0.0)),),
    "W": (((0.0, 0.0), (0.15, 1.0), (0.3, 0.3), (0.45, 1.0), (0.6, 0.0)),),
    "Y": (((0.02, 0.0), (0.3, 0.48), (0.58, 0.0)), ((0.3, 0.48), (0.3, 1.0))),
    " ": (),
}


class Lettering:
    """Glyphs of one height as coverage pictures of equal width, ready to be pasted.

    Parameters
    ----------
    height : int
        Height of a capital letter in pixels.
    """

    def __init__(self, height: int) -> None:
        self._height = height
        self.advance = round(height * 0.92)
        self.line = height + 2 * self._margin
        self._cache: dict[str, NDArray[np.float32]] = {}

    @property
    def _margin(self) -> int:
        return max(2, self._height // 5)

    def coverage(self, text: str) -> NDArray[np.float32]:
        """Return how much of each pixel a line of text covers, 0 to 1."""
        return np.hstack([self._glyph(letter) for letter in text])

    def _glyph(self, letter: str) -> NDArray[np.float32]:
        if letter not in self._cache:
            self._cache[letter] = self._draw(STROKES[letter])
        return self._cache[letter]

    def _draw(self, strokes: tuple[Stroke, ...]) -> NDArray[np.float32]:
        inset = (self.advance - 0.6 * self._height) / 2
        ys, xs = np.mgrid[0 : self.line, 0 : self.advance].astype(np.float32) + 0.5
        distance = np.full(xs.shape, 1e6, np.float32)
        for stroke in strokes:
            points = [(inset + x * self._height, self._margin + y * self._height) for x, y in stroke]
            for (ax, ay), (bx, by) in itertools.pairwise(points):
                dx, dy = bx - ax, by - ay
                along = ((xs - ax) * dx + (ys - ay) * dy) / max(dx * dx + dy * dy, 1e-6)
                along = along.clip(0, 1)
                np.minimum(distance, np.hypot(xs - ax - along * dx, ys - ay - along * dy), out=distance)
        pen = max(0.7, self._height * 0.062)
        return (pen + 0.5 - distance).clip(0, 1).astype(np.float32)


def ink(coverage: NDArray[np.float32], level: int, ground: int = 16) -> NDArray[np.uint8]:
    """Return the luma of lettering in ``level`` on a plain ground."""
    result: NDArray[np.uint8] = (ground + coverage * (level - ground)).round().astype(np.uint8)
    return result
