"""A browser as encoder: what it sends over its WebSocket, turned into calls of a sink.

The wire, from the browser to us (one WebSocket, in this order):

1. Text, once and first::

       {"type": "hello",
        "video": {"codec": "avc1.42E01F", "width": 1280, "height": 720, "framerate": 30} | null,
        "audio": {"codec": "opus" | "mp4a.40.2", "sampleRate": 48000, "channels": 2} | null,
        "container": null | "video/webm;codecs=h264,opus"}

   ``container`` absent or null: frames from WebCodecs (kinds 1-4). ``container`` given: a MediaRecorder's bytes (kind 5);
   ``video`` and ``audio`` may then be left out.
2. Binary messages, all integers big-endian::

       0      kind: 1 video config, 2 video frame, 3 audio config, 4 audio frame, 5 container bytes
       1      flags: bit 0 set on a key frame; the other bits are 0
       2-9    timestamp in microseconds, signed 64 bit (0 for configs and container bytes)
       10-    payload

   Kind 1 is the avcC (``decoderConfig.description`` of the first chunk and again whenever it changes), kind 2 one
   length-prefixed access unit (``avc: {format: "avc"}``), kind 3 the AudioSpecificConfig for ``mp4a.40.2`` or the OpusHead
   (or nothing at all) for ``opus``, kind 4 one raw AAC frame or one Opus packet, kind 5 the bytes of one ``dataavailable``.
   A config comes before its frames. Timestamps of one kind rise; video and audio share one clock.
   Limits: text 4 kB, a video frame or container chunk 4 MB, an audio frame 8 kB, a config 4 kB.
3. Text ``{"type": "bye"}``, then the browser closes.

From us to the browser, text:

- ``{"type": "ok", "what": "hello"}`` after hello, ``{"type": "ok", "what": "publishing"}`` at the first frame taken, then
  ``{"type": "ok", "what": "frames", "video": n, "audio": n, "behind_ms": m}`` about once a second (frames taken so far);
- ``{"type": "key"}``: please make the next frame a key frame;
- ``{"type": "trouble", "code": ..., "text": ..., "values": {...}, "fatal": false}``; after ``"fatal": true`` we close.
"""

from __future__ import annotations

from collections.abc import Callable

from glisson.streaming.packets import Sink


class BrowserPublication:
    """One browser's publication: messages in, calls of a sink and short answers out.

    Parameters
    ----------
    admit : callable
        Called once, after a valid hello; returns the sink or raises `Refused`.
    answer : callable
        Sends one text message to the browser; must not block (PLANE queues it).
    """

    def __init__(self, admit: Callable[[], Sink], answer: Callable[[str], None]) -> None: ...

    async def take_text(self, text: str) -> None:
        """Take one text message; raises `Refused` (already answered as fatal trouble) when the socket is to be closed."""

    async def take_bytes(self, message: bytes) -> None:
        """Take one binary message; raises `Refused` as `take_text` does."""

    async def close(self, reason: str) -> None:
        """End the publication and its worker; safe to call twice, and needed after `Refused` too."""
