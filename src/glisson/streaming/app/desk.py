"""The short way to live playlists and parts: hundreds of players ask for the same at the same moment.

ASGI gives every request a task, an event, a scope and two messages. Here a request is one small object that writes its
answer, head and body in one go, or waits at the ring's bell. The rules are those of `Wish` and of `access`; whatever is
out of the ordinary (another method, a URL that is not quite right) is left to the long way, which says what is wrong.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any, NamedTuple

from glisson.streaming.app.access import File, check_file, feed_of, pass_of, read_file
from glisson.streaming.app.answers import Answer, Denied, Header, Shown, headers_of
from glisson.streaming.app.hls import NO_PROGRESS, Wish, read_query
from glisson.streaming.app.origins import Origins
from glisson.streaming.bell import Bell
from glisson.streaming.studio import Studio

log = logging.getLogger("glisson.live")

REMEMBERED = 1000
"""URLs whose reading is remembered; all viewers of a feed ask for the same few."""

_STATUS = {status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode()) for status in HTTPStatus}


class Place(NamedTuple):
    """What a URL names."""

    group: str
    feed: str
    file: File
    msn: int | None
    part: int | None
    skip: bool


class Desk:
    """Reads requests for live playlists and parts.

    Parameters
    ----------
    studio : Studio
        All feeds.
    origins : Origins
        Whose scripts may read the answers.
    """

    def __init__(self, studio: Studio, origins: Origins) -> None:
        self._studio = studio
        self._origins = origins
        self._places: dict[bytes, Place | None] = {}

    def place(self, url: bytes) -> Place | None:
        """Return what a URL names when it is a live playlist or a part."""
        try:
            return self._places[url]
        except KeyError:
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            place = self._places[url] = read_place(url)
            return place

    def wish(self, place: Place, shown: Shown) -> Wish:
        """Return what is wanted there, or raise `Denied`."""
        viewer_pass = pass_of(self._studio, shown, place.group)
        feed = feed_of(self._studio, place.group, place.feed)
        check_file(feed, place.file, viewer_pass.scopes)
        return Wish(self._studio, feed, place.file, viewer_pass, msn=place.msn, part=place.part, skip=place.skip)

    def cors(self, shown: Shown) -> tuple[Header, ...]:
        """Return the headers for the page that asks."""
        return self._origins.headers(shown.origin)


def read_place(url: bytes) -> Place | None:
    """Read the URL of a live playlist or a part; None for every other."""
    path, _, query = url.partition(b"?")
    steps = path.decode("latin-1").split("/")
    if len(steps) != 7 or steps[:3] != ["", "live", "v"] or b"%" in path:
        return None
    file = read_file(steps[5:])
    if file is None or file.kind not in ("live", "part"):
        return None
    if file.kind == "part":
        return Place(steps[3], steps[4], file, file.number, file.part, False)
    try:
        return Place(steps[3], steps[4], file, *read_query(query))
    except Denied:
        return None


class _Nobody:
    """Stands where uvicorn has an event for the application; nobody waits for it."""

    def set(self) -> None:
        """Wake nobody."""


class Errand:
    """One request on the short way; to uvicorn's protocol it looks like a request and response cycle.

    Parameters
    ----------
    protocol : BoundedHttp
        The connection.
    desk : Desk
        Where it is read.
    keep_alive : bool
        The connection stays open afterwards.
    """

    __slots__ = ("_bell", "_cors", "_desk", "_protocol", "_wish", "body", "deadline", "disconnected", "keep_alive",
                 "more_body", "response_complete")  # fmt: skip

    message_event = _Nobody()

    def __init__(self, protocol: Any, desk: Desk, *, keep_alive: bool) -> None:
        self._protocol = protocol
        self._desk = desk
        self._bell: Bell | None = None
        self._wish: Wish | None = None
        self.deadline: float | None = None
        self.disconnected = False
        self.response_complete = False
        self.keep_alive = keep_alive
        self.body = bytearray()
        self.more_body = True
        self._cors: tuple[Header, ...] = ()

    def run(self, place: Place, headers: list[Header]) -> None:
        """Begin: see what is wanted and who wants it."""
        shown = Shown(headers)
        self._cors = self._desk.cors(shown)
        try:
            self._wish = self._desk.wish(place, shown)
        except Denied as denied:
            self._give(denied.answer())
        else:
            self._try()

    def _try(self) -> None:
        """Answer, or wait at the bell; called again when it is struck."""
        assert self._wish is not None
        self._bell = None
        try:
            answer = self._wish.answer()
            if answer is None:
                if self.deadline is None:
                    self.deadline = asyncio.get_running_loop().time() + self._wish.patience()
                self._bell = self._wish.bell()
                self._bell.call(self._try)
                return
        except Denied as denied:
            answer = denied.answer()
        except Exception:
            log.exception("A request failed: %r", self._protocol.url)
            answer = Denied(500, "failed").answer()
        self._give(answer)

    def look_at_clock(self, now: float) -> None:
        """Give up when no progress comes."""
        if self.deadline is not None and now > self.deadline and not self.response_complete:
            self._give(Denied(*NO_PROGRESS).answer())

    def drop(self) -> None:
        """The viewer has gone."""
        self.disconnected = True
        if self._bell is not None:
            self._bell.forget(self._try)
            self._bell = None

    def _give(self, answer: Answer) -> None:
        """Write head and body at once."""
        if self.response_complete or self.disconnected:
            return
        if self._bell is not None:
            self._bell.forget(self._try)
            self._bell = None
        self.response_complete = True
        protocol = self._protocol
        if protocol.transport.is_closing():
            return
        lines = [_STATUS[answer.status]]
        for name, value in protocol.server_state.default_headers:
            lines += (name, b": ", value, b"\r\n")
        for name, value in headers_of(answer, self._cors):
            lines += (name, b": ", value, b"\r\n")
        lines.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        protocol.transport.writelines((b"".join(lines), answer.body))
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()
