"""One publication of one view over RTMP, from connecting to its end.

The muxer's network calls block inside FFmpeg and cannot be interrupted, so each connection has a thread of its own; one
that makes no progress is left behind by its feed and a new one is tried.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from .scene import VIEWS, Planes, Scene
from .sound import LOOP_SECONDS, RATE, TheatreTone

STALL = 5.0
"""Seconds without progress on the network after which a connection counts as lost."""

POOL = 4
"""Pictures that may be on their way to one connection; when all are, the next is left out."""

SOUND_AHEAD = 0.05
"""Seconds that sound is handed over before its picture, so that the muxer never holds a picture back for it."""


@dataclass(slots=True)
class Tally:
    """What one feed did: pictures sent and left out, and how often it connected."""

    url: str
    sent: int = 0
    left_out: int = 0
    connections: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A buffer of the encoder and the planes to paint it with."""

    frame: av.VideoFrame
    planes: Planes


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published where."""

    url: str
    view: int
    fps: int
    bit_rate: int
    seed: int

    @property
    def name(self) -> str:
        """The view in lower case, for sentences."""
        return VIEWS[self.view][-1].lower()


class Connection(threading.Thread):
    """One publication, from connecting to its end."""

    def __init__(
        self, wish: Wish, scene: Scene, tally: Tally, stop: threading.Event, say: Callable[[str], None]
    ) -> None:
        super().__init__(name=f"rehearsal {wish.name} connection", daemon=True)
        self.ready, self.abandoned = False, False
        self.error: Exception | None = None
        self.due: queue.SimpleQueue[tuple[int, Picture]] = queue.SimpleQueue()
        self._free: queue.SimpleQueue[Picture] = queue.SimpleQueue()
        for _ in range(POOL):
            self._free.put(new_picture(scene, wish.view))
        self._wish, self._size, self._tally = wish, (scene.width, scene.height), tally
        self._stop_asked, self._say, self._tone = stop, say, TheatreTone(wish.seed)
        self._progress = time.monotonic()

    @property
    def stuck(self) -> bool:
        """Whether connecting or sending has taken longer than `STALL`."""
        return time.monotonic() - self._progress > STALL

    def take_free(self) -> Picture | None:
        """Return a buffer that is not on its way, or None."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            return None

    def run(self) -> None:
        """Publish until told to stop, abandoned, or the network ends it; ``error`` says which."""
        try:
            with av.open(self._wish.url, "w", format="flv", options={"flvflags": "no_duration_filesize"}) as container:
                video = self._video_stream(container)
                sound = container.add_stream("aac", rate=RATE, layout="mono", bit_rate=64_000)
                container.start_encoding()
                self._tally.connections += 1
                self.ready = True
                self._send_all(container, video, sound)
        except (av.FFmpegError, OSError) as error:
            self.error = error
        finally:
            self.ready = False

    def _video_stream(self, container: av.container.OutputContainer) -> av.VideoStream:
        video = container.add_stream("libx264", rate=self._wish.fps)
        video.width, video.height = self._size
        video.pix_fmt, video.bit_rate = "yuv420p", self._wish.bit_rate
        video.codec_context.time_base = Fraction(1, self._wish.fps)
        video.codec_context.color_range, video.codec_context.colorspace = 1, 1
        video.codec_context.gop_size = self._wish.fps
        video.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "threads": "1",
            "maxrate": str(self._wish.bit_rate * 6 // 5),
            "bufsize": str(self._wish.bit_rate // 2),
            "x264-params": f"scenecut=0:keyint={self._wish.fps}:min-keyint={self._wish.fps}:bframes=0",
        }
        return video

    def _send_all(self, container: av.container.OutputContainer, video: av.VideoStream, sound: av.AudioStream) -> None:
        first: int | None = None
        heard, loop_start = 0, 0
        while (item := self._next()) is not None:
            number, picture = item
            if first is None:
                first, loop_start = number, round((time.time() % LOOP_SECONDS) * RATE)
                self._say(f"The {self._wish.name} feed is on its way to {self._tally.url}.")
            while heard < ((number - first) / self._wish.fps + SOUND_AHEAD) * RATE:
                samples = self._tone.stretch(loop_start + heard, 1024)[None, :]
                block = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
                block.sample_rate, block.pts, block.time_base = RATE, heard, Fraction(1, RATE)
                container.mux(sound.encode(block))
                heard += 1024
            picture.frame.pts, picture.frame.time_base = number - first, Fraction(1, self._wish.fps)
            container.mux(video.encode(picture.frame))
            self._free.put(picture)
            self._tally.sent += 1

    def _next(self) -> tuple[int, Picture] | None:
        """Return the next picture due, or None when the publication is over."""
        while not (self._stop_asked.is_set() or self.abandoned):
            self._progress = time.monotonic()
            try:
                return self.due.get(timeout=0.2)
            except queue.Empty:
                continue
        return None


def new_picture(scene: Scene, view: int) -> Picture:
    """Return a buffer of the encoder, black, with the words of the view on it."""
    frame = av.VideoFrame(scene.width, scene.height, "yuv420p")
    frame.color_range, frame.colorspace = 1, 1
    luma, blue, red = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    )
    scene.prepare((luma, blue, red), view)
    return Picture(frame, (luma, blue, red))
