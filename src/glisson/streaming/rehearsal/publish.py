"""Renders the rehearsal in real time and publishes it over RTMP, as a theatre's two encoders would.

One thread paints both pictures at their due times; the feeds encode and send in threads of their own, so that a server
which stalls or goes away holds up only that feed. Pictures that cannot be sent in time are left out, never sent late.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator

from .connection import STALL, Tally, Wish
from .feed import Feed
from .scene import Scene

log = logging.getLogger("glisson.rehearsal")


def rehearse(
    url_white: str,
    url_fluorescence: str | None = None,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: int = 25,
    seconds: float | None = None,
    seed: int = 7,
    bit_rate: int = 2_500_000,
    stop: threading.Event | None = None,
    say: Callable[[str], None] = log.info,
) -> list[Tally]:
    """Publish the synthetic operation until stopped.

    Parameters
    ----------
    url_white, url_fluorescence : str
        RTMP addresses with their stream keys; without the second only white light is published.
    size : (int, int)
        Width and height in pixels.
    fps : int
        Pictures a second.
    seconds : float, optional
        How long; without it, until ``stop`` is set or SIGTERM or SIGINT arrives (when called from the main thread).
    seed : int
        Another seed is another liver.
    bit_rate : int
        Of each feed's video, bits a second.
    stop : threading.Event, optional
        Ends the rehearsal when set.
    say : callable
        Gets sentences about what happens; stream keys are masked in them.

    Returns
    -------
    list of Tally
        One for each feed.
    """
    stop = stop or threading.Event()
    urls = [url_white] if url_fluorescence is None else [url_white, url_fluorescence]
    say("Preparing the scene …")
    scene = Scene(*size, seed=seed, fluorescence=len(urls) == 2)
    feeds = [Feed(Wish(url, view, fps, bit_rate, seed), scene, stop, say) for view, url in enumerate(urls)]
    with _ended_by_signals(stop):
        for feed in feeds:
            feed.start()
        try:
            _paint_in_time(scene, feeds, fps, seconds, stop)
        finally:
            stop.set()
            for feed in feeds:
                feed.join(STALL + 1)
    say("The rehearsal has ended.")
    return [feed.tally for feed in feeds]


def _paint_in_time(scene: Scene, feeds: list[Feed], fps: int, seconds: float | None, stop: threading.Event) -> None:
    start = time.monotonic()
    number = 0
    while not stop.is_set() and (seconds is None or number < seconds * fps):
        wait = start + number / fps - time.monotonic()
        if wait > 0:
            stop.wait(wait)
            continue
        if wait < -2 / fps:
            number += int(-wait * fps)
        if any(feed.connected for feed in feeds):
            pictures = [feed.free_picture() for feed in feeds]
            scene.paint([picture.planes for picture in pictures], number / fps)
            for feed, picture in zip(feeds, pictures, strict=True):
                feed.offer(number, picture)
        number += 1


@contextlib.contextmanager
def _ended_by_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
