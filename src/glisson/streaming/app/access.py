"""Who asks, and what may be shown to them: the same rules for every URL and for a cache in front."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glisson.streaming.app.answers import Denied, Shown
from glisson.streaming.feed import Feed
from glisson.streaming.reel import ORIGINAL, RUNGS
from glisson.streaming.rights import COOKIE, Pass, PassExpired, PassInvalid
from glisson.streaming.studio import Studio

_PART = re.compile(r"([0-9]{1,15})\.([0-9]{1,6})\.m4s", re.ASCII)
_SEGMENT = re.compile(r"([0-9]{1,15})\.m4s", re.ASCII)
_INIT = re.compile(r"init-([0-9]{1,9})\.mp4", re.ASCII)
_COOKIE = (COOKIE + "=").encode()
_LIVE = frozenset({"watch", "preview"})


@dataclass(frozen=True, slots=True)
class File:
    """One file of a feed, as its URL names it.

    ``kind`` is ``index``, ``live``, ``rewind``, ``replay``, ``replays`` (multivariant), ``download``, ``init``,
    ``part``, ``segment``, ``poster``, ``ws`` or ``publish``.
    """

    kind: str
    rung: str = ORIGINAL
    number: int = 0
    part: int = 0

    @property
    def name(self) -> str:
        """The name of a segment or an initialisation segment on disk."""
        return f"{self.number}.m4s" if self.kind == "segment" else f"init-{self.number}.mp4"


_OF_FEED = {
    "index.m3u8": File("index"),
    "replay.m3u8": File("replays"),
    "download.mp4": File("download"),
    "poster.jpg": File("poster"),
    "ws": File("ws"),
    "publish": File("publish"),
}
_OF_RUNG = {"live.m3u8": "live", "rewind.m3u8": "rewind", "replay.m3u8": "replay"}


def read_file(path: list[str]) -> File | None:
    """Read what follows ``/live/v/<group>/<feed>/``; None when no file is called so."""
    if len(path) == 1:
        return _OF_FEED.get(path[0])
    if len(path) != 2 or path[0] not in RUNGS:
        return None
    rung, name = path
    if kind := _OF_RUNG.get(name):
        return File(kind, rung)
    if match := _PART.fullmatch(name):
        return File("part", rung, int(match[1]), int(match[2]))
    if match := _SEGMENT.fullmatch(name):
        return File("segment", rung, int(match[1]))
    if match := _INIT.fullmatch(name):
        return File("init", rung, int(match[1]))
    return None


def pass_of(studio: Studio, request: Shown, group: str) -> Pass:
    """Return the pass a request shows, if it holds for this group.

    Raises
    ------
    Denied
        401 without a pass that counts, 404 when it is for another group: it must not even learn that this one exists.
    """
    text = _shown(request)
    if not text:
        raise Denied(401, "no_pass")
    try:
        viewer_pass = studio.read_pass(text)
    except PassExpired as error:
        raise Denied(401, "expired") from error
    except PassInvalid as error:
        raise Denied(401, "no_pass") from error
    if viewer_pass.group != group:
        raise Denied(404, "not_found")
    return viewer_pass


def check_still(studio: Studio, viewer_pass: Pass) -> None:
    """Look again at a pass that was good when a request came, when the answer is about to leave.

    Raises
    ------
    Denied
        401 when it ended or was revoked in between, 503 when this process is about to stop.
    """
    if studio.stopping:
        raise Denied(503, "restart")
    why = studio.why_not(viewer_pass)
    if why is not None:
        raise Denied(401, why)


def feed_of(studio: Studio, group: str, code: str) -> Feed:
    """Return a feed of a group, or 404."""
    feed = studio.feeds.get(code)
    if feed is None or feed.entry.group != group:
        raise Denied(404, "not_found")
    return feed


def check_file(feed: Feed, file: File, scopes: frozenset[str]) -> None:
    """Let someone with these scopes have this file of a feed in its present state, or raise 403 with a reason."""
    if _may_read(feed, file, scopes):
        return
    right = scopes & _LIVE or ("replay" in scopes and file.kind in ("segment", "init", "replay", "replays"))
    raise Denied(403, "not_now" if right or (file.kind == "download" and "download" in scopes) else "no_right")


def _may_read(feed: Feed, file: File, scopes: frozenset[str]) -> bool:
    kind = file.kind
    if kind in ("index", "live", "part", "poster"):
        # Parts below the reel's first number were packaged behind another position of the gate; a cache may hold them.
        stale = kind == "part" and feed.reel is not None and file.number < feed.reel.first_msn
        return feed.shows_ending(scopes) and not stale
    if kind in ("rewind", "ws"):
        return feed.shows_live(scopes)
    if kind in ("replay", "replays"):
        return feed.gate == "closed" and feed.shows_recording(scopes)
    if kind == "download":
        return feed.gate == "closed" and "download" in scopes
    if kind == "publish":
        return f"publish:{feed.code}" in scopes
    return _may_read_media(feed, file, scopes)


def _may_read_media(feed: Feed, file: File, scopes: frozenset[str]) -> bool:
    reel = feed.reel
    first = 0 if reel is None else reel.first_msn if file.kind == "segment" else reel.first_init
    if reel is not None and file.number >= first and feed.shows_ending(scopes):
        return True
    if not feed.shows_recording(scopes):
        return False
    # What was never recorded was packaged while the gate stood elsewhere; a cache may hold it still.
    return feed.archive.path(file.rung, file.name) is not None


def _shown(request: Shown) -> str:
    if request.authorization[:7].lower() == b"bearer ":
        return request.authorization[7:].decode("latin-1").strip()
    for crumb in request.cookie.split(b";"):
        crumb = crumb.strip()
        if crumb.startswith(_COOKIE):
            return crumb[len(_COOKIE) :].decode("latin-1")
    return ""
