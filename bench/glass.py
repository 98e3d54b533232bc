"""Glass to glass: the clock painted into each picture, read back from the pixels of headless Chromium."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

from glisson.streaming.rehearsal import READ_CLOCK_JS
from glisson.streaming.rights import COOKIE

from .glisson_live import GlissonLive
from .processes import resident
from .row import percentile
from .servers import PeerMissing

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]

WATCH_JS = """
() => {
  const readClock = READ_CLOCK
  const find = (root) => [...root.querySelectorAll('*')].flatMap((each) => [
    ...(each.tagName === 'VIDEO' ? [each] : []), ...(each.shadowRoot ? find(each.shadowRoot) : [])])
  const bench = window.bench = {frames: [], waits: [], together: [], videos: 0, errors: []}
  const seen = new Map(), canvas = document.createElement('canvas')
  canvas.width = 640; canvas.height = 360
  const pen = canvas.getContext('2d', {willReadFrequently: true})
  const follow = (video, at) => {
    const draw = () => {
      pen.drawImage(video, 0, 0, 640, 360)
      const clock = readClock({data: pen.getImageData(0, 0, 640, 32).data, width: 640, height: 360})
      const now = Date.now()
      if (clock !== null) seen.set(at, clock)
      bench.frames.push([at, now, clock])
      const all = [...seen.values()]
      if (all.length === bench.videos) bench.together.push([now, Math.max(...all) - Math.min(...all)])
      video.requestVideoFrameCallback(draw)
    }
    video.requestVideoFrameCallback(draw)
    video.addEventListener('waiting', () => bench.waits.push([at, Date.now(), 'waiting']))
    video.addEventListener('error', () => bench.errors.push(String(video.error && video.error.message)))
  }
  const known = new Set()
  const look = () => {
    for (const video of find(document)) if (!known.has(video)) {
      follow(video, known.size)
      known.add(video)
      bench.videos = known.size
    }
  }
  look(); setInterval(look, 200)
}
""".replace("READ_CLOCK", READ_CLOCK_JS)

TAKE_JS = """
() => {
  const {frames, waits, together, errors} = bench
  Object.assign(bench, {frames: [], waits: [], together: [], errors: []})
  return {frames, waits, together, errors}
}
"""


SETTLE = 3.0
"""Seconds between the start of the browser and the first page: starting up takes both cores."""


@dataclass(slots=True)
class Glass:
    """What a browser showed.

    Parameters
    ----------
    frames : list of (video, now, clock)
        Each shown picture: which video, wall clock in ms when it was shown, and the clock read from it or None.
    waits : list of (video, now, event)
        Each time a video ran dry.
    together : list of (now, difference)
        With several videos: the difference in ms between the clocks on the glass at one moment.
    opened : float
        Wall clock in ms when the page was asked for.
    said : list of str
        The page's console.
    """

    opened: float
    frames: list[tuple[int, float, int | None]] = field(default_factory=list)
    waits: list[tuple[int, float, str]] = field(default_factory=list)
    together: list[tuple[float, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def settled(self) -> Glass:
        """Return the same without its first third: starting up is not what is measured."""
        if not self.frames:
            return self
        first, last = self.frames[0][1], self.frames[-1][1]
        since = first + (last - first) / 3
        return Glass(
            self.opened,
            [each for each in self.frames if each[1] >= since],
            [each for each in self.waits if each[1] >= since],
            [each for each in self.together if each[0] >= since],
        )

    @property
    def delays(self) -> list[float]:
        """Milliseconds between painting and showing, one for each picture whose clock could be read."""
        return [(now - clock + 2**31) % 2**32 - 2**31 for _, now, clock in self.frames if clock is not None]

    @property
    def longest_gap(self) -> float:
        """Milliseconds of the longest time without a new picture in the first video."""
        shown = [now for video, now, _ in self.frames if video == 0]
        return max((after - before for before, after in itertools.pairwise(shown)), default=float("inf"))

    def rebuffers(self, longer_than: float = 250) -> int:
        """Return how often the first video stood still for longer than this (milliseconds)."""
        shown = [now for video, now, _ in self.frames if video == 0]
        return sum(after - before > longer_than for before, after in itertools.pairwise(shown))

    @property
    def start_seconds(self) -> float:
        """Seconds from opening the page to the first picture."""
        return (self.frames[0][1] - self.opened) / 1000 if self.frames else float("inf")

    def p(self, share: float) -> float | None:
        """Return a percentile of the delays in ms, or None when nothing was seen."""
        return percentile(self.delays, share) if self.delays else None

    def __str__(self) -> str:
        if not self.delays:
            return f"no picture ({len(self.frames)} frames; {'; '.join(self.said)[:200]})"
        gap = f"{self.rebuffers()} stalls, longest gap {self.longest_gap:.0f} ms"
        return f"p50 {self.p(0.5):.0f}, p95 {self.p(0.95):.0f} ms, {len(self.delays)} pictures, {gap}"


class Browser:
    """Headless Chromium for the time of a ``with``."""

    def __init__(self) -> None:
        path = resident("chromium")
        if path is None:
            raise PeerMissing("Chromium is not installed (Debian: chromium)")
        self._manager = sync_playwright().start()
        try:
            self._browser = self._manager.chromium.launch(executable_path=path, args=FLAGS)
        except Exception:
            self._manager.stop()
            raise

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._manager.stop()

    @contextlib.contextmanager
    def open(self, address: str, live: GlissonLive | None = None) -> Iterator[tuple[Page, Glass]]:
        """Open a page, as a viewer of ours when ``live`` is given, and begin to watch its videos."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 800})
        try:
            if live is not None:
                cookie: Any = {"name": COOKIE, "value": live.viewer_pass, "domain": "127.0.0.1", "path": "/"}
                context.add_cookies([cookie])
            page = context.new_page()
            glass = Glass(time.time() * 1000)
            page.on("console", lambda message: glass.said.append(message.text))
            page.on("pageerror", lambda error: glass.said.append(str(error)))
            page.goto(address)
            page.evaluate(WATCH_JS)
            yield page, glass
        finally:
            context.close()

    def watch(self, address: str, seconds: float, live: GlissonLive | None = None) -> Glass:
        """Open a page, watch it for a while and return what was seen."""
        time.sleep(SETTLE)
        with self.open(address, live) as (page, glass):
            page.wait_for_timeout(1000 * seconds)
            return collect(page, glass)


def collect(page: Page, glass: Glass) -> Glass:
    """Take from a page what was seen since the last time."""
    seen = page.evaluate(TAKE_JS)
    glass.frames += [tuple(each) for each in seen["frames"]]
    glass.waits += [tuple(each) for each in seen["waits"]]
    glass.together += [tuple(each) for each in seen["together"]]
    glass.said += seen["errors"]
    return glass
