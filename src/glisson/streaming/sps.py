"""The sequence parameter set of H.264: picture size, profile and timing (ITU-T H.264, 7.3.2.1.1 and E.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

LARGEST = 16_384
"""Pixels along one side beyond which a size is taken for a broken parameter set (level 6.2 ends at 16,888)."""

_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


class H264Error(ValueError):
    """The bytes are not a usable H.264 configuration; the text says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Sps:
    """What a sequence parameter set says about the pictures.

    Parameters
    ----------
    profile, constraints, level : int
        profile_idc, the byte of constraint flags, level_idc.
    width, height : int
        Displayed size in pixels, after cropping.
    frame_rate : Fraction or None
        Frames a second by the timing in the VUI; None where it is absent.
    reorder_frames : int or None
        max_num_reorder_frames: 0 promises that no B-frame delays the picture; None where the set does not say.
    """

    profile: int
    constraints: int
    level: int
    width: int
    height: int
    frame_rate: Fraction | None
    reorder_frames: int | None

    @property
    def codec(self) -> str:
        """RFC 6381 name, for example ``avc1.640028``."""
        return f"avc1.{self.profile:02x}{self.constraints:02x}{self.level:02x}"


class _Bits:
    """Reads bits from the payload of a parameter set; past the end is an error, never zeros."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise H264Error("the sequence parameter set is cut short")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.take(1) == 1

    def unsigned(self) -> int:
        """Exp-Golomb ue(v)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise H264Error("the sequence parameter set holds a number beyond 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """Exp-Golomb se(v)."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def read_sps(nal: bytes) -> Sps:
    """Read a sequence parameter set.

    Parameters
    ----------
    nal : bytes
        The NAL unit, with its header byte and its emulation prevention.

    Returns
    -------
    Sps
        Size, profile and timing.

    Raises
    ------
    H264Error
        The unit is of another type, cut short, or names an impossible picture.
    """
    if len(nal) < 4 or nal[0] & 0x1F != 7:
        raise H264Error("this is not a sequence parameter set")
    profile, constraints, level = nal[1:4]
    bits = _Bits(nal[4:].replace(b"\0\0\3", b"\0\0"))
    bits.unsigned()  # seq_parameter_set_id
    chroma = _chroma(bits) if profile in _WITH_CHROMA else 1
    _order_count(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.flag()  # gaps_in_frame_num_value_allowed_flag
    width, height = _size(bits, chroma)
    try:
        rate, reorder = _usability(bits) if bits.flag() else (None, None)
    except H264Error:  # some encoders cut it short; nothing that is needed to play depends on it
        rate, reorder = None, None
    return Sps(profile, constraints, level, width, height, rate, reorder)


def _chroma(bits: _Bits) -> int:
    """Read the fields only the high profiles have; return ChromaArrayType."""
    chroma = bits.unsigned()
    if chroma > 3:
        raise H264Error(f"the sequence parameter set names chroma format {chroma}")
    separate = chroma == 3 and bits.flag()
    bits.unsigned()  # bit_depth_luma_minus8
    bits.unsigned()  # bit_depth_chroma_minus8
    bits.flag()  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():  # seq_scaling_matrix_present_flag
        for index in range(12 if chroma == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return 0 if separate else chroma


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _order_count(bits: _Bits) -> None:
    bits.unsigned()  # log2_max_frame_num_minus4
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()  # log2_max_pic_order_cnt_lsb_minus4
    elif kind == 1:
        bits.flag()  # delta_pic_order_always_zero_flag
        bits.signed()  # offset_for_non_ref_pic
        bits.signed()  # offset_for_top_to_bottom_field
        cycle = bits.unsigned()
        if cycle > 255:
            raise H264Error("the sequence parameter set names an impossible picture order")
        for _ in range(cycle):
            bits.signed()
    elif kind != 2:
        raise H264Error("the sequence parameter set names an impossible picture order")


def _size(bits: _Bits, chroma: int) -> tuple[int, int]:
    width = (bits.unsigned() + 1) * 16
    units = bits.unsigned() + 1
    frames_only = bits.flag()
    height = units * 16 * (1 if frames_only else 2)
    if not frames_only:
        bits.flag()  # mb_adaptive_frame_field_flag
    bits.flag()  # direct_8x8_inference_flag
    if bits.flag():
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        across = 2 if chroma in (1, 2) else 1
        down = (2 if chroma == 1 else 1) * (1 if frames_only else 2)
        width -= (left + right) * across
        height -= (top + bottom) * down
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise H264Error(f"the sequence parameter set names a picture of {width} by {height} pixels")
    return width, height


def _usability(bits: _Bits) -> tuple[Fraction | None, int | None]:
    """Read the VUI parameters (Annex E) for frame rate and reordering."""
    if bits.flag() and bits.take(8) == 255:  # aspect_ratio_idc, 255 = Extended_SAR
        bits.take(32)
    if bits.flag():  # overscan_info_present_flag
        bits.flag()
    if bits.flag():  # video_signal_type_present_flag
        bits.take(4)
        if bits.flag():
            bits.take(24)
    if bits.flag():  # chroma_loc_info_present_flag
        bits.unsigned()
        bits.unsigned()
    rate = None
    if bits.flag():  # timing_info_present_flag
        tick, scale = bits.take(32), bits.take(32)
        bits.flag()
        rate = Fraction(scale, 2 * tick) if tick and scale else None
    described = [_skip_decoder_buffer(bits) for _ in range(2) if bits.flag()]
    if described:
        bits.flag()  # low_delay_hrd_flag
    bits.flag()  # pic_struct_present_flag
    if not bits.flag():  # bitstream_restriction_flag
        return rate, None
    bits.flag()
    for _ in range(4):
        bits.unsigned()
    return rate, bits.unsigned()


def _skip_decoder_buffer(bits: _Bits) -> bool:
    count = bits.unsigned() + 1
    if count > 32:
        raise H264Error("the sequence parameter set names an impossible decoder buffer")
    bits.take(8)
    for _ in range(count):
        bits.unsigned()
        bits.unsigned()
        bits.flag()
    bits.take(20)
    return True
