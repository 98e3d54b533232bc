"""The soft sound of a theatre: a monitor's beep at each whole second of the wall clock over a faint hush of air."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
LOOP_SECONDS = 4


class TheatreTone:
    """Gives any stretch of the sound by the wall clock, so that the beep also tells whether sound and picture agree.

    Parameters
    ----------
    seed : int
        Of the hush.
    """

    def __init__(self, seed: int = 7) -> None:
        length = RATE * LOOP_SECONDS
        spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=length))
        spectrum *= 1 / (1 + (np.arange(len(spectrum)) / LOOP_SECONDS / 320) ** 1.5)
        hush = np.fft.irfft(spectrum, length)
        self._loop = (hush / np.abs(hush).max() * 0.006).astype(np.float32)
        since = np.arange(int(RATE * 0.14)) / RATE
        swell = np.minimum(since / 0.008, 1) * np.exp(-since / 0.045) * np.minimum((0.14 - since) / 0.02, 1)
        beep = 0.05 * swell * (np.sin(2 * np.pi * 740 * since) + 0.25 * np.sin(2 * np.pi * 1480 * since))
        for second in range(LOOP_SECONDS):
            self._loop[second * RATE : second * RATE + len(beep)] += beep.astype(np.float32)

    def stretch(self, start: int, count: int) -> NDArray[np.float32]:
        """Return ``count`` samples from sample ``start`` of the endless loop; 0 is a wall clock divisible by 4 s."""
        stretch: NDArray[np.float32] = self._loop.take(np.arange(start, start + count), mode="wrap")
        return stretch
