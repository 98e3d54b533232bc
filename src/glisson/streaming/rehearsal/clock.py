"""The clock burnt into every rehearsal picture: one strip for machines, one line for people.

The machine's strip says when the picture was painted, so that a test, a bench or the technician's page can read the
true delay from the pixels it sees, through any encoder, size or player.

Geometry, in fractions of the picture so that it holds at every size: the picture is a grid of 80 columns and 45 rows
of cells (16 x 16 pixels at 1280x720). The strip is two rows of 22 cells; its first cell is column 1, row 1, counted
from 0 at the top left::

    row 1:   W  b39 b38 ... b20  B
    row 2:   B  b19 b18 ... b0   W

``W`` and ``B`` are always light and always dark: the threshold is half-way between their means, so a reader needs no
absolute level. The 40 bits are, from the highest, 32 bits of time (milliseconds since 1970 UTC modulo 2^32) and 8
bits of CRC (polynomial x^8 + x^2 + x + 1, initial value 0, over the four bytes of the time, highest first). A set bit
is light. To read a cell, average the middle half of it in both directions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 80, 45
"""Cells across and down the whole picture."""

FIRST_COLUMN, FIRST_ROW = 1, 1
STRIP_COLUMNS, STRIP_ROWS = 22, 2
LIGHT, DARK = 168, 16
"""Luma of a set and an unset cell (limited range): light enough to survive, too dim to catch the eye."""

WEAKEST_CONTRAST = 24.0
"""Light and dark reference cells nearer to each other than this mean that there is no strip."""

MODULO = 1 << 32

READ_CLOCK_JS = """
(image) => {
  const {data, width, height} = image, cell = (column, row) => {
    const x0 = Math.floor((column + .25) * width / 80), x1 = Math.max(x0 + 1, Math.ceil((column + .75) * width / 80));
    const y0 = Math.floor((row + .25) * height / 45), y1 = Math.max(y0 + 1, Math.ceil((row + .75) * height / 45));
    let sum = 0;
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[(y * width + x) * 4 + 1];
    return sum / ((x1 - x0) * (y1 - y0));
  };
  const bytes = [0, 0, 0, 0, 0];
  for (let row = 0; row < 2; row++) {
    const first = cell(1, 1 + row), last = cell(22, 1 + row), half = (first + last) / 2;
    if ((row === 0 ? first - last : last - first) < 24) return null;
    for (let bit = 0; bit < 20; bit++) {
      const at = row * 20 + bit;
      if (cell(2 + bit, 1 + row) > half) bytes[at >> 3] |= 128 >> (at & 7);
    }
  }
  let crc = 0;
  for (let i = 0; i < 4; i++) {
    crc ^= bytes[i];
    for (let bit = 0; bit < 8; bit++) crc = crc & 128 ? (crc << 1 ^ 7) & 255 : crc << 1;
  }
  return crc === bytes[4] ? ((bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]) >>> 0) : null;
}
"""
"""The same reader for a browser: a function of an ImageData of the whole picture, or of its top rows drawn to scale
(it looks only at the fractions above), giving milliseconds modulo 2^32 or null."""


def crc8(value: int) -> int:
    """Return the check byte of a 32-bit time."""
    crc = 0
    for byte in value.to_bytes(4, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 7) & 255 if crc & 128 else crc << 1
    return crc


def _edges(first: int, count: int, cells: int, length: int) -> list[int]:
    return [round((first + at) * length / cells) for at in range(count + 1)]


class ClockPainter:
    """Paints the strip into the luma plane of pictures of one size.

    Parameters
    ----------
    width, height : int
        Size of the picture in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._columns = np.diff(_edges(FIRST_COLUMN, STRIP_COLUMNS, COLUMNS, width))
        self._rows = np.diff(_edges(FIRST_ROW, STRIP_ROWS, ROWS, height))
        left = round(FIRST_COLUMN * width / COLUMNS)
        top = round(FIRST_ROW * height / ROWS)
        self._where = (slice(top, top + int(self._rows.sum())), slice(left, left + int(self._columns.sum())))

    def paint(self, luma: NDArray[np.uint8], milliseconds: int) -> None:
        """Write a time (milliseconds since 1970; only the lowest 32 bits are kept) into a luma plane."""
        value = milliseconds % MODULO
        word = value << 8 | crc8(value)
        cells = np.empty((STRIP_ROWS, STRIP_COLUMNS), np.uint8)
        for row in range(STRIP_ROWS):
            bits = [word >> (39 - row * 20 - at) & 1 for at in range(20)]
            cells[row] = [1 - row, *bits, row]
        levels = np.where(cells == 1, LIGHT, DARK).astype(np.uint8)
        luma[self._where] = levels.repeat(self._rows, axis=0).repeat(self._columns, axis=1)


def read_clock(picture: NDArray[np.uint8]) -> int | None:
    """Read the strip back from a picture.

    Parameters
    ----------
    picture : ndarray
        Luma (height x width) or RGB (height x width x 3), at any size.

    Returns
    -------
    int or None
        Milliseconds since 1970 UTC modulo 2^32, or None when the picture carries no strip or it is damaged.
    """
    height, width = picture.shape[:2]
    luma = picture.astype(np.float32) if picture.ndim == 2 else picture.astype(np.float32).mean(axis=2)

    def cell(column: int, row: int) -> float:
        x0, x1 = int((column + 0.25) * width / COLUMNS), int(np.ceil((column + 0.75) * width / COLUMNS))
        y0, y1 = int((row + 0.25) * height / ROWS), int(np.ceil((row + 0.75) * height / ROWS))
        return float(luma[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)].mean())

    word = 0
    for row in range(STRIP_ROWS):
        first = cell(FIRST_COLUMN, FIRST_ROW + row)
        last = cell(FIRST_COLUMN + STRIP_COLUMNS - 1, FIRST_ROW + row)
        if (first - last if row == 0 else last - first) < WEAKEST_CONTRAST:
            return None
        for at in range(20):
            word = word << 1 | (cell(FIRST_COLUMN + 1 + at, FIRST_ROW + row) > (first + last) / 2)
    value, check = word >> 8, word & 255
    return value if crc8(value) == check else None


def age(read: int, now_milliseconds: int) -> int:
    """Return how many milliseconds ago a clock read as ``read`` was painted, across the wrap of 2^32.

    A result just below 0 (clocks of two machines differ) is returned as such.
    """
    difference = (now_milliseconds - read) % MODULO
    return difference - MODULO if difference >= MODULO // 2 else difference
