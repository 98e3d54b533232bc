"""Chunks: how RTMP interleaves messages on one connection (RTMP 1.0, section 5.3), read and written without sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from glisson.streaming.rtmp.limits import Limits

SET_CHUNK_SIZE: Final = 1
ABORT: Final = 2
ACKNOWLEDGEMENT: Final = 3
USER_CONTROL: Final = 4
WINDOW_SIZE: Final = 5
PEER_BANDWIDTH: Final = 6

FIRST_CHUNK_SIZE: Final = 128
"""Bytes of payload in a chunk until one side says otherwise."""

_EXTENDED: Final = 0xFFFFFF
_MASK: Final = 0xFFFFFFFF
_HEADER: Final = (11, 7, 3, 0)
_JUMP: Final = 1000

OnMessage: TypeAlias = Callable[[int, int, int, memoryview], None]
"""Takes message type, 32-bit time in milliseconds, message stream id and payload."""


class ChunkError(ValueError):
    """The bytes break the chunk rules, or go beyond the bounds."""


class _Stream:
    """One chunk stream: the last header, from which the next is derived, and the message being put together."""

    __slots__ = ("absolute", "assembly", "extended", "field", "kind", "length", "message_stream", "stamp")

    def __init__(self) -> None:
        self.stamp = 0
        self.field = 0
        self.absolute = True
        self.extended = False
        self.length = 0
        self.kind = 0
        self.message_stream = 0
        self.assembly: bytearray | None = None


class ChunkReader:
    """Turn a byte stream, however it is split, into messages.

    Parameters
    ----------
    limits : Limits
        Bounds; going beyond one is a `ChunkError`.
    on_message : Callable
        Called with each whole message in order. The payload is only read from memory that is never reused, so it may
        be kept. It may raise to stop the reading; the reader is then of no further use.

    A reader begins wary: until `trust` is called, messages are small and few, since each costs time and memory.
    """

    def __init__(self, limits: Limits, on_message: OnMessage) -> None:
        self._limits = limits
        self._largest = limits.message_before_publish
        self._most = 4 * limits.message_before_publish
        self._messages_left = limits.messages_before_publish
        self._on_message = on_message
        self._chunk_size = FIRST_CHUNK_SIZE
        self._streams: dict[int, _Stream] = {}
        self._head = b""  # the beginning of a header that is not all here
        self._stream: _Stream | None = None  # whose chunk is being read
        self._left = 0  # bytes to come of that chunk
        self._buffered = 0

    @property
    def buffered(self) -> int:
        """Bytes held of unfinished messages."""
        return self._buffered

    def trust(self) -> None:
        """A stream key has been accepted: take messages of the size and number that pictures need."""
        self._largest = self._limits.message
        self._most = self._limits.buffered
        self._messages_left = -1

    def feed(self, data: bytes) -> None:
        """Read what has arrived.

        Parameters
        ----------
        data : bytes
            The next bytes of the connection.

        Raises
        ------
        ChunkError
            See there; whatever ``on_message`` raises passes through.
        """
        if self._head:
            data = self._head + data
            self._head = b""
        view = memoryview(data)
        at, end = 0, len(data)
        while at < end:
            stream = self._stream
            if stream is None:
                begin = self._read_header(data, at, end)
                if begin < 0:
                    self._head = data[at:]
                    return
                at = begin
                stream = self._stream
                if stream is None:  # a message without payload is over with its header
                    continue
            at += self._read_payload(stream, view, at, end)

    def _read_payload(self, stream: _Stream, view: memoryview, at: int, end: int) -> int:
        """Take what is here of the current chunk; return how much that was."""
        take = min(self._left, end - at)
        left = self._left = self._left - take
        assembly = stream.assembly
        if assembly is None:
            if take == stream.length:  # a whole message in one piece: nothing to put together
                self._stream = None
                self._finish(stream, view[at : at + take])
                return take
            assembly = stream.assembly = bytearray()
        assembly += view[at : at + take]
        self._buffered += take
        if self._buffered > self._most:
            raise ChunkError(f"more than {self._most} bytes of unfinished messages")
        if left == 0:
            self._stream = None
            if len(assembly) == stream.length:
                stream.assembly = None
                self._buffered -= stream.length
                self._finish(stream, memoryview(assembly))
        return take

    def _finish(self, stream: _Stream, payload: memoryview) -> None:
        if self._messages_left == 0:
            raise ChunkError(f"{self._limits.messages_before_publish} messages without a stream key")
        self._messages_left -= 1
        kind = stream.kind
        if kind == SET_CHUNK_SIZE:
            size = int.from_bytes(payload[:4], "big")
            if len(payload) != 4 or not self._limits.smallest_chunk <= size <= self._limits.chunk:
                raise ChunkError(f"a chunk size of {size}")
            self._chunk_size = size
        elif kind == ABORT:
            aborted = self._streams.get(int.from_bytes(payload[:4], "big"))
            if aborted is not None and aborted.assembly is not None:
                self._buffered -= len(aborted.assembly)
                aborted.assembly = None
        else:
            self._on_message(kind, stream.stamp, stream.message_stream, payload)

    def _read_header(self, data: bytes, at: int, end: int) -> int:
        """Read a chunk header; return where its payload begins, or -1, and nothing changed, if bytes are missing."""
        first = data[at]
        form, number = first >> 6, first & 0x3F
        at += 1
        if number < 2:
            width = number + 1
            if end - at < width:
                return -1
            number = data[at] + 64 + (data[at + 1] << 8 if width == 2 else 0)
            at += width
        stream = self._streams.get(number)
        if stream is None:
            stream = self._new_stream(number, form)
        size = _HEADER[form]
        if end - at < size:
            return -1
        if form == 3:
            return self._continue(stream, data, at, end)
        if stream.assembly is not None:
            raise ChunkError("a message begins before the last one on its chunk stream has ended")
        field = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
        begin = at + size
        extended = field == _EXTENDED
        if extended:
            if end - begin < 4:
                return -1
            field = int.from_bytes(data[begin : begin + 4], "big")
            begin += 4
        if form != 2:
            stream.length = data[at + 3] << 16 | data[at + 4] << 8 | data[at + 5]
            stream.kind = data[at + 6]
        if form == 0:
            stream.message_stream = int.from_bytes(data[at + 7 : at + 11], "little")
            stream.stamp = field
        else:
            stream.stamp = (stream.stamp + field) & _MASK
        stream.field, stream.extended, stream.absolute = field, extended, form == 0
        self._begin_chunk(stream, stream.length)
        return begin

    def _new_stream(self, number: int, form: int) -> _Stream:
        if form > 1:  # form 1 first is seen from librtmp and does no harm
            raise ChunkError("a chunk stream begins without a header")
        if len(self._streams) >= self._limits.chunk_streams:
            raise ChunkError(f"more than {self._limits.chunk_streams} chunk streams")
        stream = self._streams[number] = _Stream()
        return stream

    def _continue(self, stream: _Stream, data: bytes, at: int, end: int) -> int:
        """Read what a chunk of form 3 may have: the extended time, which some senders leave out.

        Four bytes that are not the time expected are payload, as SRS decides too.
        """
        if stream.extended:
            expected = stream.field.to_bytes(4, "big")
            found = data[at : at + 4]
            if found == expected or (found == stream.stamp.to_bytes(4, "big") and stream.assembly is not None):
                at += 4
            elif len(found) < 4 and (
                expected.startswith(found)
                or (stream.assembly is not None and stream.stamp.to_bytes(4, "big").startswith(found))
            ):
                return -1
        if stream.assembly is not None:
            self._begin_chunk(stream, stream.length - len(stream.assembly))
            return at
        # A new message with the last header. After an absolute time the specification takes that time as the step,
        # nginx takes none: a step of over a second is not one.
        step = 0 if stream.absolute and stream.field > _JUMP else stream.field
        stream.stamp = (stream.stamp + step) & _MASK
        self._begin_chunk(stream, stream.length)
        return at

    def _begin_chunk(self, stream: _Stream, wanted: int) -> None:
        if stream.length > self._largest:
            raise ChunkError(f"a message of {stream.length} bytes")
        if wanted == 0:
            self._finish(stream, memoryview(b""))
            return
        self._stream = stream
        self._left = min(wanted, self._chunk_size)


def write_message(
    kind: int, payload: bytes, *, chunk_stream: int, stamp: int = 0, message_stream: int = 0, chunk_size: int
) -> bytes:
    """Write one message as chunks, with a full header.

    Parameters
    ----------
    kind : int
        Message type.
    payload : bytes
        Body, at most 16,777,215 bytes.
    chunk_stream : int
        2 to 63.
    stamp : int
        32-bit milliseconds.
    message_stream : int
        Message stream id.
    chunk_size : int
        The size last announced to the other side.

    Returns
    -------
    bytes
        The chunks.
    """
    extended = stamp.to_bytes(4, "big") if stamp >= _EXTENDED else b""
    out = bytearray((chunk_stream,))
    out += min(stamp, _EXTENDED).to_bytes(3, "big") + len(payload).to_bytes(3, "big")
    out.append(kind)
    out += message_stream.to_bytes(4, "little") + extended + payload[:chunk_size]
    for at in range(chunk_size, len(payload), chunk_size):
        out.append(0xC0 | chunk_stream)
        out += extended + payload[at : at + chunk_size]
    return bytes(out)
