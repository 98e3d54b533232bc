import asyncio
import io
import itertools
import os
import signal
import time

import av
import pytest

from glisson.streaming.aac import audio_config
from glisson.streaming.h264 import video_config
from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS, Packet
from glisson.streaming.ring import Ring
from glisson.streaming.rungs import Rungs
from glisson.streaming.worker.lag import CALM, TOO_SLOW, Lag, Verdict
from tests.streaming.worker.clips import clip, content
from tests.streaming.worker.sinks import until


class Feed:
    """An original with its rungs, fed from a clip faster than life; the rungs are closed at the end."""

    def __init__(self, *names):
        self.leader = Ring()
        self.rings = {name: Ring() for name in names}
        self.notes = []
        self.rungs = Rungs(self.leader, self.rings, note=self.notes.append)
        self.packager = Packager(self.leader)
        self.packager.on_packet = self.rungs.take

    async def __aenter__(self):
        self.rungs.start()
        return self

    async def __aexit__(self, *error):
        await self.rungs.close()

    def configure(self, source, *, sound=True):
        for part in (self.packager, self.rungs):
            part.configure_video(video_config(source.avcc))
            if sound and source.asc:
                part.configure_audio(audio_config(source.asc))

    async def play(self, source, *, shift=0, sound=True, speed=2.0, begin=0.0, end=99.0):
        began = time.monotonic()
        for packet in source.packets:
            seconds = packet.dts / TICKS
            if not (sound or packet.video) or not begin <= seconds < end:
                continue
            wait = began + (seconds - begin) / speed - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            moved = Packet(packet.video, packet.dts + shift, packet.pts + shift, packet.key, packet.data)
            self.packager.take(moved)

    async def play_on(self, source, until_done):
        """Play again and again, without a break, until a task is done."""
        length = source.pictures[-1].dts - source.pictures[0].dts + TICKS // 25
        shift = 0
        while not until_done.done():
            await self.play(source, shift=shift, speed=1.5)
            shift += length
        await until_done

    async def end(self, ring="low"):
        """End the feed when the rung has come as far as the original's last segment."""
        await until(lambda: self.rings[ring].next_msn == self.leader.next_msn)
        self.packager.flush()
        self.leader.end()


def movie(ring, segments):
    """Decode segments of a ring with the initialisation they name; return pictures, and frames of sound."""
    data = ring.inits[segments[0].init].data + b"".join(segment.data for segment in segments)
    with av.open(io.BytesIO(data)) as container:
        frames = list(container.decode())
    return [frame for frame in frames if hasattr(frame, "width")], [f for f in frames if not hasattr(f, "width")]


def full(ring):
    """The complete segments without any gap; not the newest, which the end of the feed cuts short."""
    complete = [segment for segment in ring.segments if segment.complete and segment.msn + 1 < ring.next_msn]
    return [segment for segment in complete if not any(part.gap for part in segment.parts)]


def cuts(segment):
    """Everything about where a segment is cut."""
    parts = [
        (
            part.index,
            part.start,
            part.duration,
            part.clock,
            part.discontinuous,
            [(piece.start, piece.duration, piece.clock, piece.frames, piece.independent) for piece in part.fragments],
        )
        for part in segment.parts
    ]
    return segment.msn, segment.start, segment.clock, segment.discontinuous, segment.discontinuity_sequence, parts


@pytest.mark.parametrize(("rate", "b_frames", "gop"), [(25, 0, 25), (30, 2, 60), (50, 0, 50)])
async def test_the_low_rung_is_cut_where_the_original_is(rate, b_frames, gop):
    name = f"rungs-{rate}-{b_frames}.mp4"
    source = content(clip(name, size="960x540", rate=rate, b_frames=b_frames, gop=gop, seconds=10))
    async with Feed("low", "audio") as feed:
        feed.configure(source)
        await feed.play(source)
        await until(lambda: len(full(feed.rings["low"])) >= 2)
        await feed.end()
        assert feed.rungs.status == {"low": "on", "audio": "on"}
        assert feed.rungs.trouble is None
        assert feed.rungs.level_db == pytest.approx(-24, abs=1)
        assert 0 < feed.rungs.cpu < 2
        assert feed.rungs.poster.jpeg[:2] == b"\xff\xd8"
    low = full(feed.rings["low"])
    for segment in low:
        assert cuts(segment) == cuts(feed.leader.segment(segment.msn))
    init = feed.rings["low"].inits[low[0].init]
    assert (init.width, init.height) == (640, 360)
    assert init.codecs.startswith("avc1.4d")
    assert init.codecs.endswith(",mp4a.40.2")
    pictures, sounds = movie(feed.rings["low"], low)
    assert len(pictures) == sum(fragment.frames for s in low for part in s.parts for fragment in part.fragments)
    assert all((picture.width, picture.height) == (640, 360) for picture in pictures)
    assert {sound.layout.nb_channels for sound in sounds} == {1}
    seconds = sum(segment.duration for segment in low) / TICKS
    assert len(sounds) == pytest.approx(seconds * 48000 / 1024, abs=8)
    bits = 8 * sum(len(segment.data) for segment in low) / seconds
    assert 100_000 < bits < 300_000


async def test_the_audio_rung_needs_no_worker_and_is_the_original_sound():
    source = content(clip("rungs-sound.mp4", seconds=8))
    async with Feed("audio") as feed:
        feed.configure(source)
        await feed.play(source, speed=8)
        await feed.end("audio")
    ring = feed.rings["audio"]
    assert feed.rungs.status == {"low": "off", "audio": "on"}
    assert len(full(ring)) >= 2
    for segment in full(ring):
        leading = feed.leader.segment(segment.msn)
        assert cuts(segment)[:5] == cuts(leading)[:5]
        assert [part.start for part in segment.parts] == [part.start for part in leading.parts]
        assert [part.clock for part in segment.parts] == [part.clock for part in leading.parts]
    originals = [packet.data for packet in source.sounds]
    stream = b"".join(originals)
    data = ring.inits[full(ring)[0].init].data + b"".join(segment.data for segment in full(ring))
    with av.open(io.BytesIO(data)) as container:
        kept = [bytes(packet) for packet in container.demux() if packet.size]
    assert b"".join(kept) in stream
    assert len(kept) > 0.7 * len(originals)


async def test_without_sound_there_is_no_audio_rung_until_there_is():
    source = content(clip("rungs-sound.mp4", seconds=8))
    async with Feed("audio") as feed:
        feed.configure(source, sound=False)
        await feed.play(source, sound=False, speed=8, end=3)
        assert feed.rungs.status["audio"] == "waiting"
        assert not feed.rings["audio"].segments
        feed.configure(source)
        await feed.play(source, speed=8, begin=3)
        await feed.end("audio")
        assert feed.rungs.status["audio"] == "on"
    assert full(feed.rings["audio"])


async def test_a_killed_worker_comes_back_and_the_original_does_not_notice():
    source = content(clip("rungs-killed.mp4", size="640x360", seconds=4, audio=None))
    async with Feed("low") as feed:

        async def kill():
            await until(lambda: feed.rungs.status["low"] == "on" and feed.rings["low"].segments)
            first = feed.rungs.worker_pid
            os.kill(first, signal.SIGKILL)
            await until(lambda: feed.rungs.status["low"].startswith("failed"))
            assert feed.notes[-1].code == "low_rung_failed"
            await until(lambda: feed.rungs.status["low"] == "on")
            assert feed.rungs.worker_pid != first
            assert feed.notes[-1] is None
            gap = feed.rings["low"].end_time
            await until(lambda: any(segment.start > gap for segment in full(feed.rings["low"])))

        feed.configure(source)
        await feed.play_on(source, asyncio.create_task(kill()))
        await feed.end()
    low = feed.rings["low"]
    gaps = [part for segment in low.segments for part in segment.parts if part.gap]
    assert gaps
    for segment in low.segments:
        leading = feed.leader.segment(segment.msn)
        assert [part.start for part in segment.parts] == [part.start for part in leading.parts[: len(segment.parts)]]
        assert segment.discontinuity_sequence == leading.discontinuity_sequence
    after = [segment for segment in full(low) if segment.start > gaps[-1].start]
    assert after
    assert movie(low, after)[0]
    assert not any(segment.discontinuous for segment in list(feed.leader.segments)[1:])
    fragments = feed.leader.fragments_after(-1)
    assert all(after.start == before.start + before.duration for before, after in itertools.pairwise(fragments))
    assert sum(fragment.frames for fragment in fragments) % 100 == 0


async def test_a_new_size_of_the_original_is_a_new_size_of_the_low_rung():
    wide = content(clip("rungs-wide.mp4", size="640x360", seconds=6))
    square = content(clip("rungs-square.mp4", size="480x480", seconds=6))
    async with Feed("low") as feed:
        feed.configure(wide)
        await feed.play(wide)
        feed.configure(square)
        await feed.play(square, shift=6 * TICKS)
        await until(lambda: {init.width for init in feed.rings["low"].inits.values()} == {640, 360})
        await feed.end()
    for segment in full(feed.rings["low"]):
        assert cuts(segment) == cuts(feed.leader.segment(segment.msn))
        pictures, _ = movie(feed.rings["low"], [segment])
        init = feed.rings["low"].inits[segment.init]
        assert {(picture.width, picture.height) for picture in pictures} == {(init.width, init.height)}


async def test_an_encoder_that_returns_is_followed():
    source = content(clip("rungs-back.mp4", seconds=8))
    async with Feed("low") as feed:
        feed.configure(source)
        await feed.play(source, end=5)
        feed.packager.break_timeline("gone")
        feed.packager.flush()
        feed.rungs.flush()
        await asyncio.sleep(1.5)
        feed.configure(source)
        await feed.play(source, shift=1000 * TICKS)
        await until(lambda: any(segment.discontinuous for segment in full(feed.rings["low"])))
        await feed.end()
    for segment in full(feed.rings["low"]):
        assert cuts(segment) == cuts(feed.leader.segment(segment.msn))


class TestLag:
    def judge(self, lag, times):
        return [lag.verdict(now) for now in times]

    def test_a_prompt_worker_goes_on(self):
        lag = Lag(0)
        for frame in range(1000):
            lag.sent(frame, frame * 0.04)
            assert lag.verdict(frame * 0.04) is Verdict.GO_ON
            lag.answered(frame - 2)

    def test_a_slow_worker_gets_key_frames_alone_and_everything_again_when_it_is_calm(self):
        lag = Lag(0)
        lag.sent(0, 0)
        lag.answered(0)
        for frame in range(1, 60):
            lag.sent(frame, frame * 0.04)
        assert lag.verdict(1.5) is Verdict.GO_ON
        assert lag.verdict(1.6) is Verdict.LIGHTEN
        assert lag.verdict(1.7) is Verdict.GO_ON
        lag.answered(59)
        for now in (3, 10, 1.6 + CALM):
            assert lag.verdict(now) is Verdict.GO_ON
        assert lag.verdict(1.8 + CALM) is Verdict.RESTORE
        lag.sent(60, 30)
        assert lag.verdict(32) is Verdict.LIGHTEN
        lag.answered(60)
        assert lag.verdict(33 + CALM) is Verdict.GO_ON  # it did not last: twice as long
        assert lag.verdict(33 + 2 * CALM) is Verdict.RESTORE

    def test_one_that_does_not_answer_is_given_up(self):
        lag = Lag(0)
        lag.sent(0, 0)
        assert lag.verdict(TOO_SLOW - 0.1) is Verdict.GO_ON
        assert lag.verdict(TOO_SLOW + 0.1) is Verdict.GIVE_UP

    def test_an_encoder_that_was_away_is_not_blamed_on_the_worker(self):
        lag = Lag(0)
        lag.sent(0, 0)
        lag.sent(1, 60)
        assert lag.verdict(60) is Verdict.GO_ON
        lag.forget()
        assert lag.verdict(100) is Verdict.GO_ON
