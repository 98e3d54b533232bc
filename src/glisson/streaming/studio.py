"""The studio: every feed and group by the roster, and the door of every way in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from glisson.streaming.door import WRONG_KEY
from glisson.streaming.feed import Feed
from glisson.streaming.intakes import Intakes
from glisson.streaming.packets import Refused, Sink, Trouble
from glisson.streaming.reel import Reel
from glisson.streaming.rights import Pass, PassExpired, PassInvalid, verify_pass
from glisson.streaming.roster import FeedEntry, Roster, RosterInvalid, split_key
from glisson.streaming.settings import LiveSettings

log = logging.getLogger("glisson.live")

REMEMBERED_PASSES = 8192

_NOBODY = FeedEntry(group="", key_sha256=("0" * 64,))
_DOOR_CODES = frozenset({"wrong_key", "old_key", "closed_feed", "not_open_yet", "second_publisher"})


class RosterConflict(Exception):
    """A newer roster is in force, or another one with the same version."""


class Studio:
    """All feeds of this process. Everything happens in one event loop.

    Parameters
    ----------
    settings : LiveSettings
        The process's settings.
    now : callable
        Unix seconds.
    """

    def __init__(self, settings: LiveSettings, *, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.now = now
        self.roster = Roster()
        self.feeds: dict[str, Feed] = {}
        self.stopping = False
        self.websockets: dict[str, int] = {}
        """Open WebSockets by address."""
        self._passes: dict[str, Pass] = {}
        self._newest: dict[tuple[str, str], Pass] = {}
        # One thread for all recorders: the disk is one, and the order of writes is the order of parts.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")
        self._intakes = Intakes(self)
        self._applying = asyncio.Lock()

    # -- the door -----------------------------------------------------------------------------------------------

    def admit(self, key: str, *, way: str, peer: str) -> Sink:
        """Let an encoder in by its stream key, or raise `Refused`. See `Door`."""
        code, secret = split_key(key)
        feed = self.feeds.get(code)
        if feed is None:
            # The same work and the same answer as for a wrong secret.
            _NOBODY.accepts(secret)
            log.warning("%s publisher %s: no such feed", way, peer)
            raise Refused(WRONG_KEY)
        return feed.admit(secret, way=way, peer=peer)

    def refused(self, key: str, peer: str, trouble: Trouble) -> None:
        """Take note of a publisher whom the way in turned away by itself (garbage, a codec nobody can play)."""
        feed = self.feeds.get(split_key(key)[0]) if key else None
        if feed is not None and trouble.code not in _DOOR_CODES:
            feed.refuse(peer, trouble)

    # -- viewers' rights ----------------------------------------------------------------------------------------

    def read_pass(self, text: str) -> Pass:
        """Verify a pass; the arithmetic is remembered, the time is looked at on every call.

        Raises
        ------
        PassInvalid
            No pass of ours, expired, of an older epoch, or its viewer was revoked.
        """
        known = self._passes.get(text)
        if known is None:
            known = verify_pass(self.settings.signing_secret, text, now=self.now())
            if len(self._passes) >= REMEMBERED_PASSES:
                self._passes.clear()
            self._passes[text] = known
            self._remember(known)
        why = self.why_not(known)
        if why == "expired":
            raise PassExpired("The viewer pass has expired.")
        if why is not None:
            raise PassInvalid(f"The viewer pass no longer counts ({why}).")
        return known

    def why_not(self, viewer_pass: Pass) -> str | None:
        """Why a verified pass no longer counts: ``expired``, ``revoked``, or None when it does."""
        now = self.now()
        if now >= viewer_pass.expires:
            return "expired"
        group = self.roster.groups.get(viewer_pass.group)
        if group is None or viewer_pass.epoch < group.epoch:
            return "revoked"
        until = group.revoked.get(viewer_pass.viewer)
        return "revoked" if until is not None and now < until else None

    def newest_pass(self, viewer_pass: Pass) -> Pass:
        """The pass with the latest end that this viewer has shown for this group.

        A WebSocket cannot show a renewed cookie; any other request of the same page does.
        """
        return self._newest.get((viewer_pass.group, viewer_pass.viewer), viewer_pass)

    def _remember(self, viewer_pass: Pass) -> None:
        key = (viewer_pass.group, viewer_pass.viewer)
        before = self._newest.get(key)
        if before is None or (before.epoch, before.expires) <= (viewer_pass.epoch, viewer_pass.expires):
            self._newest[key] = viewer_pass
        if len(self._newest) >= 2 * REMEMBERED_PASSES:
            now = self.now()
            self._newest = {key: one for key, one in self._newest.items() if one.expires > now}

    def group_feeds(self, group: str) -> Iterable[Feed]:
        """The feeds of one group."""
        return [feed for feed in self.feeds.values() if feed.entry.group == group]

    # -- the roster ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Go on from the roster on disk: feeds that were open are open again before the web is asked."""
        path = self.settings.roster_path
        try:
            roster = Roster.load(path)
        except (RosterInvalid, OSError) as error:
            # The web sends the roster again; until then nobody gets in. That is better than not to start at all.
            log.error("The roster on disk cannot be used and is set aside: %s", error)
            with contextlib.suppress(OSError):
                path.rename(path.with_name(path.name + ".damaged"))
            roster = Roster()
        await self.apply(roster, save=False)

    async def apply(self, roster: Roster, *, save: bool = True) -> int:
        """Put a roster in force; returns its version.

        What is taken away is taken away before the first await: gates, keys, epochs and revocations hold at once.

        Raises
        ------
        RosterConflict
            When a newer one is in force.
        """
        if save and roster.version <= self.roster.version:
            if roster == self.roster:
                return roster.version
            raise RosterConflict(
                f"Roster {roster.version} is not newer than {self.roster.version}, which is in force; "
                "send the present one with a higher version."
            )
        leaving = self._turn(roster)
        async with self._applying:
            for feed, reel in leaving:
                await self._let_go(feed, reel)
            await asyncio.get_running_loop().run_in_executor(None, self._read_disk)
            for feed in self.feeds.values():
                feed.open()
            await self._intakes.follow()
            if save:
                await self._save()
        return roster.version

    async def _let_go(self, feed: Feed, reel: Reel) -> None:
        try:
            await reel.close(finished=feed.gate == "closed")
        except Exception:
            log.exception("The recording of feed %s could not be closed", feed.code)
        feed.settled = True

    def _turn(self, roster: Roster) -> list[tuple[Feed, Reel]]:
        self.roster = roster
        leaving = []
        for code, feed in list(self.feeds.items()):
            entry = roster.feeds.get(code)
            gone = entry is None
            reel = feed.turn(entry if entry is not None else FeedEntry(group=feed.entry.group, state="closed"))
            if reel is not None:
                leaving.append((feed, reel))
            if gone:
                feed.strike()
                del self.feeds[code]
        for code, entry in roster.feeds.items():
            if code not in self.feeds:
                feed = Feed(code, entry, self.settings, self._executor, now=self.now)
                feed.turn(entry)
                self.feeds[code] = feed
        for feed in self.feeds.values():
            feed.strike()
        return leaving

    def _read_disk(self) -> None:
        for feed in self.feeds.values():
            if feed.reel is None and feed.gate != "closed":
                feed.read_disk()

    async def _save(self) -> None:
        """A full disk must not keep a revocation from holding: it does already; only a restart would forget it."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, self.roster.save, self.settings.roster_path)
        except OSError:
            log.exception("The roster could not be written to %s", self.settings.roster_path)

    def tick(self) -> None:
        """Once a second: drop what nobody may read any more, hear the sound levels."""
        for feed in self.feeds.values():
            feed.forget()
            feed.listen()

    def let_viewers_go(self) -> None:
        """The process is about to stop: whoever waits for something is sent away."""
        self.stopping = True
        for feed in self.feeds.values():
            feed.strike()

    async def close(self) -> None:
        """Stop every way in and write every recording out; they go on after the next start."""
        await self._intakes.close()
        for feed in self.feeds.values():
            if feed.publication is not None:
                feed.publication.turn_out(Trouble("restart", "The live process is restarting. Try again in a moment."))
        reels = [feed.reel for feed in self.feeds.values() if feed.reel is not None]
        results = await asyncio.gather(*(reel.close(finished=False) for reel in reels), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                log.error("A recording could not be closed: %s", result)
        self._executor.shutdown(wait=True)

    def absent(self, code: str) -> Feed:
        """Return a closed feed for a recording whose feed the roster no longer has."""
        return Feed(code, FeedEntry(group=""), self.settings, self._executor, now=self.now)
