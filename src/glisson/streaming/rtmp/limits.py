"""What one publisher, one address and the whole door may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on connections that come from anywhere.

    Parameters
    ----------
    handshake : float
        Seconds from the connection to the end of the handshake (TLS has the same again before it).
    publish : float
        Seconds from the connection, or from the end of a publication, to an accepted stream key.
    idle : float
        Seconds without a byte before the encoder counts as gone.
    first_key : float
        Seconds from the start of the publication to the first key frame (or first sound, where no picture comes).
    linger : float
        Seconds given to a turned-away encoder to read why, before the connection is cut.
    per_address, connections : int
        Open connections from one address, and in all.
    message : int
        Bytes of one message; a key frame is one message.
    message_before_publish : int
        The same before a stream key has been accepted: strangers get little memory.
    messages_before_publish : int
        Messages before a stream key has been accepted; encoders need about ten.
    smallest_chunk, chunk : int
        Chunk sizes an encoder may set, in bytes. Below 128 (against the advice of RTMP 1.0, 5.4.1) nobody goes but to
        waste our time.
    chunk_streams : int
        Chunk streams of one connection.
    buffered : int
        Bytes of unfinished messages of one connection.
    written : int
        Bytes of answers an encoder may leave unread.
    """

    handshake: float = 5.0
    publish: float = 10.0
    idle: float = 15.0
    first_key: float = 20.0
    linger: float = 2.0
    per_address: int = 64
    connections: int = 512
    message: int = 8 * 1024 * 1024
    message_before_publish: int = 64 * 1024
    messages_before_publish: int = 256
    smallest_chunk: int = 128
    chunk: int = 1024 * 1024
    chunk_streams: int = 64
    buffered: int = 16 * 1024 * 1024
    written: int = 64 * 1024
