"""What was recorded: rewinding while live, the replay after the end, the download. Disk is read off the loop."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

from glisson.streaming.app.access import File, check_still
from glisson.streaming.app.answers import MP4, PLAYLIST, SEGMENT, Answer, Denied, Header, Request, Send
from glisson.streaming.feed import Feed
from glisson.streaming.playlist import multivariant
from glisson.streaming.reel import ORIGINAL, RUNGS
from glisson.streaming.rights import Pass
from glisson.streaming.studio import Studio

RECORDED = b"public, max-age=300"
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)


_Key = tuple[str, str, str, bool]


class Shelf:
    """Playlists of recordings, rendered at most once a second each, however many ask."""

    def __init__(self) -> None:
        self._texts: dict[_Key, tuple[float, bytes]] = {}
        self._locks: dict[_Key, asyncio.Lock] = {}

    async def playlist(self, feed: Feed, file: File, *, skip: bool) -> Answer:
        """Return ``rewind.m3u8`` or ``replay.m3u8`` of a rung; ``skip`` asks for a delta update."""
        if len(self._locks) > 500:
            self._locks = {key: lock for key, lock in self._locks.items() if lock.locked()}
            self._texts.clear()
        key = (feed.code, file.rung, file.kind, skip)
        async with self._locks.setdefault(key, asyncio.Lock()):
            at, text = self._texts.get(key, (0.0, b""))
            if time.monotonic() - at > 1:
                text = await asyncio.to_thread(_render, feed, file, skip)
                self._texts[key] = (time.monotonic(), text)
        return Answer(200, text, PLAYLIST, b"public, max-age=1")


def _render(feed: Feed, file: File, skip: bool) -> bytes:
    recording = feed.archive.recording(file.rung)
    if recording.state() is None:
        raise Denied(404, "not_recorded")
    text = recording.rewind_playlist(skip=skip) if file.kind == "rewind" else recording.vod_playlist()
    return text.encode()


async def replays(feed: Feed) -> Answer:
    """Return the multivariant playlist of a replay: every rung that was recorded."""
    text = await asyncio.to_thread(_replays, feed)
    return Answer(200, text.encode(), PLAYLIST, b"public, max-age=1")


async def recorded_file(feed: Feed, file: File, request: Request) -> Answer:
    """Return a segment or an initialisation segment from disk, or a range of it."""
    path = feed.archive.path(file.rung, file.name)
    body = await asyncio.to_thread(_read, path) if path is not None else None
    if body is None:
        raise Denied(404, "not_recorded")
    kind = SEGMENT if file.kind == "segment" else MP4
    wanted = read_range(request.range, len(body))
    if wanted is None:
        return Answer(200, body, kind, RECORDED, ((b"accept-ranges", b"bytes"),))
    first, last = wanted
    return Answer(206, body[first : last + 1], kind, RECORDED, _range_headers(first, last, len(body)))


async def download(
    studio: Studio, feed: Feed, request: Request, viewer_pass: Pass, send: Send, cors: tuple[Header, ...]
) -> None:
    """Send the original as one MP4 file, block by block; a pass that ends or is revoked ends it."""
    recording = await asyncio.to_thread(feed.archive.recording, ORIGINAL)
    if recording.state() is None:
        raise Denied(404, "not_recorded")
    size = await asyncio.to_thread(recording.download_size)
    wanted = read_range(request.range, size)
    first, last = wanted if wanted is not None else (0, size - 1)
    name = b'attachment; filename="%s.mp4"' % feed.code.encode()
    headers = [
        (b"content-type", MP4),
        (b"content-length", b"%d" % (last + 1 - first)),
        (b"content-disposition", name),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *cors,
        *(_range_headers(first, last, size) if wanted is not None else ((b"accept-ranges", b"bytes"),)),
    ]
    await send({"type": "http.response.start", "status": 200 if wanted is None else 206, "headers": headers})
    if request.method == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    blocks = recording.download(first, last + 1)
    while block := await asyncio.to_thread(_next, blocks):
        check_still(studio, studio.newest_pass(viewer_pass))
        await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def read_range(header: bytes, size: int) -> tuple[int, int] | None:
    """Read a Range header: first and last byte, or None for the whole (also for several ranges, as RFC 9110 allows).

    Raises
    ------
    Denied
        416 when the file is shorter.
    """
    match = _RANGE.fullmatch(header.decode("latin-1").replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first > last:
        raise Denied(416, "range")
    return first, last


def _range_headers(first: int, last: int, size: int) -> tuple[Header, ...]:
    return ((b"accept-ranges", b"bytes"), (b"content-range", b"bytes %d-%d/%d" % (first, last, size)))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _next(blocks: Iterator[bytes]) -> bytes:
    return next((block for block in blocks if block), b"")


def _replays(feed: Feed) -> str:
    variants = [feed.archive.recording(rung).variant(f"{rung}/replay.m3u8") for rung in RUNGS]
    found = [one for one in variants if one is not None]
    if not found:
        raise Denied(404, "not_recorded")
    return multivariant(found)
