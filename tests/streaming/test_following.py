"""The low rung and sound alone are cut exactly where the original is, whatever their worker does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from glisson.streaming.following import FollowingPackager
from glisson.streaming.mp4_reader import fragments
from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS, Packet
from glisson.streaming.ring import Ring
from tests.streaming.simulated import AUDIO, SMALL, Clock, Encoder, publish


@pytest.fixture(autouse=True)
def nothing_failed_quietly(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A listener that fails is only logged, since the picture must go on; here that is a failure."""
    yield
    assert caplog.records == []


class Feed:
    """An original with a low rung, whose worker is ``behind`` pictures late, and a rung of sound alone."""

    def __init__(self, behind: int = 6) -> None:
        self.clock, self.ring, self.low_ring, self.sound_ring = Clock(), Ring(), Ring(), Ring()
        self.packager = Packager(self.ring, now=self.clock)
        self.low = FollowingPackager(self.low_ring, self.ring)
        self.sound = FollowingPackager(self.sound_ring, self.ring)
        self.low.configure_video(SMALL)
        self.low.configure_audio(AUDIO)
        self.sound.configure_audio(AUDIO)
        self.packager.on_packet = self.work
        self.behind, self.queue = behind, list[Packet]()
        self.working = True
        self.last_key = -(1 << 60)

    def work(self, packet: Packet) -> None:
        """Stand in for the worker: one small picture for every picture, a key picture where the original has one."""
        if not packet.video:
            self.sound.take(packet)
        if self.working:
            self.queue.append(Packet(packet.video, packet.pts, packet.pts, packet.key, b"small" + packet.data[:8]))
        while len(self.queue) > self.behind:
            self.low.take(self.queue.pop(0))

    def publish(self, encoder: Encoder, seconds: float) -> None:
        for _ in publish(self.packager, self.clock, encoder, seconds):
            pass

    def end(self) -> None:
        self.packager.flush()
        while self.queue:
            self.low.take(self.queue.pop(0))
        self.ring.end()


def cuts(ring: Ring) -> list[tuple[object, ...]]:
    return [
        (s.msn, s.start, s.discontinuous, s.discontinuity_sequence, s.complete, p.index, p.start, p.duration, p.clock)
        for s in ring.segments
        for p in s.parts
    ]


@pytest.mark.parametrize(
    "encoder", [Encoder(), Encoder(fps=30, gops=(47,)), Encoder(fps=60, gops=(60,)), Encoder(wobble=0.02)]
)
@pytest.mark.parametrize("behind", [0, 6, 40])
def test_all_rungs_have_the_same_cuts(encoder: Encoder, behind: int) -> None:
    feed = Feed(behind)
    feed.publish(encoder, 12)
    feed.end()
    assert cuts(feed.low_ring) == cuts(feed.ring)
    assert cuts(feed.sound_ring) == cuts(feed.ring)
    assert feed.low_ring.ended
    assert feed.sound_ring.ended
    assert feed.low_ring.epoch == feed.ring.epoch
    pictures = [f.frames for s in feed.low_ring.segments for p in s.parts for f in p.fragments]
    assert sum(pictures) == int(12 * encoder.fps)


def test_pictures_stand_where_the_originals_stand() -> None:
    feed = Feed()
    feed.publish(Encoder(fps=30, gops=(30,)), 8)
    feed.end()

    def shown(ring: Ring) -> list[int]:
        return [
            sample.dts + sample.offset
            for segment in ring.segments
            for part in segment.parts
            for one in fragments(part.data)
            for track in one.tracks
            if track.number == 1
            for sample in track.samples
        ]

    assert shown(feed.low_ring) == shown(feed.ring)


def test_b_frames_in_the_original_do_not_move_the_low_rung() -> None:
    feed = Feed(behind=0)
    waiting: list[Packet] = []
    real = feed.low.take

    def in_order_of_presentation(packet: Packet) -> None:
        if packet.video:
            waiting.append(packet)
            waiting.sort(key=lambda one: one.pts)
            if len(waiting) > 4:
                real(waiting.pop(0))
        else:
            real(packet)

    feed.low.take = in_order_of_presentation  # type: ignore[method-assign]
    feed.publish(Encoder(b_frames=2, gops=(27,)), 8)
    for packet in waiting:
        real(packet)
    feed.end()
    assert cuts(feed.low_ring) == cuts(feed.ring)
    pictures = [f.frames for s in feed.low_ring.segments for p in s.parts for f in p.fragments]
    assert sum(pictures) == 200


def test_a_worker_that_dies_leaves_a_gap_and_comes_back() -> None:
    feed = Feed()
    feed.publish(Encoder(), 5)
    feed.working = False
    feed.queue.clear()
    feed.low.break_timeline("the worker died")
    feed.publish(Encoder(origin=5), 9)
    feed.working = True
    feed.publish(Encoder(origin=14), 7)
    feed.end()
    assert [one[:8] for one in cuts(feed.low_ring)] == [one[:8] for one in cuts(feed.ring)]
    gaps = [part for segment in feed.low_ring.segments for part in segment.parts if part.gap]
    assert gaps[-1].start + gaps[-1].duration - gaps[0].start == pytest.approx(9 * TICKS, abs=3 * TICKS)
    assert any(segment.gap for segment in feed.low_ring.segments)
    after = next(s for s in feed.low_ring.segments if s.start > gaps[-1].start)
    assert after.parts[0].fragments[0].independent


def test_a_rung_that_starts_late_starts_with_a_segment() -> None:
    feed = Feed()
    feed.working = False
    feed.publish(Encoder(), 5)
    feed.working = True
    feed.publish(Encoder(origin=5), 8)
    feed.end()
    first = feed.low_ring.segments[0]
    leading = feed.ring.segment(first.msn)
    assert leading is not None
    assert first.msn == 3
    assert first.start == leading.start
    assert cuts(feed.low_ring) == [one for one in cuts(feed.ring) if one[0] >= 3]


def test_discontinuities_are_the_same_everywhere() -> None:
    feed = Feed()
    for _ in range(3):
        feed.publish(Encoder(), 4)
        feed.packager.break_timeline("gone")
        feed.clock.time += 7
    feed.publish(Encoder(), 4)
    feed.end()
    assert cuts(feed.low_ring) == cuts(feed.ring)
    assert cuts(feed.sound_ring) == cuts(feed.ring)
    assert [segment.discontinuous for segment in feed.sound_ring.segments].count(True) == 3


async def test_the_last_fragment_comes_although_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the encoder goes, sound alone gives out what it has after a moment, not when the encoder returns."""
    monkeypatch.setattr("glisson.streaming.following.SILENCE", 0.01)
    feed = Feed()
    feed.publish(Encoder(), 4)
    feed.packager.flush()
    while len(cuts(feed.sound_ring)) < len(cuts(feed.ring)):
        await asyncio.sleep(0.005)
    assert cuts(feed.sound_ring) == cuts(feed.ring)
    feed.low.close()
    feed.sound.close()
    assert feed.low_ring.ended
