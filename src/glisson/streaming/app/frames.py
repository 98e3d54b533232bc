"""Fragments as whole WebSocket frames: made once, written to every viewer's socket as they are."""

from __future__ import annotations

import struct
from collections import OrderedDict

from glisson.streaming.ring import Fragment, Ring

KEPT = 256
"""Frames kept: a few seconds of a few feeds. An older one is made again for the viewer who still wants it."""


def binary_frame(data: bytes) -> bytes:
    """Return one unfragmented binary message of a server (RFC 6455, 5.2: not masked)."""
    return _frame(0x82, data)


def text_frame(text: str) -> bytes:
    """Return one unfragmented text message of a server."""
    return _frame(0x81, text.encode())


def _frame(first: int, data: bytes) -> bytes:
    length = len(data)
    if length < 126:
        return struct.pack("!BB", first, length) + data
    if length < 65536:
        return struct.pack("!BBH", first, 126, length) + data
    return struct.pack("!BBQ", first, 127, length) + data


class Frames:
    """The newest fragments of all rings, framed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], tuple[Fragment, bytes]] = OrderedDict()

    def frame(self, ring: Ring, fragment: Fragment) -> bytes:
        """Return a fragment as a frame, made once for all viewers."""
        key = (id(ring), fragment.sequence)
        kept = self._kept.get(key)
        # A ring's id may be used again once it is gone: the fragment itself must be the same.
        if kept is not None and kept[0] is fragment:
            return kept[1]
        frame = binary_frame(fragment.data)
        self._kept[key] = (fragment, frame)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return frame
