"""Playlists as text: what is listed, what is left out, what is cached."""

from __future__ import annotations

import re

import pytest

from glisson.streaming.hls_parse import parse
from glisson.streaming.packager import Packager
from glisson.streaming.packets import TICKS
from glisson.streaming.playlist import LivePlaylist, Report, date_time, multivariant, report, target_duration, variant
from glisson.streaming.ring import Ring
from tests.streaming.simulated import SMALL, Clock, Encoder, packaged, publish


def text_of(ring: Ring, **options: object) -> str:
    return LivePlaylist(ring).render(**options).decode()  # type: ignore[arg-type]


def test_the_whole_text_of_a_young_feed() -> None:
    ring, _, _, _ = packaged(Encoder(), 2.65)
    assert text_of(ring, reports=[Report("../low/live.m3u8", 1, 0)]) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:9\n"
        "#EXT-X-TARGETDURATION:4\n"
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.002,HOLD-BACK=12.0,CAN-SKIP-UNTIL=24.0\n"
        "#EXT-X-PART-INF:PART-TARGET=0.334\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
        '#EXT-X-MAP:URI="init-0.mp4"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z\n"
        '#EXT-X-PART:DURATION=0.32000,URI="0.0.m4s",INDEPENDENT=YES\n'
        '#EXT-X-PART:DURATION=0.32000,URI="0.1.m4s"\n'
        '#EXT-X-PART:DURATION=0.32000,URI="0.2.m4s"\n'
        '#EXT-X-PART:DURATION=0.32000,URI="0.3.m4s",INDEPENDENT=YES\n'
        '#EXT-X-PART:DURATION=0.32000,URI="0.4.m4s"\n'
        '#EXT-X-PART:DURATION=0.32000,URI="0.5.m4s"\n'
        '#EXT-X-PART:DURATION=0.08000,URI="0.6.m4s"\n'
        "#EXTINF:2.00000,\n"
        "0.m4s\n"
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z\n"
        '#EXT-X-PART:DURATION=0.32000,URI="1.0.m4s",INDEPENDENT=YES\n'
        '#EXT-X-PART:DURATION=0.32000,URI="1.1.m4s"\n'
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1.2.m4s"\n'
        '#EXT-X-RENDITION-REPORT:URI="../low/live.m3u8",LAST-MSN=1,LAST-PART=0\n'
    )


def test_a_delta_update_leaves_out_what_is_old() -> None:
    ring, _, _, _ = packaged(Encoder(), 50)
    full, delta = text_of(ring), text_of(ring, skip=True)
    skipped = parse(delta).skipped
    assert skipped == 12
    blocks = full.split("#EXT-X-PROGRAM-DATE-TIME")
    assert delta.split("#EXT-X-PROGRAM-DATE-TIME")[1:] == blocks[1 + skipped :]
    assert parse(full).skipped == 0
    young, _, _, _ = packaged(Encoder(), 20)
    assert text_of(young, skip=True) == text_of(young)


def test_parts_are_listed_only_near_the_live_edge() -> None:
    ring, _, _, _ = packaged(Encoder(), 50)
    with_parts = [bool(segment.parts) for segment in parse(text_of(ring)).segments]
    assert with_parts == sorted(with_parts)
    assert 7 <= sum(with_parts) <= 9


def test_nothing_from_before_the_feed_went_on_air_is_listed() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    list(publish(packager, clock, Encoder(), 9))
    packager.break_timeline("again")
    clock.time += 4
    list(publish(packager, clock, Encoder(), 9))
    on_air = next(segment for segment in ring.segments if segment.discontinuous)
    playlist = parse(text_of(ring, since=on_air.msn))
    assert playlist.segments[0].msn == on_air.msn
    assert playlist.segments[0].map == "init-0.mp4"
    assert playlist.number("EXT-X-DISCONTINUITY-SEQUENCE") == 0
    assert playlist.segments[0].discontinuous
    later = parse(text_of(ring, since=on_air.msn + 1))
    assert later.number("EXT-X-DISCONTINUITY-SEQUENCE") == 1
    future = text_of(ring, since=ring.next_msn + 3)
    assert f'URI="{ring.next_msn + 3}.0.m4s"' in future
    assert not re.search(r"^\d+\.m4s", future, re.MULTILINE)


def test_a_changed_configuration_has_its_map_before_the_first_part() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    list(publish(packager, clock, Encoder(), 4))
    list(publish(packager, clock, Encoder(video=SMALL, origin=4), 4))
    text = text_of(ring)
    assert re.search(
        r'#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-1\.mp4"\n#EXT-X-PROGRAM-DATE-TIME:\S+\n#EXT-X-PART:', text
    )
    assert text.count("#EXT-X-MAP") == 2


def test_the_end_has_no_promises() -> None:
    ring, packager, _, _ = packaged(Encoder(), 5)
    packager.flush()
    ring.end()
    text = text_of(ring, reports=[Report("../low/live.m3u8", 1, 0)])
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "PRELOAD-HINT" not in text
    assert "RENDITION-REPORT" not in text


def test_text_is_rendered_once_for_each_state() -> None:
    clock, ring = Clock(), Ring()
    packager = Packager(ring, now=clock)
    playlist = LivePlaylist(ring)
    texts, before = set(), None
    for _ in publish(packager, clock, Encoder(), 6):
        now = playlist.render()
        if before is not None and ring.version == before[0]:
            assert now is before[1]
        else:
            assert now == LivePlaylist(ring).render()
        before = (ring.version, now)
        texts.add(now)
    assert len(texts) >= 20


def test_an_empty_feed_has_a_playlist_to_wait_on() -> None:
    text = text_of(Ring())
    assert 'PRELOAD-HINT:TYPE=PART,URI="0.0.m4s"' in text
    assert parse(text).problems == []


def test_slower_than_three_frames_a_second_the_promise_is_longer() -> None:
    ring, _, _, _ = packaged(Encoder(fps=2, gops=(2,)), 10)
    playlist = parse(text_of(ring))
    assert playlist.part_target == 0.501
    assert playlist.control["PART-HOLD-BACK"] == "1.503"
    assert {part.duration for segment in playlist.segments for part in segment.parts} == {0.5}


def test_the_multivariant_playlist_measures_its_rungs() -> None:
    ring, packager, _, packets = packaged(Encoder(fps=30, gops=(30,), sizes=(2500, 100)), 10)
    packager.flush()
    sound, sound_packager, _, _ = packaged(Encoder(video=None), 10)
    sound_packager.flush()
    one, other = variant("original/live.m3u8", ring), variant("audio/live.m3u8", sound)
    assert one is not None
    assert other is not None
    sent = sum(len(packet.data) for packet in packets) * 8 / 10
    assert sent < one.average < sent * 1.1
    assert one.frame_rate == pytest.approx(30, abs=0.03)
    assert one.average <= one.bandwidth < sent * 1.2
    assert multivariant([one, other]) == (
        "#EXTM3U\n#EXT-X-VERSION:9\n"
        f"#EXT-X-STREAM-INF:BANDWIDTH={one.bandwidth},AVERAGE-BANDWIDTH={one.average},"
        'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,'
        f"FRAME-RATE={one.frame_rate:.3f}\noriginal/live.m3u8\n"
        f"#EXT-X-STREAM-INF:BANDWIDTH={other.bandwidth},AVERAGE-BANDWIDTH={other.average},"
        'CODECS="mp4a.40.2"\naudio/live.m3u8\n'
    )
    assert variant("x", Ring()) is None


def test_reports_and_dates() -> None:
    ring, _, _, _ = packaged(Encoder(), 5)
    here = report("../low/live.m3u8", ring)
    assert here == Report(
        "../low/live.m3u8", *max((s.msn, p.index) for s in ring.segments for p in s.parts if p.complete)
    )
    assert report("x", Ring()) is None
    assert date_time(1_800_000_000.9996) == "2027-01-15T08:00:01.000Z"
    assert [target_duration(limit) for limit in (4 * TICKS, 4 * TICKS + 1)] == [4, 5]


@pytest.mark.parametrize("line", ["#EXTINF:x,", "#EXT-X-PART:URI=", "#EXT-X-MEDIA-SEQUENCE:zero", "#EXT-X-NEWS:1"])
def test_the_parser_reports_what_it_cannot_read(line: str) -> None:
    try:
        problems = parse(f"#EXTM3U\n{line}\n0.m4s\n").problems
    except ValueError:
        problems = [(2, line)]
    assert problems
