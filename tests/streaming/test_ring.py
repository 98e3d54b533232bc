"""The ring: lookups, the window, waiting, and numbers that are never used twice."""

from __future__ import annotations

import asyncio
import logging

import pytest

from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS
from glisson.streaming.ring import Ring, RingEvent
from tests.streaming.simulated import Clock, Encoder, packaged, publish


def test_lookups_agree_with_a_walk_through_everything() -> None:
    ring, _, _, _ = packaged(Encoder(), 20)
    walked = [fragment for s in ring.segments for part in s.parts for fragment in part.fragments]
    for after in (-1, 0, 7, walked[-1].sequence - 1, walked[-1].sequence):
        assert ring.fragments_after(after) == [fragment for fragment in walked if fragment.sequence > after]
    assert ring.fragments_after(10**6) == []
    for segment in ring.segments:
        assert ring.segment(segment.msn) is segment
        for part in segment.parts:
            assert ring.part(segment.msn, part.index) is (part if part.complete else None)
    assert ring.segment(-1) is None
    assert ring.segment(10**6) is None
    assert ring.part(0, 99) is None
    assert ring.part(0, -1) is None
    assert ring.latest_key() == [fragment for fragment in walked if fragment.independent][-1]


def test_the_window_is_bounded_and_kept_by_playlist_time() -> None:
    clock, ring = Clock(), Ring(window=10 * TICKS)
    packager = Packager(ring, now=clock)
    longest = 0
    for _ in publish(packager, clock, Encoder(), 40):
        longest = max(longest, sum(segment.duration for segment in ring.segments))
        assert len(ring.fragments_after(-1)) < 200
    assert 10 * TICKS <= longest <= 14.5 * TICKS
    packager.break_timeline("gone")
    clock.time += 3600
    list(publish(packager, clock, Encoder(), 1))
    # An hour without pictures does not empty the playlist.
    assert sum(segment.duration for segment in ring.segments) >= 10 * TICKS
    assert ring.fragments_after(-1)[0].msn == ring.segments[0].msn


def test_old_initialisation_segments_are_forgotten() -> None:
    clock, ring = Clock(), Ring(window=6 * TICKS)
    packager = Packager(ring, now=clock)
    for rate in (48_000, 44_100, 48_000, 44_100):
        encoder = Encoder(audio=None if rate == 48_000 else Encoder().audio)
        packager.break_timeline("again")
        list(publish(packager, clock, encoder, 12))
    assert sorted(ring.inits) == [3]
    assert {segment.init for segment in ring.segments} <= set(ring.inits)


def test_reached_and_next_agree_with_what_is_complete() -> None:
    clock, ring = Clock(), Ring()
    for _ in publish(Packager(ring, now=clock), clock, Encoder(), 7):
        msn, index = ring.next_msn_part()
        assert not ring.reached(msn, index)
        assert not ring.reached(msn)
        assert not ring.reached(msn + 1, 0)
        if index:
            assert ring.reached(msn, index - 1)
        elif msn:
            assert ring.reached(msn - 1)
            assert not ring.reached(msn - 1, 99)  # past the end means the first part of the next segment
    assert ring.reached(0, 99)


async def test_one_future_wakes_every_waiter() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    woken = {"fragment": 0, "part": 0}
    only_fragments = 0

    async def wait(kind: str) -> None:
        await (ring.changed() if kind == "fragment" else ring.part_changed())
        woken[kind] += 1

    waiters = [asyncio.create_task(wait(kind)) for kind in ("fragment", "part") for _ in range(500)]
    await asyncio.sleep(0)
    cancelled = waiters.pop()
    cancelled.cancel()
    for _ in publish(packager, clock, Encoder(), 3):
        await asyncio.sleep(0)
        if woken["part"] == 0 and ring.version == 0 and ring.next_sequence:
            only_fragments = woken["fragment"]
    await asyncio.gather(*waiters)
    assert woken == {"fragment": 500, "part": 499}
    assert only_fragments == 500


async def test_the_end_wakes_and_completes() -> None:
    ring, packager, _, _ = packaged(Encoder(), 3)
    waiter = asyncio.create_task(ring.part_changed())
    await asyncio.sleep(0)
    packager.flush()
    ring.end()
    await waiter
    assert ring.ended
    assert all(segment.complete for segment in ring.segments)


def test_a_listener_that_fails_does_not_stop_the_picture(caplog: pytest.LogCaptureFixture) -> None:
    clock, ring = Clock(), Ring()
    heard: list[str] = []

    def broken(event: RingEvent) -> None:
        raise RuntimeError("the listener's own trouble")

    ring.listeners += [broken, lambda event: heard.append(event.kind)]
    with caplog.at_level(logging.ERROR):
        list(publish(Packager(ring, now=clock), clock, Encoder(), 3))
    assert heard[:2] == ["init", "fragment"]
    assert {"part", "segment"} <= set(heard)
    assert "the live picture goes on" in caplog.text


def test_events_come_in_order() -> None:
    clock, ring = Clock(), Ring()
    events: list[RingEvent] = []
    ring.listeners.append(events.append)
    packager = Packager(ring, now=clock)
    list(publish(packager, clock, Encoder(), 7))
    packager.flush()
    parts = [event.part for event in events if event.part]
    assert [(part.msn, part.index) for part in parts] == [(p.msn, p.index) for s in ring.segments for p in s.parts]
    assert [event.segment.msn for event in events if event.segment] == [segment.msn for segment in ring.segments]
    seen = 0
    for event in events:
        seen += event.kind == "fragment"
        if event.part:
            assert event.part.fragments[-1].sequence == seen - 1


def test_a_part_is_joined_once() -> None:
    ring, _, _, _ = packaged(Encoder(), 3)
    part = ring.part(0, 0)
    assert part is not None
    assert part.data is part.data
    assert ring.segments[0].data == b"".join(part.data for part in ring.segments[0].parts)


def test_numbers_go_on_after_a_restart() -> None:
    ring, packager, clock, _ = packaged(Encoder(), 5)
    packager.flush()
    state = ring.state()
    later = Ring()
    later.resume(state)
    clock.time += 30
    list(publish(Packager(later, now=clock), clock, Encoder(), 3))
    first = later.segments[0]
    assert (first.msn, first.init, first.discontinuity_sequence) == (ring.segments[-1].msn + 1, 1, 1)
    assert first.parts[0].fragments[0].sequence == state.sequence
    assert first.start / TICKS == pytest.approx(35, abs=0.1)
    assert later.epoch == ring.epoch
    with pytest.raises(ValueError, match="already holds"):
        later.resume(state)
