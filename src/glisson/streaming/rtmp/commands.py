"""What the server says: control messages, command answers and status messages (RTMP 1.0, sections 5.4 and 7)."""

from __future__ import annotations

from typing import Final

from glisson.streaming import amf0
from glisson.streaming.amf0 import Value
from glisson.streaming.rtmp import chunks
from glisson.streaming.rtmp.chunks import write_message

COMMAND_AMF3: Final = 17
COMMAND: Final = 20
AGGREGATE: Final = 22

PING: Final = 6
PONG: Final = 7

CHUNK_SIZE: Final = 60_000
"""Ours, announced on connect. FFmpeg then uses it too, so that most frames come in one chunk."""

WINDOW: Final = 2_500_000
"""Bytes after which we want, and by default give, an acknowledgement."""

CAN_RECONNECT: Final = 0x01
_CAN_MULTITRACK: Final = 0x02
_CAN_MODEX: Final = 0x04
_CAN_NANOSECONDS: Final = 0x08
_CAN_FORWARD: Final = 4

_CONTROL_STREAM: Final = 2
_COMMAND_STREAM: Final = 3
_STATUS_STREAM: Final = 5


def control(kind: int, payload: bytes) -> bytes:
    """Write a protocol control message."""
    return write_message(kind, payload, chunk_stream=_CONTROL_STREAM, chunk_size=CHUNK_SIZE)


def acknowledgement(received: int) -> bytes:
    """Say how many bytes have been received, modulo 2^32."""
    return control(chunks.ACKNOWLEDGEMENT, (received & 0xFFFFFFFF).to_bytes(4, "big"))


def pong(payload: bytes) -> bytes:
    """Answer a ping with its own time."""
    return control(chunks.USER_CONTROL, PONG.to_bytes(2, "big") + payload)


def terms() -> bytes:
    """Write what precedes the answer to connect: window, bandwidth, chunk size."""
    window = WINDOW.to_bytes(4, "big")
    return (
        control(chunks.WINDOW_SIZE, window)
        + control(chunks.PEER_BANDWIDTH, window + b"\x02")
        + control(chunks.SET_CHUNK_SIZE, CHUNK_SIZE.to_bytes(4, "big"))
    )


def command(*values: Value, message_stream: int = 0) -> bytes:
    """Write a command message."""
    stream = _STATUS_STREAM if message_stream else _COMMAND_STREAM
    body = amf0.encode(*values)
    return write_message(COMMAND, body, chunk_stream=stream, message_stream=message_stream, chunk_size=CHUNK_SIZE)


def connected(transaction: float, encoding: Value) -> bytes:
    """Accept a connection, and say which codecs and Enhanced RTMP extensions this door takes."""
    properties: dict[str, Value] = {
        "fmsVer": "FMS/3,0,1,123",  # what encoders know; some refuse servers of lower version
        "capabilities": 31.0,
        "videoFourCcInfoMap": {"avc1": float(_CAN_FORWARD)},
        "audioFourCcInfoMap": {"mp4a": float(_CAN_FORWARD)},
        "capsEx": float(CAN_RECONNECT | _CAN_MULTITRACK | _CAN_MODEX | _CAN_NANOSECONDS),
    }
    information: dict[str, Value] = {
        "level": "status",
        "code": "NetConnection.Connect.Success",
        "description": "Connection succeeded.",
        "objectEncoding": encoding if isinstance(encoding, float) else 0.0,
    }
    return command("_result", transaction, properties, information)


def rejected(transaction: float, text: str) -> bytes:
    """Refuse a connection with a sentence."""
    why: dict[str, Value] = {"level": "error", "code": "NetConnection.Connect.Rejected", "description": text}
    return command("_error", transaction, None, why)


def status(code: str, text: str, message_stream: int, *, level: str) -> bytes:
    """Write an onStatus message: how a publication begins, is refused or ends."""
    information: dict[str, Value] = {"level": level, "code": code, "description": text}
    return command("onStatus", 0.0, None, information, message_stream=message_stream)
