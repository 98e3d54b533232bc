import asyncio
import json
import os
import signal
import struct

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glisson.streaming.browser import BrowserPublication
from glisson.streaming.packets import TICKS, Refused, Trouble
from tests.streaming.worker.clips import clip, content, decoded
from tests.streaming.worker.sinks import KeptDoor, until

VIDEO = {"codec": "avc1.42E01F", "width": 640, "height": 360, "framerate": 25}
OPUS = {"codec": "opus", "sampleRate": 48000, "channels": 2}
AAC = {"codec": "mp4a.40.2", "sampleRate": 48000, "channels": 2}


def hello(**values):
    return json.dumps({"type": "hello", "video": VIDEO, "audio": None} | values)


def message(kind, payload, *, stamp=0, key=False):
    return struct.pack(">BBq", kind, key, stamp) + payload


def micros(ticks):
    return ticks * 1_000_000 // TICKS


class Page:
    """A browser that publishes, and what it was answered."""

    def __init__(self):
        self.door = KeptDoor()
        self.answers = []
        self.hung_up = 0
        self.publication = BrowserPublication(
            self.door.admit, lambda text: self.answers.append(json.loads(text)), self.hang_up
        )

    def hang_up(self):
        self.hung_up += 1

    @property
    def troubles(self):
        return [answer["code"] for answer in self.answers if answer["type"] == "trouble"]


@pytest.fixture
async def page():
    page = Page()
    yield page
    await page.publication.close("the test is over")


def opus_packets():
    path = clip("browser.webm", video="libx264", audio="libopus", seconds=4, more=("-f", "matroska"))
    with av.open(path) as container:
        stream = container.streams.audio[0]
        scale = 1_000_000 * stream.time_base
        return [(round(packet.pts * scale), bytes(packet)) for packet in container.demux(stream) if packet.size]


async def test_frames_of_webcodecs_arrive_untouched_and_opus_becomes_aac(page):
    source = content(clip("browser.mp4", seconds=4))
    publication = page.publication
    await publication.take_text(hello(audio=OPUS))
    await publication.take_bytes(message(1, source.avcc))
    await publication.take_bytes(message(3, b""))
    frames = [(micros(packet.dts), 2, packet.key, packet.data) for packet in source.pictures]
    frames += [(stamp, 4, True, data) for stamp, data in opus_packets()]
    for stamp, kind, key, data in sorted(frames, key=lambda frame: frame[:2]):
        await publication.take_bytes(message(kind, data, stamp=stamp, key=key))
        await asyncio.sleep(0)
    sink = page.door.sink
    await until(lambda: len(sink.sounds) > 180)
    assert [packet.data for packet in sink.pictures] == [packet.data for packet in source.pictures]
    assert [packet.key for packet in sink.pictures] == [packet.key for packet in source.pictures]
    for got, sent in zip(sink.pictures, source.pictures, strict=True):
        assert abs(got.dts - sent.dts) <= 1
        assert got.pts == got.dts
    assert (sink.video[0].width, sink.audio[0].rate, sink.audio[0].codec) == (640, 48000, "mp4a.40.2")
    tone = decoded("aac", sink.audio[0].asc, [(packet.pts, packet.data) for packet in sink.sounds])
    assert max(abs(frame.to_ndarray()).max() for frame in tone) > 0.05
    assert abs(sink.sounds[0].pts) < TICKS // 10
    assert sink.sounds[-1].pts == pytest.approx(4 * TICKS, abs=TICKS // 5)
    assert {"type": "ok", "what": "hello"} in page.answers
    assert {"type": "ok", "what": "publishing"} in page.answers
    await publication.take_text('{"type": "bye"}')
    assert sink.ends == ["The browser stopped publishing."]
    assert page.troubles == []


async def test_aac_arrives_untouched(page):
    source = content(clip("browser.mp4", seconds=4))
    await page.publication.take_text(hello(audio=AAC))
    await page.publication.take_bytes(message(1, source.avcc))
    await page.publication.take_bytes(message(3, source.asc))
    for packet in source.packets:
        stamp = micros(packet.dts) + 100_000
        await page.publication.take_bytes(message(2 if packet.video else 4, packet.data, stamp=stamp, key=packet.key))
    assert [packet.data for packet in page.door.sink.sounds] == [packet.data for packet in source.sounds]


@pytest.mark.parametrize(("codec", "container"), [("libx264", "video/webm;codecs=h264,opus"), ("libvpx", "video/webm")])
async def test_the_container_of_a_media_recorder_is_unpacked(page, codec, container):
    more = ("-f", "matroska", "-live", "1") + (("-deadline", "realtime", "-cpu-used", "8") if codec == "libvpx" else ())
    path = clip(f"recorder-{codec}.webm", video=codec, audio="libopus", seconds=4, more=more)
    data = path.read_bytes()
    await page.publication.take_text(json.dumps({"type": "hello", "container": container}))
    for at in range(0, len(data), 4000):
        await page.publication.take_bytes(message(5, data[at : at + 4000]))
        await asyncio.sleep(0.005)
    sink = page.door.sink
    # What was looked at to find out about the container, up to the next key frame, is not shown.
    await until(lambda: len(sink.pictures) >= 65 and len(sink.sounds) >= 130)
    assert sink.pictures[0].key
    shown = decoded("h264", sink.video[0].avcc, [(packet.pts, packet.data) for packet in sink.pictures])
    assert len(shown) == len(sink.pictures)
    assert (shown[0].width, shown[0].height) == (640, 360)
    expected = {"transcoded_audio"} | ({"transcoded_video"} if codec == "libvpx" else set())
    assert {trouble.code for trouble in sink.troubles} == expected


async def test_rubbish_instead_of_a_container_is_told(page):
    await page.publication.take_text(json.dumps({"type": "hello", "container": "video/webm"}))
    for _ in range(40):
        try:
            await page.publication.take_bytes(message(5, os.urandom(8000)))
        except Refused:
            break
        await asyncio.sleep(0.05)
    await until(lambda: page.hung_up)
    assert page.troubles[0] == "worker_failed"
    assert page.answers[-1]["fatal"]
    assert len(page.door.sink.ends) == 1


async def test_a_sound_worker_that_dies_ends_the_publication_with_a_sentence(page):
    source = content(clip("browser.mp4", seconds=4))
    await page.publication.take_text(hello(audio=OPUS))
    await page.publication.take_bytes(message(1, source.avcc))
    os.kill(page.publication.worker_pid, signal.SIGKILL)
    await until(lambda: page.hung_up)
    assert page.troubles == ["worker_failed"]
    with pytest.raises(Refused):
        await page.publication.take_bytes(message(2, source.pictures[0].data, key=True))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "garbage"),
        ("{}", "garbage"),
        ("[" * 5000, "garbage"),
        ("x" * 5000, "garbage"),
        ('{"type": "bye"}', "garbage"),
        (hello(video=None), "video_codec"),
        (hello(video={"codec": "vp09.00.10.08"}), "video_codec"),
        (hello(audio={"codec": "mp3"}), "audio_codec"),
        (hello(audio=[]), "audio_codec"),
        (hello(audio=OPUS | {"sampleRate": True}), "audio_codec"),
        (hello(audio=OPUS | {"channels": 99}), "audio_codec"),
        (hello(container="video/x-msvideo"), "garbage"),
    ],
)
async def test_a_wrong_beginning_is_refused_with_a_sentence(page, text, code):
    with pytest.raises(Refused):
        await page.publication.take_text(text)
    assert page.troubles == [code]
    assert page.answers[-1]["fatal"]
    assert page.door.sinks == []


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\x02\x01",
        message(0, b""),
        message(6, b""),
        message(1, b"\x01" * 5000),
        message(1, b"\x01\x64\x00"),
        message(2, b"before its config"),
        message(3, b"\xff"),
        message(4, b"never announced"),
        message(5, b"not a container here"),
        struct.pack(">BBq", 1, 2, 0),
        struct.pack(">BBq", 2, 1, 2**62),
    ],
)
async def test_a_wrong_message_is_refused(page, wrong):
    await page.publication.take_text(hello())
    with pytest.raises(Refused):
        await page.publication.take_bytes(wrong)
    assert len(page.troubles) == 1
    assert page.door.sink.packets == []


async def test_pictures_with_start_codes_are_refused(page):
    await page.publication.take_text(hello())
    await page.publication.take_bytes(message(1, content(clip("browser.mp4", seconds=4)).avcc))
    with pytest.raises(Refused, match="avc"):
        await page.publication.take_bytes(message(2, b"\0\0\0\1\x65rest", key=True))


async def test_a_frame_that_is_late_is_left_out_and_a_key_frame_asked_for(page):
    source = content(clip("browser.mp4", seconds=4)).pictures
    await page.publication.take_text(hello())
    await page.publication.take_bytes(message(1, content(clip("browser.mp4", seconds=4)).avcc))
    order = [*source[1:4], *source[:10], source[5], *source[10:30]]
    for packet in order:
        await page.publication.take_bytes(message(2, packet.data, stamp=micros(packet.dts), key=packet.key))
    assert [answer for answer in page.answers if answer["type"] == "key"] == [{"type": "key"}] * 2
    taken = [packet.data for packet in page.door.sink.pictures]
    assert taken == [packet.data for packet in [*source[:10], *source[25:30]]]


async def test_the_door_may_refuse_and_turn_out(page):
    page.door.refusal = Refused(Trouble("closed_feed", "The feed is closed."))
    with pytest.raises(Refused):
        await page.publication.take_text(hello())
    assert page.troubles == ["closed_feed"]
    other = Page()
    await other.publication.take_text(hello())
    sink = other.door.sink
    for _ in range(2):
        sink.hang_up(Trouble("old_key", "The key was changed."))
    assert sink.ends == ["The key was changed."]
    assert other.hung_up == 1
    assert other.troubles == ["old_key"]
    await other.publication.close("closed")
    assert sink.ends == ["The key was changed."]


@given(st.lists(st.one_of(st.text(max_size=60), st.binary(max_size=60)), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_anything_is_taken_or_refused_never_worse(messages):
    async def publish():
        page = Page()
        await page.publication.take_text(hello())
        try:
            for one in messages:
                await (page.publication.take_text if isinstance(one, str) else page.publication.take_bytes)(one)
        except Refused:
            assert page.answers[-1]["fatal"]
        await page.publication.close("over")
        assert len(page.door.sink.ends) == 1

    asyncio.run(publish())
