"""Ways in besides RTMP, over the real server: a browser's frames, and a recorder that has to be fetched."""

import asyncio
import contextlib
import functools
import http.server
import json
import struct
import threading
import time

import pytest
import websockets

from glisson.streaming.packets import TICKS
from tests.streaming.encoded import read
from tests.streaming.living import Roster, encoder, feed, make_pass, plane

VIDEO_CONFIG, VIDEO, AUDIO_CONFIG, AUDIO = 1, 2, 3, 4
PUBLISH = make_pass("farid", scopes=("publish:f1",))


def message(kind, payload, stamp=0, key=False):
    return struct.pack(">BBq", kind, key, stamp) + payload


async def send_as_browser(ws, clip, seconds):
    """What the browser island sends: hello, configurations, frames at the pace of life."""
    video, audio, packets = read(clip)
    hello = {
        "type": "hello",
        "video": {"codec": video.codec, "width": video.width, "height": video.height, "framerate": 25},
        "audio": {"codec": "mp4a.40.2", "sampleRate": audio.rate, "channels": audio.channels},
    }
    await ws.send(json.dumps(hello))
    await ws.send(message(VIDEO_CONFIG, video.avcc))
    await ws.send(message(AUDIO_CONFIG, audio.asc))
    began = time.monotonic()
    for packet in packets:
        if packet.dts > seconds * TICKS:
            break
        await asyncio.sleep(max(0.0, packet.dts / TICKS - (time.monotonic() - began)))
        stamp = packet.pts * 1_000_000 // TICKS
        await ws.send(message(VIDEO if packet.video else AUDIO, packet.data, stamp, packet.video and packet.key))


async def hear_out(ws):
    """Everything that is said until the server closes."""
    told = []
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            told.append(json.loads(await ws.recv()))
    return told


async def test_a_browser_is_an_encoder_like_any_other(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/publish", PUBLISH) as ws:
        sending = asyncio.create_task(send_as_browser(ws, clip, 3.9))
        playing = await web.until_playing(parts=5)
        assert "#EXT-X-PART:" in playing.text
        health = await web.health()
        assert (health["way"], health["width"], health["height"]) == ("browser", 320, 180)
        # A second publisher is told so, whichever way it comes.
        async with web.ws("/live/v/g1/f1/publish", PUBLISH) as second:
            await second.send('{"type":"hello","video":{"codec":"avc1.42E01F","width":2,"height":2,"framerate":30}}')
            told = await hear_out(second)
        assert told[-1]["code"] == "second_publisher"
        assert told[-1]["fatal"] is True
        assert second.close_code == 4403
        await sending
        await ws.send('{"type":"bye"}')
        async with asyncio.timeout(5):
            while (await web.health())["on"]:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("way", ["closed", "revoked"])
async def test_a_browser_that_may_no_longer_publish_is_told_and_ended(tmp_path, clip, way):
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/publish", PUBLISH) as ws:
        sending = asyncio.create_task(send_as_browser(ws, clip, 3.9))
        await web.until_playing(parts=2)
        if way == "closed":
            await web.turn("f1", state="closed")
        else:
            await web.revoke("farid")
        told = await asyncio.wait_for(hear_out(ws), 3)
        assert ws.close_code == 4403
        if way == "closed":
            assert told[-1]["code"] == "closed_feed"
        assert (await web.health())["on"] is False
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def recorder(clip):
    """A device in the theatre that offers its picture over HTTP."""
    handler = functools.partial(Quiet, directory=str(clip.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{clip.name}"
        server.shutdown()
        thread.join()


async def test_a_recorder_is_fetched_as_long_as_the_roster_says(tmp_path, clip, recorder):
    async with plane(tmp_path, Roster(f1=feed(pull=recorder))) as web:
        await web.until_playing(parts=3)
        health = await web.health()
        assert (health["on"], health["way"]) == (True, "pull")
        # An encoder does not push it aside.
        async with encoder(web.rtmp_port, "f1-secret", clip) as pushed:
            await asyncio.wait_for(pushed.wait(), 10)
        assert pushed.returncode != 0
        await web.turn("f1", pull=None)
        assert (await web.health())["on"] is False
        await web.turn("f1", pull=recorder.replace(clip.name, "nothing.mp4"))
        async with asyncio.timeout(15):
            while "pull_failed" not in [one["code"] for one in (await web.health())["advice"]]:
                await asyncio.sleep(0.1)
        await web.turn("f1", pull=None)
        assert (await web.health())["advice"] == []
