"""The ring of one rung of one feed: the live window, its numbering, and waiting for what comes next."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from glisson.streaming.packets import TICKS
from glisson.streaming.pieces import Fragment, Init, Part, RingEvent, RingState, Segment

__all__ = ["Fragment", "Init", "Part", "Ring", "RingEvent", "RingState", "Segment"]

logger = logging.getLogger(__name__)


class Ring:
    """The live window of one rung. One writer (a packager), any number of readers, all in one event loop.

    Parameters
    ----------
    part_target, segment_target, window : int
        Longest part, shortest segment before a key frame may end it, and how much is kept; 90 kHz ticks.
    segment_limit : int
        No segment is longer (90 kHz ticks): a group of pictures that is longer is divided. TARGETDURATION promises it.
    """

    def __init__(
        self,
        *,
        part_target: int = 30_060,
        segment_target: int = 2 * TICKS,
        window: int = 60 * TICKS,
        segment_limit: int = 4 * TICKS,
    ) -> None:
        self.part_target = part_target
        self.segment_target = segment_target
        self.segment_limit = segment_limit
        self.window = window
        self.epoch = 0.0
        self.inits: dict[int, Init] = {}
        self.segments: deque[Segment] = deque()
        self.ended = False
        self.cut_wanted = False
        """Set by a reader that starts now: the next key frame starts a segment, however short this one is."""
        self.hint: tuple[int, int] | None = None
        """The part that comes next when it is not the one after the last (a segment is expected to end here)."""
        self.listeners: list[Callable[[RingEvent], None]] = []
        self.version = 0
        """Counts every change of parts and segments: a playlist rendered for one version stays true for it."""
        self.end_time = 0
        """Media time after the last fragment, in 90 kHz ticks."""
        self.next_msn = 0
        self.next_sequence = 0
        self.next_init = 0
        self.discontinuity_sequence = 0
        self._fragments: deque[Fragment] = deque()
        self._lengths: deque[int] = deque()
        self._length = 0
        self._latest_key: Fragment | None = None
        self._any: asyncio.Future[None] | None = None
        self._parts: asyncio.Future[None] | None = None

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def latest_init(self) -> Init | None:
        """The initialisation segment of what comes next."""
        return self.inits.get(self.next_init - 1)

    def fragments_after(self, sequence: int) -> list[Fragment]:
        """Fragments with a higher sequence number that are still in the window, oldest first."""
        if not self._fragments:
            return []
        skip = max(sequence + 1 - self._fragments[0].sequence, 0)
        missing = len(self._fragments) - skip
        if missing <= 0:
            return []
        tail = [self._fragments[-position] for position in range(missing, 0, -1)]
        return tail

    def latest_key(self) -> Fragment | None:
        """The newest fragment that a viewer may start with."""
        return self._latest_key

    def segment(self, msn: int) -> Segment | None:
        """The segment with this media sequence number, if it is in the window (it may still be growing)."""
        if not self.segments:
            return None
        position = msn - self.segments[0].msn
        return self.segments[position] if 0 <= position < len(self.segments) else None

    def part(self, msn: int, index: int) -> Part | None:
        """A complete part in the window."""
        segment = self.segment(msn)
        if segment is None or not 0 <= index < len(segment.parts):
            return None
        part = segment.parts[index]
        return part if part.complete else None

    def next_msn_part(self) -> tuple[int, int]:
        """The segment and part that will be complete next, as far as is known now."""
        if not self.segments or self.segments[-1].complete:
            return self.next_msn, 0
        growing = self.segments[-1]
        return growing.msn, sum(1 for part in growing.parts if part.complete)

    def reached(self, msn: int, index: int | None = None) -> bool:
        """True when a playlist that contains this part (or, without ``index``, the whole segment) can be given.

        A part index past the end of a complete segment means the first part of the next one (rfc8216bis 6.2.5.2).
        """
        segment = self.segment(msn)
        if segment is None:
            return msn < self.next_msn
        if index is None or index < len(segment.parts):
            return segment.complete if index is None else segment.parts[index].complete
        return segment.complete and self.reached(msn + 1, 0)

    async def changed(self) -> None:
        """Wait for the next fragment, part, segment or the end; one future serves all waiters."""
        if self._any is None:
            self._any = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._any)

    async def part_changed(self) -> None:
        """Wait for the next complete part or segment or the end: what a held playlist waits for."""
        if self._parts is None:
            self._parts = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._parts)

    def state(self) -> RingState:
        """What must be remembered to go on after a restart."""
        return RingState(
            self.epoch,
            self.next_msn,
            self.next_sequence,
            self.next_init,
            self.discontinuity_sequence,
            self.end_time,
            self.part_target,
        )

    def resume(self, state: RingState) -> None:
        """Go on with the numbers of an earlier life of this feed. Only before the first fragment."""
        if self._fragments or self.next_sequence:
            raise ValueError("A ring that already holds fragments cannot resume an earlier life.")
        self.epoch = state.epoch
        self.next_msn = state.msn
        self.next_sequence = state.sequence
        self.next_init = state.init
        self.discontinuity_sequence = state.discontinuity_sequence
        self.end_time = state.end
        self.part_target = state.part_target

    # -- writing (the packagers) --------------------------------------------------------------------------------

    def add_init(self, data: bytes, codecs: str, width: int, height: int) -> Init:
        """Announce an initialisation segment; the one in force is returned again when nothing changed."""
        latest = self.latest_init
        if latest is not None and latest.data == data:
            return latest
        init = Init(self.next_init, data, codecs, width, height)
        self.next_init += 1
        self.inits[init.number] = init
        self._tell(RingEvent("init", init=init))
        return init

    def open_segment(
        self, init: int, start: int, clock: float, *, discontinuous: bool, msn: int | None = None
    ) -> Segment:
        """Start the next segment; the one before it must be complete."""
        if discontinuous:
            self.discontinuity_sequence += 1
        number = self.next_msn if msn is None else msn
        segment = Segment(number, init, start, clock, discontinuous, self.discontinuity_sequence)
        self.next_msn = number + 1
        self.segments.append(segment)
        return segment

    def open_part(self, segment: Segment, start: int, clock: float) -> Part:
        """Start the next part of the growing segment."""
        self.hint = None
        first = not segment.parts
        part = Part(segment.msn, len(segment.parts), segment.init, start, clock, first and segment.discontinuous)
        segment.parts.append(part)
        return part

    def append(self, part: Part, fragment: Fragment) -> None:
        """Add a fragment to the growing part and tell everyone."""
        part.fragments.append(fragment)
        self._fragments.append(fragment)
        self.next_sequence = fragment.sequence + 1
        self.end_time = fragment.start + fragment.duration
        if fragment.independent:
            self._latest_key = fragment
        self._tell(RingEvent("fragment", fragment=fragment))

    def complete_part(self, part: Part) -> None:
        """The part gets no more fragments: from now on it is listed and recorded."""
        if part.complete:
            return
        part.complete = True
        if part.gap:
            self.end_time = max(self.end_time, part.start + part.gap_length)
        self._tell(RingEvent("part", part=part))

    def complete_segment(self, segment: Segment) -> None:
        """The segment gets no more parts; whatever left the window is forgotten."""
        for part in segment.parts:
            self.complete_part(part)
        segment.complete = True
        self._lengths.append(segment.duration)
        self._length += self._lengths[-1]
        self.hint = None
        self._forget()
        self._tell(RingEvent("segment", segment=segment))

    def end(self) -> None:
        """The feed is closed: playlists get their ENDLIST, waiters wake."""
        if self.segments and not self.segments[-1].complete:
            self.complete_segment(self.segments[-1])
        self.ended = True
        self._tell(RingEvent("end"))

    def _tell(self, event: RingEvent) -> None:
        if event.kind not in ("fragment", "init"):
            self.version += 1
            _wake(self._parts)
            self._parts = None
        _wake(self._any)
        self._any = None
        for listener in tuple(self.listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("A listener of the ring failed; the live picture goes on.")

    def _forget(self) -> None:
        """Drop whole segments that left the window (in playlist time), and joined copies few will still ask for."""
        while len(self.segments) > 4 and self._length - self._lengths[0] > self.window:
            gone = self.segments.popleft()
            self._length -= self._lengths.popleft()
            while self._fragments and self._fragments[0].msn <= gone.msn:
                self._fragments.popleft()
        in_use = {segment.init for segment in self.segments} | {self.next_init - 1}
        for number in [number for number in self.inits if number not in in_use]:
            del self.inits[number]
        if len(self.segments) > 8:
            for part in self.segments[-9].parts:
                part.joined = None


def _wake(future: asyncio.Future[None] | None) -> None:
    """Resolve the shared future; the next waiter makes a new one."""
    if future is not None and not future.done():
        future.set_result(None)
