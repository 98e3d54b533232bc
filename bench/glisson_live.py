"""Our own live process, started as an operator would, with the feeds and the viewer's pass that a bench needs."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from glisson.streaming.rights import COOKIE, Pass, shared_secret, sign_pass

from .processes import free_port
from .servers import Server

GROUP = "benchgroup000000"
SECRET = "bench0secret0of0a0stream"
SCOPES = frozenset({"watch", "preview", "replay", "download", "health"})


class GlissonLive(Server):
    """A live process with some feeds on air.

    Parameters
    ----------
    feeds : int
        How many.
    low : bool
        Whether a small rung is made of each.
    record : bool
        Whether they are recorded.
    """

    def __init__(self, feeds: int = 1, *, low: bool = False, record: bool = True) -> None:
        super().__init__("live")
        self.data = self.folder / "data"
        self.web_port = free_port()
        self.feeds = [f"benchfeed{number:08d}" for number in range(feeds)]
        self._roster = {
            "groups": {GROUP: {"revoked": {}, "epoch": 1}},
            "feeds": {feed: self._feed(feed, low, record) for feed in self.feeds},
        }
        self._version = 0
        self.run()

    def run(self) -> None:
        """Start the process (again) and tell it the roster."""
        environment = {
            "PYTHONPATH": "src",
            "GLISSON_DATA": str(self.data),
            "GLISSON_HOST": "127.0.0.1",
            "GLISSON_LIVE_PORT": str(self.http_port),
            "GLISSON_RTMP_PORT": str(self.rtmp_port),
            "GLISSON_WEB_PORT": str(self.web_port),
            "GLISSON_LOG_LEVEL": "WARNING",
        }
        self.start([sys.executable, "-m", "glisson.web.cli", "live"], environment)
        self._tell()

    def _feed(self, feed: str, low: bool, record: bool) -> dict[str, Any]:
        key = hashlib.sha256(SECRET.encode()).hexdigest()
        return {
            "group": GROUP,
            "title": feed,
            "angle": "laparoscope",
            "key_sha256": [key],
            "state": "on_air",
            "record": record,
            "low": low,
            "not_before": None,
            "not_after": None,
            "pull": None,
            "srt": None,
        }

    def set_state(self, state: str) -> None:
        """Put all feeds on air, arm or close them."""
        for entry in self._roster["feeds"].values():
            entry["state"] = state
        self._tell()

    def _tell(self) -> None:
        self._version += 1
        secret = shared_secret(self.data / "secrets", "live-control").decode()
        body = json.dumps({"version": self._version, **self._roster}).encode()
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.base}/live/control/roster", body, headers, method="PUT")
        urllib.request.urlopen(asked, timeout=10).read()

    @property
    def base(self) -> str:
        """Origin of the live process."""
        return f"http://127.0.0.1:{self.http_port}"

    def key(self, at: int = 0) -> str:
        """Return the stream key of a feed."""
        return f"{self.feeds[at]}-{SECRET}"

    def path(self, rest: str, at: int = 0) -> str:
        """Return the path of something that belongs to a feed."""
        return f"/live/v/{GROUP}/{self.feeds[at]}/{rest}"

    def playlist(self, at: int = 0, rung: str = "original") -> str:
        """Return the address of a feed's media playlist."""
        return self.base + self.path(f"{rung}/live.m3u8", at)

    def socket(self, at: int = 0) -> str:
        """Return the WebSocket address of a feed."""
        return self.base.replace("http", "ws", 1) + self.path("ws?rung=original", at)

    @property
    def viewer_pass(self) -> str:
        """A pass that lasts longer than any bench."""
        secret = shared_secret(self.data / "secrets", "live-signing")
        return sign_pass(secret, Pass("bench", GROUP, SCOPES, 1, int(time.time()) + 7200))

    @property
    def headers(self) -> dict[str, str]:
        """What a viewer's browser sends along."""
        return {"Cookie": f"{COOKIE}={self.viewer_pass}"}

    def get(self, path: str) -> bytes:
        """Fetch a path as a viewer."""
        return urllib.request.urlopen(urllib.request.Request(self.base + path, headers=self.headers), timeout=20).read()

    def wait_on_air(self, at: int = 0, seconds: float = 20) -> None:
        """Return when a feed has a playlist with parts in it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if b"#EXT-X-PRELOAD-HINT" in self.get(self.path("original/live.m3u8", at)):
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"Feed {at} is not on air. {Path(self.folder / 'log').read_text()[-800:]}")
