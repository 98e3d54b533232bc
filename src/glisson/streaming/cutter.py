"""Where one ring is cut: frames in media time become fragments, parts and segments that keep the rules of LL-HLS.

Decoding times are contiguous: the last frame of a fragment gets the measured frame length, the first one of the next
starts exactly there and its own length absorbs the difference (a millisecond at most, unless the source is irregular).
Presentation times are always the encoder's. So a fragment leaves with its last frame, no part is ever longer than the
target nor shorter than 85 % of it (rfc8216bis 4.4.3.7), and browsers find no hole in decoding times, for which they
would drop pictures until the next key frame.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from glisson.streaming import mp4
from glisson.streaming.packets import TICKS, Packet
from glisson.streaming.ring import Fragment, Init, Part, Ring, Segment
from glisson.streaming.timeline import FramePace, SoundClock

FRAGMENT = TICKS // 10
"""About so long is a fragment, in 90 kHz ticks."""
UNMEASURED = TICKS // 25
"""Length of a frame that stayed alone."""
SHORTEST = 0.85
"""No part but the last of a segment is shorter than this share of the part target."""


class Cutter:
    """Writes one ring. The leading frames are pictures, or sound when there are no pictures.

    Parameters
    ----------
    ring : Ring
        Where the fragments go.
    clock : Callable
        Wall clock of a media time.
    """

    def __init__(self, ring: Ring, clock: Callable[[int], float]) -> None:
        self.ring = ring
        self.clock = clock
        self.pace = FramePace()
        self.sound_clock: SoundClock | None = None
        self.on_packet: Callable[[Packet], None] | None = None
        self._init: Init | None = None
        self._video = True
        self._broken = False
        self._segment: Segment | None = None
        self._part: Part | None = None
        self._end: int | None = None
        self._last: int | None = None
        self._key_at: int | None = None
        self._group = 0
        self._dts: list[int] = []
        self._pts: list[int] = []
        self._keys: list[bool] = []
        self._data: list[bytes] = []
        self._sound = mp4.Run(0)

    def begin(self, init: Init, *, video: bool, sound: SoundClock | None, broken: bool) -> None:
        """A section starts: another initialisation segment or another timeline. Call `finish` before."""
        self._init, self._video, self._broken = init, video, broken
        self.sound_clock = sound
        self.pace = FramePace()
        self._end = self._last = self._key_at = None
        self._group = 0

    def picture(self, dts: int, pts: int, key: bool, data: bytes) -> None:
        """Take one picture in media time (90 kHz ticks)."""
        self._pace(dts)
        if self._end is not None and dts - max(self._last or 0, self._end) > self.ring.part_target + self.pace.length:
            self._break()
        self._last = dts
        stamp = self._stamp(dts)
        if key and self._due(stamp):
            self.finish(stamp, section=False)
            stamp = self._stamp(dts)
        elif self._dts:
            self._before(stamp, key)
            stamp = self._stamp(dts)
        if key:
            self._group = dts - self._key_at if self._key_at is not None else 0
            self._key_at = dts
        self._dts.append(stamp)
        self._pts.append(pts)
        self._keys.append(key)
        self._data.append(data)
        self._settle(dts)

    def sound(self, media: int, data: bytes) -> None:
        """Take one frame of sound in media time (90 kHz ticks); it goes into the fragment that is being filled."""
        clock = self.sound_clock
        if clock is None or (placed := clock.place(media)) is None or clock.next is None:
            return
        hole, length = placed
        self._sound.add_sound(clock.next, hole, length, data)
        if not self._video:
            dts = clock.ticks(clock.next - length)
            self._pace(dts)
            self._last = dts
            if self._dts:
                self._before(self._stamp(dts), key=False)
            self._dts.append(self._stamp(dts))
            self._settle(dts)

    def finish(self, end: int | None = None, *, section: bool = True) -> None:
        """Give out what waits and complete the growing segment; ``end`` when the next frame's time is known.

        At the end of a section that means the sound too that came after the last picture.
        """
        if self._dts:
            natural = (self._last or 0) + (round(self.pace.length) or UNMEASURED)
            self._emit(min(max(natural if end is None else end, self._dts[-1] + 1), self._limits()[1]))
        if section and self._sound.data:
            self._emit_sound(end)
        if self._segment is not None:
            self.ring.complete_segment(self._segment)
        self._segment = self._part = None

    def _emit_sound(self, until: int | None) -> None:
        """Give out sound that no picture follows: the last picture stays as long."""
        clock, start = self.sound_clock, self._end
        if clock is not None and clock.next is not None and start is not None:
            limit = (self._part.start if self._part is not None else start) + self.ring.part_target
            natural = clock.ticks(clock.next) if until is None else until
            end = min(max(natural, start + 90), limit)
            if end > start:
                self._emit(end)
        self._sound = mp4.Run(0)

    def _break(self) -> None:
        """The source was away for longer than a part: what comes next is another section on the same timeline."""
        self.finish()
        self._broken = True
        self._end = None
        if self.sound_clock is not None:
            self.sound_clock.restart()

    def _pace(self, dts: int) -> None:
        if self._last is not None:
            self.pace.measure(dts - self._last)
        ring = self.ring
        if not ring.next_sequence and self.pace.length > ring.part_target:
            # Slower than three frames a second, and nobody has been promised anything yet: promise what can be kept.
            ring.part_target = min(-(-round(self.pace.length) // 90) * 90 + 90, TICKS)

    def _stamp(self, dts: int) -> int:
        """Decoding time of the next frame: contiguous with what was given out, and rising."""
        if self._dts:
            return max(dts, self._dts[-1] + 1)
        return max(dts, self.ring.end_time) if self._end is None else self._end

    def _limits(self) -> tuple[int, int]:
        """Earliest and latest end of the growing part."""
        start = self._part.start if self._part is not None else self._dts[0]
        target = self.ring.part_target
        return start + int(target * SHORTEST) + 90, start + target

    def _due(self, stamp: int) -> bool:
        """True when this key frame starts a segment."""
        segment = self._segment
        if segment is None:
            return False
        if self.ring.cut_wanted:
            self.ring.cut_wanted = False
            return True
        started_with_key = not segment.parts or segment.parts[0].fragments[0].independent
        return not started_with_key or stamp - segment.start >= self.ring.segment_target - self.pace.length / 2

    def _before(self, stamp: int, key: bool) -> None:
        """The next frame's time is known now: what waits may have to go out before it."""
        low, high = self._limits()
        if stamp > high:
            self._emit(high)
            self._complete()
        elif stamp >= low and stamp + self.pace.length * 0.875 > high:
            self._emit(stamp)
            self._complete()
        elif key:
            self._emit(stamp)

    def _settle(self, dts: int) -> None:
        """Give the fragment out if this was its last frame, judged by the measured frame length."""
        pace = self.pace.length
        if not pace:
            return
        low, high = self._limits()
        end = max(dts + round(pace), self._dts[-1] + 1)
        slack = pace / 8
        next_end = end + pace
        if next_end > high + slack and _outside(end, low, high + slack) <= _outside(next_end, low, high + slack):
            self._emit(min(max(end, low), high))
            self._complete()
            return
        frames = max(round(FRAGMENT / pace), 1)
        if len(self._dts) >= frames:
            end = min(end, high)
            self._emit(end)
            if end >= low and end + frames * pace > high + slack:
                self._complete()

    def _complete(self) -> None:
        """The part is full; so may be the segment."""
        part, segment, end = self._part, self._segment, self._end
        if part is None or segment is None or end is None:
            return
        self._part = None
        self.ring.complete_part(part)
        length = end - segment.start
        to_key = self._key_at + self._group - end if self._key_at is not None and self._group else None
        limit = self.ring.segment_limit
        even = self._group / -(-self._group // limit) if self._group > limit else limit
        far = to_key is None or to_key > self.ring.part_target
        full = length + self.ring.part_target > limit
        enough = length >= (even if self._video else self.ring.segment_target) - self.ring.part_target / 2
        if full or (enough and (far or not self._video)) or (self.ring.cut_wanted and not self._video):
            self.ring.cut_wanted = self.ring.cut_wanted and self._video
            self.ring.complete_segment(segment)
            self._segment = None
        elif to_key is not None and abs(to_key) < self.pace.length / 2:
            due = length >= self.ring.segment_target - self.pace.length
            self.ring.hint = (segment.msn + 1, 0) if due else None

    def _emit(self, end: int) -> None:
        """Put the waiting frames into the ring as one fragment that lasts until ``end``."""
        if self._init is None:
            return
        start = self._dts[0] if self._dts else self._end or 0
        clock = self.clock(start)
        ring = self.ring
        if self._segment is None:
            self._segment = ring.open_segment(self._init.number, start, clock, discontinuous=self._broken)
        if self._part is None:
            self._part = ring.open_part(self._segment, start, clock)
        video = None
        if self._video:
            durations = [after - before for before, after in pairwise([*self._dts, end])] if self._dts else []
            offsets = [pts - dts for pts, dts in zip(self._pts, self._dts, strict=True)]
            video = mp4.Run(start, durations, offsets, self._keys, self._data)
        sound = self._sound if self._sound.data else None
        if self.on_packet is not None:
            self._pass_on(self.on_packet, sound)
        fragment = Fragment(
            sequence=ring.next_sequence,
            init=self._init.number,
            data=mp4.fragment(ring.next_sequence, video, sound),
            frames=len(self._dts),
            independent=not self._video or self._keys[:1] == [True],
            start=start,
            duration=end - start,
            clock=clock,
            discontinuous=self._broken,
            msn=self._segment.msn,
            part=self._part.index,
        )
        self._broken = False
        self._end = end
        self._dts, self._pts, self._keys, self._data = [], [], [], []
        self._sound = mp4.Run(0)
        ring.append(self._part, fragment)

    def _pass_on(self, outlet: Callable[[Packet], None], sound: mp4.Run | None) -> None:
        if self._video:
            for dts, pts, key, data in zip(self._dts, self._pts, self._keys, self._data, strict=True):
                outlet(Packet(True, dts, pts, key, data))
        if sound is not None and self.sound_clock is not None:
            position = sound.start
            for length, data in zip(sound.durations, sound.data, strict=True):
                at = self.sound_clock.ticks(position)
                outlet(Packet(False, at, at, True, data))
                position += length


def _outside(end: float, low: float, high: float) -> float:
    """How far an end lies outside what a part may last."""
    return max(low - end, end - high, 0.0)
