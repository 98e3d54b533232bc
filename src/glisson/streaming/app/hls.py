"""Low-latency HLS: playlists that wait for their part, parts that were only announced yet, and caches in between."""

from __future__ import annotations

import asyncio

from glisson.streaming.app.access import File, check_file, check_still
from glisson.streaming.app.answers import MP4, PLAYLIST, SEGMENT, Answer, Denied, read_number
from glisson.streaming.bell import Bell
from glisson.streaming.feed import Feed
from glisson.streaming.packets import TICKS
from glisson.streaming.playlist import multivariant, report, target_duration, variant
from glisson.streaming.reel import Reel, Track
from glisson.streaming.rights import Pass
from glisson.streaming.ring import Ring
from glisson.streaming.studio import Studio

NO_CACHE = b"no-cache"
BRIEF = b"public, max-age=5"
"""A playlist asked for by part number: the same for all, and never asked for again once it is old."""
LASTING = b"public, max-age=60"
"""Parts and segments: they never change, and live in the ring for a minute."""
NO_PROGRESS = (503, "no_progress")


def index(feed: Feed) -> Answer:
    """Return the multivariant playlist of what is there now."""
    tracks = feed.reel.tracks if feed.reel else {}
    # A rung appears here no sooner than in the rendition reports of the others: with its first complete part.
    begun = {f"{name}/live.m3u8": track.ring for name, track in tracks.items() if report(name, track.ring)}
    found = [one for uri, ring in begun.items() if (one := variant(uri, ring))]
    if not found:
        raise Denied(503, "waiting")
    return Answer(200, multivariant(found).encode(), PLAYLIST, NO_CACHE)


def read_query(query: bytes) -> tuple[int | None, int | None, bool]:
    """Read what a player asks of a playlist: the segment and the part to wait for, and whether a delta will do.

    Raises
    ------
    Denied
        400 for anything that makes no sense.
    """
    msn, part = read_number(query, "_HLS_msn"), read_number(query, "_HLS_part")
    if part is not None and msn is None:
        raise Denied(400, "part_without_msn")
    return msn, part, b"_HLS_skip=YES" in query or b"_HLS_skip=v2" in query


class Wish:
    """A live playlist or a part that a player asks for: there now, there soon, or not at all.

    Parameters
    ----------
    studio, feed : Studio, Feed
        Where it is looked for.
    file : File
        A playlist (``live``) or a part.
    viewer_pass : Pass
        Good for the file when it was asked for; looked at again when the waiting is over.
    msn, part : int or None
        The segment and part that must be there; without ``part`` the whole segment, without both whatever is there.
    skip : bool
        A delta update will do.
    """

    __slots__ = ("_feed", "_file", "_held", "_msn", "_part", "_pass", "_skip", "_studio")

    def __init__(
        self,
        studio: Studio,
        feed: Feed,
        file: File,
        viewer_pass: Pass,
        *,
        msn: int | None,
        part: int | None,
        skip: bool = False,
    ) -> None:
        self._studio = studio
        self._feed = feed
        self._file = file
        self._pass = viewer_pass
        self._msn = msn
        self._part = part
        self._skip = skip
        self._held = False

    def answer(self) -> Answer | None:
        """Return the answer, None while it has to be waited for, or raise `Denied`.

        After a wait the rights are looked at first.
        """
        if self._held:
            check_still(self._studio, self._pass)
            check_file(self._feed, self._file, self._pass.scopes)
        reel, track = _track(self._feed, self._file)
        ring = track.ring
        if self._msn is None or ring.ended or ring.reached(self._msn, self._part):
            return self._playlist(reel, ring) if self._file.kind == "live" else self._found(ring)
        if not self._held:
            self._held = True
            if self._file.kind == "live":
                _refuse_future(ring, self._msn, self._part)
            elif not _is_next(ring, self._file):
                raise Denied(404, "no_such_part")
        return None

    def bell(self) -> Bell:
        """What to wait for before asking again."""
        return _track(self._feed, self._file)[1].parts

    def patience(self) -> float:
        """How long it may take, in seconds; then it is ``NO_PROGRESS``."""
        return 3 * target_duration(_track(self._feed, self._file)[1].ring.segment_limit)

    def _playlist(self, reel: Reel, ring: Ring) -> Answer:
        if ring.latest_init is None or (not ring.segments and not ring.ended):
            raise Denied(503, "waiting")
        self._feed.saw_playlist_of(self._pass.viewer)
        body = reel.playlist(self._file.rung, skip=self._skip)
        return Answer(200, body, PLAYLIST, NO_CACHE if self._msn is None else BRIEF)

    def _found(self, ring: Ring) -> Answer:
        found = ring.part(self._file.number, self._file.part)
        if found is None or found.gap:
            raise Denied(404, "no_such_part")
        return Answer(200, found.data, SEGMENT, LASTING)


def wish(studio: Studio, feed: Feed, file: File, query: bytes, viewer_pass: Pass) -> Wish:
    """Return the wish that a URL stands for."""
    if file.kind == "part":
        return Wish(studio, feed, file, viewer_pass, msn=file.number, part=file.part)
    msn, part, skip = read_query(query)
    return Wish(studio, feed, file, viewer_pass, msn=msn, part=part, skip=skip)


async def fulfil(wish: Wish) -> Answer:
    """Return a playlist or a part as soon as it is there."""
    answer = wish.answer()
    if answer is not None:
        return answer
    try:
        async with asyncio.timeout(wish.patience()):
            while answer is None:
                await wish.bell().wait()
                answer = wish.answer()
    except TimeoutError:
        raise Denied(*NO_PROGRESS) from None
    return answer


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
