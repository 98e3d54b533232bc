"""Fetch pictures from a recorder that cannot push: RTSP, HLS, MP4 or MPEG-TS over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from glisson.streaming.packets import Sink, Trouble


class Pull:
    """Keeps one pull going until closed: connects, delivers to a sink, tries again 1 to 30 s after every end.

    Parameters
    ----------
    url : str
        ``rtsp``, ``rtsps``, ``http`` or ``https``; anything else raises `Refused` (code ``pull_url``).
    admit : callable
        Called with the source's address at the first picture of every connection; returns the sink or raises `Refused`.
    report : callable
        Told of trouble (code ``pull_failed`` with what the source said) and, with None, that it is over.
    """

    def __init__(self, url: str, *, admit: Callable[[str], Sink], report: Callable[[Trouble | None], None]) -> None: ...

    def start(self) -> None:
        """Begin, in a task of the running event loop."""

    async def close(self) -> None:
        """Stop, ending the publication if there is one."""
