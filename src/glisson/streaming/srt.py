"""SRT in: Debian's ffmpeg listens, we read what it passes on; without ffmpeg the feature is off and says so."""

from __future__ import annotations

from collections.abc import Callable

from glisson.streaming.packets import Sink, Trouble


def srt_trouble() -> Trouble | None:
    """Why SRT is off on this computer (code ``srt_off``), or None when ffmpeg with SRT is installed. Cached."""


class SrtListener:
    """One UDP port for one feed, as long as it is open: the next caller is awaited after each one that left.

    Parameters
    ----------
    port : int
        UDP port to listen on.
    passphrase : str
        10 to 79 characters; callers without it are turned away by the SRT handshake.
    admit, report : callable
        As for `Pull`.
    """

    def __init__(
        self,
        port: int,
        passphrase: str,
        *,
        admit: Callable[[str], Sink],
        report: Callable[[Trouble | None], None],
        host: str = "0.0.0.0",
    ) -> None: ...

    def start(self) -> None:
        """Begin, in a task of the running event loop."""

    async def close(self) -> None:
        """Stop, ending the publication if there is one."""
