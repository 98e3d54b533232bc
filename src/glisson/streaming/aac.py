"""AAC's AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from glisson.streaming.packets import AudioConfig

RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)

PLAYABLE: Final = frozenset({2, 5, 29})
"""Object types that browsers play: AAC-LC, HE-AAC, HE-AAC v2."""

_CHANNELS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
_GENERAL: Final = frozenset({1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23})


class AacError(ValueError):
    """The bytes are not a usable AudioSpecificConfig; the text says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class AudioSpecificConfig:
    """An AudioSpecificConfig, read.

    Parameters
    ----------
    object_type : int
        2 is AAC-LC; 5 and 29 are HE-AAC and its second version, signalled openly.
    rate : int
        Hertz of the frames: one frame lasts ``frame_samples / rate`` seconds.
    output_rate : int
        Hertz after spectral band replication; equal to ``rate`` without it.
    channels : int
        Number of channels (parametric stereo counts as coded: one).
    frame_samples : int
        1024, or 960.
    """

    object_type: int
    rate: int
    output_rate: int
    channels: int
    frame_samples: int

    @property
    def codec(self) -> str:
        """RFC 6381 name, for example ``mp4a.40.2``."""
        return f"mp4a.40.{self.object_type}"


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise AacError("the AAC configuration is cut short")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def object_type(self) -> int:
        kind = self.take(5)
        return kind if kind < 31 else 32 + self.take(6)

    def rate(self) -> int:
        index = self.take(4)
        if index < len(RATES):
            return RATES[index]
        rate = self.take(24) if index == 15 else 0
        if not 4000 <= rate <= 192_000:
            raise AacError(f"the AAC configuration names a sampling rate of {rate} Hz (index {index})")
        return rate


def read_asc(data: bytes) -> AudioSpecificConfig:
    """Read an AudioSpecificConfig.

    Parameters
    ----------
    data : bytes
        The configuration, as RTMP and MP4 carry it.

    Returns
    -------
    AudioSpecificConfig
        Object type, rates and channels.

    Raises
    ------
    AacError
        It is cut short, or names an impossible rate or channel layout.
    """
    bits = _Bits(data)
    kind = core = bits.object_type()
    rate = output = bits.rate()
    layout = bits.take(4)
    if kind in (5, 29):
        output = bits.rate()
        core = bits.object_type()
    samples = 1024
    channels = _CHANNELS.get(layout, 0)
    if core in _GENERAL:
        samples = 960 if bits.take(1) else 1024
        if bits.take(1):
            bits.take(14)
        bits.take(1)
        if layout == 0:
            channels = _program_channels(bits)
    if channels == 0:
        raise AacError(f"the AAC configuration names channel layout {layout}")
    return AudioSpecificConfig(kind, rate, output, channels, samples)


def _program_channels(bits: _Bits) -> int:
    """Count the channels of a program_config_element (ISO/IEC 14496-3, 4.4.1.1)."""
    bits.take(10)  # element_instance_tag, object_type, sampling_frequency_index
    pairs = bits.take(4), bits.take(4), bits.take(4)
    low_frequency = bits.take(2)
    bits.take(7)  # associated data, coupling channels
    for size in (4, 4, 3):  # mono, stereo and matrix mixdown
        if bits.take(1):
            bits.take(size)
    channels = low_frequency
    for count in pairs:
        for _ in range(count):
            channels += 1 + bits.take(1)
            bits.take(4)
    return channels


def audio_config(asc: bytes) -> AudioConfig:
    """Make the configuration a sink takes from an AudioSpecificConfig.

    ``rate`` is the rate of the frames (the core's), so that one frame lasts 1024 / rate seconds for HE-AAC too.

    Raises
    ------
    AacError
        The configuration is not usable.
    """
    read = read_asc(asc)
    return AudioConfig(asc, read.rate, read.channels, read.codec)
