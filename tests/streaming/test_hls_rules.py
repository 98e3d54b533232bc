"""The validator catches what servers do wrong, and finds nothing in thousands of our own playlists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glisson.streaming.following import FollowingPackager
from glisson.streaming.hls_rules import Fetched, check
from glisson.streaming.packager import Packager
from glisson.streaming.packets import AudioConfig
from glisson.streaming.playlist import LivePlaylist, report
from glisson.streaming.ring import Ring
from tests.streaming.simulated import AUDIO, AUDIO_44, MONO, SMALL, VIDEO, Clock, Encoder, publish

RATES = (15, 24, 25, 30000 / 1001, 30, 50, 60)
LOW = "../low/live.m3u8"


@pytest.fixture(autouse=True)
def nothing_failed_quietly(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A listener that fails is only logged, since the picture must go on; here that is a failure."""
    yield
    assert caplog.records == []


class Viewer:
    """Fetches a playlist after every change, now and then a delta update, as hls.js does."""

    def __init__(self, ring: Ring, other: Ring | None = None) -> None:
        self.ring, self.other = ring, other
        self.playlist = LivePlaylist(ring)
        self.answers: list[Fetched] = []
        self._version = -1

    def look(self) -> None:
        if self.ring.version == self._version or not any(part.complete for s in self.ring.segments for part in s.parts):
            return
        self._version = self.ring.version
        skip = len(self.answers) % 3 == 2
        reports = [one for one in [report(LOW, self.other)] if one] if self.other is not None else []
        self.answers.append(Fetched(self.playlist.render(skip=skip, reports=reports).decode(), skip=skip))

    def violations(self) -> list[str]:
        found = check(self.answers, renditions=[LOW] if self.other is not None else [])
        return [f"{one.playlist}:{one.line} {one.rule}: {one.text}" for one in found]


def watched(steps: Iterator[object], viewer: Viewer) -> None:
    for _ in steps:
        viewer.look()


def playlists(seconds: float = 40, **encoder: object) -> list[Fetched]:
    clock, ring = Clock(), Ring()
    viewer = Viewer(ring, ring)
    watched(publish(Packager(ring, now=clock), clock, Encoder(**encoder), seconds), viewer)  # type: ignore[arg-type]
    assert viewer.violations() == []
    return viewer.answers


@pytest.fixture(scope="module")
def good() -> list[Fetched]:
    return playlists(100, fps=30, gops=(30,), sizes=(10, 5))


Plant = Callable[[str], str]


def planted(good: list[Fetched], plant: Plant, *, start: int = 10, end: int | None = None) -> set[str]:
    """Names of the rules broken when these answers are altered."""
    altered = [
        Fetched(plant(one.text), one.msn, one.part, one.skip) if start <= index < (end or len(good)) else one
        for index, one in enumerate(good)
    ]
    return {violation.rule for violation in check(altered, renditions=[LOW])}


def swap(pattern: str, replacement: str, count: int = 0) -> Plant:
    return lambda text: re.sub(pattern, replacement, text, count=count, flags=re.MULTILINE)


def sequence_at_zero(text: str) -> str:
    shift = int(re.search(r"MEDIA-SEQUENCE:(\d+)", text)[1])  # type: ignore[index]
    text = re.sub(r"(\d+)((?:\.\d+)?\.m4s)", lambda match: f"{int(match[1]) - shift}{match[2]}", text)
    return text.replace(f"MEDIA-SEQUENCE:{shift}", "MEDIA-SEQUENCE:0")


def ignore_skip(good: list[Fetched]) -> list[Fetched]:
    """Answer delta requests with the full playlist before them and its own news: as a server that ignores them."""
    full = [one for one in good if "EXT-X-SKIP" not in one.text]
    return [Fetched(one.text, skip=True) for one in full]


PLANTED = [
    (swap(r"PART-TARGET=0\.334", "PART-TARGET=0.333"), {"constant"}),
    (swap(r"TARGETDURATION:4", "TARGETDURATION:5"), {"constant"}),
    (swap(r"^#EXT-X-RENDITION-REPORT.*\n", ""), {"report"}),
    (swap(r"DURATION=0\.30000,URI=\"(\d+)\.2", r'DURATION=0.20000,URI="\1.2'), {"part_short"}),
    (swap(r"DURATION=0\.30000,URI=\"(\d+)\.3", r'DURATION=0.36000,URI="\1.3'), {"part_long"}),
    (swap(r"^#EXT-X-VERSION", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-VERSION"), {"constant"}),
    (swap(r"PART-HOLD-BACK=1\.002", "PART-HOLD-BACK=0.835"), {"hold_back"}),
    (swap(r"CAN-SKIP-UNTIL=24\.0", "CAN-SKIP-UNTIL=12.0"), {"skip_until"}),
    (swap(r"CAN-BLOCK-RELOAD=YES,", ""), {"block_reload"}),
    (swap(r"^#EXT-X-PRELOAD-HINT.*\n", ""), {"hint"}),
    (swap(r'(PRELOAD-HINT:TYPE=PART,URI=").*"', r'\1next.m4s"'), {"hint"}),
    (swap(r"^#EXT-X-PROGRAM-DATE-TIME.*\n", ""), {"date_time"}),
    (swap(r"^(#EXT-X-PROGRAM-DATE-TIME.*\n)(#EXT-X-PART.*\n)", r"\2\1"), {"order"}),
    (swap(r"^#EXT-X-MAP.*\n", ""), {"map"}),
    (swap(r"^#EXTINF:2\.00000", "#EXTINF:4.60000"), {"target_duration"}),
    (swap(r"^(#EXT-X-PROGRAM-DATE-TIME)", r"#EXT-X-DISCONTINUITY\n\1", 1), {"breaks", "changed"}),
    (swap(r"DISCONTINUITY-SEQUENCE:0", "DISCONTINUITY-SEQUENCE:1"), {"breaks"}),
    (sequence_at_zero, {"sequence"}),
    (lambda text: text + "#EXT-X-ENDLIST\n", {"hint"}),
    (swap(r"^(#EXTINF:2\.00000),", "#EXTINF:2.10000,"), {"part_sum", "changed"}),
    (swap(r"^#EXT-X-PART:.*\n", ""), {"parts_removed"}),
    (swap(r"^#EXT-X-VERSION:9", "#EXT-X-VERSION:5"), {"version"}),
    (swap(r"^#EXT-X-VERSION:9", "#EXT-X-NOVELTY:9"), {"syntax"}),
]


@pytest.mark.parametrize(("plant", "rules"), PLANTED)
def test_planted_violations_are_caught(good: list[Fetched], plant: Plant, rules: set[str]) -> None:
    start = 200 if plant is sequence_at_zero else 100
    assert rules <= planted(good, plant, start=start)


def test_dates_of_the_moment_of_the_cut_are_caught(good: list[Fetched]) -> None:
    """A server that stamps each segment with now() shows the scheduling of its machine."""
    late = {msn: (msn * 37) % 5 * 0.020 for msn in range(200)}

    def stamp(text: str) -> str:
        def one(match: re.Match[str]) -> str:
            second, thousandth = int(match[2]), int(match[3])
            return f"{match[1]}{second:02d}.{int(thousandth + 1000 * late[second % 7]):03d}Z"

        return re.sub(r"(PROGRAM-DATE-TIME:.*:)(\d\d)\.(\d{3})Z", one, text)

    altered = [Fetched(stamp(one.text), skip=one.skip) for one in good]
    assert {violation.rule for violation in check(altered, renditions=[LOW])} == {"date_time"}


def test_an_ignored_delta_request_is_caught(good: list[Fetched]) -> None:
    rules = {violation.rule for violation in check(ignore_skip(good), renditions=[LOW])}
    assert rules == {"skip"}


def test_independent_segments_with_a_long_gop_are_caught() -> None:
    long = playlists(30, fps=25, gops=(250,))
    claim = swap(r"^#EXT-X-VERSION", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-VERSION")
    claimed = [Fetched(claim(one.text), skip=one.skip) for one in long]
    assert "independent" in {violation.rule for violation in check(claimed, renditions=[LOW])}


def test_a_held_request_answered_too_early_is_caught(good: list[Fetched]) -> None:
    early = Fetched(good[30].text, msn=9, part=0)
    assert {one.rule for one in check([early], renditions=[LOW])} == {"blocking"}
    assert check([Fetched(good[30].text, msn=1, part=0)], renditions=[LOW]) == []


def test_segments_removed_too_early_are_caught(good: list[Fetched]) -> None:
    newest = [one for one in good if "EXT-X-SKIP" not in one.text][-1].text
    segments = newest.split("#EXT-X-PROGRAM-DATE-TIME")
    kept = 4
    first = int(re.search(r"MEDIA-SEQUENCE:(\d+)", newest)[1]) + len(segments) - 1 - kept  # type: ignore[index]
    head = re.sub(r"MEDIA-SEQUENCE:\d+", f"MEDIA-SEQUENCE:{first}", segments[0])
    short = "#EXT-X-PROGRAM-DATE-TIME".join([head, *segments[-kept:]])
    rules = {violation.rule for violation in check([*good, Fetched(short)], renditions=[LOW])}
    assert rules == {"window"}


def test_the_skip_of_something_new_is_caught(good: list[Fetched]) -> None:
    delta = next(one for one in reversed(good) if "EXT-X-SKIP" in one.text)
    blocks = delta.text.split("#EXT-X-PROGRAM-DATE-TIME")
    count = int(re.search(r"SKIPPED-SEGMENTS=(\d+)", blocks[0])[1]) + 5  # type: ignore[index]
    head = re.sub(r"SKIPPED-SEGMENTS=\d+", f"SKIPPED-SEGMENTS={count}", blocks[0])
    text = "#EXT-X-PROGRAM-DATE-TIME".join([head, *blocks[6:]])
    assert "skip" in {violation.rule for violation in check([*good[:-1], Fetched(text, skip=True)], renditions=[LOW])}


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seconds", [0.5, 1, 2, 3.1, 10])
def test_our_playlists_keep_every_rule(fps: float, seconds: float) -> None:
    answers = playlists(30, fps=fps, gops=(max(round(fps * seconds), 1),))
    assert len(answers) > 85


sounds = st.sampled_from([AUDIO, AUDIO_44, MONO, None])


@st.composite
def encoders(draw: st.DrawFn) -> Encoder:
    fps = draw(st.sampled_from([*RATES, 5, 9, 10, 12.5, 20, 23.976, 48, 59.94, 100]))
    gops = tuple(draw(st.lists(st.integers(max(round(fps / 2), 1), round(fps * 10)), min_size=1, max_size=4)))
    sound: AudioConfig | None = draw(sounds)
    silent = draw(st.lists(st.tuples(st.floats(0, 8), st.floats(0.1, 4)), max_size=2))
    return Encoder(
        fps=fps,
        gops=gops,
        b_frames=draw(st.sampled_from([0, 0, 2, 3])),
        video=draw(st.sampled_from([VIDEO, VIDEO, VIDEO, SMALL, None])) if sound else VIDEO,
        audio=sound,
        origin=draw(st.floats(0, 1e5)),
        rounded=draw(st.booleans()),
        wobble=draw(st.sampled_from([0, 0, 0.2 / fps, 0.9 / fps])),
        late=draw(st.sampled_from([0, 0, 0.05])),
        dropped=tuple(draw(st.lists(st.integers(1, 300), max_size=12))),
        silent=tuple((start, start + length) for start, length in silent),
        seed=draw(st.integers(0, 9)),
        sizes=(4, 4),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(encoders(), st.floats(1, 14), st.floats(0, 90)), min_size=1, max_size=4))
def test_no_encoder_makes_us_break_a_rule(lives: list[tuple[Encoder, float, float]]) -> None:
    """Encoders come, go, jump, change their parameters; a low rung follows."""
    clock, ring, low_ring = Clock(), Ring(), Ring()
    packager = Packager(ring, now=clock)
    low = FollowingPackager(low_ring, ring)
    packager.on_packet = low.take
    viewer, low_viewer = Viewer(ring), Viewer(low_ring)
    for encoder, seconds, away in lives:
        if encoder.video:
            low.configure_video(SMALL)
        if encoder.audio:
            low.configure_audio(encoder.audio)
        for _ in publish(packager, clock, encoder, seconds):
            viewer.look()
            low_viewer.look()
        if away > 30:
            packager.break_timeline("gone")
        clock.time += away % 30
    packager.flush()
    ring.end()
    viewer.look()
    low_viewer.look()
    assert viewer.violations() == []
    assert low_viewer.violations() == []
    theirs = {(s.msn, part.index): part.duration for s in ring.segments for part in s.parts}
    ours = {(s.msn, part.index): part.duration for s in low_ring.segments for part in s.parts}
    assert ours.items() <= theirs.items()
