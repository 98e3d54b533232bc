"""The other rungs of a feed: a low one for poor lines, made by a worker process, and its sound alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.ring import Ring


@dataclass(frozen=True, slots=True)
class Poster:
    """A still of the feed: a JPEG of at most 640 x 360 and the wall clock (seconds since 1970) at which we made it."""

    jpeg: bytes
    clock: float


class Rungs:
    """The low and the audio rung of one feed; give it everything the original's packager gets, right after it.

    Parameters
    ----------
    leader : Ring
        The original's ring, whose cuts both follow.
    rings : dict
        ``{"low": Ring, "audio": Ring}``, already resumed; an absent one is not made.
    note : callable
        Told of trouble (codes ``low_rung_slow``, ``low_rung_failed``), and of its end as None.

    Attributes
    ----------
    status : dict
        For each ring ``on``, ``off``, ``waiting`` or ``failed: <sentence>``.
    level_db, peak_db : float or None
        Sound level of the last second in dBFS (RMS, peak), None without sound or before it is known.
    poster : Poster or None
        The newest still.
    cpu : float
        Share of one processor core that the worker used over the last seconds (0.1 = 10 %).
    """

    def __init__(self, leader: Ring, rings: dict[str, Ring], *, note: Callable[[Trouble | None], None]) -> None: ...

    def configure_video(self, config: VideoConfig) -> None: ...

    def configure_audio(self, config: AudioConfig) -> None: ...

    def take(self, packet: Packet) -> None: ...

    def break_timeline(self, reason: str) -> None: ...

    def flush(self) -> None: ...

    def start(self) -> None:
        """Start the worker, in a task of the running event loop (it may also start at the first picture)."""

    async def close(self) -> None:
        """End the worker; the rings stay readable."""
