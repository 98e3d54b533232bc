"""A recording on disk: what is in it, its playlists, its files and its download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from glisson.streaming.ring import RingState


class Recording:
    """Reads a folder a `Recorder` writes or wrote; ``refresh()`` reads only what was added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def refresh(self) -> None:
        """Read the lines added to the manifest since the last time; a torn tail is ignored."""

    @property
    def duration(self) -> float:
        """Seconds of pictures and sound, gaps not counted."""
        raise NotImplementedError

    def state(self) -> RingState | None:
        """Where a ring must go on (`Ring.resume`); None when nothing was recorded."""

    def vod_playlist(self, *, prefix: str = "") -> str:
        """The replay: every segment, ENDLIST. URIs are ``<prefix><msn>.m4s`` and ``<prefix>init-<n>.mp4``."""
        raise NotImplementedError

    def rewind_playlist(self, *, prefix: str = "") -> str:
        """An EVENT playlist of the finished segments, while live."""
        raise NotImplementedError

    def segment_path(self, msn: int) -> Path | None:
        """The file of a recorded segment."""

    def init_path(self, number: int) -> Path | None:
        """The file of a recorded initialisation segment."""

    def download_size(self) -> int:
        """Bytes of the downloaded MP4."""
        raise NotImplementedError

    def download(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The recording as one seekable MP4 file (moov first), not re-encoded; ``start``/``end`` for HTTP ranges."""
        raise NotImplementedError

    def elementary(self, *, video: bool = True) -> Iterator[bytes]:
        """The samples as the encoder sent them, bit-exact."""
        raise NotImplementedError
