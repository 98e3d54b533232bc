"""Noise for living surfaces, seeded and without seams at the sizes we draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.floating[Any]]


def smooth(edge0: float, edge1: float, x: Plane) -> Plane:
    """Return 0 below ``edge0``, 1 above ``edge1`` and a smooth rise between."""
    t = ((x - np.float32(edge0)) / np.float32(edge1 - edge0)).clip(0, 1)
    result: Plane = t * t * (3 - 2 * t)
    return result


def _axis(length: int, cells: float) -> tuple[NDArray[np.intp], Plane]:
    at = np.arange(length, dtype=np.float32) * np.float32(cells / length)
    whole = np.floor(at).astype(np.intp)
    part = at - whole
    return whole, (part * part * (3 - 2 * part)).astype(np.float32)


def value_noise(random: np.random.Generator, height: int, width: int, cell: float) -> Plane:
    """Return noise between -1 and 1 whose features are about ``cell`` pixels wide."""
    rows, row_part = _axis(height, height / cell)
    columns, column_part = _axis(width, width / cell)
    grid = random.uniform(-1, 1, (int(rows[-1]) + 2, int(columns[-1]) + 2)).astype(np.float32)
    across = grid[:, columns] * (1 - column_part) + grid[:, columns + 1] * column_part
    result: Plane = across[rows] * (1 - row_part[:, None]) + across[rows + 1] * row_part[:, None]
    return result


def cloud(random: np.random.Generator, height: int, width: int, cell: float, octaves: int, decay: float = 0.5) -> Plane:
    """Return a sum of octaves of noise, each half as wide and ``decay`` as strong as the one before."""
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for octave in range(octaves):
        total += np.float32(weight) * value_noise(random, height, width, max(2.0, cell / 2**octave))
        weight *= decay
    return total


def lobules(random: np.random.Generator, height: int, width: int, cell: float) -> Plane:
    """Return rounded lumps of about ``cell`` pixels, 0 in the grooves and 1 on top: fat, or the grain of a capsule."""
    rows, columns = int(height / cell) + 3, int(width / cell) + 3
    jitter = random.uniform(-0.45, 0.45, (rows, columns, 2)).astype(np.float32)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(cell)
    nearest = np.full((height, width), 9.0, np.float32)
    base_y, base_x = ys.astype(np.intp), xs.astype(np.intp)
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            cy, cx = base_y + dy + 1, base_x + dx + 1
            offset = jitter[cy, cx]
            away = (base_y + dy + 0.5 + offset[..., 0] - ys) ** 2 + (base_x + dx + 0.5 + offset[..., 1] - xs) ** 2
            np.minimum(nearest, away.astype(np.float32), out=nearest)
    result: Plane = 1 - smooth(0.0, 0.75, nearest)
    return result
