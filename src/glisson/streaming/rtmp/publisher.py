"""The encoder's side of the conversation, as bytes: for sources of our own, for tests and for the fuzzer."""

from __future__ import annotations

from collections.abc import Iterable

from glisson.streaming import amf0, flv
from glisson.streaming.amf0 import Value
from glisson.streaming.rtmp import commands
from glisson.streaming.rtmp.chunks import FIRST_CHUNK_SIZE, SET_CHUNK_SIZE, write_message
from glisson.streaming.rtmp.handshake import SIZE, VERSION

_COMMAND_STREAM = 3
_AUDIO_STREAM = 4
_VIDEO_STREAM = 6


def greeting() -> bytes:
    """Write C0, C1 and C2 at once. Our server does not insist on seeing its own S1 again."""
    return bytes((VERSION,)) + bytes(2 * SIZE)


def opening(
    key: str, *, app: str = "live", chunk_size: int = 4096, properties: dict[str, Value] | None = None
) -> bytes:
    """Write everything from connect to publish, as ffmpeg and OBS order it.

    Parameters
    ----------
    key : str
        Stream key.
    app : str
        Application, the last part of the server address.
    chunk_size : int
        Announced at the end, for the media that follow.
    properties : dict, optional
        More properties of connect, for example ``fourCcList``.

    Returns
    -------
    bytes
        Chunks of 128 bytes.
    """
    about: dict[str, Value] = {
        "app": app,
        "type": "nonprivate",
        "flashVer": "FMLE/3.0",
        "tcUrl": f"rtmp://127.0.0.1/{app}",
        **(properties or {}),
    }
    talk: list[tuple[Value, ...]] = [
        ("connect", 1.0, about),
        ("releaseStream", 2.0, None, key),
        ("FCPublish", 3.0, None, key),
        ("createStream", 4.0, None),
    ]
    written = [_command(amf0.encode(*values), 0) for values in talk]
    written.append(_command(amf0.encode("publish", 5.0, None, key, "live"), 1))
    size = chunk_size.to_bytes(4, "big")
    written.append(write_message(SET_CHUNK_SIZE, size, chunk_stream=2, chunk_size=FIRST_CHUNK_SIZE))
    return b"".join(written)


def closing(key: str, *, chunk_size: int = 4096) -> bytes:
    """Write the end of a publication."""
    talk: list[tuple[Value, ...]] = [("FCUnpublish", 6.0, None, key), ("deleteStream", 7.0, None, 1.0)]
    return b"".join(_command(amf0.encode(*values), 0, chunk_size) for values in talk)


def _command(body: bytes, message_stream: int, chunk_size: int = FIRST_CHUNK_SIZE) -> bytes:
    return write_message(
        commands.COMMAND, body, chunk_stream=_COMMAND_STREAM, message_stream=message_stream, chunk_size=chunk_size
    )


def video(stamp: int, body: bytes, *, chunk_size: int = 4096) -> bytes:
    """Write a video message; ``stamp`` in milliseconds is taken modulo 2^32."""
    return write_message(
        flv.VIDEO,
        body,
        chunk_stream=_VIDEO_STREAM,
        stamp=stamp & 0xFFFFFFFF,
        message_stream=1,
        chunk_size=chunk_size,
    )


def audio(stamp: int, body: bytes, *, chunk_size: int = 4096) -> bytes:
    """Write an audio message; see `video`."""
    return write_message(
        flv.AUDIO,
        body,
        chunk_stream=_AUDIO_STREAM,
        stamp=stamp & 0xFFFFFFFF,
        message_stream=1,
        chunk_size=chunk_size,
    )


def aggregate(stamp: int, tags: Iterable[tuple[int, int, bytes]], *, chunk_size: int = 4096) -> bytes:
    """Write an aggregate message of (type, milliseconds, body) tags."""
    body = bytearray()
    for kind, at, inner in tags:
        at &= 0xFFFFFFFF
        body.append(kind)
        body += len(inner).to_bytes(3, "big") + (at & 0xFFFFFF).to_bytes(3, "big") + bytes((at >> 24, 0, 0, 0)) + inner
        body += (len(inner) + 11).to_bytes(4, "big")
    return write_message(
        commands.AGGREGATE,
        bytes(body),
        chunk_stream=_VIDEO_STREAM,
        stamp=stamp & 0xFFFFFFFF,
        message_stream=1,
        chunk_size=chunk_size,
    )


def avc_config(avcc: bytes) -> bytes:
    """Write the body that carries an H.264 decoder configuration."""
    return b"\x17\x00\x00\x00\x00" + avcc


def avc_picture(picture: bytes, *, key: bool, offset: int = 0) -> bytes:
    """Write the body of a picture; ``offset`` is presentation minus decoding time in milliseconds, signed."""
    return (b"\x17\x01" if key else b"\x27\x01") + (offset & 0xFFFFFF).to_bytes(3, "big") + picture


def aac_config(asc: bytes) -> bytes:
    """Write the body that carries an AudioSpecificConfig."""
    return b"\xaf\x00" + asc


def aac_frame(frame: bytes) -> bytes:
    """Write the body of an AAC frame."""
    return b"\xaf\x01" + frame
