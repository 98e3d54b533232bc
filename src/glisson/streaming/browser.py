"""A browser as encoder: what it sends over its WebSocket, turned into calls of a sink.

The wire, from the browser to us (one WebSocket, in this order):

1. Text, once and first::

       {"type": "hello",
        "video": {"codec": "avc1.42E01F", "width": 1280, "height": 720, "framerate": 30} | null,
        "audio": {"codec": "opus" | "mp4a.40.2", "sampleRate": 48000, "channels": 2} | null,
        "container": null | "video/webm;codecs=h264,opus"}   (or another video/webm, video/x-matroska or video/mp4)

   ``container`` absent or null: frames from WebCodecs (kinds 1-4). ``container`` given: a MediaRecorder's bytes
   (kind 5); ``video`` and ``audio`` may then be left out.
2. Binary messages, all integers big-endian::

       0      kind: 1 video config, 2 video frame, 3 audio config, 4 audio frame, 5 container bytes
       1      flags: bit 0 set on a key frame; the other bits are 0
       2-9    timestamp in microseconds, signed 64 bit (0 for configs and container bytes)
       10-    payload

   Kind 1 is the avcC (``decoderConfig.description`` of the first chunk and again whenever it changes), kind 2 one
   length-prefixed access unit (``avc: {format: "avc"}``), kind 3 the AudioSpecificConfig for ``mp4a.40.2`` or the
   OpusHead (or nothing at all) for ``opus``, kind 4 one raw AAC frame or one Opus packet, kind 5 the bytes of one
   ``dataavailable``.
   A config comes before its frames (opus needs none). Timestamps of one kind rise; video and audio share one clock.
   No B-frames: ``latencyMode: "realtime"``. A key frame at least every second.
   Limits: text 4 kB, a video frame or container chunk 4 MB, an audio frame 8 kB, a config 4 kB.
3. Text ``{"type": "bye"}``, then the browser closes.

From us to the browser, text:

- ``{"type": "ok", "what": "hello"}`` after hello, ``{"type": "ok", "what": "publishing"}`` at the first frame taken,
  then ``{"type": "ok", "what": "frames", "video": n, "audio": n, "behind_ms": m}`` about once a second (frames taken so
  far, and how much later than the promptest one the last came: more than a second means the line is too slow);
- ``{"type": "key"}``: please make the next frame a key frame (a frame had to be left out);
- ``{"type": "trouble", "code": ..., "text": ..., "values": {...}, "fatal": false}``; after ``"fatal": true`` we close.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable

from glisson.streaming.aac import AacError, audio_config
from glisson.streaming.browser_hello import Hello, read_hello, refuse
from glisson.streaming.h264 import H264Error, read_avcc, video_config, well_framed
from glisson.streaming.packets import TICKS, Refused, Sink, Trouble
from glisson.streaming.worker.bringing import Delivery
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.process import WorkerProcess

HEAD = struct.Struct(">BBq")
TEXT_LIMIT = 4096
LIMITS = {1: 4096, 2: 4 * 1024 * 1024, 3: 4096, 4: 8192, 5: 4 * 1024 * 1024}
"""Bytes of payload for each kind of binary message."""
FURTHEST = 1 << 53
"""Microseconds beyond which no JavaScript number counts exactly."""
EVERY = 1.0
"""Seconds between acknowledgements."""


class BrowserPublication:
    """One browser's publication: messages in, calls of a sink and short answers out.

    Parameters
    ----------
    admit : callable
        Called once, after a valid hello; returns the sink or raises `Refused`.
    answer : callable
        Sends one text message to the browser; must not block (queue it).
    hung_up : callable
        Called when the publication ended by our side (key rotated, feed closed, worker broken) after the fatal trouble
        was answered: close the socket. Not called for a `Refused` raised by `take_text` or `take_bytes`.

    Attributes
    ----------
    frames : dict
        ``{"video": n, "audio": n}`` taken so far.
    """

    def __init__(
        self,
        admit: Callable[[], Sink],
        answer: Callable[[str], None],
        hung_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._delivery = Delivery(admit, self._turned_out)
        self._say = answer
        self._hung_up = hung_up
        self._hello: Hello | None = None
        self._worker: WorkerProcess | None = None
        self._length_size = 0
        self._has_sound = False
        self._needs_key = True
        self._asked = False
        self._last = {2: -FURTHEST, 4: -FURTHEST}
        self.frames = {"video": 0, "audio": 0}
        self._told_at = 0.0
        self._least_delay: float | None = None
        self._behind = 0.0

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, if this browser's sound or container needs one."""
        return self._worker.pid if self._worker is not None else None

    async def take_text(self, text: str) -> None:
        """Take one text message; raises `Refused` (already answered as fatal) when the socket is to be closed."""
        try:
            if len(text) > TEXT_LIMIT:
                raise refuse("garbage", "A text message is longer than 4,096 characters.")
            if self._hello is None:
                await self._greet(read_hello(text))
            elif '"bye"' in text:
                await self.close("The browser stopped publishing.")
            else:
                raise refuse("garbage", "This text message is neither hello nor bye.")
        except Refused as refusal:
            self._answer_trouble(refusal.trouble, fatal=True)
            raise

    async def take_bytes(self, message: bytes) -> None:
        """Take one binary message; raises `Refused` as `take_text` does."""
        try:
            self._take_bytes(message)
        except Refused as refusal:
            self._answer_trouble(refusal.trouble, fatal=True)
            raise

    async def close(self, reason: str) -> None:
        """End the publication and its worker; safe to call twice, and needed after `Refused` too."""
        self._delivery.end(reason)
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            await worker.stop()

    async def _greet(self, hello: Hello) -> None:
        self._delivery.open()
        self._hello = hello
        if hello.container:
            await self._start_worker("chunks", {"format": hello.container})
        elif hello.audio == "opus":
            arguments = {"codec": "opus", "rate": hello.rate, "channels": hello.channels}
            await self._start_worker("sound", arguments)
        self._answer(type="ok", what="hello")

    async def _start_worker(self, mode: str, arguments: dict[str, object]) -> None:
        worker = WorkerProcess(mode, arguments, receive=self._receive, ended=self._worker_ended)
        try:
            await worker.start()
        except OSError as error:
            raise refuse("worker_failed", f"The server could not start what this browser needs: {error}.") from error
        self._worker = worker

    def _take_bytes(self, message: bytes) -> None:
        if self._delivery.ended:
            raise refuse("closed_feed", "This publication has ended.")
        if self._hello is None or len(message) < HEAD.size:
            raise refuse("garbage", "A binary message came before hello, or without its head.")
        kind, flags, stamp = HEAD.unpack_from(message)
        payload = message[HEAD.size :]
        if kind not in LIMITS or flags > 1 or len(payload) > LIMITS[kind] or abs(stamp) > FURTHEST:
            raise refuse("garbage", f"A binary message of kind {kind} with {len(payload)} bytes is not allowed.")
        if (kind == 5) != bool(self._hello.container):
            raise refuse("garbage", f"A binary message of kind {kind} does not fit what hello announced.")
        if kind == 5:
            self._to_worker(Message(Kind.CHUNK, payload))
        elif kind == 1:
            self._configure_video(payload)
        elif kind == 2:
            self._take_video(stamp, bool(flags), payload)
        elif kind == 3:
            self._configure_audio(payload)
        else:
            self._take_audio(stamp, payload)

    def _configure_video(self, avcc: bytes) -> None:
        try:
            video_config(avcc)
            self._length_size = read_avcc(avcc).length_size
        except H264Error as error:
            raise refuse("video_codec", f"The browser's H.264 configuration cannot be used: {error}.") from error
        self._needs_key = True
        self._delivery.take(Message(Kind.VIDEO_CONFIG, avcc))

    def _configure_audio(self, payload: bytes) -> None:
        assert self._hello is not None
        if self._hello.audio == "opus":
            return  # the worker was told what it needs by hello
        try:
            audio_config(payload)
        except AacError as error:
            raise refuse("audio_codec", f"The browser's AAC configuration cannot be used: {error}.") from error
        self._has_sound = True
        self._delivery.take(Message(Kind.AUDIO_CONFIG, payload))

    def _take_video(self, stamp: int, key: bool, picture: bytes) -> None:
        if not self._length_size:
            raise refuse("garbage", "A picture came before the video config.")
        if not well_framed(picture, self._length_size):
            raise refuse("video_codec", 'Pictures must be length-prefixed: set avc: {format: "avc"} in the encoder.')
        if stamp <= self._last[2] or (self._needs_key and not key):
            self._needs_key = True
            if not self._asked:
                self._answer(type="key")
            self._asked = True
            return
        self._needs_key = self._asked = False
        self._last[2] = stamp
        ticks = stamp * TICKS // 1_000_000
        self._delivery.take(Message(Kind.VIDEO, picture, ticks, ticks, key))
        self._count("video", stamp)

    def _take_audio(self, stamp: int, frame: bytes) -> None:
        assert self._hello is not None
        if stamp <= self._last[4] or not frame:
            return
        ticks = stamp * TICKS // 1_000_000
        message = Message(Kind.AUDIO, frame, ticks, ticks, True)
        if self._hello.audio == "opus":
            self._to_worker(message)
        elif self._has_sound:
            self._delivery.take(message)
        else:
            raise refuse("garbage", "Sound came before the audio config, or without being announced in hello.")
        self._last[4] = stamp
        self._count("audio", stamp)

    def _to_worker(self, message: Message) -> None:
        if self._worker is None or not self._worker.send(message):
            raise refuse("worker_failed", "The server could not keep up with this browser. Publish again.")

    def _count(self, what: str, stamp: int) -> None:
        now = time.monotonic()
        if not any(self.frames.values()):
            self._answer(type="ok", what="publishing")
            self._told_at = now
        self.frames[what] += 1
        delay = now - stamp / 1_000_000
        self._least_delay = delay if self._least_delay is None else min(delay, self._least_delay)
        self._behind = delay - self._least_delay
        if now - self._told_at >= EVERY:
            self._told_at = now
            self._answer(type="ok", what="frames", **self.frames, behind_ms=round(self._behind * 1000))

    def _receive(self, message: Message) -> None:
        """Take what the worker made of this browser's sound or container."""
        if message.kind == Kind.END:
            self._worker_ended(message.text)
        elif message.kind == Kind.REPORT:
            trouble = message.report.get("trouble")
            if isinstance(trouble, dict):
                self._delivery.note(Trouble(trouble["code"], trouble["text"], trouble["values"]))
        else:
            self._delivery.take(message)
            if self._hello is not None and self._hello.container and message.kind in (Kind.VIDEO, Kind.AUDIO):
                self._count("video" if message.kind == Kind.VIDEO else "audio", message.dts * 1_000_000 // TICKS)

    def _worker_ended(self, reason: str) -> None:
        if not self._delivery.ended:
            trouble = Trouble("worker_failed", f"What this browser sent could not be read: {reason}. Publish again.")
            self._answer_trouble(trouble, fatal=True)
            self._delivery.end(trouble.text)
            self._hung_up()

    def _turned_out(self) -> None:
        if self._delivery.refused is not None:
            self._answer_trouble(self._delivery.refused, fatal=True)
        self._hung_up()

    def _answer_trouble(self, trouble: Trouble, *, fatal: bool) -> None:
        values = dict(trouble.values)
        self._answer(type="trouble", code=trouble.code, text=trouble.text, values=values, fatal=fatal)

    def _answer(self, **values: object) -> None:
        self._say(json.dumps(values))
