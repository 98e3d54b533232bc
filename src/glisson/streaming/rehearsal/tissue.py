"""The operating field: liver, gallbladder, omentum and diaphragm under a headlight, at each phase of a breath.

Everything is computed once before the first picture; in motion the scene only copies what stands here.
Coordinates: x to the right and y down, in picture heights from the centre of the round field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .texture import Plane, cloud, lobules, smooth

RADIUS = 0.57
"""Of the round field; a little more than half, as the scope's ring is cropped above and below on a 16:9 sensor."""

BREATH = 0.022
"""How far the liver goes down with a full breath."""

Colour = tuple[float, float, float]
LIVER, LIVER_PALE = (0.150, 0.0215, 0.0125), (0.300, 0.061, 0.035)
FAT, FAT_DEEP = (0.62, 0.335, 0.085), (0.40, 0.105, 0.045)
WALL, WALL_DEEP = (0.36, 0.095, 0.075), (0.22, 0.035, 0.032)
GALLBLADDER, GALLBLADDER_PALE = (0.17, 0.20, 0.085), (0.36, 0.27, 0.12)


@dataclass(frozen=True, slots=True)
class Moment:
    """The field at one phase of a breath, cropped to the columns of the round field.

    Parameters
    ----------
    white : tuple of ndarray
        Y, U and V in white light; U and V are half as wide and high.
    dark : tuple of ndarray
        Y, U and V of the fluorescence view with nothing glowing.
    glow : ndarray
        How strongly each pixel would glow if perfused, 0 to 255.
    flow : ndarray
        Where each pixel lies along the way the demarcation line goes, 0 to 255; 0 and 255 never change side.
    """

    white: tuple[NDArray[np.uint8], ...]
    dark: tuple[NDArray[np.uint8], ...]
    glow: NDArray[np.uint8]
    flow: NDArray[np.uint8]


class Field:
    """Renders `Moment` after `Moment` for one size of picture.

    Parameters
    ----------
    width, height : int
        Size of the picture in pixels, both even.
    seed : int
        Another seed is another patient.
    """

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        reach = int(RADIUS * height) + 4
        self.left = max(0, (width // 2 - reach) // 2 * 2)
        self.right = width - self.left
        across, self._slack = self.right - self.left, int(BREATH * height) + 3
        xs = (np.arange(self.left, self.right, dtype=np.float32) + 0.5 - width / 2) / height
        ys = (np.arange(height, dtype=np.float32) + 0.5 - height / 2) / height
        self._x, self._y = np.broadcast_to(xs, (height, across)), np.broadcast_to(ys[:, None], (height, across))
        away = np.sqrt(self._x**2 + self._y**2)
        self.mask: Plane = 1 - smooth(RADIUS - 0.006, RADIUS, away)
        self._vignette: Plane = (1 - 0.50 * smooth(0.16, RADIUS, away)).astype(np.float32)
        self._weave(np.random.default_rng(seed), across)

    def _weave(self, random: np.random.Generator, across: int) -> None:
        tall, unit = self.height + 2 * self._slack, self.height / 720
        self._mottle = cloud(random, tall, across, 90 * unit, 5, 0.62)
        self._grain = lobules(random, tall, across, 9 * unit)
        self._swell = cloud(random, tall, across, 150 * unit, 4, 0.42)
        self._ripple = cloud(random, tall, across, 15 * unit, 2, 0.6)
        self._fat = 0.62 * lobules(random, self.height, across, 64 * unit)
        self._fat += 0.30 * lobules(random, self.height, across, 27 * unit)
        self._fat_tint = cloud(random, self.height, across, 60 * unit, 4)
        veins = np.abs(cloud(random, self.height, across, 100 * unit, 5, 0.6))
        self._veins: Plane = 1 - smooth(0.0, 0.16, veins)
        self._wander = cloud(random, tall, across, 110 * unit, 2, 0.35)

    def _carried(self, texture: Plane, down: float) -> Plane:
        """Return a texture moved down with the liver by a fraction of the height, between pixels too."""
        offset = self._slack - down * self.height
        whole = int(np.floor(offset))
        part = np.float32(offset - whole)
        upper, lower = texture[whole : whole + self.height], texture[whole + 1 : whole + 1 + self.height]
        result: Plane = upper * (1 - part) + lower * part
        return result

    def moment(self, breath: float) -> Moment:
        """Render the field at ``breath`` (0 breathed out, 1 breathed in)."""
        down = BREATH * breath
        y = self._y - np.float32(down)
        swell = self._carried(self._swell, down)
        below = self._edge_distance(y, swell)
        liver = smooth(-0.0015, 0.0025, below)
        light = _Light(self._x, self._y, self.height)
        rgb, sheen = self._surroundings(light, breath)
        self._lay_gallbladder(light, rgb, sheen, y)
        shadow = 1 - np.float32(0.66) * (1 - smooth(0.0, 0.08, -below))
        height, tint = self._liver_surface(y, below, swell, down)
        lit, gleam = light.fall(height, 0.035)
        for channel in range(3):
            ground = (rgb[channel] + sheen) * shadow
            own = (LIVER[channel] + (LIVER_PALE[channel] - LIVER[channel]) * tint) * lit + gleam
            rgb[channel] = ground + (own - ground) * liver
        white = _planes(tuple(channel * self._vignette for channel in rgb), self.mask)
        return self._in_infrared(white, liver, lit, tint, y, down)

    def _edge_distance(self, y: Plane, swell: Plane) -> Plane:
        """Return how far each pixel lies inside the liver: above its lower edge and below its dome."""
        x = self._x
        notch = 0.075 * np.exp(-(np.abs((x - 0.205) / 0.042) ** 1.5))
        lower = 0.185 - 0.30 * (x + 0.10) ** 2 - 0.17 * x - notch + 0.011 * np.sin(8 * x + 0.8) + 0.006 * np.sin(19 * x)
        dome = -0.365 + 0.36 * (x + 0.12) ** 2 + 0.045 * np.exp(-(((x - 0.205) / 0.05) ** 2)) + 0.01 * np.sin(6 * x)
        result: Plane = np.minimum(lower - y, y - dome) + 0.005 * swell
        return result.astype(np.float32)

    def _liver_surface(self, y: Plane, below: Plane, swell: Plane, down: float) -> tuple[Plane, Plane]:
        x = self._x
        rim = 1 - ((below + 0.012) / 0.13).clip(0, 1)
        height = 0.075 * np.sqrt((1 - rim * rim).clip(0, 1)) - 0.30 * (x + 0.08) ** 2 - 0.24 * (y + 0.06) ** 2
        crease = np.exp(-(((x - 0.205 - 0.05 * (y + 0.1)) / 0.026) ** 2))
        grain, ripple = self._carried(self._grain, down), self._carried(self._ripple, down)
        height += 0.0130 * swell - 0.012 * crease + 0.00022 * grain + 0.00062 * ripple
        mottle = self._carried(self._mottle, down)
        tint = (0.34 + 0.24 * mottle + 0.14 * (grain - 0.5) + 0.55 * crease + 0.25 * rim**6).clip(0, 1.2)
        return height.astype(np.float32), tint.astype(np.float32)

    def _surroundings(self, light: _Light, breath: float) -> tuple[list[Plane], Plane]:
        """Return colour and gleam of what lies behind: diaphragm above, omentum below."""
        x, y = self._x, self._y
        lower = smooth(-0.08, 0.06, y)
        wall = -0.10 - 0.30 * (y + 0.5) + 0.0016 * self._fat_tint
        fat = 0.016 * self._fat - 0.16 * x**2 - 0.05 + 0.014 * self._fat_tint + 0.006 * breath * x
        lit, gleam = light.fall((wall + (fat - wall) * lower).astype(np.float32), 0.035)
        tone = (0.55 + 0.5 * self._fat_tint).clip(0, 1)
        depth = 0.74 - 0.16 * lower
        rgb = []
        for channel in range(3):
            above = WALL_DEEP[channel] + (WALL[channel] - WALL_DEEP[channel]) * (
                0.7 - 0.12 * self._veins + 0.30 * self._fat_tint
            )
            groove = FAT_DEEP[channel] + (FAT[channel] - FAT_DEEP[channel]) * (0.25 + 0.62 * self._fat).clip(0, 1)
            under = groove * (0.80 + 0.25 * tone)
            rgb.append((above + (under - above) * lower) * lit * depth)
        return rgb, gleam * lower * 0.35

    def _lay_gallbladder(self, light: _Light, rgb: list[Plane], sheen: Plane, y: Plane) -> None:
        across, along = (self._x + 0.10) + 0.35 * (y - 0.15), (y - 0.135)
        round_ = (across / 0.096) ** 2 + (along / 0.178) ** 2
        inside = 1 - smooth(0.94, 1.0, round_.astype(np.float32))
        height = (0.075 * np.sqrt((1 - round_).clip(0, 1)) + 0.0012 * self._fat_tint).astype(np.float32)
        lit, gleam = light.fall(height, 0.10)
        tint = (0.35 + 0.4 * self._veins + 0.3 * self._fat_tint).clip(0, 1)
        halo = 1 - 0.5 * (1 - smooth(1.0, 1.55, round_.astype(np.float32))) * (1 - inside)
        for channel in range(3):
            own = GALLBLADDER[channel] + (GALLBLADDER_PALE[channel] - GALLBLADDER[channel]) * tint
            rgb[channel] = rgb[channel] * halo * (1 - inside) + (own * lit + gleam) * inside
        sheen *= 1 - inside

    def _in_infrared(
        self, white: tuple[NDArray[np.uint8], ...], liver: Plane, lit: Plane, tint: Plane, y: Plane, down: float
    ) -> Moment:
        """Return the moment with its fluorescence: a dim, almost grey picture, and what could glow on it."""
        dim = (16 + (white[0].astype(np.float32) - 16) * 0.34).astype(np.uint8)
        grey = tuple((128 + (plane.astype(np.float32) - 128) * 0.22).round().astype(np.uint8) for plane in white[1:])
        wander = self._carried(self._wander, down)
        segments = 0.92 - 0.20 * smooth(0.155, 0.235, self._x - 0.05 * y) + 0.07 * np.sin(7 * y + 3 * self._x)
        strength = liver * np.sqrt(lit.clip(0, 1.2)) * (1.12 - 0.85 * tint) * segments * self._vignette * self.mask
        flow = 0.42 + 2.5 * (self._x + 0.24 * y + 0.045) + 0.045 * wander
        return Moment(
            white,
            (dim, *grey),
            (255 * strength.clip(0, 1)).astype(np.uint8),
            (255 * flow.clip(0, 1)).round().astype(np.uint8),
        )


class _Light:
    """A headlight just above the lens: what faces it is bright, and wet tissue throws it straight back."""

    def __init__(self, x: Plane, y: Plane, height: int) -> None:
        self._x, self._y, self._height = x, y, height

    def fall(self, surface: Plane, gloss: float) -> tuple[Plane, Plane]:
        """Return diffuse light and gleam on a surface, ``surface`` being its height toward the lens."""
        slope_y, slope_x = np.gradient(surface, np.float32(1 / self._height))
        to_x, to_y, to_z = 0.02 - self._x, -0.10 - self._y, 0.80 - surface
        away = to_x * to_x + to_y * to_y + to_z * to_z
        facing = (to_z - slope_x * to_x - slope_y * to_y) / np.sqrt((1 + slope_x**2 + slope_y**2) * away)
        facing = facing.clip(0, 1)
        lit = (0.10 + 0.90 * facing) * (0.80 / away)
        sharp = facing * facing
        for _ in range(4):
            sharp = sharp * sharp
        broad = sharp
        for _ in range(4):
            sharp = sharp * sharp
        gleam = gloss * broad + 0.75 * sharp * smooth(0.10, 0.95, sharp)
        return lit.astype(np.float32), gleam.astype(np.float32)


def _planes(rgb: tuple[Plane, ...], mask: Plane) -> tuple[NDArray[np.uint8], ...]:
    """Tone-map linear light and return limited-range BT.709 Y, U and V."""
    red, green, blue = ((1 - np.exp(-2.3 * channel.clip(0, None))) ** np.float32(0.52) * mask for channel in rgb)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    half_luma, half_red, half_blue = (_halve(plane) for plane in (luma, red, blue))
    return (
        (16.5 + 219 * luma).astype(np.uint8),
        (128.5 + 224 * (half_blue - half_luma) / 1.8556).astype(np.uint8),
        (128.5 + 224 * (half_red - half_luma) / 1.5748).astype(np.uint8),
    )


def _halve(plane: Plane) -> Plane:
    result: Plane = (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) * np.float32(0.25)
    return result
