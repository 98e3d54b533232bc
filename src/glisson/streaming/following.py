"""A rung that is cut exactly where the original is: the low rung and sound alone."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from itertools import pairwise

from glisson.streaming import mp4
from glisson.streaming.packager import sound_clock
from glisson.streaming.packets import TICKS, AudioConfig, Packet, VideoConfig
from glisson.streaming.ring import Fragment, Init, Part, Ring, RingEvent, Segment
from glisson.streaming.timeline import SoundClock

PATIENCE = 4 * TICKS
"""A rung that is later than this (90 kHz ticks of the leader's media time) gets a gap."""
SILENCE = 1.0
"""Seconds without news from the leader after which what is there is given out as it is."""


class FollowingPackager:
    """Fills a ring with the same segments, parts, fragments, clocks and discontinuities as its leader.

    Packets carry the **leader's media time** (90 kHz ticks since the feed's epoch): what `Packager.on_packet` gives,
    or what a worker makes of it. It starts at a key picture where a leader's segment starts. While nothing comes, the
    leader's parts become gaps (``GAP=YES``), so that numbers stay the same in all rungs.
    """

    def __init__(self, ring: Ring, leader: Ring) -> None:
        self.ring = ring
        self.leader = leader
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._made_of: tuple[VideoConfig | None, AudioConfig | None] = (None, None)
        self._init: Init | None = None
        self._sound_clock: SoundClock | None = None
        self._plan: deque[Fragment] = deque()
        self._pictures: deque[Packet] = deque()
        self._sounds: deque[Packet] = deque()
        self._away = True
        self._segment: Segment | None = None
        self._part: Part | None = None
        self._followed = 0
        self._timer: asyncio.TimerHandle | None = None
        leader.listeners.append(self._hear)

    def configure_video(self, config: VideoConfig) -> None:
        """Take the sequence header of this rung's pictures; it holds from the next segment on."""
        self._video = config

    def configure_audio(self, config: AudioConfig) -> None:
        """Take the configuration of this rung's sound; it holds from the next segment on."""
        self._audio = config

    def take(self, packet: Packet) -> None:
        """Take one frame in the leader's media time."""
        if packet.data:
            (self._pictures if packet.video else self._sounds).append(packet)
            self._catch_up()

    def break_timeline(self, reason: str) -> None:
        """What fed this rung is gone: the leader's parts become gaps until pictures come again."""
        self._away = True
        self._pictures.clear()
        if self._video is not None:
            self._sounds.clear()

    def close(self) -> None:
        """Stop following and end the ring."""
        if self._hear in self.leader.listeners:
            self.leader.listeners.remove(self._hear)
        self._stop_timer()
        self._catch_up(force=True)
        if not self.ring.ended:
            self.ring.end()

    def _hear(self, event: RingEvent) -> None:
        if event.kind == "fragment" and event.fragment is not None:
            self._plan.append(event.fragment)
        self._catch_up(force=event.kind == "end")
        self._stop_timer()
        if event.kind == "end":
            self.ring.end()
        elif self._plan:
            with suppress(RuntimeError):  # without an event loop (a tool that reads files) nobody waits either
                self._timer = asyncio.get_running_loop().call_later(SILENCE, self._out_of_patience)

    def _out_of_patience(self) -> None:
        self._timer = None
        self._catch_up(force=True)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- following ----------------------------------------------------------------------------------------------------

    def _catch_up(self, *, force: bool = False) -> None:
        """Do everything the leader has done for which the frames are here."""
        self._settle()
        while self._plan:
            fragment = self._plan[0]
            late = force or self.leader.end_time - fragment.start - fragment.duration > PATIENCE
            if self._away and not self._arrive(fragment):
                if not (late or self._beyond(fragment)):
                    return
                self._skip(fragment)
            elif self._ready(fragment):
                self._follow(fragment)
            elif late:
                self._away = self._away or not force
                self._follow(fragment) if force else self._skip(fragment)
            else:
                return
            self._plan.popleft()
            self._settle()

    @property
    def _lead(self) -> deque[Packet]:
        return self._pictures if self._video is not None else self._sounds

    def _slack(self, fragment: Fragment) -> int:
        """Half a picture: stamps of a worker may differ by rounding."""
        return fragment.duration // (2 * max(fragment.frames, 1)) if self._video is not None else 0

    def _arrive(self, fragment: Fragment) -> bool:
        """True when this rung can start with this fragment of the leader."""
        earliest = fragment.start - self._slack(fragment)
        lead = self._lead
        while lead and (lead[0].dts < earliest or not lead[0].key):
            lead.popleft()
        if not (lead and self._opens(fragment) and lead[0].dts < fragment.start + fragment.duration):
            return False
        while self._sounds and self._sounds[0].dts < earliest:
            self._sounds.popleft()
        self._away = False
        return True

    def _opens(self, fragment: Fragment) -> bool:
        segment = self.leader.segment(fragment.msn)
        return segment is not None and segment.start == fragment.start and fragment.independent

    def _beyond(self, fragment: Fragment) -> bool:
        """True when the frames that are here begin after this fragment."""
        return bool(self._lead) and self._lead[0].dts >= fragment.start + fragment.duration - self._slack(fragment)

    def _ready(self, fragment: Fragment) -> bool:
        lead = self._lead
        if self._video is not None and len(lead) >= fragment.frames:
            return True
        return bool(lead) and lead[-1].dts >= fragment.start + fragment.duration - self._slack(fragment)

    def _settle(self) -> None:
        """Complete the growing part and segment when the leader's are complete and followed to the end."""
        if self._segment is None:
            return
        segment = self.leader.segment(self._segment.msn)
        if segment is None:
            return
        if self._part is not None:
            part = segment.parts[self._part.index]
            if part.complete and self._followed == len(part.fragments):
                self.ring.complete_part(self._part)
                self._part = None
        if self._part is None and segment.complete and len(segment.parts) == len(self._segment.parts):
            self.ring.complete_segment(self._segment)
            self._segment = None

    # -- writing ------------------------------------------------------------------------------------------------------

    def _skip(self, fragment: Fragment) -> None:
        """The rung has nothing for this fragment: a gap, or nothing at all while it has not begun."""
        if self._init is None:
            return
        part = self._place(fragment)
        if part.fragments:
            self._append(part, fragment, mp4.Run(fragment.start) if self._video else None, None, 0, key=False)
            return
        part.gap = True
        part.gap_length += fragment.duration
        self._followed += 1

    def _follow(self, fragment: Fragment) -> None:
        if self._segment is None:
            self._renew(fragment)
        if self._init is None:
            return
        part = self._place(fragment)
        if fragment.discontinuous:
            self._forget_before(fragment)
        end = fragment.start + fragment.duration
        sound = self._sound_run(end)
        if self._made_of[0] is None:
            self._append(part, fragment, None, sound, len(sound.data) if sound else 0, key=True)
            return
        limit = end - self._slack(fragment)
        taken: list[Packet] = []
        while self._pictures and (self._pictures[0].dts < limit) and len(taken) < max(fragment.frames, 1):
            taken.append(self._pictures.popleft())
        video = _picture_run(fragment, taken)
        self._append(part, fragment, video, sound, len(taken), key=bool(taken) and taken[0].key)

    def _forget_before(self, fragment: Fragment) -> None:
        """Pictures of the section before belong to no fragment of this one."""
        earliest = fragment.start - self._slack(fragment)
        while self._pictures and self._pictures[0].dts < earliest:
            self._pictures.popleft()

    def _place(self, fragment: Fragment) -> Part:
        """The part of this ring that answers to the leader's, opened when it is the first of it."""
        leading = self.leader.segment(fragment.msn)
        if self._segment is None and self._init is not None:
            broken = leading is not None and leading.discontinuous
            if leading is not None:
                self.ring.discontinuity_sequence = leading.discontinuity_sequence - broken
            self._segment = self.ring.open_segment(
                self._init.number, fragment.start, fragment.clock, discontinuous=broken, msn=fragment.msn
            )
        if self._segment is None:
            raise RuntimeError("A rung cannot be written before its configuration is known.")
        if self._part is None:
            self._part = self.ring.open_part(self._segment, fragment.start, fragment.clock)
            self._followed = 0
        return self._part

    def _renew(self, fragment: Fragment) -> None:
        """A segment starts: take over what was configured since."""
        wanted = (self._video, self._audio)
        if not self.ring.next_sequence:
            self.ring.epoch, self.ring.part_target = self.leader.epoch, self.leader.part_target
            self.ring.segment_limit = self.leader.segment_limit
        if wanted == (None, None):
            return
        if wanted != self._made_of:
            if self._audio is not None and self._audio != self._made_of[1]:
                self._sound_clock = sound_clock(self._audio, fragment.start)
            size = (self._video.width, self._video.height) if self._video else (0, 0)
            self._init = self.ring.add_init(mp4.init_segment(*wanted), mp4.codecs(*wanted), *size)
            self._made_of = wanted
        elif fragment.discontinuous and self._sound_clock is not None:
            self._sound_clock.restart()

    def _sound_run(self, end: int) -> mp4.Run | None:
        clock = self._sound_clock
        run = mp4.Run(0)
        while clock is not None and self._sounds and self._sounds[0].dts < end:
            packet = self._sounds.popleft()
            placed = clock.place(packet.dts)
            if placed is not None and clock.next is not None:
                run.add_sound(clock.next, *placed, packet.data)
        if run.data:
            return run
        if self._made_of[0] is None and clock is not None:
            return mp4.Run(clock.next if clock.next is not None else clock.samples(end))
        return None

    def _append(
        self, part: Part, fragment: Fragment, video: mp4.Run | None, sound: mp4.Run | None, frames: int, *, key: bool
    ) -> None:
        ring = self.ring
        self._followed += 1
        ring.append(
            part,
            Fragment(
                sequence=ring.next_sequence,
                init=part.init,
                data=mp4.fragment(ring.next_sequence, video, sound),
                frames=frames,
                independent=key and frames > 0,
                start=fragment.start,
                duration=fragment.duration,
                clock=fragment.clock,
                discontinuous=fragment.discontinuous,
                msn=fragment.msn,
                part=fragment.part,
            ),
        )


def _picture_run(fragment: Fragment, packets: list[Packet]) -> mp4.Run:
    """Lay these pictures contiguously over the leader's fragment; presentation times stay theirs."""
    end = fragment.start + fragment.duration
    times: list[int] = []
    for position, packet in enumerate(packets):
        low = times[-1] + 1 if times else fragment.start
        high = end - (len(packets) - position)
        times.append(min(max(packet.dts, low), high) if position else fragment.start)
    return mp4.Run(
        fragment.start,
        [after - before for before, after in pairwise([*times, end])] if times else [],
        [packet.pts - time for packet, time in zip(packets, times, strict=True)],
        [packet.key for packet in packets],
        [packet.data for packet in packets],
    )
