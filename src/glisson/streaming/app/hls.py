"""Low-latency HLS: playlists that wait for their part, parts that were only announced yet, and caches in between."""

from __future__ import annotations

import asyncio

from glisson.streaming.app.access import File, check_file, check_still
from glisson.streaming.app.answers import MP4, PLAYLIST, SEGMENT, Answer, Denied, Request
from glisson.streaming.feed import Feed
from glisson.streaming.packets import TICKS
from glisson.streaming.playlist import Report, multivariant, report, target_duration, variant
from glisson.streaming.reel import Reel, Track
from glisson.streaming.rights import Pass
from glisson.streaming.ring import Ring
from glisson.streaming.studio import Studio

NO_CACHE = b"no-cache"
BRIEF = b"public, max-age=5"
"""A playlist asked for by part number: the same for all, and never asked for again once it is old."""
LASTING = b"public, max-age=60"
"""Parts and segments: they never change, and live in the ring for a minute."""


def index(feed: Feed) -> Answer:
    """Return the multivariant playlist of what is there now."""
    tracks = feed.reel.tracks if feed.reel else {}
    variants = [variant(f"{name}/live.m3u8", track.ring) for name, track in tracks.items()]
    found = [one for one in variants if one is not None]
    if not found:
        raise Denied(503, "waiting")
    return Answer(200, multivariant(found).encode(), PLAYLIST, NO_CACHE)


async def live(studio: Studio, feed: Feed, file: File, request: Request, viewer_pass: Pass) -> Answer:
    """Return a media playlist, held until it contains the part that the player asks for."""
    msn, part = request.number("_HLS_msn"), request.number("_HLS_part")
    if part is not None and msn is None:
        raise Denied(400, "part_without_msn")
    skip = b"_HLS_skip=YES" in request.query or b"_HLS_skip=v2" in request.query
    reel, track = _track(feed, file)
    if msn is not None and not track.ring.ended:
        _refuse_future(track.ring, msn, part)
        reel, track = await _hold(studio, feed, file, viewer_pass, msn, part)
    if track.ring.latest_init is None or (not track.ring.segments and not track.ring.ended):
        raise Denied(503, "waiting")
    feed.saw_playlist_of(viewer_pass.viewer)
    body = track.playlist.render(skip=skip, reports=_reports(reel, file.rung))
    return Answer(200, body, PLAYLIST, NO_CACHE if msn is None else BRIEF)


async def part(studio: Studio, feed: Feed, file: File, viewer_pass: Pass) -> Answer:
    """Return a part; one that was announced as the next is waited for."""
    _, track = _track(feed, file)
    found = track.ring.part(file.number, file.part)
    if found is None and not track.ring.ended and _is_next(track.ring, file):
        _, track = await _hold(studio, feed, file, viewer_pass, file.number, file.part)
        found = track.ring.part(file.number, file.part)
    if found is None or found.gap:
        raise Denied(404, "no_such_part")
    return Answer(200, found.data, SEGMENT, LASTING)


def segment(feed: Feed, file: File) -> Answer | None:
    """Return a whole segment out of the ring; None when only the recording can have it."""
    body = feed.reel.tracks[file.rung].segment(file.number) if feed.reel and file.rung in feed.reel.tracks else None
    return None if body is None else Answer(200, body, SEGMENT, LASTING)


def init(feed: Feed, file: File) -> Answer | None:
    """Return an initialisation segment out of the ring; None when only the recording can have it."""
    track = feed.reel.tracks.get(file.rung) if feed.reel else None
    found = track.ring.inits.get(file.number) if track else None
    return None if found is None else Answer(200, found.data, MP4, BRIEF)


def poster(feed: Feed) -> Answer:
    """Return the newest still."""
    still = feed.reel.rungs.poster if feed.reel else None
    if still is None:
        raise Denied(404, "no_picture_yet")
    clock = (b"x-clock", b"%.3f" % still.clock)
    return Answer(200, still.jpeg, b"image/jpeg", b"public, max-age=2", (clock,))


def _track(feed: Feed, file: File) -> tuple[Reel, Track]:
    if feed.reel is None:
        raise Denied(503, "waiting")
    track = feed.reel.tracks.get(file.rung)
    if track is None:
        raise Denied(404, "no_such_rung")
    return feed.reel, track


def _refuse_future(ring: Ring, msn: int, part: int | None) -> None:
    """Answer 400 to what lies too far ahead to wait for (rfc8216bis 6.2.5.2)."""
    next_msn, next_part = ring.next_msn_part()
    ahead = -(-3 * TICKS // ring.part_target)
    if msn > next_msn + 1:
        raise Denied(400, "too_far_ahead")
    if part is not None and part >= ahead + (next_part if msn == next_msn else 0) and msn >= next_msn:
        raise Denied(400, "too_far_ahead")


def _is_next(ring: Ring, file: File) -> bool:
    """Only what a playlist announces is held: the next part, or the first of the segment after the growing one."""
    wanted = (file.number, file.part)
    next_msn, next_part = ring.next_msn_part()
    return wanted in (ring.hint, (next_msn, next_part), (next_msn + 1, 0))


async def _hold(
    studio: Studio, feed: Feed, file: File, viewer_pass: Pass, msn: int, part: int | None
) -> tuple[Reel, Track]:
    """Wait until a part (or, without ``part``, a segment) is there; rights are looked at again before it goes out."""
    _, track = _track(feed, file)
    if track.ring.reached(msn, part):
        return _track(feed, file)
    try:
        async with asyncio.timeout(3 * target_duration(track.ring.segment_limit)):
            while True:
                await track.parts.wait()
                check_still(studio, viewer_pass)
                check_file(feed, file, viewer_pass.scopes)
                reel, track = _track(feed, file)
                if track.ring.reached(msn, part) or track.ring.ended:
                    return reel, track
    except TimeoutError:
        raise Denied(503, "no_progress") from None


def _reports(reel: Reel, rung: str) -> list[Report]:
    """Where the other rungs stand, so that a player can change over without asking twice."""
    reports = (
        report(f"../{name}/live.m3u8", track.ring)
        for name, track in reel.tracks.items()
        if name != rung and track.ring.latest_init is not None
    )
    return [one for one in reports if one is not None]
