"""What encoders do and what becomes of it: one continuous ring, whatever comes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glisson.streaming.mp4_reader import fragments
from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS, Packet, Trouble
from glisson.streaming.ring import Fragment, Ring
from tests.streaming.simulated import AUDIO, AUDIO_44, SMALL, VIDEO, Clock, Encoder, packaged, publish


def all_fragments(ring: Ring) -> list[Fragment]:
    return [fragment for segment in ring.segments for part in segment.parts for fragment in part.fragments]


def samples(ring: Ring, track: int) -> list[bytes]:
    found = []
    for fragment in all_fragments(ring):
        for one in fragments(fragment.data):
            for read in one.tracks:
                if read.number == track:
                    found += [fragment.data[sample.at : sample.at + sample.size] for sample in read.samples]
    return found


def shown_at(ring: Ring) -> list[int]:
    return [
        sample.dts + sample.offset
        for fragment in all_fragments(ring)
        for one in fragments(fragment.data)
        for read in one.tracks
        if read.number == 1
        for sample in read.samples
    ]


def troubles(packager: Packager) -> list[str]:
    told: list[str] = []

    def note(trouble: Trouble) -> None:
        assert trouble.text.endswith(".")
        told.append(trouble.code)

    packager.on_trouble = note
    return told


def shape(ring: Ring) -> list[list[list[int]]]:
    return [[[f.frames for f in part.fragments] for part in segment.parts] for segment in ring.segments]


@pytest.mark.parametrize(
    ("fps", "part"),
    [(25, [2, 2, 2, 2]), (30, [3, 3, 3]), (50, [5, 5, 5]), (60, [6, 6, 6]), (24, [2, 2, 2, 2]), (10, [1, 1, 1])],
)
def test_the_shape_of_a_part(fps: float, part: list[int]) -> None:
    ring, _, _, _ = packaged(Encoder(fps=fps, gops=(int(fps),)))
    segment = shape(ring)[1]
    assert segment[0] == part
    assert sum(sum(one) for one in segment) == 2 * fps


@pytest.mark.parametrize("fps", [15, 24, 25, 29.97, 30, 50, 60])
def test_a_fragment_leaves_with_its_last_frame(fps: float) -> None:
    """Nothing waits for the next frame: the last frame of a part is in the ring when `take` returns."""
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    waited = []
    for packet in publish(packager, clock, Encoder(fps=fps, gops=(round(fps),), audio=None), 6):
        out = sum(fragment.frames for fragment in all_fragments(ring))
        waited.append(int.from_bytes(packet.data[:4], "big") + 1 - out)
    waited = waited[round(fps) :]  # the first half second waits for sound
    out_at_once = sum(1 for fragment in all_fragments(ring) if fragment.start >= TICKS)
    assert max(waited) <= max(round(0.1 * fps) - 1, 1)
    assert waited.count(0) >= out_at_once - len(ring.segments)  # a key frame sends what waited before it


def test_media_time_and_clock_follow_the_stamps() -> None:
    ring, _, _, packets = packaged(Encoder(fps=30, gops=(30,), b_frames=2))
    pictures = [packet for packet in packets if packet.video]
    origin = pictures[0].pts
    assert shown_at(ring) == [packet.pts - origin for packet in pictures[: len(shown_at(ring))]]
    for fragment in all_fragments(ring):
        assert fragment.clock - ring.epoch == pytest.approx(fragment.start / TICKS, abs=0.002)


def test_decoding_times_are_contiguous_even_when_the_source_is_irregular() -> None:
    ring, _, _, _ = packaged(Encoder(fps=25, wobble=0.03, dropped=(40, 41, 42, 77)), 12)
    ends = [fragment.start + fragment.duration for fragment in all_fragments(ring)]
    starts = [fragment.start for fragment in all_fragments(ring)]
    assert starts[1:] == ends[:-1]
    for fragment in all_fragments(ring):
        (one,) = fragments(fragment.data)
        assert one.tracks[0].start == fragment.start
        assert sum(sample.duration for sample in one.tracks[0].samples) == fragment.duration


def test_sound_never_drifts_from_its_samples() -> None:
    """44.1 kHz with stamps in whole milliseconds: every frame has 1024 samples, for a minute."""
    ring, _, _, _ = packaged(Encoder(audio=AUDIO_44), 60)
    read = [
        one.tracks[1] for fragment in all_fragments(ring) for one in fragments(fragment.data) if len(one.tracks) > 1
    ]
    assert {sample.duration for track in read for sample in track.samples} == {1024}
    position = read[0].start
    for track in read:
        assert track.start == position
        position += 1024 * len(track.samples)


def test_lost_sound_leaves_a_hole_and_stays_in_step() -> None:
    ring, packager, _, packets = packaged(Encoder(silent=((3.0, 3.4),)), 8)
    packager.flush()
    sent = {packet.data: packet.pts for packet in packets if not packet.video}
    first_picture = next(packet.pts for packet in packets if packet.video)
    errors = []
    for fragment in all_fragments(ring):
        for one in fragments(fragment.data):
            for track in one.tracks[1:]:
                for sample in track.samples:
                    stamp = sent[fragment.data[sample.at : sample.at + sample.size]] - first_picture
                    errors.append(abs(sample.dts / 48_000 - stamp / TICKS))
    errors.sort()
    assert errors[-2] < 0.012  # but for the one frame that bridges the hole
    assert len(ring.inits) == 1


def test_sound_that_stops_is_left_out_and_comes_back() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    told = troubles(packager)
    for _ in publish(packager, clock, Encoder(silent=((4, 9),)), 15):
        pass
    packager.flush()
    assert [init.codecs for init in ring.inits.values()] == [
        "avc1.64001f,mp4a.40.2",
        "avc1.64001f",
        "avc1.64001f,mp4a.40.2",
    ]
    assert [segment.msn for segment in ring.segments if segment.discontinuous] == [3, 6]
    assert told == ["no_audio"]


def test_sound_announced_late_starts_a_section() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    packager.configure_video(VIDEO)
    for arrival, packet in Encoder().packets(6):
        clock.time += arrival - (clock.time - Clock().time)
        if packet.dts >= 2 * TICKS:
            packager.configure_audio(AUDIO)
        packager.take(packet)
    assert [init.codecs for init in ring.inits.values()] == ["avc1.64001f", "avc1.64001f,mp4a.40.2"]
    second = next(segment for segment in ring.segments if segment.discontinuous)
    assert second.parts[0].fragments[0].independent
    assert 2 * TICKS <= second.start <= 3 * TICKS + 90


def test_the_first_key_frame_waits_half_a_second_for_sound() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    packager.configure_video(VIDEO)
    first = None
    for arrival, packet in Encoder(audio=None).packets(2):
        clock.time = Clock().time + arrival
        packager.take(packet)
        if first is None and ring.segments:
            first = arrival
    assert first == pytest.approx(0.52, abs=0.05)
    assert all_fragments(ring)[0].clock == pytest.approx(Clock().time, abs=0.002)


def test_sound_alone_is_cut_by_time() -> None:
    ring, packager, _, packets = packaged(Encoder(video=None), 9)
    packager.flush()
    assert [init.codecs for init in ring.inits.values()] == ["mp4a.40.2"]
    assert samples(ring, 2) == [packet.data for packet in packets]
    assert all(fragment.independent for fragment in all_fragments(ring))
    assert [round(segment.duration / TICKS) for segment in ring.segments][:4] == [2, 2, 2, 2]


def test_silence_without_bytes_does_not_crash() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    for packet in publish(packager, clock, Encoder(), 2):
        packager.take(Packet(False, packet.dts, packet.pts, True, b""))
    assert len(all_fragments(ring)) > 15


@pytest.mark.parametrize("away", [3, 60])
def test_an_encoder_that_vanishes_and_returns(away: float) -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    list(publish(packager, clock, Encoder(origin=500), 5))
    packager.break_timeline("gone")
    clock.time += away
    list(publish(packager, clock, Encoder(), 5))
    packager.flush()
    first, second = [s for s in ring.segments if s.start < 5 * TICKS], [s for s in ring.segments if s.start > 5 * TICKS]
    assert [segment.discontinuous for segment in first] == [False] * len(first)
    assert second[0].discontinuous
    assert second[0].start / TICKS == pytest.approx(5 + away, abs=0.05)
    assert second[0].clock == pytest.approx(Clock().time + 5 + away, abs=0.05)
    assert second[0].msn == first[-1].msn + 1
    assert len(ring.inits) == 1
    assert second[0].discontinuity_sequence == 1


def test_another_size_in_the_middle() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    list(publish(packager, clock, Encoder(), 5))
    list(publish(packager, clock, Encoder(video=SMALL, origin=5), 5))
    packager.flush()
    assert [(init.width, init.height) for init in ring.inits.values()] == [(1280, 720), (640, 360)]
    changed = next(segment for segment in ring.segments if segment.discontinuous)
    assert changed.start == pytest.approx(5 * TICKS, abs=100)
    assert changed.init == 1
    assert len(samples(ring, 1)) == 250


@pytest.mark.parametrize("jump", [-100.0, 40.0, 3600.0])
def test_a_jump_of_the_encoders_clock(jump: float) -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    told = troubles(packager)
    list(publish(packager, clock, Encoder(origin=200), 5))
    list(publish(packager, clock, Encoder(origin=205 + jump), 5))
    packager.flush()
    assert told == ["timestamps_jumped"]
    assert sum(segment.discontinuous for segment in ring.segments) == 1
    assert ring.end_time == pytest.approx(10 * TICKS, abs=0.15 * TICKS)
    assert len(samples(ring, 1)) == 250
    assert ring.segments[-1].clock == pytest.approx(clock.time - 1, abs=1.1)


def test_a_gap_of_the_source_is_a_discontinuity() -> None:
    ring, _, _, _ = packaged(Encoder(fps=25, dropped=tuple(range(55, 80))), 8)
    broken = [segment for segment in ring.segments if segment.discontinuous]
    assert [round(segment.start / TICKS, 1) for segment in broken] == [3.2]


@pytest.mark.parametrize("gop", [4.1, 6.0, 10.0, 30.0])
def test_a_long_group_of_pictures_is_divided(gop: float) -> None:
    """TARGETDURATION holds, and a key frame always starts a segment."""
    ring, _, _, _ = packaged(Encoder(fps=25, gops=(round(25 * gop),)), 70)
    assert max(segment.duration for segment in ring.segments) <= ring.segment_limit
    for segment in ring.segments:
        keys = [fragment.independent for part in segment.parts for fragment in part.fragments]
        assert not any(keys[1:])


def test_a_key_frame_in_the_middle_of_a_segment_starts_a_fragment() -> None:
    ring, _, _, _ = packaged(Encoder(fps=25, gops=(13,)), 10)
    for fragment in all_fragments(ring):
        (one,) = fragments(fragment.data)
        assert not any(sample.key for sample in one.tracks[0].samples[1:])
        assert one.tracks[0].samples[0].key == fragment.independent


def test_a_reader_that_starts_gets_a_segment_at_the_next_key_frame() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    for packet in publish(packager, clock, Encoder(), 6):
        if packet.video and packet.data[:4] == (60).to_bytes(4, "big"):
            ring.cut_wanted = True
    assert [segment.start // TICKS for segment in ring.segments] == [0, 2, 3, 5]
    assert not ring.cut_wanted


def test_the_hint_knows_that_a_segment_ends() -> None:
    """24 fps and a key frame a second fill a segment with six whole parts: the seventh is never promised."""
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    hints, version = [], -1
    for _ in publish(packager, clock, Encoder(fps=24, gops=(24,)), 20):
        if ring.version != version:
            version = ring.version
            hints.append(ring.hint or ring.next_msn_part())
    parts = [(segment.msn, part.index) for segment in ring.segments for part in segment.parts]
    wrong = set(hints) - set(parts) - {ring.hint, ring.next_msn_part()}
    assert wrong <= {(0, 6)}  # of the first segment it is not known how long a group of pictures is


@settings(max_examples=40, deadline=None)
@given(
    fps=st.sampled_from([5, 15, 25, 29.97, 60]),
    gops=st.lists(st.integers(1, 200), min_size=1, max_size=3),
    b_frames=st.sampled_from([0, 2]),
    wobble=st.sampled_from([0, 0.01]),
)
def test_nothing_is_lost_or_turned_round(fps: float, gops: list[int], b_frames: int, wobble: float) -> None:
    ring, packager, _, packets = packaged(
        Encoder(fps=fps, gops=tuple(gops), b_frames=b_frames, wobble=wobble / fps, sizes=(4, 4)), 12
    )
    packager.flush()
    assert samples(ring, 1) == [packet.data for packet in packets if packet.video]
    sound = [packet.data for packet in packets if not packet.video]
    assert samples(ring, 2) == sound[len(sound) - len(samples(ring, 2)) :]
    assert len(sound) - len(samples(ring, 2)) <= 22 if b_frames else 1
    sequences = [fragment.sequence for fragment in all_fragments(ring)]
    assert sequences == list(range(len(sequences)))
    assert all(after.clock > before.clock for before, after in itertools.pairwise(all_fragments(ring)))
