"""Fragments over a WebSocket: where a viewer starts, how it changes rung, what happens to slow and rude ones."""

import asyncio
import contextlib
import fcntl
import json
import socket
import struct
from itertools import pairwise

import pytest
import websockets

from glisson.streaming.app.frames import binary_frame, text_frame
from tests.streaming.living import Roster, encoder, feed, make_pass, plane

SIOCOUTQNSD = 0x894B
"""Linux: bytes written to a socket and not yet sent."""


def boxes(data):
    """Names of the top-level boxes."""
    names, at = [], 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.append(name.decode())
        at += size
    return names


def tfdt(data):
    """Decode time of the first track (version 1)."""
    at = data.index(b"tfdt")
    return struct.unpack_from(">Q", data, at + 8)[0]


async def read(ws, seconds):
    """Everything that comes in so many seconds."""
    messages = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await ws.recv()
                messages.append(json.loads(message) if isinstance(message, str) else message)
    except TimeoutError:
        return messages


async def test_a_viewer_starts_with_state_init_clock_and_a_key_frame(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=5)
        async with web.ws("/live/v/g1/f1/ws?rung=original", make_pass()) as ws:
            messages = await read(ws, 2.5)
            assert (await web.health())["viewers"]["ws"] == 1
        texts = [message["type"] for message in messages if isinstance(message, dict)]
        assert texts[:3] == ["state", "init", "clock"]
        assert {"state": "on_air", "type": "state"} in messages
        init = messages[1]
        assert (init["number"], init["width"], init["height"]) == (0, 320, 180)
        assert init["codecs"].startswith("avc1.")
        assert boxes(messages[2]) == ["ftyp", "moov"]
        pictures = [message for message in messages[3:] if isinstance(message, bytes)]
        assert {tuple(boxes(picture)) for picture in pictures} == {("moof", "mdat")}
        times = [tfdt(picture) for picture in pictures]
        assert times == sorted(set(times))
        # Ten messages a second, without a hole, from a key frame on.
        assert max(late - early for early, late in pairwise(times)) <= 12_000
        clocks = [message for message in messages if isinstance(message, dict) and message["type"] == "clock"]
        assert clocks[0]["start"] in times
        assert clocks[0]["clock"] == pytest.approx(init["epoch"] + clocks[0]["start"] / 90_000, abs=0.5)
        assert (await web.health())["viewers"]["ws"] == 0


async def test_a_viewer_changes_to_sound_alone_and_back(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=8)
        async with web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
            before = await read(ws, 1)
            await ws.send('{"type":"rung","rung":"audio"}')
            sound = await read(ws, 3)
            await ws.send('{"type":"rung","rung":"original"}')
            after = await read(ws, 3)
        inits = [
            [(one["width"], one["codecs"]) for one in messages if isinstance(one, dict) and one["type"] == "init"]
            for messages in (before, sound, after)
        ]
        assert [one[0][0] for one in inits] == [320, 0, 320]
        assert inits[1][0][1] == "mp4a.40.2"
        times, rate = [], 90_000
        for message in before + sound + after:
            if isinstance(message, dict):
                # Sound alone counts in its own samples.
                rate = 48_000 if message.get("width") == 0 else 90_000 if "width" in message else rate
            elif b"tfdt" in message[:300]:
                times.append(tfdt(message) / rate)
        # A change over may repeat a moment, never leave one out.
        assert max(late - early for early, late in pairwise(times)) <= 0.15


async def test_viewers_are_told_at_once_that_the_encoder_has_gone_and_that_it_is_back(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
        for expected in ("waiting", "on_air", "waiting", "on_air", "waiting"):
            assert json.loads(await asyncio.wait_for(ws.recv(), 5)) == {"type": "state", "state": expected}
            # No picture ever comes: what is told cannot have waited for one.
            if expected == "waiting":
                publication = web.plane.studio.admit("f1-secret", way="rtmp", peer="192.0.2.1")
            else:
                publication.end("It left.")


@pytest.mark.parametrize(
    "rude", ["hello", "{}", '{"type":"rung","rung":"8k"}', b"\x00" * 100, "[" * 10_000, "x" * 100_000]
)
async def test_a_viewer_that_says_anything_else_is_shown_the_door(tmp_path, rude):
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
        await ws.recv()
        await ws.send(rude)
        with pytest.raises(websockets.ConnectionClosedError):
            await asyncio.wait_for(ws.recv(), 5)
        assert ws.close_code == 1008


async def test_a_full_house_sends_viewers_to_hls(tmp_path):
    async with (
        plane(tmp_path, Roster(f1=feed()), viewers_per_feed=2) as web,
        web.ws("/live/v/g1/f1/ws", make_pass("a")),
        web.ws("/live/v/g1/f1/ws", make_pass("b")) as second,
    ):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await web.ws("/live/v/g1/f1/ws", make_pass("c")).__aenter__()
        assert refused.value.response.status_code == 503
        assert json.loads(refused.value.response.body)["why"] == "full"
        await second.close()
        await asyncio.sleep(0.1)
        async with web.ws("/live/v/g1/f1/ws", make_pass("c")) as third:
            await third.recv()


async def test_one_address_cannot_take_every_seat_and_a_proxys_viewers_are_told_apart(tmp_path):
    async with (
        plane(tmp_path, Roster(f1=feed()), websockets_per_address=1) as web,
        web.ws("/live/v/g1/f1/ws", make_pass("a")),
    ):
        with pytest.raises(websockets.InvalidStatus):
            await web.ws("/live/v/g1/f1/ws", make_pass("b")).__aenter__()
        shown = {"Authorization": f"Bearer {make_pass('b')}", "X-Forwarded-For": "10.0.0.1, 192.0.2.7"}
        address = f"ws://127.0.0.1:{web.port}/live/v/g1/f1/ws"
        async with websockets.connect(address, additional_headers=shown, proxy=None) as ws:
            await ws.recv()
            assert web.plane.studio.websockets == {"127.0.0.1": 1, "192.0.2.7": 1}


async def test_a_viewer_who_does_not_read_skips_and_costs_no_memory(tmp_path, clip):
    """Ten seconds of not reading: the ring is the queue, so the process keeps next to nothing for the viewer."""
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=5)
        reader, writer = await slow_viewer(web.port, "/live/v/g1/f1/ws", make_pass())
        await asyncio.sleep(10)
        connection = next(one for one in web.plane._http.server_state.connections if hasattr(one, "writable"))
        unsent = struct.unpack("i", fcntl.ioctl(connection.transport.get_extra_info("socket"), SIOCOUTQNSD, bytes(4)))[
            0
        ]
        # A fragment is about 5 kB: one, and what the kernel holds.
        assert connection.transport.get_write_buffer_size() < 12_000
        assert unsent < 48_000
        got = b""
        while b'{"type":"skip"}' not in got:
            got += await asyncio.wait_for(reader.read(65536), 5)
        writer.close()


async def test_a_slow_viewer_whose_right_ends_does_not_even_get_what_is_buffered(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=5)
        reader, writer = await slow_viewer(web.port, "/live/v/g1/f1/ws", make_pass())
        async with asyncio.timeout(60):
            # Until the line is full up to the process itself.
            while not any(
                not one.writable.is_set()
                for one in web.plane._http.server_state.connections
                if hasattr(one, "writable")
            ):
                await asyncio.sleep(0.1)
        await web.revoke("chen")
        async with asyncio.timeout(5):
            while web.plane.studio.feeds["f1"].websockets:
                await asyncio.sleep(0.05)
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while data := await asyncio.wait_for(reader.read(65536), 5):
                got += data
        # At most what had left this computer's buffers before: nothing was flushed to it afterwards.
        assert len(got) < 32_768
        writer.close()


async def slow_viewer(port, path, pass_text):
    """Open a WebSocket by hand, with a tiny receive buffer, and read nothing after the greeting."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: live\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {pass_text}\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    return reader, writer


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
def test_a_ready_made_frame_is_what_the_library_would_send(size):
    frame = websockets.frames.Frame(websockets.frames.Opcode.BINARY, bytes(size))
    assert binary_frame(bytes(size)) == frame.serialize(mask=False)
    frame = websockets.frames.Frame(websockets.frames.Opcode.TEXT, b"x" * size)
    assert text_frame("x" * size) == frame.serialize(mask=False)
