"""Fetch pictures from a recorder that cannot push: RTSP, HLS, MP4 or MPEG-TS over HTTP.

Recorders stand in the hospital's own network, so private addresses are fetched too: whoever may set a feed's address
can make this server open connections there. Nothing but pictures and sound comes back.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from glisson.streaming.packets import Refused, Trouble
from glisson.streaming.worker.bringing import Admit, Bringing, Report

SCHEMES = ("rtsp", "rtsps", "http", "https")
LONGEST_URL = 2000


def check_url(url: str) -> SplitResult:
    """Return the parts of a URL that may be pulled.

    Raises
    ------
    Refused
        Code ``pull_url``: another scheme, no host, or characters that have no place in an address.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or len(url) > LONGEST_URL or any(character <= " " for character in url):
        text = "This address cannot be pulled. Give one that begins with rtsp://, rtsps://, http:// or https://."
        raise Refused(Trouble("pull_url", text))
    return parts


class Pull:
    """Keeps one pull going until closed: connects, delivers to a sink, tries again 1 to 30 s after every end.

    H.264 with AAC passes through untouched; anything else is transcoded, and the sink is told (``transcoded_video``,
    ``transcoded_audio``). A file is played in real time, and again from its beginning when it ends.

    Parameters
    ----------
    url : str
        ``rtsp``, ``rtsps``, ``http`` or ``https``; anything else raises `Refused` (code ``pull_url``).
    admit : callable
        Called with the source's address (without password) at the first configuration of every connection; returns
        the sink or raises `Refused`, which ends that connection.
    report : callable
        Told of trouble (code ``pull_failed`` with what the source said; the refusal's own) and, with None, that
        pictures come.
    """

    def __init__(self, url: str, *, admit: Admit, report: Report) -> None:
        parts = check_url(url)
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
        self.peer = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
        self._bringing = Bringing("url", {"url": url}, peer=self.peer, admit=admit, report=report, failed=self._failed)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, while there is one."""
        return self._bringing.worker_pid

    def start(self) -> None:
        """Begin, in a task of the running event loop."""
        self._bringing.start()

    async def close(self) -> None:
        """Stop, ending the publication if there is one."""
        await self._bringing.close()

    def _failed(self, reason: str, had_pictures: bool, seconds: float) -> Trouble:
        what = "stopped sending" if had_pictures else "could not be pulled"
        text = (
            f"The source {self.peer} {what}: {reason}. The next try is in {seconds:.0f} seconds. "
            "Check that it is switched on, and its address, user name and password."
        )
        return Trouble("pull_failed", text, {"peer": self.peer, "reason": reason, "seconds": seconds})
