"""Two laparoscopic tools that come in from the sides: each a small drawn texture, turned and laid over the picture.

A tool turns about its port, so its shaft always points there; its texture lies along the shaft and is looked up pixel
by pixel at twice the resolution of the picture. Only narrow bands around the tool are touched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .texture import Plane, smooth

FINE = 2
"""Texture points a pixel."""

LENGTH, HALF = 430, 64
"""Of the drawn part of a tool and to each side of its axis, in pixels of a 720 lines picture."""

BAND = 24
JAWS = 6


@dataclass(frozen=True, slots=True)
class Look:
    """How a tool looks: brightness of shaft and jaws (0 to 1), radius of the shaft, length and width of the jaws."""

    shaft: float
    sheen: float
    jaws: float
    radius: float
    reach: float
    thickness: float
    opening: float
    shadow_side: int


GRASPER = Look(shaft=0.50, sheen=0.42, jaws=0.60, radius=17, reach=98, thickness=8.5, opening=13, shadow_side=1)
DISSECTOR = Look(shaft=0.11, sheen=0.16, jaws=0.55, radius=18, reach=78, thickness=6.0, opening=9, shadow_side=-1)


@dataclass(frozen=True, slots=True)
class _Texture:
    keep: NDArray[np.uint16]
    lay: NDArray[np.uint16]
    lay_dim: NDArray[np.uint16]


class Tool:
    """One tool, drawn for one height of picture.

    Parameters
    ----------
    look : Look
        Grasper or dissector.
    height : int
        Of the picture in pixels.
    """

    def __init__(self, look: Look, height: int) -> None:
        self.unit = height / 720
        self._long, self._wide = int(LENGTH * self.unit * FINE), int(2 * HALF * self.unit * FINE)
        self._textures = [self._draw(look, look.opening * jaw / (JAWS - 1)) for jaw in range(JAWS)]

    def _draw(self, look: Look, opening: float) -> _Texture:
        scale = np.float32(self.unit * FINE)
        along = (np.arange(self._long, dtype=np.float32) + 0.5)[:, None] / scale
        across = (np.arange(self._wide, dtype=np.float32) + 0.5)[None, :] / scale - HALF
        cover, colour = _paint(look, along, across, opening)
        shade_cover, _ = _paint(look, along - 7, across + 17 * look.shadow_side, opening, soft=13)
        shadow = 0.55 * shade_cover
        colour *= 1 - 0.55 * smooth(120, LENGTH, np.broadcast_to(along, colour.shape))
        opaque = 1 - (1 - cover) * (1 - shadow)
        black = (1 - cover) * shadow * 16
        return _Texture(
            (256 * (1 - opaque)).round().astype(np.uint16).ravel(),
            (128 + 256 * (cover * (16 + 219 * colour) + black)).astype(np.uint16).ravel(),
            (128 + 256 * (cover * (16 + 219 * 0.30 * colour) + black)).astype(np.uint16).ravel(),
        )

    def lay(
        self,
        views: Sequence[tuple[NDArray[np.uint8], ...]],
        cap: NDArray[np.uint8],
        tip: tuple[float, float],
        port: tuple[float, float],
        opening: float,
    ) -> None:
        """Draw the tool into every view at once.

        Parameters
        ----------
        views : sequence of (Y, U, V)
            The white light view and, if there is one, the fluorescence view, where metal hardly shines.
        cap : ndarray
            The brightest luma allowed at each pixel: 16 outside the round field.
        tip, port : (float, float)
            Pixels; the port usually lies outside the picture.
        opening : float
            Of the jaws, 0 closed to 1 open.
        """
        texture = self._textures[round(min(max(opening, 0.0), 1.0) * (JAWS - 1))]
        reach = math.hypot(port[0] - tip[0], port[1] - tip[1])
        direction = ((port[0] - tip[0]) / reach, (port[1] - tip[1]) / reach)
        for top, bottom, left, right in self._bands(cap.shape, tip, direction, reach):
            self._lay_band(views, cap, texture, tip, direction, (top, bottom, left, right))

    def _bands(
        self, shape: tuple[int, ...], tip: tuple[float, float], direction: tuple[float, float], reach: float
    ) -> list[tuple[int, int, int, int]]:
        """Return boxes (top, bottom, left, right; even) that together cover the tool inside the picture."""
        half = HALF * self.unit
        along = np.arange(-2.0, reach, 8.0)
        xs, ys = tip[0] + along * direction[0], tip[1] + along * direction[1]
        spread_x, spread_y = half * abs(direction[1]) + 4, half * abs(direction[0]) + 4
        bands = []
        for top in range(0, shape[0], BAND):
            near = xs[(ys > top - spread_y - 8) & (ys < top + BAND + spread_y + 8)]
            if len(near):
                left = max(0, int(near.min() - spread_x) // 2 * 2)
                right = min(shape[1], int(near.max() + spread_x + 2) // 2 * 2)
                if right > left:
                    bands.append((top, min(top + BAND, shape[0]), left, right))
        return bands

    def _lay_band(
        self,
        views: Sequence[tuple[NDArray[np.uint8], ...]],
        cap: NDArray[np.uint8],
        texture: _Texture,
        tip: tuple[float, float],
        direction: tuple[float, float],
        box: tuple[int, int, int, int],
    ) -> None:
        top, bottom, left, right = box
        fixed = FINE * 256
        dx, dy = (np.arange(left, right) - tip[0]) * fixed, (np.arange(top, bottom) - tip[1]) * fixed
        cos, sin = direction
        along = ((dx * cos).astype(np.intp)[None, :] + (dy * sin).astype(np.intp)[:, None]) >> 8
        across = ((dx * -sin).astype(np.intp)[None, :] + (dy * cos).astype(np.intp)[:, None]) >> 8
        np.clip(along, 0, self._long - 1, out=along)
        across += self._wide // 2
        np.clip(across, 0, self._wide - 1, out=across)
        along *= self._wide
        along += across
        keep = texture.keep.take(along, mode="clip")
        faded = keep[::2, ::2].astype(np.int16)
        window = (slice(top, bottom), slice(left, right))
        quarter = (slice(top // 2, bottom // 2), slice(left // 2, right // 2))
        for view, layer in zip(views, (texture.lay, texture.lay_dim), strict=False):
            mixed = view[0][window] * keep
            mixed += layer.take(along, mode="clip")
            mixed >>= 8
            view[0][window] = np.minimum(mixed, cap[window], casting="unsafe", dtype=np.uint16)
            for chroma in view[1:]:
                off = chroma[quarter].astype(np.int16)
                off -= 128
                off *= faded
                off >>= 8
                off += 128
                chroma[quarter] = off


def _paint(look: Look, along: Plane, across: Plane, opening: float, soft: float = 1.05) -> tuple[Plane, Plane]:
    """Return coverage and brightness of a tool lying along the first axis, its tip at 6."""
    hinge = 6 + look.reach
    body = np.maximum(np.abs(across) - look.radius, hinge - 4 - along)
    cover = 1 - smooth(-soft, soft, body)
    round_ = (across / look.radius).clip(-1, 1)
    colour = look.shaft * (0.22 + 0.78 * np.sqrt(1 - round_**2))
    colour = colour + look.sheen * np.exp(-(((round_ + 0.38 * look.shadow_side) / 0.16) ** 2))
    ring = np.exp(-(((along - hinge - 16) / 3.0) ** 2)) + np.exp(-(((along - hinge - 26) / 2.0) ** 2))
    colour = colour * (1 - 0.5 * ring)
    for side in (-1, 1):
        angle = math.radians(opening) * side
        way, off = hinge - along, across - side * 2.0
        forward = way * math.cos(angle) + off * math.sin(angle)
        aside = off * math.cos(angle) - way * math.sin(angle)
        aside = aside - side * 5.0 * np.sin(np.pi * (forward / look.reach).clip(0, 1))
        girth = look.thickness * (1.15 - 0.62 * (forward / look.reach).clip(0, 1) ** 1.5)
        outside = np.maximum(np.abs(aside) - girth, np.maximum(-10 - forward, forward - look.reach))
        jaw = 1 - smooth(-soft, soft, outside)
        bend = (aside / girth).clip(-1, 1)
        teeth = 0.10 * (np.sin(forward * 1.1) > 0.2) * (bend * side < -0.2)
        tone = look.jaws * (0.30 + 0.70 * np.sqrt(1 - bend**2)) - teeth
        tone = tone + 0.40 * np.exp(-(((bend + 0.4 * look.shadow_side) / 0.22) ** 2))
        colour = colour + (tone - colour) * jaw
        cover = np.maximum(cover, jaw)
    rivet = np.hypot(along - hinge + 2, across)
    colour = colour + (0.30 * (rivet < 5.5) - 0.22 * ((rivet > 5.5) & (rivet < 7.5))) * (cover > 0.5)
    return cover.astype(np.float32), colour.clip(0, 1).astype(np.float32)
