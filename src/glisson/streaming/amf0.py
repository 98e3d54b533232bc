"""AMF0, the notation of RTMP commands (Adobe, "Action Message Format -- AMF 0"), read with bounds.

Numbers become ``float``, objects ``dict``, ECMA arrays `EcmaArray`, strict arrays ``list``, null ``None``. References
and the switch to AMF3 are refused: no encoder needs them, and a reference can make a value contain itself.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

DEPTH: Final = 16
"""Objects and arrays may be nested this deep."""

VALUES: Final = 2048
"""One message may hold this many values, keys included in the count of their object."""

_DOUBLE = struct.Struct(">d")
_UI16 = struct.Struct(">H")
_UI32 = struct.Struct(">I")
_DATE = struct.Struct(">dh")


class Undefined:
    """The AMF0 undefined value; there is one, `UNDEFINED`."""

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined()


class EcmaArray(dict[str, "Value"]):
    """An object that was written as an ECMA array (metadata is)."""


@dataclass(frozen=True, slots=True)
class Date:
    """A moment: milliseconds since 1970 UTC, and a time zone in minutes that the specification says to ignore."""

    milliseconds: float
    zone: int = 0


Value: TypeAlias = "float | bool | str | Undefined | Date | Mapping[str, Value] | Sequence[Value] | None"


class AmfError(ValueError):
    """The bytes are not AMF0, or exceed the bounds."""


class Reader:
    """Reads values from one message."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self._data = bytes(data)
        self._at = 0
        self._left = VALUES

    @property
    def more(self) -> bool:
        """Whether bytes are left."""
        return self._at < len(self._data)

    def value(self, depth: int = 0) -> Value:
        """Read the next value.

        Raises
        ------
        AmfError
            Cut short, of a kind that is refused, or beyond the bounds.
        """
        self._left -= 1
        if self._left < 0:
            raise AmfError(f"more than {VALUES} values in one message")
        if depth > DEPTH:
            raise AmfError(f"nested deeper than {DEPTH}")
        kind = self._take(1)[0]
        if kind == 0x00:
            number: float = _DOUBLE.unpack(self._take(8))[0]
            return number
        if kind == 0x01:
            return self._take(1) != b"\0"
        if kind == 0x02:
            return self._string(_UI16)
        if kind in (0x05, 0x0D):
            return None
        if kind == 0x06:
            return UNDEFINED
        if kind == 0x0B:
            return Date(*_DATE.unpack(self._take(10)))
        if kind in (0x0C, 0x0F):
            return self._string(_UI32)
        return self._container(kind, depth + 1)

    def _container(self, kind: int, depth: int) -> Value:
        if kind == 0x03:
            return self._members({}, depth)
        if kind == 0x08:
            self._take(4)  # the count is a hint, and often wrong: the end marker decides
            return self._members(EcmaArray(), depth)
        if kind == 0x0A:
            count: int = _UI32.unpack(self._take(4))[0]
            if count > self._left:
                raise AmfError(f"an array of {count} values")
            return [self.value(depth) for _ in range(count)]
        if kind == 0x10:
            self._string(_UI16)
            return self._members({}, depth)
        raise AmfError(f"value of type {kind:#04x}")

    def _members(self, found: dict[str, Value], depth: int) -> dict[str, Value]:
        while True:
            name = self._string(_UI16)
            if not name and self._data[self._at : self._at + 1] == b"\x09":
                self._at += 1
                return found
            found[name] = self.value(depth)

    def _string(self, length: struct.Struct) -> str:
        size: int = length.unpack(self._take(length.size))[0]
        return self._take(size).decode("utf-8", "replace")

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise AmfError("cut short")
        taken = self._data[self._at : end]
        self._at = end
        return taken


def decode(data: bytes | bytearray | memoryview) -> list[Value]:
    """Read all values of a message.

    Parameters
    ----------
    data : bytes, bytearray or memoryview
        The body of a command or data message.

    Returns
    -------
    list
        The values in order.

    Raises
    ------
    AmfError
        See `Reader.value`.
    """
    reader = Reader(data)
    values = []
    while reader.more:
        values.append(reader.value())
    return values


def encode(*values: Value) -> bytes:
    """Write values one after another, as a command or data message carries them.

    Raises
    ------
    TypeError
        A value has no AMF0 form.
    """
    out = bytearray()
    for value in values:
        _write(out, value)
    return bytes(out)


def _write(out: bytearray, value: Value) -> None:
    if isinstance(value, bool):
        out += b"\x01\x01" if value else b"\x01\x00"
    elif isinstance(value, int | float):
        out += b"\x00" + _DOUBLE.pack(value)
    elif isinstance(value, str):
        _write_string(out, value)
    elif value is None:
        out += b"\x05"
    elif isinstance(value, Undefined):
        out += b"\x06"
    elif isinstance(value, Date):
        out += b"\x0b" + _DATE.pack(value.milliseconds, value.zone)
    elif isinstance(value, Mapping):
        out += b"\x08" + _UI32.pack(len(value)) if isinstance(value, EcmaArray) else b"\x03"
        for name, member in value.items():
            text = name.encode()
            out += _UI16.pack(len(text)) + text
            _write(out, member)
        out += b"\x00\x00\x09"
    elif isinstance(value, Sequence):
        out += b"\x0a" + _UI32.pack(len(value))
        for member in value:
            _write(out, member)
    else:
        raise TypeError(f"no AMF0 form for {type(value).__name__}")


def _write_string(out: bytearray, value: str) -> None:
    text = value.encode()
    out += b"\x02" + _UI16.pack(len(text)) if len(text) <= 0xFFFF else b"\x0c" + _UI32.pack(len(text))
    out += text
