"""Real encoders on a real port: what reaches the sink is what they encoded, bit for bit."""

import asyncio
import sys

import pytest

from glisson.streaming.packets import Trouble
from glisson.streaming.rtmp import publisher
from tests.streaming.rtmp.encoders import KEY
from tests.streaming.rtmp.sources import (
    PHANTOM,
    Publishing,
    as_messages,
    demuxed,
    make,
    needs_ffmpeg,
    publish,
    received,
    relative,
    tags,
    until,
)

pytestmark = needs_ffmpeg


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return make(tmp_path_factory.mktemp("plain") / "plain.flv")


def assert_same(sink, path):
    """Every packet of the file, no more and no less, in order, with its times."""
    found, configurations = demuxed(path)
    start = min(packets[0][2] for packets in found.values() if packets)
    arrived = {video: received(sink, video=video) for video in (True, False)}
    begin = min(packets[0][2] for packets in arrived.values() if packets)
    assert [config.avcc for config in sink.videos] == [configurations["video"]]
    assert [config.asc for config in sink.audios] == ([configurations["audio"]] if "audio" in configurations else [])
    for video in (True, False):
        assert relative(arrived[video], begin) == relative(found[video], start)


@pytest.mark.parametrize(
    ("how", "count"),
    [
        ({}, 120),
        ({"video": ("-g", "60", "-bf", "3", "-b_strategy", "0")}, 120),
        ({"video": ("-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0"), "seconds": 12}, 360),
        ({"audio": None}, 120),
        ({"size": "1920x1080", "video": ("-g", "30", "-b:v", "6M", "-tune", "zerolatency"), "seconds": 2}, 60),
        ({"rate": "30000/1001", "video": ("-g", "7")}, 120),
        ({"audio": ("-c:a", "aac", "-ac", "1", "-ar", "44100")}, 120),
    ],
    ids=["plain", "b-frames", "one key frame", "no sound", "1080p", "odd rate and interval", "mono 44.1 kHz"],
)
async def test_what_ffmpeg_publishes_arrives_bit_for_bit(tmp_path, serve, door, how, count):
    path = make(tmp_path / "source.flv", **how)
    server = await serve()

    encoder = await publish(path, f"rtmp://127.0.0.1:{server.port}/live/{KEY}")

    assert await encoder.end() == (0, "")
    (sink,) = door.sinks
    assert len(sink.pictures) == count
    assert_same(sink, path)
    assert (sink.notes, sink.ends, server.refusals) == ([], ["The encoder stopped."], [])


async def test_over_tls(serve, door, certificate, plain):
    server = await serve(ssl=certificate)

    encoder = await publish(plain, f"rtmps://127.0.0.1:{server.port}/live/{KEY}")

    assert (await encoder.end())[0] == 0
    assert [way for _, way, _ in door.asked] == ["rtmps"]
    assert_same(door.sinks[0], plain)


@pytest.mark.skipif(not PHANTOM.exists(), reason="the endoscopy clip is not here (../shared/data/rvim_endoscopy)")
async def test_a_real_endoscopy_clip(serve, door):
    server = await serve()

    encoder = await publish(PHANTOM, f"rtmp://127.0.0.1:{server.port}/live/{KEY}")

    assert (await encoder.end())[0] == 0
    (sink,) = door.sinks
    assert [(config.width, config.height) for config in sink.videos] == [(320, 240)]
    assert len(sink.pictures) == 50
    assert_same(sink, PHANTOM)


async def test_times_beyond_24_bits_and_around_the_31_bit_wrap_of_ffmpeg(serve, door, plain):
    server = await serve()

    encoder = await publish(
        plain, f"rtmp://127.0.0.1:{server.port}/live/{KEY}", options=("-output_ts_offset", "2147481.5")
    )

    assert (await encoder.end())[0] == 0
    (sink,) = door.sinks
    assert sink.pictures[0].dts < (1 << 31) * 90 < sink.pictures[-1].dts
    assert_same(sink, plain)


async def test_a_wrong_key_makes_ffmpeg_fail_with_our_sentence(serve, door, plain):
    server = await serve()

    encoder = await publish(plain, f"rtmp://127.0.0.1:{server.port}/live/wrong")
    status, said = await encoder.end()

    assert status != 0
    assert "This stream key is not known." in said
    assert (door.sinks, server.refusals) == ([], [("wrong", "wrong_key")])


async def test_a_wrong_key_over_tls(serve, door, certificate, plain):
    server = await serve(ssl=certificate)

    status, said = await (await publish(plain, f"rtmps://127.0.0.1:{server.port}/live/wrong")).end()

    assert status != 0
    assert "This stream key is not known." in said


async def test_another_application_makes_ffmpeg_fail_with_our_sentence(serve, door, plain):
    server = await serve()

    status, said = await (await publish(plain, f"rtmp://127.0.0.1:{server.port}/stream/{KEY}")).end()

    assert status != 0
    assert "it must end in “/live”" in said
    assert (door.asked, server.refusals) == ([], [("", "wrong_app")])


async def test_a_second_publisher_is_refused_and_the_first_goes_on(serve, door, plain):
    server = await serve()
    url = f"rtmp://127.0.0.1:{server.port}/live/{KEY}"
    first = await publish(plain, url, real_time=True)
    await until(lambda: door.sinks and door.sinks[0].packets)

    status, said = await (await publish(plain, url)).end()

    assert status != 0
    assert "Another encoder is already sending" in said
    assert (await first.end())[0] == 0
    assert len(door.sinks) == 1
    assert_same(door.sinks[0], plain)


async def test_ffmpeg_stops_when_the_sink_hangs_up(serve, door, plain):
    server = await serve()
    encoder = await publish(plain, f"rtmp://127.0.0.1:{server.port}/live/{KEY}", real_time=True, loop=True)
    await until(lambda: door.sinks and len(door.sinks[0].packets) > 10)

    door.sinks[0].hang_up(Trouble("old_key", "The stream key has been changed."))
    status, said = await encoder.end()

    assert status != 0
    assert "The stream key has been changed." in said
    assert door.sinks[0].ends == ["The stream key has been changed."]


async def test_an_encoder_that_is_killed_ends_its_publication_once_and_may_come_back(serve, door, plain):
    server = await serve()
    url = f"rtmp://127.0.0.1:{server.port}/live/{KEY}"
    encoder = await publish(plain, url, real_time=True, loop=True)
    await until(lambda: door.sinks and len(door.sinks[0].packets) > 10)

    encoder.process.kill()
    await encoder.end()
    await until(lambda: door.sinks[0].ends)
    again = await publish(plain, url)

    assert (await again.end())[0] == 0
    assert len(door.sinks[0].ends) == 1
    assert_same(door.sinks[1], plain)


async def test_the_resolution_changes_in_mid_stream(tmp_path, serve, door, plain):
    larger = make(tmp_path / "larger.flv", size="1280x720")
    server = await serve()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)

    writer.write(publisher.greeting() + publisher.opening(KEY))
    writer.write(as_messages(tags(plain)) + as_messages(tags(larger), shift=4000) + publisher.closing(KEY))
    await until(lambda: door.sinks and door.sinks[0].ends)
    writer.close()

    (sink,) = door.sinks
    assert [(config.width, config.height) for config in sink.videos] == [(640, 360), (1280, 720)]
    expected = demuxed(plain)[0][True] + demuxed(larger)[0][True]
    assert [packet.data for packet in sink.pictures] == [data for data, *_ in expected]
    sounds = demuxed(plain)[0][False] + demuxed(larger)[0][False]
    assert [packet.data for packet in sink.sounds] == [data for data, *_ in sounds]


@pytest.mark.parametrize(("start", "jump"), [((1 << 32) - 2000, 0), (0, 3_600_000), (3_600_000, -3_600_000)])
async def test_times_that_wrap_at_32_bits_or_jump(serve, door, plain, start, jump):
    server = await serve()
    found = tags(plain)
    half = next(at for at, (kind, stamp, body) in enumerate(found) if stamp >= 2000)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)

    writer.write(publisher.greeting() + publisher.opening(KEY))
    writer.write(as_messages(found[:half], start) + as_messages(found[half:], start + jump) + publisher.closing(KEY))
    await until(lambda: door.sinks and door.sinks[0].ends)
    writer.close()

    media = [(kind, stamp, body) for kind, stamp, body in found if kind in (8, 9) and body[1] == 1]
    true = [stamp + start + (jump if stamp >= 2000 else 0) for _, stamp, _ in media]
    assert [packet.dts // 90 for packet in door.sinks[0].packets] == true


# PyAV's FFmpeg writes Enhanced RTMP. A process of its own, since PyAV holds Python's lock while it waits for us.
ENHANCED = """
import sys, av, numpy as np
url, video, audio = sys.argv[1:]
with av.open(url, "w", format="flv") as container:
    pictures = container.add_stream(video, rate=25)
    pictures.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
    pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
    sounds = container.add_stream(audio, rate=48000, layout="stereo")
    for count in range(75):
        picture = av.VideoFrame.from_ndarray(np.full((240, 320, 3), count * 3, np.uint8), format="rgb24")
        picture.pts = count
        container.mux(pictures.encode(picture))
        sound = av.AudioFrame.from_ndarray(np.zeros((2, 1920), np.float32), format="fltp", layout="stereo")
        sound.sample_rate = 48000
        container.mux(sounds.encode(sound))
    container.mux(pictures.encode())
    container.mux(sounds.encode())
"""


async def publish_enhanced(url, *, video, audio):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ENHANCED, url, video, audio, stderr=asyncio.subprocess.PIPE
    )
    return await Publishing(process).end()


async def test_hevc_is_refused_with_a_sentence(serve, door):
    server = await serve()

    status, _ = await publish_enhanced(f"rtmp://127.0.0.1:{server.port}/live/{KEY}", video="libx265", audio="aac")

    (sink,) = door.sinks
    assert status != 0
    assert [trouble.code for trouble in sink.notes] == ["video_codec"]
    assert sink.notes[0].values == {"codec": "HEVC (H.265)"}
    assert (len(sink.ends), sink.packets) == (1, [])
    assert server.refusals == [(KEY, "video_codec")]


@pytest.mark.parametrize(("audio", "name"), [("libopus", "Opus"), ("libmp3lame", "MP3")])
async def test_other_sound_is_left_out_and_the_pictures_go_on(serve, door, audio, name):
    server = await serve()

    status, said = await publish_enhanced(f"rtmp://127.0.0.1:{server.port}/live/{KEY}", video="libx264", audio=audio)

    (sink,) = door.sinks
    assert (status, said) == (0, "")
    assert [(trouble.code, trouble.values["codec"]) for trouble in sink.notes] == [("audio_codec", name)]
    assert (len(sink.pictures), sink.sounds, sink.ends) == (75, [], ["The encoder stopped."])
