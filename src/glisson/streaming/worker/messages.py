"""What the live plane and a worker say to each other over the worker's stdin and stdout.

Every message is a head of 22 bytes (big-endian: length of the data, kind, flags, DTS, PTS) and the data. Nothing is
pickled: either side can be broken and the other only sees bytes that make no sense.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

HEAD = struct.Struct(">IBBqq")
LARGEST = 16 * 1024 * 1024
"""Bytes of data beyond which a message is taken for garbage."""


class Kind(IntEnum):
    """What a message holds."""

    VIDEO_CONFIG = 1  # avcC
    VIDEO = 2  # one picture
    AUDIO_CONFIG = 3  # AudioSpecificConfig
    AUDIO = 4  # one frame of sound
    BREAK = 5  # the encoder is gone: give out what is held
    KEYS_ONLY = 6  # flag: decode key frames alone, or (0) everything again
    CHUNK = 7  # bytes of a container
    END = 8  # no more comes; data: why, UTF-8
    REPORT = 9  # JSON for the supervisor
    POSTER = 10  # a JPEG


class Garbled(ValueError):
    """The other side sent something that is no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Parameters
    ----------
    kind : Kind
        What it is.
    data : bytes
        The content, as `Kind` says.
    dts, pts : int
        For frames: 90 kHz ticks of the encoder's clock.
    key : bool
        For frames: decoding can start here. For `Kind.KEYS_ONLY`: on or off.
    """

    kind: Kind
    data: bytes = b""
    dts: int = 0
    pts: int = 0
    key: bool = False

    def packed(self) -> bytes:
        """Return the message as bytes."""
        return HEAD.pack(len(self.data), self.kind, self.key, self.dts, self.pts) + self.data

    @property
    def text(self) -> str:
        """The data as text."""
        return self.data.decode("utf-8", "replace")

    @property
    def report(self) -> dict[str, object]:
        """The JSON object of a report."""
        try:
            value = json.loads(self.data)
        except ValueError as error:
            raise Garbled("a report is not JSON") from error
        if not isinstance(value, dict):
            raise Garbled("a report is not an object")
        return value


def report(**values: object) -> Message:
    """Make a report."""
    return Message(Kind.REPORT, json.dumps(values).encode())


class Inbox:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Add bytes and yield every message they complete.

        Raises
        ------
        Garbled
            A head names an unknown kind or more than `LARGEST` bytes.
        """
        held = self._bytes
        held += data
        at = 0
        try:
            while len(held) - at >= HEAD.size:
                size, kind, flags, dts, pts = HEAD.unpack_from(held, at)
                if size > LARGEST or kind not in Kind._value2member_map_ or flags > 1:
                    raise Garbled(f"a message of kind {kind} with {size} bytes")
                end = at + HEAD.size + size
                if end > len(held):
                    break
                message = Message(Kind(kind), bytes(held[at + HEAD.size : end]), dts, pts, bool(flags))
                at = end
                yield message
        finally:
            del held[:at]
